"""No named secret and no private span survives; everything else does."""

import json
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memtui.redact import SECRETS, PieceRedactor, Redactor, Secret, SheetRedactor
from memtui.redact.scan import LiteralScan

REDACTOR = Redactor()
IDS = [f"{secret.kind}-{secret.literals[0].decode()}" for secret in SECRETS]
MARK = re.compile(rb"\[redacted:[a-z0-9-]+\]")


def core(secret: Secret) -> str:
    """The part of the example that must be gone: its longest run of letters."""
    runs: list[str] = re.findall(r"[A-Za-z0-9]+", secret.example())
    return max(runs, key=len)


@pytest.mark.parametrize("secret", SECRETS, ids=IDS)
@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "first line\n{}\nlast line",
        'export X="{}"',
        "\x1b[32m{}\x1b[0m",
        "see {}, please",
        "{{'key': '{}'}}",
        "     1\u2192{}",
    ],
)
def test_a_secret_is_cut_wherever_it_stands_in_a_line(
    secret: Secret, around: str
) -> None:
    text = around.format(secret.example())

    for level in range(1, 4):  # JSON in JSON in JSON, as tools print transcripts
        text = json.dumps({"text": text})
        redacted = REDACTOR.line(text.encode())
        assert secret.kind in redacted.kinds, level
        assert core(secret).encode() not in redacted.data
        json.loads(redacted.data)


@pytest.mark.parametrize("secret", SECRETS, ids=IDS)
def test_a_secret_in_a_memory_typed_by_hand_is_cut(secret: Secret) -> None:
    text = REDACTOR.text(f"remember {secret.example()} well")
    assert core(secret) not in text
    assert text.startswith("remember ")
    assert text.endswith(" well")


@pytest.mark.parametrize("secret", SECRETS, ids=IDS)
def test_cutting_twice_changes_nothing_more(secret: Secret) -> None:
    once = REDACTOR.line(json.dumps(secret.example()).encode()).data
    assert REDACTOR.line(once).data == once


def test_there_are_many_kinds() -> None:
    assert len({secret.kind for secret in SECRETS}) >= 40


@pytest.mark.parametrize(
    "harmless",
    [
        "git clone https://example.org/team/repo.git",
        "http://localhost:3000/@scope/name@1.2.3",
        "postgres://$USER:$PASSWORD@localhost/app and {user}:{password}",
        "ssh://git@example.org:2222/repo",
        "the risk-assessment and task-0123 of disk-usage",
        "Authorization: Bearer <token>",
        "the bearer authentication-scheme-without-any-number",
        "TOKEN=$(pass show token)",
        "MAX_TOKENS=4096",
        "API_KEY=your-api-key-here",
        "SECRET_KEY=change-me-please-change-me",
        "AKIA is how such a key begins",
        "a key- or hf_ or npm_ or sk- alone",
        "eyJhbGciOiJub25lIn0 is half a token",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
        "commit 7f3a9c1e5b8d20467f3a9c1e5b8d20467f3a9c1e",
        "sha512-x7Kq2mVb9RtYw4ZsLd8NcFh3JgPa6EuT1oXiQ2mVb9RtYw4ZsLd8Ng==",
    ],
)
def test_what_only_looks_like_a_secret_stays(harmless: str) -> None:
    raw = json.dumps({"text": harmless}).encode()
    assert REDACTOR.line(raw).data == raw
    assert REDACTOR.text(harmless) == harmless


def test_only_the_value_is_cut_and_the_rest_of_the_line_stays() -> None:
    secret = next(s for s in SECRETS if s.kind == "url-password")
    password = core(secret)
    raw = f'{{"a":"postgres://app:{password}@db.example.org/app","b":1}}'.encode()

    redacted = REDACTOR.line(raw)

    assert redacted.data == (
        b'{"a":"postgres://app:[redacted:url-password]@db.example.org/app","b":1}'
    )
    assert (redacted.kinds, redacted.spans) == (("url-password",), 1)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a <private>hidden</private> b", "a [redacted:private] b"),
        ("a <private>one</private> b <private>two</private>", None),
        ("a <PRIVATE>hidden</PRIVATE> b", "a [redacted:private] b"),
        ('a <private>say "hi"\nto \\ me', "a [redacted:private]"),
        ("a <private>hidden", "a [redacted:private]"),
    ],
)
def test_private_spans_are_cut(text: str, left: str | None) -> None:
    left = left or "a [redacted:private] b [redacted:private]"
    raw = json.dumps({"text": text, "next": "stays"}).encode()

    redacted = json.loads(REDACTOR.line(raw).data)

    assert redacted == {"text": left, "next": "stays"}
    assert REDACTOR.text(text) == left


def test_a_private_span_with_escaped_tags_is_cut() -> None:
    raw = rb'{"a":"\u003cprivate\u003ehidden\u003c/private\u003e rest"}'
    assert REDACTOR.line(raw).data == b'{"a":"[redacted:private] rest"}'


def test_a_value_hidden_by_the_log_of_macos_hides_nothing_behind_it() -> None:
    text = "NSDebugDescription=<private> and the error behind it"
    assert REDACTOR.text(text) == text


@pytest.mark.parametrize("text", ["SetPrivate(Local<Private> key);", "B<Private> x"])
def test_a_type_of_a_program_hides_nothing_behind_it(text: str) -> None:
    raw = json.dumps(f"a\n{text}\nb").encode()
    assert REDACTOR.line(raw).data == raw
    assert REDACTOR.text(text) == text


@pytest.mark.parametrize("before", ["", "\n", "\t", " ", "(", "caf\u00e9", "\u00e9\n"])
def test_an_open_private_tag_hides_the_rest_behind_any_but_a_word(before: str) -> None:
    for ascii_only in (True, False):
        raw = json.dumps(f"a{before}<private>hidden", ensure_ascii=ascii_only)
        if before:
            assert b"hidden" not in REDACTOR.line(raw.encode()).data
    for _ in range(2):
        raw = json.dumps(f"a <private>hidden{before}</private> shown")
        left = REDACTOR.line(raw.encode()).data
        assert b"hidden" not in left
        assert b"shown" in left


def test_no_secret_begins_in_the_middle_of_an_escape() -> None:
    raw = json.dumps("x\n" + "pm_" + "a8Kd2Lm9Qx7Zr4Vb6Nc3Jf5Gw0TyHs1Pe2Xu").encode()
    assert REDACTOR.line(raw).data == raw
    assert json.loads(REDACTOR.line(raw).data)


def test_a_private_key_without_an_end_is_cut_as_far_as_it_looks_like_one() -> None:
    body = "\n".join(["MIIEx7Kq2mVb9RtYw4ZsLd8NcFh3JgPa6EuT1oXiQ2mVb9RtYw4Zs"] * 3)
    begin = "-----BEGIN " + "PRIVATE KEY-----"

    text = REDACTOR.text(f"{begin}\n{body}\n(cut here)")

    assert text == "[redacted:private-key]\n(cut here)"


@pytest.mark.parametrize(
    "part",
    [
        "<private>", "<private></private>", "=<private>", '<private>\\"', "://a:",
        "-----BEGIN " + "PRIVATE KEY-----!", "eyJ-", "1meyJ", "eyJaaaaaaaa.", "sk-",
        "hf_a-", "AWS_SESSION_TOKEN=", "Bearer a", "SG.", "PGPASSWORD=", "TOKEN=a",
        "uthorization:", "secret_access_key\\", ":AA", "8Q~", ".atlasv1.",
        "-----BEGIN " + "PRIVATE KEY-----\",\"",
        "-----BEGIN " + "PRIVATE KEY-----a1:2:",
        '","', 'a","b', '<private>","', '","<private>', '",  "<private', "k.pem:1:",
        "curl ", "curl -u a", "curl -u a:b1 ", "mysql ", "mysql -pa1B", "Cookie: ",
        "Cookie: a=b; ", "Cookie: a=", "Cookie: sid=a; ", 'password: "', "password",
        'password="a1', "PASSWORD=a1", "secret", 'secret="', "api_key: ",
        "TOKEN=a1B2c3",
        "_eyJ", "_eyJaaaaaaaa.eyJ", "_eyJaaaaaaaa.", "%3A//a%3A", "://a:%20", "\\/",
        "Bearer+a1", "Bearer a1/", "\\\\", "AWS_SESSION_TOKEN=a1", "hooks.slack.com",
        "_sk-a1b2c3d4\\n", "sk-\\na1b2c3d4", "sk-a1b2\\nq1w2e3r4", "eyJ\\n",
        "TOKEN=a1\\na1b2c3d4e5", "password: a1b2c3d4\\n", "curl -u a:b1c2\\n",
    ],
)  # fmt: skip
def test_a_hostile_line_takes_no_longer_than_its_length(part: str) -> None:
    raw = b'{"text":"' + part.encode() * (400_000 // len(part)) + b'"}'
    started = time.process_time()
    REDACTOR.line(raw)
    assert time.process_time() - started < 4  # some 0.2 s; minutes if quadratic


NOISE = st.one_of(
    st.text(max_size=30),
    st.sampled_from([s.example() for s in SECRETS]),
    st.sampled_from(["<private>", "</private>", "\\", '"', "\n", "\u2028", "Bearer "]),
)


@given(st.lists(NOISE, max_size=8).map("".join))
def test_a_json_line_stays_a_json_line(text: str) -> None:
    raw = json.dumps({"text": text, "n": 1}).encode()
    assert json.loads(REDACTOR.line(raw).data)["n"] == 1


@given(st.lists(NOISE, max_size=8).map("".join))
def test_outside_the_marks_every_byte_stays(text: str) -> None:
    raw = json.dumps({"text": text}).encode()
    rest = raw
    for kept in MARK.split(REDACTOR.line(raw).data):
        at = rest.find(kept)
        assert at >= 0
        rest = rest[at + len(kept) :]


@given(st.lists(st.binary(max_size=40), max_size=6))
def test_any_bytes_can_be_redacted(parts: list[bytes]) -> None:
    raw = b"<private>".join(parts)
    once = REDACTOR.line(raw)
    assert REDACTOR.line(once.data).data == once.data


@given(st.lists(st.lists(NOISE, max_size=4).map("".join), max_size=6))
def test_many_lines_at_once_come_out_as_one_by_one(texts: list[str]) -> None:
    lines = [json.dumps(text).encode() + b"\n" for text in texts]
    assert REDACTOR.lines(lines) == [REDACTOR.line(line).data for line in lines]


@given(
    st.lists(
        st.sampled_from([b"abc", b"bcd", b"cd", b"aab", b"d", b"xyz"]), unique=True
    ),
    st.text("abcdxyz", max_size=60),
)
def test_the_scan_finds_every_place_of_every_literal(
    literals: list[bytes], text: str
) -> None:
    raw = text.encode()
    wanted = {
        (which, at, at + len(literal))
        for which, literal in enumerate(literals)
        for at in range(len(raw))
        if raw.startswith(literal, at)
    }
    assert set(LiteralScan(literals).hits(raw)) == wanted


OVERLAP = 8 << 10


def pieces_of(raw: bytes, size: int) -> list[bytes]:
    """What the tail makes of one overlong line."""
    step = size - OVERLAP
    count = max(1, -(-(len(raw) - OVERLAP) // step))
    return [raw[at * step : at * step + size] for at in range(count)]


@pytest.mark.parametrize("shift", range(-60, 20, 4))
@pytest.mark.parametrize("kind", ["github-token", "private-key", "anthropic-key"])
def test_a_secret_on_the_cut_between_two_pieces_is_in_neither(
    kind: str, shift: int
) -> None:
    size = 32 << 10
    secret = next(s for s in SECRETS if s.kind == kind)
    value = json.dumps(secret.example())[1:-1].encode()
    raw = b"." * (size + shift) + b" " + value + b" " + b"." * size
    redactor = PieceRedactor(REDACTOR, OVERLAP)

    pieces = pieces_of(raw, size)
    out = [redactor.piece(p, last=p is pieces[-1]).data for p in pieces]

    run = core(secret).encode()
    assert not any(run[:20] in piece or run[-20:] in piece for piece in out)


def test_a_token_longer_than_the_overlap_is_in_no_piece() -> None:
    size = 16 << 10
    token = "".join(f"{n * 7919 % 99991:05}" for n in range(1, 9000)).encode()
    raw = b'{"a":"' + b"x " * 4000 + b"gh" + b"p_" + token + b' shown","b":"x"}'
    redactor = PieceRedactor(REDACTOR, OVERLAP)

    pieces = pieces_of(raw, size)
    out = b"".join(redactor.piece(p, last=p is pieces[-1]).data for p in pieces)

    assert not re.search(rb"\d{10}", out)
    assert b" shown" in out


@pytest.mark.parametrize("shift", [-9000, -60, -20, 0, 20, 9000])
def test_the_pieces_joined_are_the_line_without_its_secrets(shift: int) -> None:
    size = 32 << 10
    secret = next(s for s in SECRETS if s.kind == "github-token").example().encode()
    words = b"".join(b"%06d " % n for n in range(12_000))
    at = size + shift
    raw = words[:at] + b" " + secret + b" " + words[at:]
    redactor = PieceRedactor(REDACTOR, OVERLAP)

    pieces = pieces_of(raw, size)
    out = b"".join(redactor.piece(p, last=p is pieces[-1]).data for p in pieces)

    mark = b"[redacted:github-token]"
    assert out == words[:at] + b" " + mark + b" " + words[at:]


def test_a_private_span_over_many_pieces_is_in_none() -> None:
    size = 16 << 10
    hidden = b"".join(b"hidden %06d " % n for n in range(6000))
    raw = b'{"a":"' + b"<private>" + hidden + b'</private> shown","b":"' + b"x" * size
    redactor = PieceRedactor(REDACTOR, OVERLAP)

    pieces = pieces_of(raw, size)
    out = b"".join(redactor.piece(p, last=p is pieces[-1]).data for p in pieces)

    assert b"hidden" not in out
    assert b" shown" in out


@pytest.mark.parametrize("before", [100, 5_000, 7_500])
def test_a_long_token_on_the_cut_leaves_its_head_in_no_piece(before: int) -> None:
    size = 32 << 10
    body = "".join(f"{n * 7919 % 99991:05}" for n in range(9, 1500))
    token = f"eyJhbGciOiJIUzI1NiJ9.eyJ{body}.{body[:43]}".encode()
    raw = b"x " * ((size - before) // 2) + token + b" shown" + b" x" * size
    redactor = PieceRedactor(REDACTOR, OVERLAP)

    pieces = pieces_of(raw, size)
    out = [redactor.piece(p, last=p is pieces[-1]).data for p in pieces]

    assert not any(re.search(rb"\d{10}", piece) for piece in out)
    assert any(b" shown" in piece for piece in out)


@pytest.mark.parametrize("size", [1, 2, 7, 100])
def test_over_the_lines_of_a_text_nothing_of_a_key_or_a_private_span_stays(
    size: int,
) -> None:
    key = next(s for s in SECRETS if s.kind == "private-key").example()
    text = f"first\n{key}\nshown\n<private>\nhidden\n\nhidden\n</private> after\r\nlast"
    lines = text.encode().splitlines(keepends=True)
    sheet = SheetRedactor(REDACTOR)

    cut = [
        line
        for at in range(0, len(lines), size)
        for line in sheet.lines(lines[at : at + size])
    ]

    assert len(cut) == len(lines)
    left = b"".join(cut)
    assert not re.search(rb"hidden|[A-Za-z0-9]{20}", left)
    assert cut[0] == b"first\n"
    assert b"shown\n" in cut
    assert cut[-2:] == [b"[redacted:private] after\r\n", b"last"]


def test_an_open_private_span_hides_the_rest_of_a_text() -> None:
    sheet = SheetRedactor(REDACTOR)

    cut = [*sheet.lines([b"a <private>\n", b"b\n"]), *sheet.lines([b"c\n", b"d"])]

    mark = b"[redacted:private]"
    assert cut == [b"a " + mark + b"\n", mark + b"\n", mark + b"\n", mark]
