"""Secrets known only by the name in front of them: ``password``, ``apiKey`` …

The name says what the value would be, and ``guess`` whether it is one. In
quotes a value ends where they end; without, where a shell's word would.
"""

from memtui.redact import guess
from memtui.redact.patterns import (
    ASSIGNS,
    EQUAL,
    EQUALS,
    QUOTE,
    SPELLED,
    Secret,
    spelled,
)

_ENV_NAMES = (
    rb"(?:SECRET|TOKEN|PASSWORD|PASSWD|API_?KEY|(?:ACCESS|PRIVATE|ENCRYPTION)_KEY)"
    rb"(?:_[A-Z0-9_]{1,20})?"
)
_PASSWORD = rb"(?:assword|asswd|PASSWORD|PASSWD)\d?"
_NOT_OF_A_CALL = b"".join(
    b"(?<!%s[tT])(?<!%s_[tT])" % (word, word)
    for word in (
        *b"[pP]age [nN]ext [cC]lient [rR]equest [cC]hange [lL]ock [sS]equence".split(),
        *b"[cC]ontinuation [aA]ction [cC]ursor [iI]dempotency [pP]ublic[kK]ey".split(),
    )
)
"""Not ``nextPageToken`` and the like, which name a place in a list or one call."""
_KEY = (
    rb"(?:pi[_-]?[kK]ey|API[_-]?KEY|(?:(?<!::S)ecret|SECRET)(?:[_-]?(?:[kK]ey|KEY))?"
    rb"|" + _NOT_OF_A_CALL + rb"oken|TOKEN"
    rb"|(?:ACCESS|PRIVATE|ENCRYPTION)_KEY)"
)
_IS = QUOTE + rb"?\s*(?:=|:|\\+u003[dD]|%3[aAdD])(?:\s|%20|\+)*"
_BLANK = rb"(?: |%20|\+)"
_WORD_END = rb"(?:[^\s\"'`\\;&|<>(){}\[\],%]|" + SPELLED + b")*+"
"""The rest of a shell's word."""
_IN_QUOTES = (
    rb"((?:[^\s\"'`\\%]|\\+/|\\+u00(?!2[27])[2-7][0-9a-fA-F]|%(?!2[27])){8,512}+)"
)
_BARE = rb"((?:[^\s\"'`\\;&|<>(){}\[\],%]|&(?!\w{1,40}=)){8,64}+)(?![(\[{<])"
_DRAWN = spelled(rb"([A-Za-z0-9+/_.~=-]{16,512}+)")

_PASSWORDS = (b"assword", b"asswd", b"PASSWORD", b"PASSWD")
# Both words are in every other line; what must follow is in few.
_ENDS_IN_ECRET = tuple(
    b"ecret" + after for after in (b'"', b"\\", b"=", b":", b" =", b"_key", b"Key")
)
_KEYS = (
    *(b"api_key apiKey apikey api-key Api-Key".split()),
    *_ENDS_IN_ECRET,
    *(b"oken" + after for after in (b'"', b"\\", b"=", b":")),
    *(b"API_KEY APIKEY SECRET TOKEN ACCESS_KEY PRIVATE_KEY".split()),
    b"ENCRYPTION_KEY",
)  # fmt: skip

FIELDS = (
    Secret(
        "env-secret",
        tuple(
            b"SECRET TOKEN PASSWORD PASSWD API_KEY APIKEY ACCESS_KEY PRIVATE_KEY"
            b" ENCRYPTION_KEY".split()
        ),
        spelled(_ENV_NAMES + ASSIGNS + rb"([A-Za-z0-9+/_.~=-]{16,64}+)"),
        "DJANGO_SECRET_KEY={an40}7",
        is_secret=guess.is_random,
        more=_WORD_END,
    ),
    Secret(
        "password-field",
        _PASSWORDS,
        _PASSWORD + _IS + QUOTE + _IN_QUOTES + b"(?=" + QUOTE + b")",
        '"password": "{an14}!7"',
        is_secret=guess.is_password,
    ),
    Secret(
        "password-field",
        _PASSWORDS,
        _PASSWORD + EQUALS + _BARE,
        "DB_PASSWORD=Kq{an14}7",
        is_secret=guess.is_strong_password,
        more=_WORD_END,
    ),
    Secret(
        "key-field",
        _KEYS,
        b"[aA]?" + _KEY + _IS + QUOTE + _DRAWN + b"(?=" + QUOTE + b")",
        '"apiKey": "{hex32}"',
        is_secret=guess.is_drawn,
    ),
    Secret(
        "key-field",
        (b"api_key", b"apikey", b"api-key", b"Api-Key", *_ENDS_IN_ECRET),
        rb"(?:(?:a|A)?pi[_-]?[kK]ey|(?<=client_s)ecret)"
        + EQUALS
        + _DRAWN
        + rb"(?![(\[{])",
        "X-Api-Key: {hex32}",
        is_secret=guess.is_drawn,
        more=_WORD_END,
    ),
    Secret(
        "curl-user",
        (b"curl ", b"curl%20", b"curl+"),
        (
            rb"curl(?=" + _BLANK + rb")"
            rb"(?:(?!curl)[^\"\\|;&]|\\+[\"'n/]|\\+u00[0-9a-fA-F]{2}){0,400}?"
            + _BLANK
            + rb"(?:-u|--user|--proxy-user)(?:=|"
            + _BLANK
            + rb")*"
            + QUOTE
            + rb"?[^\s\"'\\:$<>{}%]{1,64}+(?::|%3A)"
            rb"((?:[^\s\"'\\$<>{}|;&`%+]|%(?!20|2[27])[0-9A-Fa-f]{2}){4,128}+)"
        ),
        "curl -u admin:{an14} https://example.org",
        is_secret=guess.is_password,
    ),
    Secret(
        "mysql-password",
        (b"mysql",),
        (
            rb"mysql(?:dump|admin|import|sh)?(?="
            + _BLANK
            + rb")(?:(?!mysql)[^\"\\|;&]){0,200}?"
            + _BLANK
            + rb"-p"
            + QUOTE
            + rb"?([^\s\"'`\\;&|<>(){}%+]{6,128}+)"
        ),
        "mysql -u root -pKq{an14}7 shop",
        is_secret=guess.is_strong_password,
        more=_WORD_END,
    ),
    Secret(
        "session-cookie",
        (b"ookie: ", b"ookie%3A"),
        spelled(
            rb"ookie(?::|%3A)" + _BLANK + rb"*"
            rb"(?:[\w.-]{1,80}"
            + EQUAL
            + rb"[^;\s\"'\\]{0,512}?(?:;|%3B)"
            + _BLANK
            + rb"*){0,20}?"
            rb"[\w.-]{0,80}(?i:sess|sid|auth|token|jwt)[\w.-]{0,80}"
            + EQUAL
            + rb"([A-Za-z0-9+/_.~=-]{16,512}+)"
        ),
        "Cookie: theme=dark; session_id={an32}",
        is_secret=guess.is_drawn,
        more=rb"[^\s\"'\\]*+(?:;(?: |%20)[^\s\"'\\]++)*+",
    ),
)
"""Generic ones; they are tried for everything and named last."""
