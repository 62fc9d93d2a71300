"""Chat completions as OpenAI made them and many servers speak them, Gemini's too.

A few fields over plain HTTP: no library of its own for a form that every server reads
a little otherwise.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from memtui.compress import http
from memtui.compress.asking import Question
from memtui.compress.endpoint import (
    Failed,
    Failure,
    Listed,
    Reply,
    fault_of,
    host_of,
    words_of,
)
from memtui.compress.money import Usage, counted

if TYPE_CHECKING:
    import httpx2

URL: Final = "https://api.openai.com/v1"
_NEWER_WORD: Final = "api.openai.com"
"""Wants ``max_completion_tokens``; the others know ``max_tokens`` alone."""
_DENIED: Final = frozenset({401, 402, 403, 404})
_DONE: Final = "[DONE]"


class OpenAIApi:
    """One address, one key, one model.

    Args:
        timeout: seconds of silence; None: the usual ones.
    """

    batches: Final = None

    def __init__(
        self,
        url: str,
        key: str,
        model: str,
        *,
        stream: bool = True,
        timeout: float | None = None,
    ) -> None:
        self._url = url.rstrip("/")
        self._headers = {"authorization": f"Bearer {key}"} if key else {}
        self._model = model
        self._stream = stream
        self._client = http.client(url, timeout=timeout)

    def close(self) -> None:
        """Give the connection back."""
        self._client.close()

    def written(self, question: Question) -> bytes:
        """The very bytes that ``ask`` would send."""
        return self._request(question).read()

    def ask(self, question: Question) -> Reply:
        """Send one question and wait."""
        with _failures():
            response = self._client.send(self._request(question), stream=True)
            try:
                _must_be_well(response)
                if self._stream:
                    return _streamed(response.iter_lines())
                return _reply(_object(response.read()))
            finally:
                response.close()

    def _request(self, question: Question) -> "httpx2.Request":
        return self._client.build_request(
            "POST", f"{self._url}/chat/completions", json=self._asked(question),
            headers=self._headers,
        )  # fmt: skip

    def models(self) -> list[Listed]:
        """What this key may use."""
        with _failures():
            response = self._client.get(f"{self._url}/models", headers=self._headers)
            _must_be_well(response)
            found = _object(response.content).get("data")
        return [
            Listed(id=str(one["id"]).removeprefix("models/"))
            for one in (found if isinstance(found, list) else ())
            if isinstance(one, Mapping) and "id" in one
        ]

    def _asked(self, question: Question) -> dict[str, Any]:
        """The body of a request."""
        system = "\n\n".join(filter(None, (question.instructions, question.context)))
        newer = host_of(self._url) == _NEWER_WORD
        form = {"name": "memories", "strict": True, "schema": question.schema}
        body: dict[str, Any] = {
            "model": self._model,
            "messages": [
                {"role": "system", "content": system},
                {"role": "user", "content": question.text},
            ],
            "max_completion_tokens" if newer else "max_tokens": question.most,
            "response_format": {"type": "json_schema", "json_schema": form},
        }
        if self._stream:
            body |= {"stream": True, "stream_options": {"include_usage": True}}
        return body


def _streamed(lines: Iterator[str]) -> Reply:
    """The answer of events, each a line of ``data:``."""
    texts: list[str] = []
    stop, usage, refusal, ended = None, None, None, False
    for line in lines:
        if not line.startswith("data:"):
            continue
        data = line[5:].strip()
        if data == _DONE:
            ended = True
            break
        event = _object(data)
        usage = event.get("usage") or usage
        for choice in event.get("choices") or ():
            delta = choice.get("delta") or {}
            texts.append(delta.get("content") or "")
            refusal = delta.get("refusal") or refusal
            stop = choice.get("finish_reason") or stop
    if not (stop and ended):
        raise Failed(Failure.CUT, "The answer ended before its end.")
    return _ended("".join(texts), stop, usage, refusal)


def _reply(answer: Mapping[str, Any]) -> Reply:
    choice = answer["choices"][0]
    message = choice["message"]
    return _ended(
        message.get("content") or "",
        choice.get("finish_reason"),
        answer.get("usage"),
        message.get("refusal"),
    )


def _ended(
    text: str, stop: str | None, told: Mapping[str, Any] | None, refusal: object
) -> Reply:
    usage = _usage(told) if told else None
    if refusal or stop == "content_filter":
        raise Failed(Failure.REFUSED, "The model refused.", usage=usage)
    if stop == "length":
        raise Failed(
            Failure.TOO_LONG, "The answer filled all room that it had.", usage=usage
        )
    if stop is None:
        raise Failed(Failure.CUT, "The answer ended before its end.", usage=usage)
    return Reply(text=text, usage=usage)


def _usage(told: Mapping[str, Any]) -> Usage:
    """Gemini counts thoughts, which are paid, in the total alone."""
    kept = counted((told.get("prompt_tokens_details") or {}).get("cached_tokens") or 0)
    read = counted(told["prompt_tokens"])
    whole = counted(told.get("total_tokens") or 0)
    return Usage(
        input=max(0, read - kept),
        output=max(counted(told["completion_tokens"]), whole - read),
        kept=kept,
    )


def _object(data: str | bytes) -> dict[str, Any]:
    found = json.loads(data)
    if not isinstance(found, dict):
        raise ValueError("no object")
    return found


def _or_nothing(data: bytes) -> object:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _must_be_well(response: "httpx2.Response") -> None:
    code = response.status_code
    if code == 200:
        return
    told = f"The endpoint said {code}"
    try:
        after: float | None = float(response.headers.get("retry-after", ""))
    except ValueError:
        after = None
    if code == 429:
        raise Failed(Failure.LIMITED, f"{told}: too many requests.", after=after)
    if code in _DENIED:
        raise Failed(Failure.DENIED, f"{told}: key, model or address are not right.")
    if code >= 500 or code in (408, 409):
        raise Failed(fault_of(code), f"{told}.", after=after)
    told += ": this request cannot be answered."
    raise Failed(Failure.REJECTED, told + words_of(_or_nothing(response.read())))


@contextmanager
def _failures() -> Iterator[None]:
    """Whatever goes wrong, in our words; never with what was sent."""
    import httpx2

    try:
        yield
    except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout):
        raise Failed(Failure.UNREACHABLE, "The endpoint cannot be reached.") from None
    except httpx2.TimeoutException:
        raise Failed(Failure.TIMEOUT, "The endpoint did not answer in time.") from None
    except httpx2.HTTPError:
        raise Failed(
            Failure.CUT, "The connection broke before the answer ended."
        ) from None
    except (
        ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError
    ):  # fmt: skip
        # JSON of any shape may come; what we do not find in it is no answer.
        raise Failed(Failure.GARBLED, "What came is no answer of this API.") from None
