"""The named kinds of secrets. Where two rows share a name, one kind has two forms."""

from memtui.redact.fields import FIELDS
from memtui.redact.guess import has_digit, is_password
from memtui.redact.patterns import (
    AFTER_UNDERLINE,
    ANYWHERE,
    EQUALS,
    START,
    Secret,
    assigned,
    spelled,
    token,
)
from memtui.redact.private_keys import PRIVATE_KEYS

_END = "(?![A-Za-z0-9_-])"

# A password in a URL: what is percent-encoded belongs to it.
_IN_URL = rb"(?:[^\s/:@\"'\\<>{}$\[\]*|`(),;%]|%[0-9A-Fa-f]{2})"

_CLOUDS = (
    token(
        "aws-access-key", "AKIA ASIA ABIA ACCA", "[A-Z0-9]{16}(?![A-Z0-9])", "{up16}"
    ),
    assigned(
        "aws-secret-key",
        "ecretAccessKey secret_access_key SECRET_ACCESS_KEY aws_secret_key"
        " AWS_SECRET_KEY",
        "[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=])",
        "{an40}",
    ),
    assigned(
        "aws-session-token",
        "essionToken aws_session_token AWS_SESSION_TOKEN",
        "[A-Za-z0-9+/=_-]{80,}",
        "{an99}",
    ),
    token(
        "google-api-key", "AIza", "[A-Za-z0-9_-]{35}" + _END, "{an35}", start=ANYWHERE
    ),
    token("google-oauth", "GOCSPX-", "[A-Za-z0-9_-]{28}", "{an28}", start=ANYWHERE),
    token("google-oauth", "ya29.", "[A-Za-z0-9_-]{30,}", "{an40}"),
    assigned(
        "azure-key",
        "AccountKey SharedAccessKey",
        "[A-Za-z0-9+/]{40,88}[=]{0,2}",
        "{an86}==",
    ),
    Secret(
        "azure-key",
        (b"7Q~", b"8Q~"),
        (
            AFTER_UNDERLINE
            + rb"[A-Za-z0-9_~.]{3}[78]Q~[\w~.-]{31,34}(?![A-Za-z0-9_~.-])"
        ),
        "{an3}8Q~{an32}",
        back=(3,),
    ),
    token(
        "digitalocean-token",
        "dop_v1_ doo_v1_ dor_v1_",
        "[a-f0-9]{64}",
        "{hex64}",
        start=ANYWHERE,
    ),
    token("fly-token", "fm2_ fm1r_ fm1a_", "[A-Za-z0-9+/=,_-]{60,}", "{an80}"),
    token("netlify-token", "nfp_ nfc_ nfu_", "[A-Za-z0-9]{36}", "{an36}"),
    token("pulumi-token", "pul-", "[a-f0-9]{40}", "{hex40}"),
    Secret(
        "terraform-token",
        (b".atlasv1.",),
        AFTER_UNDERLINE + rb"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,}",
        "{an14}.atlasv1.{an67}",
        back=(14,),
    ),
    token("vault-token", "hvs. hvb. hvr.", "[A-Za-z0-9_-]{24,}", "{an28}"),
    token("doppler-token", "dp.pt. dp.st. dp.ct. dp.sa.", "[\\w.-]{40,}", "{an43}"),
    token("databricks-token", "dapi", r"[a-f0-9]{32}(?:-\d)?" + _END, "{hex32}"),
    token(
        "tailscale-key",
        "tskey-",
        "[a-z]{3,}-[A-Za-z0-9]{8,}(?:-[A-Za-z0-9]{8,})?",
        "auth-{an12}-{an20}",
    ),
)

_CODE = (
    token(
        "github-token",
        "ghp_ gho_ ghu_ ghs_ ghr_",
        "[A-Za-z0-9]{36,251}",
        "{an36}",
        start=ANYWHERE,
    ),
    token(
        "github-token",
        "github_pat_",
        "[A-Za-z0-9_]{36,}",
        "{an22}_{an59}",
        start=ANYWHERE,
    ),
    token(
        "gitlab-token",
        "glpat- gldt- glrt- glrtr- glsoat- glptt- glft- glimt- glagent- glcbt- gloas-",
        r"[A-Za-z0-9_.-]{20,}",
        "{an20}",
        start=ANYWHERE,
    ),
    token("npm-token", "npm_", "[A-Za-z0-9]{36}", "{an36}", start=ANYWHERE),
    assigned(
        "npm-token",
        "_authToken :_password",
        "[A-Za-z0-9+/=_-]{16,}",
        "{an30}",
    ),
    token("pypi-token", "pypi-AgE", "[A-Za-z0-9_-]{50,}", "{an90}", start=ANYWHERE),
    token("rubygems-key", "rubygems_", "[a-f0-9]{48}", "{hex48}", start=ANYWHERE),
    token("cratesio-token", "cio", "[A-Za-z0-9]{32}" + _END, "{an32}"),
    token(
        "docker-token",
        "dckr_pat_ dckr_oat_",
        "[A-Za-z0-9_-]{20,}",
        "{an27}",
        scan="dckr_",
        start=ANYWHERE,
    ),
    token(
        "sentry-token",
        "sntryu_ sntrys_",
        "[A-Za-z0-9+/=_-]{40,}",
        "{hex64}",
        scan="sntry",
        start=ANYWHERE,
    ),
    token(
        "atlassian-token", "ATATT3", "[A-Za-z0-9_=-]{60,}", "{an180}", start=ANYWHERE
    ),
    token(
        "linear-key",
        "lin_api_ lin_oauth_",
        "[A-Za-z0-9]{32,}",
        "{an40}",
        start=ANYWHERE,
    ),
    token("notion-token", "ntn_", "[A-Za-z0-9]{40,}", "{an46}"),
    token("figma-token", "figd_ figu_", "[A-Za-z0-9_-]{36,}", "{an40}"),
    token(
        "postman-key",
        "PMAK-",
        "[a-f0-9]{24}-[a-f0-9]{34}",
        "{hex24}-{hex34}",
        start=ANYWHERE,
    ),
    token(
        "grafana-token",
        "glsa_ glc_",
        "[A-Za-z0-9+/_=]{32,}",
        "{an32}_{hex8}",
        start=ANYWHERE,
    ),
    token("newrelic-key", "NRAK- NRJS- NRII-", "[A-Za-z0-9_-]{19,}", "{up27}"),
    token(
        "onepassword-token",
        "ops_eyJ",
        "[A-Za-z0-9+/=_-]{60,}",
        "{an200}",
        start=ANYWHERE,
    ),
    token("supabase-key", "sbp_ sb_secret_", "[A-Za-z0-9_-]{30,}", "{hex40}"),
    token(
        "planetscale-token",
        "pscale_tkn_ pscale_pw_ pscale_oauth_",
        r"[\w.=-]{32,}",
        "{an43}",
        scan="pscale_",
    ),
)

_MODELS = (
    token(
        "anthropic-key", "sk-ant-", "[A-Za-z0-9_-]{20,}", "api03-{an93}AA", scan="sk-"
    ),
    token("openrouter-key", "sk-or-v1-", "[a-f0-9]{32,}", "{hex64}", scan="sk-"),
    token(
        "openai-key",
        "sk-proj- sk-svcacct- sk-admin- sk-None-",
        "[A-Za-z0-9_-]{20,}",
        "{an120}",
        scan="sk-",
    ),
    # the old form, which several other vendors share
    token("openai-key", "sk-", "[A-Za-z0-9]{32,64}" + _END, "{an48}"),
    token("huggingface-token", "hf_ api_org_", "[A-Za-z0-9]{34,}" + _END, "{an34}"),
    token("groq-key", "gsk_", "[A-Za-z0-9]{40,}", "{an52}"),
    token("perplexity-key", "pplx-", "[A-Za-z0-9]{40,}", "{an48}"),
    token("replicate-token", "r8_", "[A-Za-z0-9]{37,}", "{an37}"),
    token("xai-key", "xai-", "[A-Za-z0-9]{60,}", "{an80}"),
    token(
        "langsmith-key",
        "lsv2_pt_ lsv2_sk_",
        "[a-f0-9]{32}_[a-f0-9]{10}",
        "{hex32}_{hex10}",
        scan="lsv2_",
    ),
)

_MESSAGES_AND_MONEY = (
    token(
        "slack-token",
        "xoxb- xoxa- xoxp- xoxr- xoxs- xoxo- xoxe- xoxe. xoxc- xoxd- xapp-",
        r"[A-Za-z0-9%./+-]{10,}",
        "{num12}-{num12}-{an24}",
        scan="xox xapp-",
        start=ANYWHERE,
    ),
    token(
        "slack-webhook",
        "hooks.slack.com",
        "[/](?:services|workflows)[/][A-Za-z0-9+/_-]{20,}",
        "/services/T{up8}/B{up10}/{an24}",
    ),
    token(
        "discord-webhook",
        "discord.com discordapp.com",
        r"[/]api[/](?:v\d+[/])?webhooks[/]\d{15,}[/][A-Za-z0-9_-]{40,}",
        "/api/webhooks/{num18}/{an68}",
    ),
    Secret(
        "telegram-token",
        (b":AA", b"%3AAA"),
        (
            rb"(?:(?<=bot)|"
            + AFTER_UNDERLINE
            + rb")\d{8,10}(?::|%3A)AA[\w-]{33}"
            + _END.encode()
        ),
        "{num9}:AA{an33}",
        back=(8, 9, 10),
    ),
    token(
        "stripe-key",
        "sk_live_ rk_live_ sk_test_ rk_test_",
        "[A-Za-z0-9]{16,}",
        "{an24}",
    ),
    token("webhook-secret", "whsec_", "[A-Za-z0-9+/=]{24,}", "{an32}"),
    token("sendgrid-key", "SG.", r"[\w-]{16,32}\.[\w-]{16,64}", "{an22}.{an43}"),
    assigned(
        "twilio-key", "TWILIO_AUTH_TOKEN twilio_auth_token", "[0-9a-f]{32}", "{hex32}"
    ),
    token("mailgun-key", "key-", "[0-9a-f]{32}(?![0-9A-Za-z])", "{hex32}", start=START),
    token(
        "shopify-token",
        "shpat_ shpca_ shppa_ shpss_",
        "[a-fA-F0-9]{32}",
        "{hex32}",
        scan="shp",
        start=ANYWHERE,
    ),
    token("square-token", "sq0atp- sq0csp- EAAAE", "[A-Za-z0-9_-]{22,}", "{an22}"),
)

_ANYWHERE = (
    Secret(
        "jwt",
        (b"eyJ",),
        AFTER_UNDERLINE + rb"eyJ[\w-]{8,800}+\.eyJ[\w-]{8,}+\.[\w-]{8,}",
        "eyJ{an30}.eyJ{an60}.{an43}",
    ),
    token("age-key", "AGE-SECRET-KEY-1", "[A-Z0-9]{58}", "{up58}", start=ANYWHERE),
    Secret(
        "url-password",
        (b"://", rb":\/\/"),
        (
            rb":(?:\\*+/){2}[^\s/:@\"'\\<>{}$|`]{0,64}+:"
            rb"(" + _IN_URL + rb"{3,}+)@(?=[A-Za-z0-9\[])"
        ),
        "postgres://app:{an12}@db.example.org/app",
        is_secret=is_password,
    ),
    Secret(
        "url-password",
        (b"%3A//", b"%3A%2F%2F"),
        (
            rb"%3A(?://|%2F%2F)[^\s/:@\"'\\<>{}$|`%]{0,64}+%3A"
            rb"((?:[^\s/:@\"'\\<>{}$|`%&]|%25[0-9A-Fa-f]{2}){3,}+)%40"
        ),
        "redis%3A%2F%2Fapp%3A{an12}%40db.example.org",
        is_secret=is_password,
    ),
    Secret(
        "bearer-token",
        (b"earer", b"BEARER "),
        spelled(rb"(?:earer|BEARER)(?: +|(?:%20)+|\++)([A-Za-z0-9._~+/=-]{20,})"),
        "Authorization: Bearer {an40}7",
        is_secret=has_digit,
    ),
    Secret(
        "auth-header",
        (b"uthorization",),
        spelled(
            rb"uthorization"
            + EQUALS
            + rb"(?:Basic|basic|Token|token)(?: |%20|\+)+([A-Za-z0-9._~+/=-]{8,})"
        ),
        "Authorization: Basic {an24}",
    ),
    assigned(
        "database-password",
        "PGPASSWORD MYSQL_PWD MYSQL_ROOT_PASSWORD POSTGRES_PASSWORD REDISCLI_AUTH",
        r"[^\s\"'\\$<>{}\[\]()%]{4,64}",
        "{an16}",
        is_password,
        more=rb"[^\s\"'\\$<>{}\[\]()%]*+",
    ),
)

SECRETS: tuple[Secret, ...] = (
    *_CLOUDS,
    *_CODE,
    *_MODELS,
    *_MESSAGES_AND_MONEY,
    *PRIVATE_KEYS,
    *_ANYWHERE,
    *FIELDS,
)
"""Every kind, for ``Redactor``."""
