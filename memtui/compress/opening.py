"""Where questions go, by the config: address, model, price, and whose key."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from memtui.compress import keys, money
from memtui.compress.endpoint import Endpoint, host_of, is_local
from memtui.compress.keys import Key
from memtui.compress.money import Model, Price
from memtui.errors import SettingsError
from memtui.settings import Settings

ANTHROPIC: Final = "anthropic"
OPENAI: Final = "openai"
CLAUDE: Final = "claude"
_URLS: Final = {
    ANTHROPIC: "https://api.anthropic.com",
    OPENAI: "https://api.openai.com/v1",
}
_MODELS: Final = {ANTHROPIC: "claude-haiku-5-5", CLAUDE: "haiku"}
_PROGRAM_WINDOW: Final = 200_000
SUBSCRIPTION: Final = Price(input=0, output=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Everything that an estimate names; no key is read for it."""

    provider: str
    url: str
    """Empty of a program."""
    host: str
    """As the estimate and the ledger name it."""
    model: str
    known: Model
    key: Key | None
    """None: there is none."""

    @property
    def price(self) -> Price:
        """What it costs.

        Raises:
            SettingsError: it is not known.
        """
        return money.must_be_known(self.model, self.known)

    @property
    def can_batch(self) -> bool:
        """Whether it takes many at once for half the price."""
        return self.provider == ANTHROPIC

    @property
    def stays_here(self) -> bool:
        """Whether what is sent stays on this machine."""
        return bool(self.url) and is_local(self.url)


def destination(settings: Settings, data: Path, *, model: str = "") -> Destination:
    """Where questions go.

    Args:
        model: instead of the config's.

    Raises:
        SettingsError: the address or the model is not set, or the address is no
            safe one.
    """
    provider = settings.compress_provider
    model = model or settings.compress_model or _MODELS.get(provider, "")
    if not model:
        raise SettingsError(
            "No model is set.",
            hint='Set compress_model in the config, as "gemini-3.8-flash".',
        )
    if provider == CLAUDE:
        return _program(settings, data, model)
    url = settings.compress_url or _URLS[provider]
    if not url.startswith("https://") and not is_local(url):
        raise SettingsError(
            f"{host_of(url)} is not asked without encryption.",
            hint="compress_url must begin with https:// unless it is this machine.",
        )
    return Destination(
        provider=provider, url=url, host=host_of(url), model=model,
        known=money.model_of(model, settings.prices, window=settings.compress_window),
        key=keys.find(settings, url),
    )  # fmt: skip


def _program(settings: Settings, data: Path, model: str) -> Destination:
    from memtui.compress.claude_program import HOST, home_of

    home = home_of(data)
    return Destination(
        provider=CLAUDE, url="", host=HOST, model=model,
        known=Model(
            price=SUBSCRIPTION, window=settings.compress_window or _PROGRAM_WINDOW
        ),
        key=Key(source=f"the account in {home}", _get=lambda: ""),
    )  # fmt: skip


def connect(
    settings: Settings, data: Path, to: Destination, *, from_environment: bool
) -> Endpoint:
    """A connection to it, with the key.

    Args:
        from_environment: the person was told that the key comes from there.

    Raises:
        SettingsError: there is no key, or it may not be used.
    """
    if to.provider == CLAUDE:
        return unconnected(settings, data, to)
    key = to.key or keys.must_find(settings, to.url)
    if key.from_environment and not from_environment:
        raise SettingsError(
            f"The key would come from {key.source}.",
            hint="Without a question only --key-from-environment allows that.",
        )
    return unconnected(settings, data, to, key=key.value())


def unconnected(
    settings: Settings,
    data: Path,
    to: Destination,
    *,
    key: str = "",
    batch: bool = False,
) -> Endpoint:
    """The same without a key: it can say what it would send.

    Args:
        batch: as a part of a batch, which is not streamed.
    """
    stream = settings.compress_stream and not batch
    if to.provider == CLAUDE:
        from memtui.compress.claude_program import ClaudeProgram

        return ClaudeProgram(data, to.model)
    if to.provider == OPENAI:
        from memtui.compress.openai_api import OpenAIApi

        return OpenAIApi(to.url, key, to.model, stream=stream)
    from memtui.compress.anthropic_api import AnthropicApi

    return AnthropicApi(to.url, key, to.model, stream=stream)
