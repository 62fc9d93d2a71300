"""Every kind of secret in every form in which a transcript may hold it."""

import base64
import json
import random
import re
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memtui.redact import SECRETS, Redactor, Secret, drawn

REDACTOR = Redactor()
DICE = random.Random(8)
KEY = "PRIVATE " + "KEY"
BODY = [base64.b64encode(DICE.randbytes(48)).decode() for _ in range(6)]
LONG = "".join(DICE.choices("ABCDEFGHIJKLMNOPabcdefghijklmnop0123456789", k=900))
PEM = [f"-----BEGIN RSA {KEY}-----", *BODY, f"-----END RSA {KEY}-----"]


def line_of(text: str) -> str:
    """A line of a transcript that says this."""
    return json.dumps({"type": "user", "message": {"content": text}, "n": 1})


def diff_of(text: str, sign: str = "+") -> str:
    """A line of a transcript that holds this as a client's diff."""
    lines = [" before", *(sign + line for line in text.split("\n")), " after"]
    return json.dumps({"patch": [{"newStart": 1, "lines": lines}], "n": 1})


FORMS: dict[str, Callable[[str], str]] = {
    "plain": line_of,
    "own line": lambda text: line_of(f"first\n{text}\nlast"),
    "JSON in JSON": lambda text: line_of(json.dumps({"out": text})),
    "JSON in JSON in JSON": lambda text: line_of(
        json.dumps({"out": json.dumps({"out": text})})
    ),
    "escaped slashes": lambda text: line_of(text).replace("/", "\\/"),
    "escaped signs": lambda text: re.sub(
        "[&='<>]", lambda sign: f"\\u{ord(sign[0]):04x}", line_of(text)
    ),
    "in a URL": lambda text: line_of(f"GET https://x.example/?a=1&q={quote(text)}&b=2"),
    "in a form": lambda text: line_of(f"a=1&q={quote_plus(text)}&b=2"),
    "header": lambda text: line_of(f"> X-Auth: {text}\r\n> Accept: */*\r\n"),
    "diff as text": lambda text: line_of("+" + text.replace("\n", "\n+")),
    "diff as an array": diff_of,
    "diff in JSON in JSON": lambda text: line_of(diff_of(text, "-")),
    "in quotes": lambda text: line_of(f"say '{text}' and \"{text}\""),
    "in a quotation": lambda text: line_of("> " + text.replace("\n", "\n> ")),
    "in a comment": lambda text: line_of("# " + text.replace("\n", "\n# ")),
    "numbered": lambda text: line_of(
        "\n".join(f"{n:6}\u2192{line}" for n, line in enumerate(text.split("\n"), 9))
    ),
    "coloured": lambda text: line_of(
        "\n".join(f"\x1b[1;32m{line}\x1b[0m" for line in text.split("\n"))
    ),
}


def runs_of(example: str) -> list[str]:
    """What must be gone: the longest run of letters and digits; of a key, all."""
    runs: list[str] = re.findall("[A-Za-z0-9]{12,}", example)
    return runs if KEY in example else [max(runs, key=len)]


def survives(example: str, form: str) -> bool:
    """Whether a piece of a secret is left in a line that stays JSON."""
    left = REDACTOR.line(FORMS[form](example).encode()).data
    assert json.loads(left)
    return any(
        run[at : at + 12].encode() in left
        for run in runs_of(example)
        for at in range(0, len(run) - 11, 6)
    )


def test_the_kinds_are_many_and_the_forms_too() -> None:
    assert len({secret.kind for secret in SECRETS}) >= 60
    assert len(FORMS) >= 16


@pytest.mark.parametrize("form", FORMS)
def test_of_planted_secrets_nearly_none_survives(form: str) -> None:
    missed = [s.kind for s in SECRETS if survives(s.example(), form)]
    assert len(missed) / len(SECRETS) <= 0.03, missed


def test_over_all_forms_recall_is_what_is_promised() -> None:
    tried = [(s, form) for s in SECRETS for form in FORMS]
    missed = [(s.kind, form) for s, form in tried if survives(s.example(), form)]
    assert 1 - len(missed) / len(tried) >= 0.99, missed


def wrapped(text: str, columns: int, ending: str) -> str:
    """Each line broken after so many columns, as a mail or a terminal does."""
    return ending.join(
        line[at : at + columns]
        for line in text.split("\n")
        for at in range(0, max(len(line), 1), columns)
    )


def in_lines(text: str, columns: int) -> str:
    """A line of a transcript with a client's diff of the wrapped text."""
    return diff_of(wrapped(text, columns, "\n"))


BROKEN: dict[str, Callable[[str, int], str]] = {
    "terminal": lambda text, n: line_of(wrapped(text, n, "\n")),
    "mail": lambda text, n: line_of(wrapped(text, n, "\r\n")),
    "quoted-printable": lambda text, n: line_of(wrapped(text, n, "=\n")),
    "indented": lambda text, n: line_of(wrapped(text, n, "\n    ")),
    "quotation": lambda text, n: line_of("> " + wrapped(text, n, "\n> ")),
    "diff, added": lambda text, n: line_of("+" + wrapped(text, n, "\n+")),
    "diff, removed": lambda text, n: line_of("-" + wrapped(text, n, "\n-")),
    "diff as an array": in_lines,
    "JSON in JSON": lambda text, n: line_of(json.dumps({"o": wrapped(text, n, "\n")})),
    "diff in JSON in JSON": lambda text, n: line_of(in_lines(text, n)),
    "shell": lambda text, n: line_of(wrapped(text, n, "\\\n")),
    "YAML": lambda text, n: line_of('key: "' + wrapped(text, n, "\\\n  ") + '"\n'),
    "Python": lambda text, n: line_of('x = ("' + wrapped(text, n, '"\n     "') + '")'),
    "JavaScript": lambda text, n: line_of("x = '" + wrapped(text, n, "' +\n  '") + "'"),
    "numbered": lambda text, n: FORMS["numbered"](wrapped(text, n, "\n")),
}  # fmt: skip
WIDTHS = (60, 72, 76, 80, 100, 120)
WORDS = ["the", "service", "reads", "its", "settings", "from", "here", "and", "on"]


def left_of(how: str, secret: Secret, dice: random.Random) -> tuple[bytes, bool]:
    """A line with a secret at any column, redacted; was what it is known by cut?"""
    example, width = secret.example(), dice.choice(WIDTHS)
    literal = next(one.decode() for one in secret.literals if one.decode() in example)
    column = dice.randrange(width)
    lead = " ".join(dice.choices(WORDS, k=40))[: max(column - 1, 0)]
    after = dice.choice(("", '"', "\n", " and then", "\nmore of it"))
    text = f"{lead} {example}{after}" if column else example + after
    left = REDACTOR.line(BROKEN[how](text, width).encode()).data
    assert json.loads(left)
    known = column + example.index(literal)
    return left, known // width != (known + len(literal) - 1) // width


def shows(left: bytes, example: str) -> bool:
    """Whether twelve letters in a row of a value are left."""
    return any(
        run[at : at + 12].encode() in left
        for run in runs_of(example)
        for at in range(len(run) - 11)
    )


def masked(left: bytes) -> bytes:
    """As it is shown, and as ``memtui secrets`` lists it."""
    shown = bytearray(left)
    for one in drawn(left):
        shown[one.start : one.end] = b"*" * (one.end - one.start)
    return bytes(shown)


IN_ONE_LINE = [secret for secret in SECRETS if KEY not in secret.example()]
"""Private keys have lines of their own: see ``FORMS``."""


@pytest.mark.parametrize("how", BROKEN)
def test_of_values_that_a_line_end_cuts_nearly_none_survives(how: str) -> None:
    """At random columns of lines of usual widths; what they are known by is whole."""
    dice, values = random.Random(how), 0
    missed: list[str] = []
    for secret in IN_ONE_LINE * 3:
        left, is_cut = left_of(how, secret, dice)
        values += not is_cut
        if not is_cut and shows(left, secret.example()):
            missed.append(secret.kind)
    assert len(missed) / values <= 0.06, missed  # 0.01 to 0.05, by the dice


def test_with_split_lines_counted_recall_is_what_is_promised() -> None:
    """Also where a line's end cuts what a secret is known by: no name is found there.

    What is left then looks drawn: it is masked, and listed by ``memtui secrets``.
    """
    tried = len(SECRETS) * len(FORMS)
    missed = sum(survives(s.example(), form) for s in SECRETS for form in FORMS)
    dice, by_name = random.Random(11), missed
    for how in BROKEN:
        for secret in IN_ONE_LINE:
            left, _ = left_of(how, secret, dice)
            by_name += shows(left, secret.example())
            missed += shows(masked(left), secret.example())
        tried += len(IN_ONE_LINE)
    assert 1 - missed / tried >= 0.97
    assert 1 - by_name / tried >= 0.95


NEXT_LINES = (
    "Then we went on.", "DATABASE_URL2=postgres://db/app1", "Content-Type: text/html",
    "2026-03-01T12:00:00Z started", "7f3a9c1e5b8d fix the build", "ghp_and_so_on",
    "user_id2: 17", "src/app/main.py:42", "commit 1a2b3c4", "12345", "- next: 1a",
    "retries = 3", "parse_config2(path)", "v1.2.3-rc1", "README.md", '"next": "a1b2"',
)  # fmt: skip


@pytest.mark.parametrize("behind", NEXT_LINES)
@pytest.mark.parametrize("text", ["ghp_" + LONG[:36], "API_TOKEN=" + LONG[:32]])
def test_what_stands_on_the_next_line_stays(text: str, behind: str) -> None:
    for line in (f"{text}\n{behind}", f"+{text}\n+{behind}", f"  {text}\n  {behind}"):
        left = json.loads(REDACTOR.line(line_of(line).encode()).data)
        assert behind in left["message"]["content"]
        assert LONG[:12] not in left["message"]["content"]
    assert behind in REDACTOR.text(f"{text}\n{behind}")


@pytest.mark.parametrize("width", [20, 30, 44])
def test_a_value_over_many_lines_goes_as_a_whole_and_nothing_behind_it(
    width: int,
) -> None:
    lines = wrapped("sk-ant-" + "api03-" + LONG[:120], width, "\n")
    left = REDACTOR.line(line_of(f"key\n{lines}\nand so on").encode()).data

    said = json.loads(left)["message"]["content"]
    assert said == "key\n[redacted:anthropic-key]\nand so on"
    assert REDACTOR.text(f"key\n{lines}\nand so on") == said


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("end", [None, -1, -2], ids=["whole", "no end", "cut"])
def test_no_line_of_a_private_key_survives(form: str, end: int | None) -> None:
    left = REDACTOR.line(FORMS[form]("\n".join(PEM[:end])).encode()).data.decode()
    assert not [line for line in BODY if line[:20] in left or line[20:40] in left]
    assert json.loads(left)


@pytest.mark.parametrize(
    "code",
    [
        "\n".join(f"k.pem:{n}:{line}" for n, line in enumerate(PEM)),
        "\n".join(f"'{line}\\n' +" for line in PEM),
        "\n".join(f'"{line}\\n"' for line in PEM),
        "\n".join("    " + line for line in PEM),
        "\r\n".join(PEM),
        PEM[0] + "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES,0A1B\n\n" + "\n".join(BODY),
        "\n".join(PEM).replace("RSA " + KEY, "PGP " + KEY + " BLOCK"),
        json.dumps(PEM),
    ],
)
def test_a_private_key_in_code_is_cut(code: str) -> None:
    for line in (line_of(code), line_of(json.dumps(code)), diff_of(code)):
        left = REDACTOR.line(line.encode()).data.decode()
        assert not [part for part in BODY if part in left]
        assert json.loads(left)


def test_what_follows_a_key_in_the_array_stays() -> None:
    raw = diff_of("\n".join(PEM)).encode()
    assert json.loads(REDACTOR.line(raw).data) == {
        "patch": [
            {"newStart": 1, "lines": [" before", "+[redacted:private-key]", " after"]}
        ],
        "n": 1,
    }


def test_a_private_span_goes_on_over_the_lines_of_a_diff() -> None:
    text = "shown\n<private>\nhidden one\nhidden two\n</private>\nshown too"
    redacted = json.loads(REDACTOR.line(diff_of(text).encode()).data)
    assert redacted["patch"][0]["lines"] == [
        " before", "+shown", "+[redacted:private]", "+shown too", " after",
    ]  # fmt: skip


def test_an_open_private_span_hides_the_rest_of_its_array_and_no_more() -> None:
    raw = diff_of("shown\n<private>\nhidden\nhidden").encode()
    redacted = json.loads(REDACTOR.line(raw).data)
    assert redacted["patch"][0]["lines"] == [" before", "+shown", "+[redacted:private]"]
    assert redacted["n"] == 1


def test_neither_goes_on_into_the_keys_of_an_object() -> None:
    body = "\n".join(PEM[:-1])
    whole = {"a": f"<private>{body}", "MIIEabcdefghijklmnop": "x", "b": ["y", {"z": 1}]}
    for key in (body, f"<private>{body}"):
        raw = json.dumps({**whole, "a": key}).encode()
        redacted = json.loads(REDACTOR.line(raw).data)
        assert redacted == {**whole, "a": redacted["a"]}
        assert redacted["a"].startswith("[redacted:")


@pytest.mark.parametrize("level", [0, 1, 2])
def test_private_tags_in_any_spelling_are_cut(level: int) -> None:
    text = "a <private>hidden</private> b"
    for _ in range(level):
        text = json.dumps(text)
    raw = re.sub(rb"[<>]", lambda m: b"\\u%04x" % ord(m[0]), line_of(text).encode())
    for line in (raw, line_of(raw.decode()).encode()):
        left = REDACTOR.line(line).data
        assert b"hidden" not in left
        assert json.loads(left)


@pytest.mark.parametrize(
    "text",
    [
        f"export ACCESS_TOKEN=eyJ{LONG[:200]}.eyJ{LONG[200:700]}.{LONG[700:]}",
        f"API_TOKEN={LONG}",
        f"API_TOKEN='{LONG}!rest-of-it'",
        f"a=1\\u0026API_TOKEN={LONG}",
        f"postgres://u:{LONG}@db.example.org/x",
        f"ghp_{LONG}",
        f"GITHUB_TOKEN=ghp_{LONG[:36]}_{LONG[36:]}",
        f"PGPASSWORD={LONG}",
        f"Authorization: Basic {LONG}==",
    ],
)
def test_no_rest_of_a_long_value_stays(text: str) -> None:
    for line in (line_of(text), line_of(json.dumps(text))):
        left = REDACTOR.line(line.encode()).data.decode()
        assert not [at for at in range(0, 880, 10) if LONG[at : at + 10] in left]
        assert "rest-of-it" not in left


SHAPES = (
    '{"password":"hunter2hunter2xyz9"}', "password: Tr0ub4dor&3xyz",
    "curl -u admin:S3cretPassw0rd https://x.example", "mysql -pS3cretPassw0rd shop",
    '"apiKey": "a8f5f167f44f4964e6c998dee827110c"',
    "api_key: a8f5f167f44f4964e6c998dee827110c",
    "X-Api-Key: a8f5f167f44f4964e6c998dee827110c",
    '"client_secret": "a8f5f167-f44f4964e6c998dee827110c"',
    "Cookie: session=a8f5f167f44f4964e6c998dee827110c",
    'PASSWORD="S3cr3tPassw0rd!xyz"', "export DB_PASSWORD=S3cr3tPass",
    'SECRET_KEY: "k3j4h5k3j4h5kj345h3k4j5h3k4"',
    'secret_key = "k3j4h5k3j4h5kj345h3k4j5h3k4"',
    '"accessToken": "a8f5f167f44f4964e6c998dee827110c"',
)  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_a_value_behind_a_telling_name_is_cut(shape: str) -> None:
    for line in (line_of(shape), line_of(json.dumps({"o": shape})), diff_of(shape)):
        left = REDACTOR.line(line.encode()).data.decode()
        assert not re.search(
            "hunter2|Tr0ub|3xyz|Passw0rd|S3cr|f167f|e82711|k3j4h", left
        )
        assert json.loads(left)


@pytest.mark.parametrize(
    "harmless",
    [
        'password: "string"', "password: string | undefined", '"password": "password"',
        'password = os.environ["DB_PASSWORD"]', "password=getPassword2(config1)",
        '"password": "${DB_PASSWORD}"', '"password": "{{ vault.db1_password }}"',
        'PASSWORD="$OTHER1_PASSWORD"', "PASSWORD=<your-password-1>",
        '"password": "changeme123"', "password: hunter2", '"apiKey": "YOUR_API_KEY_1"',
        '"apiKey": process.env.API_KEY1', 'apiKey: "sk-xxxxxxxxxxxxxxxxxxxx1"',
        '"ClientToken": "5236cffc-ee13-4a32-bb5b-388d9da09d96"',
        '"idempotency_token": "527c5358-2a1a-4b9e-b1b9-7293b0ddff42"',
        '"sequenceToken": "495426724868310740095796045676567882148"',
        '"AWS::SecretsManager::Secret": "c85175a4ebcce361"',
        '"secret": "ff2b807a577495b0"',
        'token: "test-token-1234567890"', '"nextPageToken": "a8f5f167f44f4964e6c998de"',
        '"input_tokens": 123456, "token_count": 98765432101234567',
        '"secret": "projects/123/secrets/db1"', "client_secret: a1/b2/c3/x4.json",
        "curl -u user:password https://x.example",
        "curl -u $USER1:$PASS1 https://x.example",
        "postgres://postgres:postgres@localhost:5432/app",
        "postgres://user:password@localhost/app", "POSTGRES_PASSWORD=postgres",
        "mysql -ppassword shop", "mysql -p shop", "AKIAIOSFODNN7EXAMPLE is an example",
        "ghp_" + "x" * 36, "sk-ant-api03-your-key-goes-here-1234567890",
        f"-----BEGIN {KEY}-----\n...\n-----END {KEY}-----",
        f"a line such as -----BEGIN {KEY}----- opens it, and -----END {KEY}----- ends",
        "Cookie: theme=dark; session=...",
        "the api-key: see docs/api-keys-2024-01-02.md",
        "password: PySide6.QtCore.QByteArray | bytes", "use `<private>` for it",
        'def ftp(user="anonymous", password="somebody@example.org"): ...',
        "ftp://anonymous:mail%40example.org@data.example.org/x",
        """"adminPassword": "[parameters('publicKey2')]",""",
        "  usr/lib/openssh/ssh-sk-helper\n9166c8ce7c1d9bcc2a343b15913edc1d  usr/lib",
        "if password == other.password1:", "passwords[12345678]", "SECRET_KEY_BASE",
    ],
)  # fmt: skip
def test_placeholders_references_names_and_examples_stay(harmless: str) -> None:
    raw = line_of(harmless).encode()
    assert REDACTOR.line(raw).data == raw
    raw = line_of(json.dumps(harmless)).encode()
    assert REDACTOR.line(raw).data == raw


PARTS = st.sampled_from(
    [PEM[0], *BODY[:2], PEM[-1], "<private>", "</private>", '"', "\\", "\n", ",", ":",
     "], ", "a", "password", 'password="', "TOKEN=" + LONG[:40]]
)  # fmt: skip
TEXTS = st.lists(PARTS, max_size=5).map("".join)


@given(st.lists(TEXTS, max_size=5), st.dictionaries(TEXTS, TEXTS, max_size=4))
def test_over_any_borders_a_line_stays_json_and_keeps_its_keys(
    lines: list[str], members: dict[str, str]
) -> None:
    raw = json.dumps({"lines": lines, "members": list(members.values()), "n": [1]})
    left = json.loads(REDACTOR.line(raw.encode()).data)
    assert left["n"] == [1]
    assert len(left["lines"]) <= len(lines)
    raw = json.dumps({f"k{n}": value for n, value in enumerate(members.values())})
    left = json.loads(REDACTOR.line(raw.encode()).data)
    assert list(left) == [f"k{n}" for n in range(len(members))]


def _spelled(text: str, *, which: Callable[[int], bool], depth: int = 1) -> str:
    """The text with some letters as JSON escapes, as deep as JSON is in JSON."""
    return "".join(
        "\\" * depth + f"u{ord(char):04x}" if which(at) else char
        for at, char in enumerate(text)
    )


@pytest.mark.parametrize("depth", [1, 2, 4])
@pytest.mark.parametrize("step", [1, 2, 7, 100])
def test_letters_spelled_as_escapes_hide_no_secret(depth: int, step: int) -> None:
    token = "ghp_" + LONG[:36]
    spelled = _spelled(token, which=lambda at: at % step == 0, depth=depth)
    line = f'{{"text": "caf\\u00e9 \\u001b[1m {spelled} stays \\u0041"}}'.encode()

    left = REDACTOR.line(line).data

    assert left == (
        b'{"text": "caf\\u00e9 \\u001b[1m [redacted:github-token] stays \\u0041"}'
    )
    assert REDACTOR.lines([b"{}\n", line, b"{}\n"]) == [b"{}\n", left, b"{}\n"]


@pytest.mark.parametrize("step", [1, 3])
def test_letters_spelled_as_escapes_hide_no_private_tag(step: int) -> None:
    tags = ("<private>", "</private>")
    first, last = (
        _spelled(tag, which=lambda at: at % step == 1 % step) for tag in tags
    )

    left = REDACTOR.line(f'{{"a": "x {first}mine{last} y"}}'.encode()).data

    assert left == b'{"a": "x [redacted:private] y"}'


def test_an_escape_that_is_itself_escaped_hides_no_secret() -> None:
    line = ('{"arguments": "\\u005cu0067hp_' + LONG[:36] + '"}').encode()

    assert REDACTOR.line(line).data == b'{"arguments": "[redacted:github-token]"}'


@given(st.text(max_size=80), st.integers(1, 5))
def test_outside_the_marks_an_escaped_line_stays_as_it_is(text: str, step: int) -> None:
    line = json.dumps({"a": _spelled("wordy", which=lambda at: at % step == 0) + text})

    assert REDACTOR.line(line.encode()).data == line.encode()
