"""A server on this machine that plays the APIs of models, well or badly.

Each request is recorded. What it plays next is scripted in ``plays``; when that is
used up it answers well. It speaks Anthropic's Messages, its batches and its list of
models, and chat completions as OpenAI's.
"""

import json
import re
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Play = str | tuple[int, dict[str, str]]
"""``answer`` and the like, or a status with headers."""


@dataclass(frozen=True)
class Recorded:
    """A request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any
    raw: bytes = b""

    @property
    def text(self) -> str:
        """All that the model was told, of a message."""
        system = "".join(part["text"] for part in self.body.get("system", ()))
        return system + "".join(str(m["content"]) for m in self.body["messages"])


@dataclass
class Stub:
    """What the server does and what it saw."""

    url: str = ""
    plays: deque[Play] = field(default_factory=deque)
    requests: list[Recorded] = field(default_factory=list)
    answer: Callable[[str], Any] = lambda text: observations(text)
    """From the session's text to the object that the model answers."""
    usage: Callable[[int], dict[str, int]] = lambda size: {
        "input_tokens": size // 4, "output_tokens": 50,
    }  # fmt: skip
    batches: dict[str, dict[str, Any]] = field(default_factory=dict)
    batch_ends: bool = True
    now: Callable[[], int] = lambda: 0
    """Unix ms, when a batch is said to be made."""
    on_request: Callable[[Recorded], None] = lambda _: None
    """Called once a request is recorded, before it is answered."""
    released: threading.Event = field(default_factory=threading.Event)
    """Set when the test ends: what hangs is let go."""

    @property
    def asked(self) -> list[Recorded]:
        """The questions: one by one."""
        return [
            r for r in self.requests if r.path.endswith(("/messages", "/completions"))
        ]

    def paid(self) -> int:
        """How many questions were answered well, in batches too."""
        handed = sum(len(b["requests"]) for b in self.batches.values())
        return self.answered + handed

    answered: int = 0
    kind: str = ""
    """What an error is called, instead of a kind that there is."""
    says: str = "as scripted"
    """What is said of an error."""


def observations(text: str, *, title: str = "", replaces: tuple[str, ...] = ()) -> Any:
    """An answer that the first numbered record of a session bears out."""
    numbers = [int(n) for n in re.findall(r"^\[(\d+)\]", text, re.M)]
    return {
        "observations": [
            {
                "type": "gotcha",
                "title": title or f"The pump drains at record {numbers[0]}",
                "body": "Because the valve opens before the gauge settles.",
                "facts": ["the gauge needs two seconds"],
                "files": [],
                "evidence": numbers[:2],
                "replaces": list(replaces),
                "why": "Nobody could read that in the code.",
            }
        ],
        "summary": {
            "request": "Find out why the pump drains",
            "investigated": "valve and gauge",
            "learned": "the order matters",
            "completed": "the order was changed",
            "next_steps": "measure again",
            "evidence": numbers[:1],
        },
    }


@contextmanager
def serving(stub: Stub) -> Iterator[Stub]:
    """The stub on a port of its own, until the block ends."""

    class Handler(_Handler):
        played = stub

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    stub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        stub.released.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    played: Stub

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing on stderr."""

    def do_GET(self) -> None:
        stub = self.played
        self._record(None)
        if self._misbehaves():
            return
        path = self.path.partition("?")[0]
        if path.endswith("/models"):
            self._json(_models())
        elif path.endswith("/batches"):
            listed = [_batch(stub, name) for name in reversed(stub.batches)]
            self._json({"data": listed, "has_more": False})
        elif path.endswith("/results"):
            self._results(path.split("/")[-2])
        else:
            self._json(_batch(stub, path.split("/")[-1]))

    def do_POST(self) -> None:
        stub = self.played
        length = int(self.headers.get("content-length") or 0)
        raw = self.rfile.read(length)
        body = json.loads(raw or b"{}")
        self._record(body, raw)
        path = self.path.partition("?")[0]
        if path.endswith("/cancel"):
            name = path.split("/")[-2]
            stub.batches[name]["cancelled"] = True
            self._json(_batch(stub, name))
        elif path.endswith("/batches"):
            if not self._misbehaves():
                name = f"msgbatch_{len(stub.batches) + 1:03}"
                stub.batches[name] = {"requests": body["requests"], "cancelled": False}
                if stub.plays and stub.plays[0] == "taken, then cut":
                    stub.plays.popleft()
                    self._cut(b'{"id": "msg')
                    return
                self._json(_batch(stub, name))
        elif not self._misbehaves(body):
            self._answer(body)

    def _record(self, body: Any, raw: bytes = b"") -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        recorded = Recorded(self.command, self.path, headers, body, raw)
        self.played.requests.append(recorded)
        self.played.on_request(recorded)

    def _misbehaves(self, body: Any = None) -> bool:
        """Play what is scripted; whether there was something but an answer."""
        stub = self.played
        if not stub.plays or stub.plays[0] in ("answer", "taken, then cut"):
            if stub.plays and stub.plays[0] == "answer":
                stub.plays.popleft()
            return False
        play = stub.plays.popleft()
        if isinstance(play, tuple):
            status, headers = play
            kind = "rate_limit_error" if status == 429 else "api_error"
            kind = stub.kind or kind
            error = {"type": kind, "message": stub.says}
            self._json({"type": "error", "error": error}, status, headers)
        elif play == "hang":
            stub.released.wait(30)
        elif play == "cut":
            self._cut(b'{"id": "msg_1", "type": "mess')
        elif play == "cut stream":
            self._head(200, "text/event-stream")
            self.wfile.write(b"".join(_events(_message(body, stub))[:3]))
            self.close_connection = True
        elif play == "malformed":
            self._raw(b'{"id": "msg_1", ', "application/json")
        elif play == "another shape":
            self._raw(b'["no", "message"]', "application/json")
        elif play == "brackets":
            self._raw(b"[" * 200_000, "application/json")
        elif play == "html":
            self._raw(b"<html>a proxy</html>", "text/html")
        elif play == "error in stream":
            self._head(200, "text/event-stream")
            told = {"type": "error", "error": {"type": "overloaded_error",
                    "message": "as scripted"}}  # fmt: skip
            self.wfile.write(f"event: error\ndata: {json.dumps(told)}\n\n".encode())
            self.close_connection = True
        else:
            self._answer(body, play)
        return True

    def _answer(self, body: Any, play: str = "") -> None:
        stub = self.played
        stub.answered += 1
        if self.path.endswith("/chat/completions"):
            whole = _completion(body, stub, play)
            if body.get("stream"):
                self._stream(_chunks(whole))
            else:
                self._json(whole)
            return
        message = _message(body, stub, play)
        if body.get("stream"):
            self._stream(_events(message))
        else:
            self._json(message)

    def _results(self, name: str) -> None:
        batch = self.played.batches[name]
        lines = []
        for request in batch["requests"]:
            scripted = batch.get("scripted", {}).get(request["custom_id"])
            result = scripted or {
                "type": "succeeded",
                "message": _message(request["params"], self.played),
            }
            if batch["cancelled"] and not scripted:
                result = {"type": "canceled"}
            lines.append({"custom_id": request["custom_id"], "result": result})
        data = "".join(json.dumps(line) + "\n" for line in lines).encode()
        self._raw(data, "application/x-jsonl")

    def _stream(self, events: list[bytes]) -> None:
        self._head(200, "text/event-stream")
        for event in events:
            self.wfile.write(event)
        self.close_connection = True

    def _json(
        self, value: Any, status: int = 200, headers: dict[str, str] | None = None
    ) -> None:
        data = json.dumps(value).encode()
        self._head(status, "application/json", len(data), headers)
        self.wfile.write(data)

    def _raw(self, data: bytes, kind: str) -> None:
        self._head(200, kind, len(data))
        self.wfile.write(data)

    def _cut(self, data: bytes) -> None:
        """Promise more than is sent, then go away."""
        self._head(200, "application/json", len(data) + 500)
        self.wfile.write(data)
        self.close_connection = True

    def _head(
        self,
        status: int,
        kind: str,
        length: int | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        if length is not None:
            self.send_header("content-length", str(length))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()


def _said(body: Any, stub: Stub, play: str) -> tuple[str, str]:
    """What the model says, and why it stopped."""
    text = str(body["messages"][-1]["content"])
    if play == "refusal":
        return "", "refusal"
    if play == "too long":
        return '{"observations": [{"ty', "max_tokens"
    if play == "wrong schema":
        return '{"observations": "many"}', "end_turn"
    if play == "no json":
        return "Here is what I found: nothing", "end_turn"
    return json.dumps(stub.answer(text)), "end_turn"


def _message(body: Any, stub: Stub, play: str = "") -> dict[str, Any]:
    text, stop = _said(body, stub, play)
    return {
        "id": "msg_1", "type": "message", "role": "assistant", "model": body["model"],
        "content": [{"type": "text", "text": text}] if text else [],
        "stop_reason": stop, "stop_sequence": None,
        "usage": stub.usage(len(json.dumps(body))),
    }  # fmt: skip


def _events(message: dict[str, Any]) -> list[bytes]:
    text = message["content"][0]["text"] if message["content"] else ""
    halves = [text[: len(text) // 2], text[len(text) // 2 :]]
    started = message | {"content": [], "stop_reason": None}
    told: list[dict[str, Any]] = [
        {"type": "message_start", "message": started},
        {"type": "content_block_start", "index": 0,
         "content_block": {"type": "text", "text": ""}},
        *(
            {"type": "content_block_delta", "index": 0,
             "delta": {"type": "text_delta", "text": half}}
            for half in halves
        ),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta",
         "delta": {"stop_reason": message["stop_reason"], "stop_sequence": None},
         "usage": {"output_tokens": message["usage"]["output_tokens"]}},
        {"type": "message_stop"},
    ]  # fmt: skip
    return [f"event: {e['type']}\ndata: {json.dumps(e)}\n\n".encode() for e in told]


def _completion(body: Any, stub: Stub, play: str) -> dict[str, Any]:
    text, stop = _said(body, stub, play)
    stops = {"end_turn": "stop", "max_tokens": "length", "refusal": "content_filter"}
    used = stub.usage(len(json.dumps(body)))
    return {
        "id": "c1", "object": "chat.completion", "model": body["model"],
        "choices": [
            {"index": 0, "finish_reason": stops[stop],
             "message": {"role": "assistant", "content": text}}
        ],
        "usage": {
            "prompt_tokens": used["input_tokens"],
            "completion_tokens": used["output_tokens"],
            "prompt_tokens_details": {"cached_tokens": 0},
            "total_tokens": used.get("total", 0),
        },
    }  # fmt: skip


def _chunks(whole: dict[str, Any]) -> list[bytes]:
    choice = whole["choices"][0]
    text = choice["message"]["content"]
    told: list[dict[str, Any]] = [
        {"choices": [{"delta": {"content": text[: len(text) // 2]}}]},
        {"choices": [{"delta": {"content": text[len(text) // 2 :]},
                      "finish_reason": choice["finish_reason"]}]},
        {"choices": [], "usage": whole["usage"]},
    ]  # fmt: skip
    lines = [f"data: {json.dumps(one)}\n\n".encode() for one in told]
    return [*lines, b"data: [DONE]\n\n"]


def _models() -> dict[str, Any]:
    one = {
        "id": "claude-haiku-5-5", "type": "model", "display_name": "Haiku",
        "created_at": "2026-10-07T00:00:00Z", "lifecycle": "active",
        "max_input_tokens": 1_000_000, "max_tokens": 128_000,
    }  # fmt: skip
    return {"data": [one], "has_more": False, "first_id": None, "last_id": None}


def _batch(stub: Stub, name: str) -> dict[str, Any]:
    count = len(stub.batches[name]["requests"])
    ended = stub.batch_ends
    made = stub.batches[name].setdefault("at", stub.now())
    now = datetime.fromtimestamp(made / 1000, UTC).isoformat()
    return {
        "id": name, "type": "message_batch", "created_at": now, "expires_at": now,
        "processing_status": "ended" if ended else "in_progress",
        "results_url": f"{stub.url}/v1/messages/batches/{name}/results",
        "request_counts": {
            "processing": 0 if ended else count, "succeeded": count if ended else 0,
            "errored": 0, "canceled": 0, "expired": 0,
        },
    }  # fmt: skip
