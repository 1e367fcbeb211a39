"""The notice before a survey: one message a person that says who will ask, written with the invitations of the same slice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from bot.campaigns.settings import Notice
from bot.errors import WrongUsage
from flows.segments import lighten, segment
from flows.texts import check_pattern, placeholders, render
from storage.invitations import Place
from storage.notices import insert_notices
from storage.reach import Reach

#: What a notice may say of the world; it is the same for everybody of a language.
NAMES = ("community", "contact", "campaign")


def checked_notice(texts: Mapping[str, str]) -> None:
    """Raises `WrongUsage` where a notice's text cannot be used."""
    for language, pattern in texts.items():
        problem = check_pattern(pattern, language)
        if problem is not None:
            raise WrongUsage(f"The notice in {language} cannot be used: {problem}")
        unknown = sorted(placeholders(pattern) - set(NAMES))
        if unknown:
            raise WrongUsage(
                f"{{{unknown[0]}}} is nothing that a notice knows. There is {', '.join(f'{{{one}}}' for one in NAMES)}."
            )


def notice_texts(
    notice: Notice, community: Row[Any], campaign: str, languages: Iterable[str]
) -> dict[str, dict[str, Any]]:
    """Language -> `{"text", "segments"}` for each of `languages`, those of the notice and the community's own."""
    first = _first(notice.texts, community.languages)
    values = {"community": community.name, "contact": community.contact or "", "campaign": campaign}
    found = {}
    for language in dict.fromkeys([*notice.texts, *community.languages, *languages]):
        text = lighten(render(notice.texts, language, values, fallback=first))
        found[language] = {"text": text, "segments": segment(text).segments}
    return found


def announce(
    connection: Connection,
    place: Place,
    reach: Reach,
    texts: Mapping[str, Mapping[str, Any]],
    languages: Sequence[str],
    after: int,
    last: int,
    now: datetime,
) -> int:
    """Put the notice for the invitations of one slice, those of participants after `after` up to `last`, in the outbox; how many.

    `languages`: the community's, whose first stands in for those that the notice lacks.
    """
    first = _first(texts, languages)
    return insert_notices(connection, place, reach, texts, first=first, after=after, last=last, now=now)


def _first(texts: Mapping[str, object], languages: Sequence[str]) -> str:
    return next((one for one in languages if one in texts), next(iter(texts)))


__all__ = ["NAMES", "announce", "checked_notice", "notice_texts"]
