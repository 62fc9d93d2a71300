"""The named kinds of secrets: literals to scan for, patterns that decide.

Patterns see the raw bytes of a JSON line, so a newline before a token is the
two characters ``\\n``, a quote inside a text is ``\\"`` and an equals sign may
be ``\\u003d``. Every kind carries a value that it must cut; the values are put
together at run time so that no secret scanner barks at this file.
"""

import math
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

_REACH = 256
"""How far behind its literal a token that began before it may go."""

# Where a token may begin: not inside a word; but what looks like its letters
# may be the end of an escape sequence, of JSON (\n) or of a terminal ([0m).
_START = rb"(?:(?<![A-Za-z0-9_])|(?<=\\[nrtbf])|(?<=\\u[0-9A-Fa-f]{4})|(?<=[0-9;\[]m))"
_QUOTE = rb"(?:\\*[\"'`])?"
_EQUALS = _QUOTE + rb"\s*(?:=>|:=|[:=]|\\+u003[dD]|%3[dD])\s*" + _QUOTE


@dataclass(frozen=True, slots=True)
class Secret:
    """One kind of secret.

    ``pattern`` is matched where a literal was found (``back`` bytes before it
    where the token does not begin with it). Group 1, if there is one, is cut;
    else all that matched.
    """

    kind: str
    literals: tuple[bytes, ...]
    pattern: re.Pattern[bytes]
    example: tuple[str, ...]
    """Parts of a text that holds such a secret; join them to get it."""
    back: int = 0
    is_secret: Callable[[bytes], bool] = field(default=lambda value: True)
    """A last look at the value, where a pattern alone would guess."""

    def find(self, raw: bytes, start: int, end: int) -> tuple[int, int] | None:
        """The span to cut round a literal at ``start:end``, if it is one."""
        if self.back:
            near = end + _REACH
            found = self.pattern.search(raw, max(0, start - self.back), near)
            if found is None or not found.start() <= start < found.end():
                return None
        else:
            found = self.pattern.match(raw, start)
            if found is None:
                return None
        group = 1 if self.pattern.groups else 0
        return found.span(group) if self.is_secret(found[group]) else None


def _token(kind: str, prefixes: str, body: str, *example: str) -> Secret:
    """A token known by its prefix: one of ``prefixes``, then ``body``."""
    literals = tuple(prefix.encode() for prefix in prefixes.split())
    either = b"|".join(map(re.escape, literals))
    pattern = _START + b"(?:" + either + b")" + body.encode()
    return Secret(kind, literals, re.compile(pattern), example)


def _assigned(kind: str, names: str, value: str, *example: str) -> Secret:
    """A value known by the name it is given to."""
    literals = tuple(name.encode() for name in names.split())
    either = b"|".join(map(re.escape, literals))
    pattern = b"(?:" + either + b")" + _EQUALS + b"(" + value.encode() + b")"
    return Secret(kind, literals, re.compile(pattern), example)


def _bits(value: bytes) -> float:
    """Shannon entropy, bits per byte."""
    size = len(value)
    return -sum(n / size * math.log2(n / size) for n in Counter(value).values())


_HEX = re.compile(rb"[0-9a-f]{24,}|[0-9A-F]{24,}")


def _is_random(value: bytes) -> bool:
    """Whether a value looks drawn by a machine, not chosen or a placeholder."""
    if _HEX.fullmatch(value):
        return _bits(value) > 3.0
    mixed = re.search(rb"\d", value) and re.search(rb"[A-Za-z]", value)
    return bool(mixed) and _bits(value) > 3.8


def _has_digit(value: bytes) -> bool:
    return any(48 <= byte <= 57 for byte in value)


_PEM_BODY = (
    rb"(?:(?:\\.|[^\"\\]){0,16384}?-----END [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----"
    # no end in sight: the lines that look like a key's
    rb"|(?:\\[nrt]|[A-Za-z0-9+/=,.:\s-]|\xe2\x86\x92){16,})"
)

_WORDLIKE = "[A-Za-z0-9_-]"

SECRETS: tuple[Secret, ...] = (
    _token(
        "aws-access-key",
        "AKIA ASIA ABIA ACCA",
        "[A-Z0-9]{16}(?![A-Z0-9])",
        "AK",
        "IAQ3EGRZ7VXT2MLK5W",
    ),
    _assigned(
        "aws-secret-key",
        "aws_secret_access_key AWS_SECRET_ACCESS_KEY SecretAccessKey secretAccessKey"
        " secret_access_key aws_secret_key AWS_SECRET_KEY",
        r"(?:[A-Za-z0-9+/]|\\/){40}(?![A-Za-z0-9+/=])",
        "aws_secret_access_key",
        " = ",
        "wJa1rXUtnFEMI/K7MDENG/bPxRfi",
        "CYq9zL3kTdWv",
    ),
    _assigned(
        "aws-session-token",
        "aws_session_token AWS_SESSION_TOKEN SessionToken sessionToken",
        r"(?:[A-Za-z0-9+/=_-]|\\/){80,}",
        "AWS_SESSION_TOKEN",
        "=",
        "FwoGZXIvYXdzE" + "b3Jk8sPq" * 10,
    ),
    _token(
        "github-token",
        "ghp_ gho_ ghu_ ghs_ ghr_",
        "[A-Za-z0-9]{36,251}",
        "gh",
        "p_",
        "x7Kq2mVb9RtYw4ZsLd8NcFh3JgPa6EuT1oXi",
    ),
    _token(
        "github-token",
        "github_pat_",
        "[A-Za-z0-9_]{36,}",
        "github",
        "_pat_",
        "11AX7Kq2mVb9RtYw4ZsL_d8NcFh3JgPa6EuT1oXiQ2",
    ),
    _token(
        "gitlab-token",
        "glpat- gldt- glrt- glrtr- glsoat- glptt- glft- glimt- glagent- glcbt- gloas-",
        r"[A-Za-z0-9_.-]{20,}",
        "glp",
        "at-",
        "x7Kq2mVb9RtYw4ZsLd8N",
    ),
    _token(
        "slack-token",
        "xoxb- xoxa- xoxp- xoxr- xoxs- xoxo- xoxe- xoxe. xoxc- xoxd- xapp-",
        r"[A-Za-z0-9%./+-]{10,}",
        "xo",
        "xb-",
        "904731852610-7Kq2mVb9RtYw4ZsLd8NcFh3J",
    ),
    _token(
        "slack-webhook",
        "hooks.slack.com/services/ hooks.slack.com/workflows/",
        "[A-Za-z0-9+/_-]{20,}",
        "hooks.slack",
        ".com/services/",
        "T03K7QMVB/B04RTYW4ZSL/d8NcFh3JgPa6EuT1oXiQ2mVb",
    ),
    _token(
        "stripe-key",
        "sk_live_ rk_live_ sk_test_ rk_test_",
        "[A-Za-z0-9]{16,}",
        "sk_",
        "live_",
        "51Kq2mVb9RtYw4ZsLd8NcFh3J",
    ),
    _token(
        "webhook-secret",
        "whsec_",
        "[A-Za-z0-9+/=]{24,}",
        "wh",
        "sec_",
        "x7Kq2mVb9RtYw4ZsLd8NcFh3JgPa6EuT",
    ),
    _token(
        "anthropic-key",
        "sk-ant-",
        _WORDLIKE + "{20,}",
        "sk-",
        "ant-api03-",
        "x7Kq2mVb9RtYw4ZsLd8NcFh3JgPa6EuT1oXi",
    ),
    _token(
        "openrouter-key",
        "sk-or-v1-",
        "[a-f0-9]{32,}",
        "sk-",
        "or-v1-",
        "7f3a9c1e5b8d2046" * 4,
    ),
    _token(
        "openai-key",
        "sk-proj- sk-svcacct- sk-admin- sk-None-",
        _WORDLIKE + "{20,}",
        "sk-",
        "proj-",
        "x7Kq2mVb9RtYw4ZsLd8NcFh3JgPa6EuT1oXi",
    ),
    # the old form, which several other vendors share
    _token(
        "openai-key",
        "sk-",
        "[A-Za-z0-9]{32,64}(?![A-Za-z0-9_-])",
        "sk",
        "-",
        "x7Kq2mVb9RtYw4ZsLd8N",
        "T3Blbk",
        "FJcFh3JgPa6EuT1oXiQ2mV",
    ),
    _token(
        "google-api-key",
        "AIza",
        _WORDLIKE + "{35}(?![A-Za-z0-9_-])",
        "AI",
        "za",
        "SyD7Kq2mVb9RtYw4ZsLd8NcFh3JgPa6EuT1",
    ),
    _token(
        "google-oauth",
        "GOCSPX-",
        _WORDLIKE + "{28}",
        "GOC",
        "SPX-",
        "x7Kq2mVb9RtYw4ZsLd8NcFh3JgPa",
    ),
    _token(
        "google-oauth",
        "ya29.",
        _WORDLIKE + "{30,}",
        "ya",
        "29.",
        "a0AfB_x7Kq2mVb9RtYw4ZsLd8NcFh3JgPa6EuT1oXi",
    ),
    _token(
        "npm-token",
        "npm_",
        "[A-Za-z0-9]{36}",
        "np",
        "m_",
        "x7Kq2mVb9RtYw4ZsLd8NcFh3JgPa6EuT1oXi",
    ),
    _assigned(
        "npm-token",
        ":_authToken :_password :_auth",
        "[A-Za-z0-9+/=_-]{16,}",
        "//registry.example.org/",
        ":_authTo",
        "ken=",
        "x7Kq2mVb9RtYw4ZsLd8N",
    ),
    _token(
        "pypi-token",
        "pypi-AgE",
        _WORDLIKE + "{50,}",
        "pyp",
        "i-AgE",
        "IcHlwaS5vcmcCJD" + "x7Kq2mVb9RtYw4ZsLd8NcFh3JgPa6EuT1oXi",
    ),
    _token(
        "rubygems-key",
        "rubygems_",
        "[a-f0-9]{48}",
        "ruby",
        "gems_",
        "7f3a9c1e5b8d2046" * 3,
    ),
    _token(
        "huggingface-token",
        "hf_ api_org_",
        "[A-Za-z0-9]{34,}(?![A-Za-z0-9_-])",
        "h",
        "f_",
        "xKqmVbRtYwZsLdNcFhJgPaEuToXiQmVbRt",
    ),
    _token(
        "sendgrid-key",
        "SG.",
        r"[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64}",
        "S",
        "G.",
        "x7Kq2mVb9RtYw4ZsLd8NcF",
        ".h3JgPa6EuT1oXiQ2mVb9RtYw4ZsLd8NcFh3JgPa6Eu",
    ),
    _token(
        "twilio-key",
        "SK",
        "[0-9a-f]{32}(?![0-9A-Za-z])",
        "S",
        "K",
        "7f3a9c1e5b8d20467f3a9c1e5b8d2046",
    ),
    _assigned(
        "twilio-key",
        "TWILIO_AUTH_TOKEN twilio_auth_token",
        "[0-9a-f]{32}",
        "TWILIO_AUTH",
        "_TOKEN=",
        "7f3a9c1e5b8d20467f3a9c1e5b8d2046",
    ),
    _token(
        "mailgun-key",
        "key-",
        "[0-9a-f]{32}(?![0-9A-Za-z])",
        "ke",
        "y-",
        "7f3a9c1e5b8d20467f3a9c1e5b8d2046",
    ),
    _token(
        "jwt",
        "eyJ",
        r"[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}",
        "ey",
        "JhbGciOiJIUzI1NiJ9",
        ".ey",
        "JzdWIiOiJ4N0txMm1WIn0",
        ".x7Kq2mVb9RtYw4ZsLd8NcFh3J",
    ),
    Secret(
        "private-key",
        (b"-----BEGIN ",),
        re.compile(
            rb"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----" + _PEM_BODY,
            re.S,
        ),
        (
            "-----BEG",
            "IN RSA PRIV",
            "ATE KEY-----\n",
            "MIIEx7Kq2mVb9RtYw4ZsLd8NcFh3J\n" * 3,
            "-----END RSA PRIV",
            "ATE KEY-----",
        ),
    ),
    _token(
        "age-key",
        "AGE-SECRET-KEY-1",
        "[A-Z0-9]{58}",
        "AGE-SEC",
        "RET-KEY-1",
        "QX7KQ2MVB9RTYW4ZSLD8NCFH3JGPA6EUT" + "QX7KQ2MVB9RTYW4ZSLD8NCFH3",
    ),
    Secret(
        "url-password",
        (b"://",),
        re.compile(
            rb"://[^\s/:@\"'\\<>{}$|`]{0,64}:([^\s/:@\"'\\<>{}$\[\]*|`(),;%]{3,128})@(?=[A-Za-z0-9\[])"
        ),
        ("postgres", "://app:", "x7Kq2mVb9R", "@db.example.org/app"),
    ),
    Secret(
        "bearer-token",
        (b"Bearer ", b"bearer ", b"BEARER "),
        re.compile(rb"(?i:bearer) +([A-Za-z0-9._~+/=-]{20,})"),
        ("Authorization: Bear", "er ", "x7Kq2mVb9RtYw4ZsLd8NcFh3J"),
        is_secret=_has_digit,
    ),
    Secret(
        "auth-header",
        (b"uthorization",),
        re.compile(
            rb"uthorization"
            + _EQUALS
            + rb"(?:Basic|Token|token|basic) +([A-Za-z0-9._~+/=-]{8,})"
        ),
        ("Authorization: Bas", "ic ", "YXBwOng3S3EybVZiOVI="),
    ),
    _assigned(
        "azure-key",
        "AccountKey SharedAccessKey",
        r"(?:[A-Za-z0-9+/]|\\/){40,88}={0,2}",
        "AccountK",
        "ey=",
        "x7Kq2mVb9RtYw4ZsLd8NcFh3JgPa6EuT1oXiQ2mVb9Rt==",
    ),
    Secret(
        "azure-key",
        (b"Q~",),
        re.compile(
            _START + rb"[A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9_~.-])"
        ),
        ("x7K8", "Q~", "mVb9RtYw4ZsLd8NcFh3JgPa6EuT1oXiQ2"),
        back=4,
    ),
    _token(
        "digitalocean-token",
        "dop_v1_ doo_v1_ dor_v1_",
        "[a-f0-9]{64}",
        "do",
        "p_v1_",
        "7f3a9c1e5b8d2046" * 4,
    ),
    _token(
        "discord-webhook",
        "discord.com/api/webhooks/ discordapp.com/api/webhooks/",
        r"\d{15,}/[A-Za-z0-9_-]{40,}",
        "discord.com/api",
        "/webhooks/",
        "904731852610904731/",
        "x7Kq2mVb9RtYw4ZsLd8NcFh3JgPa6EuT1oXiQ2mVb9Rt",
    ),
    Secret(
        "telegram-token",
        (b":AA",),
        re.compile(_START + rb"(?:bot)?\d{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])"),
        ("904731852", ":A", "Ax7Kq2mVb9RtYw4ZsLd8NcFh3JgPa6EuT1"),
        back=13,
    ),
    _token(
        "shopify-token",
        "shpat_ shpca_ shppa_ shpss_",
        "[a-fA-F0-9]{32}",
        "shp",
        "at_",
        "7f3a9c1e5b8d20467f3a9c1e5b8d2046",
    ),
    _token(
        "square-token",
        "sq0atp- sq0csp- EAAAE",
        _WORDLIKE + "{22,}",
        "sq0",
        "atp-",
        "x7Kq2mVb9RtYw4ZsLd8NcF",
    ),
    _token(
        "databricks-token",
        "dapi",
        "[a-f0-9]{32}(?:-\\d)?(?![A-Za-z0-9])",
        "da",
        "pi",
        "7f3a9c1e5b8d20467f3a9c1e5b8d2046",
    ),
    _token(
        "vault-token",
        "hvs. hvb. hvr.",
        _WORDLIKE + "{24,}",
        "hv",
        "s.",
        "CAESIx7Kq2mVb9RtYw4ZsLd8NcFh3J",
    ),
    Secret(
        "terraform-token",
        (b".atlasv1.",),
        re.compile(_START + rb"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,}"),
        ("x7Kq2mVb9RtYw4", ".atlas", "v1.", "x7Kq2mVb9RtYw4ZsLd8NcFh3JgPa6EuT" * 2),
        back=14,
    ),
    _token(
        "linear-key",
        "lin_api_ lin_oauth_",
        "[A-Za-z0-9]{32,}",
        "lin",
        "_api_",
        "x7Kq2mVb9RtYw4ZsLd8NcFh3JgPa6EuT1oXiQ2mV",
    ),
    _token(
        "notion-token",
        "ntn_",
        "[A-Za-z0-9]{40,}",
        "nt",
        "n_",
        "x7Kq2mVb9RtYw4ZsLd8NcFh3JgPa6EuT1oXiQ2mVb9Rt",
    ),
    _token(
        "figma-token",
        "figd_ figu_",
        _WORDLIKE + "{36,}",
        "fig",
        "d_",
        "x7Kq2mVb9RtYw4ZsLd8NcFh3JgPa6EuT1oXiQ2mV",
    ),
    _token(
        "postman-key",
        "PMAK-",
        "[a-f0-9]{24}-[a-f0-9]{34}",
        "PM",
        "AK-",
        "7f3a9c1e5b8d20467f3a9c1e",
        "-7f3a9c1e5b8d20467f3a9c1e5b8d204612",
    ),
    _token(
        "grafana-token",
        "glc_ glsa_",
        "[A-Za-z0-9+/_=]{32,}",
        "gl",
        "sa_",
        "x7Kq2mVb9RtYw4ZsLd8NcFh3JgPa6EuT_7f3a9c1e",
    ),
    _token(
        "newrelic-key",
        "NRAK- NRJS- NRII-",
        "[A-Za-z0-9_-]{19,}",
        "NR",
        "AK-",
        "X7KQ2MVB9RTYW4ZSLD8NCFH3JGP",
    ),
    _token(
        "sentry-token",
        "sntrys_ sntryu_",
        "[A-Za-z0-9+/=_-]{40,}",
        "sntr",
        "yu_",
        "7f3a9c1e5b8d2046" * 4,
    ),
    _token(
        "atlassian-token",
        "ATATT3",
        "[A-Za-z0-9_=-]{60,}",
        "ATA",
        "TT3",
        "xFfGF0x7Kq2mVb9RtYw4ZsLd8NcFh3JgPa6EuT1oXiQ2mVb9RtYw4ZsLd8Nc",
    ),
    _token(
        "groq-key",
        "gsk_",
        "[A-Za-z0-9]{40,}",
        "gs",
        "k_",
        "x7Kq2mVb9RtYw4ZsLd8NcFh3JgPa6EuT1oXiQ2mVb9RtYw4ZsLd8",
    ),
    _token(
        "perplexity-key",
        "pplx-",
        "[A-Za-z0-9]{40,}",
        "ppl",
        "x-",
        "x7Kq2mVb9RtYw4ZsLd8NcFh3JgPa6EuT1oXiQ2mVb9RtYw4Z",
    ),
    _token(
        "replicate-token",
        "r8_",
        "[A-Za-z0-9]{37,}",
        "r",
        "8_",
        "x7Kq2mVb9RtYw4ZsLd8NcFh3JgPa6EuT1oXiQ",
    ),
    _token(
        "xai-key",
        "xai-",
        "[A-Za-z0-9]{60,}",
        "xa",
        "i-",
        "x7Kq2mVb9RtYw4ZsLd8NcFh3JgPa6EuT" * 2,
    ),
    _token(
        "docker-token",
        "dckr_pat_ dckr_oat_",
        _WORDLIKE + "{20,}",
        "dckr",
        "_pat_",
        "x7Kq2mVb9RtYw4ZsLd8NcFh3J",
    ),
    _token(
        "supabase-key",
        "sbp_ sb_secret_",
        "[A-Za-z0-9_-]{30,}",
        "sb",
        "p_",
        "7f3a9c1e5b8d20467f3a9c1e5b8d20467f3a9c1e",
    ),
    _token(
        "planetscale-token",
        "pscale_tkn_ pscale_pw_ pscale_oauth_",
        "[A-Za-z0-9_.=-]{32,}",
        "psc",
        "ale_tkn_",
        "x7Kq2mVb9RtYw4ZsLd8NcFh3JgPa6EuT",
    ),
    _token(
        "fly-token",
        "fm1r_ fm2_ fm1a_",
        "[A-Za-z0-9+/=,_-]{60,}",
        "fm",
        "2_",
        "x7Kq2mVb9RtYw4ZsLd8NcFh3JgPa6EuT" * 2,
    ),
    _token(
        "tailscale-key",
        "tskey-",
        "[a-z]{3,}-[A-Za-z0-9]{8,}(?:-[A-Za-z0-9]{8,})?",
        "ts",
        "key-auth-",
        "k7Kq2mVCNTRL-x7Kq2mVb9RtYw4Zs",
    ),
    _token(
        "netlify-token",
        "nfp_ nfc_ nfo_ nfu_",
        "[A-Za-z0-9]{36}",
        "nf",
        "p_",
        "x7Kq2mVb9RtYw4ZsLd8NcFh3JgPa6EuT1oXi",
    ),
    _token(
        "pulumi-token",
        "pul-",
        "[a-f0-9]{40}",
        "pu",
        "l-",
        "7f3a9c1e5b8d20467f3a9c1e5b8d20467f3a9c1e",
    ),
    _token(
        "doppler-token",
        "dp.pt. dp.st. dp.ct. dp.sa.",
        "[A-Za-z0-9._-]{40,}",
        "dp",
        ".pt.",
        "x7Kq2mVb9RtYw4ZsLd8NcFh3JgPa6EuT1oXiQ2mVb9R",
    ),
    _token(
        "langsmith-key",
        "lsv2_pt_ lsv2_sk_",
        "[a-f0-9]{32}_[a-f0-9]{10}",
        "lsv",
        "2_pt_",
        "7f3a9c1e5b8d20467f3a9c1e5b8d2046_7f3a9c1e5b",
    ),
    _token(
        "onepassword-token",
        "ops_eyJ",
        "[A-Za-z0-9+/=_-]{60,}",
        "op",
        "s_ey",
        "J" + "x7Kq2mVb9RtYw4ZsLd8NcFh3JgPa6EuT" * 2,
    ),
    _token(
        "cratesio-token",
        "cio",
        "[A-Za-z0-9]{32}(?![A-Za-z0-9])",
        "ci",
        "o",
        "x7Kq2mVb9RtYw4ZsLd8NcFh3JgPa6EuT",
    ),
    _assigned(
        "database-password",
        "PGPASSWORD MYSQL_PWD MYSQL_ROOT_PASSWORD POSTGRES_PASSWORD REDISCLI_AUTH",
        r"[^\s\"'\\$<>{}\[\]()]{4,128}",
        "PGPASS",
        "WORD=",
        "x7Kq2mVb9R",
    ),
    Secret(
        "env-secret",
        (
            b"SECRET",
            b"TOKEN",
            b"PASSWORD",
            b"PASSWD",
            b"API_KEY",
            b"APIKEY",
            b"ACCESS_KEY",
            b"PRIVATE_KEY",
            b"ENCRYPTION_KEY",
        ),
        re.compile(
            rb"(?:SECRET|TOKEN|PASSWORD|PASSWD|API_?KEY|(?:ACCESS|PRIVATE|ENCRYPTION)_KEY)(?:_[A-Z0-9_]{1,20})?="
            + _QUOTE
            + rb"([A-Za-z0-9+/_.~=-]{16,256})"
        ),
        ("DJANGO_SEC", "RET_KEY=", "x7Kq2mVb9RtYw4ZsLd8NcFh3J"),
        is_secret=_is_random,
    ),
)
"""Every kind; where two have the same name they are forms of one kind."""
