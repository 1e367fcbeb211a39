"""Settings: the installation's from the environment, and each community's own with their defaults."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import NotReady

#: Stands in for the secret key where nothing leaves this machine: without a provider, on the simulator alone.
SIMULATOR_KEY = "simulator-only"
#: Days for which words and people are kept at the least: by then no provider's word on a message is still to come.
SHORTEST_KEPT = 14


class Settings(BaseSettings):
    """What the environment (`SOUNDINGS_…`, or a `.env` file) says about this installation.

    Secrets may be given as `new,old`: the first signs, all verify. An `_api_url` is an origin, such as `http://127.0.0.1:9000`.
    """

    model_config = SettingsConfigDict(env_prefix="SOUNDINGS_", env_file=".env", extra="ignore", frozen=True)

    database_url: str = "sqlite:///soundings.db"
    public_url: str = ""
    secret_key: SecretStr = SecretStr("")
    twilio_account_sid: str = ""
    twilio_auth_token: SecretStr = SecretStr("")
    twilio_api_url: str = "https://api.twilio.com"
    telegram_token: SecretStr = SecretStr("")
    telegram_secret: SecretStr = SecretStr("")
    telegram_api_url: str = "https://api.telegram.org"
    telegram_mode: Literal["webhook", "polling"] = "webhook"
    provider_seconds: Annotated[float, Field(ge=1, le=40)] = 20.0
    simulator: bool | None = None
    metrics_token: SecretStr = SecretStr("")
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["console", "json"] = "console"

    @field_validator("public_url", "twilio_api_url", "telegram_api_url")
    @classmethod
    def _origin(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if bool(self.twilio_account_sid) != bool(self.twilio_auth_token.get_secret_value()):
            raise ValueError(
                "SOUNDINGS_TWILIO_ACCOUNT_SID and SOUNDINGS_TWILIO_AUTH_TOKEN go together: set both or neither"
            )
        if self.has_provider and not self.secret_key.get_secret_value():
            raise ValueError(
                "SOUNDINGS_SECRET_KEY is required once a provider is configured. "
                'Make one with: python3 -c "import secrets; print(secrets.token_hex(32))"'
            )
        return self

    @property
    def has_twilio(self) -> bool:
        """Whether SMS leaves through Twilio."""
        return bool(self.twilio_account_sid)

    @property
    def has_telegram(self) -> bool:
        """Whether a Telegram bot is configured."""
        return bool(self.telegram_token.get_secret_value())

    @property
    def has_provider(self) -> bool:
        """Whether anything leaves this machine."""
        return self.has_twilio or self.has_telegram

    @property
    def has_simulator(self) -> bool:
        """Whether the simulated phones are on: unless asked for, only where no provider is configured."""
        return not self.has_provider if self.simulator is None else self.simulator

    @cached_property
    def secret_keys(self) -> tuple[str, ...]:
        """The keys that hash suppressed addresses and sign cookies: the first signs, all verify."""
        return _rotated(self.secret_key) or (SIMULATOR_KEY,)

    @cached_property
    def twilio_auth_tokens(self) -> tuple[str, ...]:
        """Twilio's auth tokens: the first sends, all verify webhooks."""
        return _rotated(self.twilio_auth_token)

    @cached_property
    def telegram_secrets(self) -> tuple[str, ...]:
        """The secrets that Telegram's webhook may carry: the first is registered, all are accepted."""
        return _rotated(self.telegram_secret)


def _rotated(secret: SecretStr) -> tuple[str, ...]:
    return tuple(part.strip() for part in secret.get_secret_value().split(",") if part.strip())


def load_settings(**overrides: Any) -> Settings:
    """The settings of this process; raises `NotReady` in words that say which variable to mend."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        lines = []
        for problem in error.errors(include_url=False, include_input=False):
            name = "_".join(["SOUNDINGS", *map(str, problem["loc"])]).upper()
            message = problem["msg"].removeprefix("Value error, ")
            lines.append(message if not problem["loc"] else f"{name}: {message}")
        raise NotReady("\n".join(lines)) from None


class Distress(BaseModel):
    """Words of distress in one language, and the signpost that answers them at once."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    words: tuple[str, ...]
    text: str


class CommunitySettings(BaseModel):
    """What a community may set for itself; `Community.settings` holds what differs from these.

    `cap_per_day`, `cap_per_week`: campaign and update messages to one participant (replies and reminders do not count).
    `small_cell`: published counts below it are hidden (FACTS: 10 by default, 5 is the floor).
    `replies_per_day`: automatic replies to one address. `texts_per_minute`: more in a minute are met with silence.
    `strangers_per_day`: unknown numbers that a sender answers in a day. `segments_per_month`: 0 is no limit.
    `countries`: ISO regions whose numbers are answered. `distress`: language -> words and signpost.
    `keyword`: what a stranger is told to text.
    `keep_texts_days`, `keep_people_days`: after how many days words, and people from whom nothing was heard, are dropped; 0 is never.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    cap_per_day: int = Field(4, ge=1)
    cap_per_week: int = Field(8, ge=1)
    small_cell: int = Field(10, ge=5)
    replies_per_day: int = Field(40, ge=1)
    texts_per_minute: int = Field(10, ge=1)
    strangers_per_day: int = Field(200, ge=0)
    segments_per_month: int = Field(0, ge=0)
    countries: tuple[str, ...] = ("CA", "US")
    distress: dict[str, Distress] = Field(default_factory=dict)
    keyword: str = "JOIN"
    region: str = "CA"
    holidays: str = "CA-NS"
    keep_texts_days: int = Field(0, ge=0, le=36_500)
    keep_people_days: int = Field(0, ge=0, le=36_500)

    @field_validator("keep_texts_days", "keep_people_days")
    @classmethod
    def _long_enough(cls, value: int) -> int:
        if 0 < value < SHORTEST_KEPT:
            raise ValueError(f"must be at least {SHORTEST_KEPT} days, or 0 to keep them")
        return value


__all__ = ["CommunitySettings", "Distress", "Settings", "load_settings"]
