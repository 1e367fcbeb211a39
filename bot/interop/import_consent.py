"""The consent that a file of participants comes with: where, when and to which words people agreed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import get_args

from bot import consent as ledger
from bot.consent import Scope
from bot.errors import WrongUsage


@dataclass(frozen=True, slots=True)
class ImportConsent:
    """How the people of a file agreed: where (`spring fair`), on which day (ISO), to which words, and to what.

    Raises `WrongUsage` where a part is missing or cannot be.
    """

    source: str
    date: str
    wording: str
    scopes: tuple[Scope, ...] = ledger.SCOPES

    def __post_init__(self) -> None:
        for name in ("source", "date", "wording"):
            if not getattr(self, name).strip():
                raise WrongUsage(f"Consent needs its {name} too: who agreed where, when, and to which words.")
        if not self.scopes or not set(self.scopes) <= set(get_args(Scope)):
            raise WrongUsage("Consent has a scope: surveys, updates, or both.")
        read_day(self.date)


def consent_of(
    source: str | None, date: str | None, wording: str | None, scopes: str | None = None
) -> ImportConsent | None:
    """Consent as a command's options give it: all of them, or none (then nobody of the file is texted).

    `scopes`: `surveys,updates` where it is left out. Raises `WrongUsage` naming what is missing.
    """
    given = {"source": source, "date": date, "wording": wording}
    if not any(given.values()) and not scopes:
        return None
    missing = [f"--consent-{name}" for name, value in given.items() if not (value or "").strip()]
    if missing:
        raise WrongUsage(
            f"Give {' and '.join(missing)} too: consent counts only with its source, its day and its wording."
        )
    return ImportConsent(source or "", date or "", wording or "", read_scopes(scopes or "surveys,updates"))


def read_scopes(written: str) -> tuple[Scope, ...]:
    wanted = {part.strip().casefold() for part in written.replace(";", ",").split(",") if part.strip()}
    if not wanted or not wanted <= set(ledger.SCOPES):
        raise WrongUsage(f"{written!r} is no scope of consent: write surveys, updates, or both with a comma between.")
    return tuple(scope for scope in ledger.SCOPES if scope in wanted)


def read_day(written: str) -> date:
    try:
        return datetime.fromisoformat(written.strip()).date()
    except ValueError:
        raise WrongUsage(f"{written!r} is no day: write the day of consent like 2026-11-01.") from None
