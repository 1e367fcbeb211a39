"""The text of an update in each language, with live results in it, and what stands in the way of sending it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Connection, Row

from bot.config import CommunitySettings
from bot.errors import WrongUsage
from bot.insight.campaign import campaign_results
from bot.insight.questions import asked_in
from bot.insight.results import published
from flows.errors import MissingValue
from flows.loader import thaw
from flows.segments import lighten
from flows.texts import check_pattern, placeholders, render
from storage.flows import revision_definition

#: The longest text that an SMS provider takes (FACTS §1: error 21617).
LONGEST = 1_600
#: What an update's text may use besides `{results.…}`.
PLAIN_NAMES = frozenset({"community", "contact", "campaign"})


class Draft(Protocol):
    """What `render_update` reads of an update, written down or not."""

    texts: Mapping[str, str]
    otherwise: Mapping[str, str] | None
    languages: Sequence[str]
    community_name: str
    contact: str | None
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rendered:
    """An update's text by language, or why it is withheld."""

    texts: Mapping[str, str]
    withheld: str | None = None


def checked_texts(texts: Mapping[str, str], *, has_campaign: bool) -> dict[str, str]:
    """The patterns by language; raises `WrongUsage` naming what cannot be read or filled."""
    if not any(text.strip() for text in texts.values()):
        raise WrongUsage("The update has no text. Give it with --text.")
    for language, pattern in texts.items():
        if len(pattern) > LONGEST:
            raise WrongUsage(
                f"The {language} text has {len(pattern):,} characters; {LONGEST:,} is the most that a message can have."
            )
        problem = check_pattern(pattern, language)
        if problem is not None:
            raise WrongUsage(f"The {language} text cannot be used: {problem}")
        for name in placeholders(pattern):
            if name.split(".")[0] == "results" and not has_campaign:
                raise WrongUsage(f"{{{name}}} needs a campaign whose results it shows: give --campaign.")
            if name.split(".")[0] not in PLAIN_NAMES | {"results"}:
                known = ", ".join(f"{{{one}}}" for one in sorted(PLAIN_NAMES))
                raise WrongUsage(f"{{{name}}} is nothing that an update knows. There is {{results.…}}, {known}.")
    return dict(texts)


def check_results_names(connection: Connection, patterns: Sequence[str], revision_id: int) -> None:
    """Raise `WrongUsage` where a `{results.X}` names no question of the campaign's flow."""
    asked = {one.name for one in asked_in(thaw(revision_definition(connection, revision_id)))}
    for name in {name for pattern in patterns for name in placeholders(pattern)}:
        head, _, rest = name.partition(".")
        if head == "results" and rest != "n" and not any(rest == one or rest.startswith(f"{one}.") for one in asked):
            raise WrongUsage(f"{{{name}}}: the campaign asks no such question. It asks: {', '.join(sorted(asked))}.")


def render_update(
    connection: Connection, row: Draft | Row[Any], campaign: Row[Any] | None, languages: Sequence[str]
) -> Rendered:
    """The update's text in each of `languages`, figures as they stand now.

    Where a figure is too small to publish (or has no value), the `otherwise` text stands in; without one the update is withheld.
    """
    settings = CommunitySettings.model_validate(row.settings)
    first = first_language(row.texts, row.languages)
    texts: dict[str, str] = {}
    for language in languages:
        values = {
            "community": row.community_name,
            "contact": row.contact,
            "campaign": campaign.name if campaign is not None else None,
        }
        if campaign is not None:
            results = campaign_results(connection, campaign.id, campaign.revision_id, language=language, newest_words=0)
            values["results"] = published(results, limit=settings.small_cell)
        try:
            text = render(row.texts, language, values, fallback=first)
        except MissingValue as missing:
            if not row.otherwise:
                return Rendered({}, _why(str(missing.name), settings.small_cell))
            try:
                text = render(row.otherwise, language, values, fallback=first_language(row.otherwise, row.languages))
            except MissingValue as still:
                return Rendered({}, _why(str(still.name), settings.small_cell))
        texts[language] = lighten(text)
    return Rendered(texts)


def first_language(texts: Mapping[str, str], languages: Sequence[str]) -> str:
    """The language for readers of one that the texts lack: the first of the community's that they have."""
    return next((one for one in languages if one in texts), next(iter(texts)))


def _why(name: str, limit: int) -> str:
    return (
        f"{{{name}}} has no figure that may be published: fewer than {limit} people stand behind it, or two are tied. "
        "Wait for more answers, or give a text for this case with --otherwise."
    )
