"""The Messages API of Anthropic, and of servers that speak it.

The library gets address and key from us, retries nothing and reads no variable of the
environment: what is sent, where, and how often is decided here alone.
"""

import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from memtui.compress import http
from memtui.compress.asking import Question
from memtui.compress.endpoint import (
    Failed,
    Failure,
    Handed,
    Listed,
    Reply,
    fault_of,
    words_of,
)
from memtui.compress.money import Usage, counted

if TYPE_CHECKING:
    import anthropic
    from anthropic.types import Message
    from anthropic.types.messages import MessageBatch
    from anthropic.types.messages.batch_create_params import Request

URL: Final = "https://api.anthropic.com"
MODEL: Final = "claude-haiku-5-5"
_PAGES: Final = 50
"""Pages of batches that are looked through for one of ours, a hundred on each."""
_DENIED: Final = frozenset({401, 402, 403, 404})


class AnthropicApi:
    """One address, one key, one model.

    Args:
        timeout: seconds of silence; None: the usual ones.
    """

    def __init__(
        self,
        url: str,
        key: str,
        model: str,
        *,
        stream: bool = True,
        timeout: float | None = None,
    ) -> None:
        import anthropic  # a second and forty megabytes: for who asks a model alone

        self._client = anthropic.Anthropic(
            api_key=key or "none",
            base_url=url,
            max_retries=0,
            default_headers=_headers_without_variables(key or "none"),
            open_telemetry=False,
            http_client=http.client(url, timeout=timeout),
        )
        self._model = model
        self._stream = stream

    @property
    def batches(self) -> "AnthropicApi":
        """The same address takes many at once."""
        return self

    def close(self) -> None:
        """Give the connection back."""
        self._client.close()

    def written(self, question: Question) -> bytes:
        """The very bytes that ``ask`` would send: the library writes them to nobody."""
        import anthropic

        with http.to_nobody() as (client, sent):
            api = self._client.with_options(http_client=client)
            with suppress(anthropic.APIStatusError):
                self._answer(api, question)
        return sent[0]

    def ask(self, question: Question) -> Reply:
        """Send one question and wait."""
        with _failures(), warnings.catch_warnings():
            # of an answer in another form the library says so, with the answer in it
            warnings.simplefilter("ignore")
            return _reply(self._answer(self._client, question))

    def _answer(self, client: "anthropic.Anthropic", question: Question) -> "Message":
        if not self._stream:
            return client.messages.create(**self._asked(question))  # type: ignore[no-any-return]
        with client.messages.stream(**self._asked(question)) as stream:
            return stream.get_final_message()

    def models(self) -> list[Listed]:
        """What this key may use."""
        with _failures():
            return [
                Listed(
                    id=one.id, name=one.display_name, window=one.max_input_tokens or 0
                )
                for one in self._client.models.list(limit=100)
            ]

    # many at once

    def submit(self, questions: Sequence[tuple[str, Question]]) -> str:
        """Hand over questions by name; the endpoint's id of the batch."""
        requests: list[Request] = [
            {"custom_id": name, "params": self._asked(question)}  # type: ignore[typeddict-item]
            for name, question in questions
        ]
        with _failures():
            return self._client.messages.batches.create(requests=requests).id

    def look(self, batch: str) -> Handed:
        """Where a batch stands."""
        with _failures():
            return _handed(self._client.messages.batches.retrieve(batch))

    def results(self, batch: str) -> Iterator[tuple[str, Reply | Failed]]:
        """What came of each question of a batch that ended."""
        with _failures():
            for one in self._client.messages.batches.results(batch):
                yield one.custom_id, _result(one.result)

    def cancel(self, batch: str) -> None:
        """Let what was not begun be left alone."""
        with _failures():
            self._client.messages.batches.cancel(batch)

    def recent(self, since: int) -> list[Handed]:
        """Batches of this key's workspace made since then."""
        found: list[Handed] = []
        with _failures():
            page = self._client.messages.batches.list(limit=100)
            for _ in range(_PAGES):
                found += map(_handed, page.data)
                if not page.has_next_page() or found[-1].at < since:
                    break
                page = page.get_next_page()
            else:
                told = "There are too many batches to find ours among them."
                raise Failed(Failure.REJECTED, told)
        return [one for one in found if one.at >= since]

    def _asked(self, question: Question) -> dict[str, Any]:
        """The body of a request."""
        system: list[dict[str, Any]] = [{"type": "text", "text": question.instructions}]
        if question.context:
            system.append({"type": "text", "text": question.context})
        system[-1]["cache_control"] = {"type": "ephemeral"}
        form = {"type": "json_schema", "schema": question.schema}
        return {  # as the library orders them: in a batch it leaves that to us
            "max_tokens": question.most,
            "messages": [{"role": "user", "content": question.text}],
            "model": self._model,
            "output_config": {"format": form},
            "system": system,
        }


def _headers_without_variables(key: str) -> dict[str, Any]:
    """Take back every header that ``ANTHROPIC_CUSTOM_HEADERS`` would add.

    The library reads that variable, whatever it is given; ours go over it.
    """
    import os

    from anthropic import Omit

    told = os.environ.get("ANTHROPIC_CUSTOM_HEADERS", "")
    names = (line.partition(":")[0].strip() for line in told.split("\n") if ":" in line)
    return {
        name: f"Bearer {key}" if name.lower() == "authorization" else Omit()
        for name in names
    }


def _reply(answer: "Message") -> Reply:
    usage = _usage(answer)
    if answer.stop_reason is None:
        raise Failed(Failure.CUT, "The answer ended before its end.")
    if answer.stop_reason == "refusal":
        raise Failed(Failure.REFUSED, "The model refused.", usage=usage)
    if answer.stop_reason in ("max_tokens", "model_context_window_exceeded"):
        raise Failed(
            Failure.TOO_LONG, "The answer filled all room that it had.", usage=usage
        )
    text = "".join(block.text for block in answer.content if block.type == "text")
    return Reply(text=text, usage=usage)


def _usage(answer: "Message") -> Usage:
    told = answer.usage
    return Usage(
        input=counted(told.input_tokens),
        output=counted(told.output_tokens),
        written=counted(told.cache_creation_input_tokens or 0),
        kept=counted(told.cache_read_input_tokens or 0),
    )


def _result(result: Any) -> Reply | Failed:  # noqa: ANN401 - one of four, told by ``type``
    if result.type == "succeeded":
        try:
            return _reply(result.message)
        except Failed as failed:
            return failed
        except (ValueError, AttributeError, TypeError):  # one of many: the rest is well
            return Failed(Failure.GARBLED, "What came is no answer of this API.")
    if result.type == "errored":
        error = result.error.error
        lasting = error.type in ("invalid_request_error", "request_too_large")
        kind = Failure.REJECTED if lasting else Failure.UNAVAILABLE
        said = error.type if _is_kind(error.type) else "an error"
        return Failed(kind, f"The endpoint said {said}.")
    if result.type == "expired":
        return Failed(Failure.EXPIRED, "It was not begun within a day.")
    return Failed(Failure.CANCELLED, "It was cancelled before it began.")


def _handed(batch: "MessageBatch") -> Handed:
    counts = batch.request_counts
    return Handed(
        id=batch.id,
        at=_ms(batch.created_at),
        count=counts.processing + counts.succeeded + counts.errored
        + counts.canceled + counts.expired,
        ended=batch.processing_status == "ended",
    )  # fmt: skip


def _ms(at: datetime) -> int:
    return round(at.astimezone(UTC).timestamp() * 1000)


@contextmanager
def _failures() -> Iterator[None]:
    """Whatever the library raises, in our words; never with what was sent."""
    import anthropic
    import httpx2
    from pydantic import ValidationError

    try:
        yield
    except anthropic.APITimeoutError as error:
        raise Failed(_silent(error), "The endpoint did not answer in time.") from None
    except anthropic.APIConnectionError as error:
        raise _broken(error.__cause__) from None
    except anthropic.APIStatusError as error:
        raise _status(error) from None
    except httpx2.TimeoutException:
        raise Failed(Failure.TIMEOUT, "The answer did not end in time.") from None
    except httpx2.HTTPError as error:
        raise _broken(error) from None
    except (anthropic.AnthropicError, ValidationError, ValueError, AssertionError,
            AttributeError, TypeError, KeyError, RecursionError):  # fmt: skip
        # The library trusts what a server says: of what it makes of other things
        # anything may be missing, and it follows brackets however deep they go.
        raise Failed(Failure.GARBLED, "What came is no answer of this API.") from None


def _silent(error: "anthropic.APITimeoutError") -> Failure:
    """Where no connection came about, nothing was asked and nothing is paid."""
    import httpx2

    never = isinstance(error.__cause__, httpx2.ConnectTimeout | httpx2.PoolTimeout)
    return Failure.UNREACHABLE if never else Failure.TIMEOUT


def _broken(cause: BaseException | None) -> Failed:
    import httpx2

    if isinstance(cause, httpx2.ConnectError):
        return Failed(Failure.UNREACHABLE, "The endpoint cannot be reached.")
    return Failed(Failure.CUT, "The connection broke before the answer ended.")


def _status(error: "anthropic.APIStatusError") -> Failed:
    code = error.status_code
    told = f"The endpoint said {code}"
    with suppress(AttributeError, TypeError):
        told += f", {error.type}" if _is_kind(error.type) else ""
    after = _seconds(error.response.headers.get("retry-after", ""))
    if code == 429:
        return Failed(Failure.LIMITED, f"{told}: too many requests.", after=after)
    if code in _DENIED:
        return Failed(Failure.DENIED, f"{told}: key, model or account are not right.")
    if code >= 500 or code in (408, 409):
        return Failed(fault_of(code), f"{told}.", after=after)
    if code == 200:  # an error in the midst of a stream: its beginning may be paid
        return Failed(Failure.CUT, f"{told} in the midst of an answer.")
    said = words_of(error.body)
    return Failed(Failure.REJECTED, f"{told}: this request cannot be answered.{said}")


def _is_kind(told: object) -> bool:
    """Whether it is a name such as ``overloaded_error``, and not whatever comes."""
    return isinstance(told, str) and re.fullmatch("[a-z_]{1,40}", told) is not None


def _seconds(text: str) -> float | None:
    try:
        return max(0.0, float(text))
    except ValueError:
        return None
