"""Retention: words, and people from whom nothing was heard, are dropped after the days that their community keeps them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row

from bot.config import CommunitySettings
from bot.consent import suppress_person
from bot.conversation import House
from bot.insight.questions import asked_in
from bot.insight.results import COUNTED
from flows.loader import thaw
from storage import retention as rows
from storage.flows import revision_definition
from storage.models.retention import RETENTION_STAGES
from storage.persons import erase_person
from storage.retention import Counts, Stretch, retention_is_due

#: The name of the task: by it one process at a time works on a pass.
TASK: Final = "retention"
#: Rows looked at in one transaction, and people dropped in one.
SLICE, MOST_PEOPLE = 1_000, 25


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a slice works with: what is too old in each community, and the house with its keys."""

    now: datetime
    texts: Mapping[int, datetime]
    people: Mapping[int, datetime]
    house: House
    rows: int
    most_people: int
    #: Revision id -> the questions whose answers are counted, by name.
    counted: dict[int, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Swept:
    """What became of a stretch of rows: up to which id it was looked through, and how many of each kind were dropped."""

    upto: int
    counts: Mapping[str, Counts]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a pass stands."""

    stage: str | None
    cursor: int


def retain_due(connection: Connection, now: datetime, house: House) -> int:
    """A slice of the pass under way, or of the day's if it is time; 0 when there is nothing to do."""
    if not retention_is_due(connection, now):
        return 0
    work_pass(connection, rows.open_pass(connection) or begin(connection, now), now, house)
    return 1


def begin(connection: Connection, now: datetime) -> Row[Any]:
    """Begin a pass."""
    return rows.begin_pass(connection, RETENTION_STAGES[0], now)


def work_pass(connection: Connection, under_way: Row[Any], now: datetime, house: House) -> None:
    """One slice of a pass, with the note of how far it came in the same transaction."""
    sweep = what_is_too_old(connection, under_way.begun_at, now, house)
    place, counts = slice_of(connection, sweep, Place(under_way.stage, under_way.cursor))
    told = added(under_way.counts, counts)
    if place.stage is None:
        rows.move_pass(connection, under_way.id, counts=told, ended_at=now)
    else:
        rows.move_pass(connection, under_way.id, counts=told, stage=place.stage, cursor=place.cursor)


def what_is_too_old(connection: Connection, begun_at: datetime, now: datetime, house: House) -> Sweep:
    """What each community keeps no longer, counted from the moment at which the pass began."""
    texts: dict[int, datetime] = {}
    people: dict[int, datetime] = {}
    for community in rows.every_community(connection):
        settings = CommunitySettings.model_validate(community.settings)
        for days, cutoffs in ((settings.keep_texts_days, texts), (settings.keep_people_days, people)):
            if days:
                cutoffs[community.id] = begun_at - timedelta(days=days)
    return Sweep(now, texts, people, house, SLICE, MOST_PEOPLE)


def slice_of(connection: Connection, sweep: Sweep, place: Place) -> tuple[Place, Mapping[str, Counts]]:
    """Look through one stretch of rows and drop what is too old; where to go on."""
    if place.stage is None or not (sweep.texts or sweep.people):
        return Place(None, 0), {}
    stretch = rows.next_stretch(connection, place.stage, place.cursor, sweep.rows)
    if stretch is None:
        later = RETENTION_STAGES[RETENTION_STAGES.index(place.stage) + 1 :]
        return Place(later[0] if later else None, 0), {}
    swept = SWEEPS[place.stage](connection, stretch, sweep)
    return Place(place.stage, swept.upto), swept.counts


def would_drop(
    write: Callable[[], AbstractContextManager[Connection]], now: datetime, house: House
) -> dict[str, dict[str, int]]:
    """What a pass that began now would drop, as a pass counts it: each slice in a transaction that is taken back."""
    with write() as connection:
        sweep = what_is_too_old(connection, now, now, house)
    place, counts = Place(RETENTION_STAGES[0], 0), dict[str, dict[str, int]]()
    while place.stage is not None:
        with write() as connection, _taken_back(connection):
            place, found = slice_of(connection, sweep, place)
        counts = added(counts, found)
    return counts


def added(counts: Mapping[str, Mapping[str, int]], more: Mapping[str, Counts]) -> dict[str, dict[str, int]]:
    """Counts of a pass, community id -> kind -> how many, with those of one more slice."""
    total: defaultdict[str, Counter[str]] = defaultdict(Counter, {key: Counter(value) for key, value in counts.items()})
    for kind, by_community in more.items():
        for community_id, n in by_community.items():
            total[str(community_id)][kind] += n
    return {key: dict(value) for key, value in total.items()}


@contextmanager
def _taken_back(connection: Connection) -> Iterator[None]:
    point = connection.begin_nested()
    try:
        yield
    finally:
        point.rollback()


# -- one stretch of each table


def _messages(connection: Connection, stretch: Stretch, sweep: Sweep) -> Swept:
    return Swept(stretch.upto, {"texts": rows.drop_texts(connection, stretch, sweep.texts, sweep.people)})


def _answers(connection: Connection, stretch: Stretch, sweep: Sweep) -> Swept:
    """What was said to the letter goes where the answer says it already; open answers stay, unless they are sensitive."""
    raw: list[int] = []
    other: list[int] = []
    words: list[int] = []
    counts = Counts()
    for answer in rows.old_answers(connection, stretch, sweep.texts):
        counted = _is_counted(connection, answer, sweep)
        if not counted and not answer.sensitive:
            continue
        (words if not counted else other if answer.sensitive else raw).append(answer.id)
        counts[answer.community_id] += 1
    rows.drop_raw(connection, raw, other=False)
    rows.drop_raw(connection, other, other=True)
    rows.drop_words(connection, words)
    return Swept(stretch.upto, {"replies": counts})


def _is_counted(connection: Connection, answer: Row[Any], sweep: Sweep) -> bool:
    names = sweep.counted.get(answer.revision_id)
    if names is None:
        asked = asked_in(thaw(revision_definition(connection, answer.revision_id)))
        names = sweep.counted[answer.revision_id] = frozenset(one.name for one in asked if one.question.kind in COUNTED)
    return answer.question in names


def _runs(connection: Connection, stretch: Stretch, sweep: Sweep) -> Swept:
    return Swept(stretch.upto, {"conversations": rows.drop_states(connection, stretch, sweep.texts)})


def _media(connection: Connection, stretch: Stretch, sweep: Sweep) -> Swept:
    return Swept(stretch.upto, {"media": rows.drop_media(connection, stretch, sweep.texts)})


def _inbox_items(connection: Connection, stretch: Stretch, sweep: Sweep) -> Swept:
    return Swept(stretch.upto, {"inbox_items": rows.drop_inbox_texts(connection, stretch, sweep.texts)})


def _participants(connection: Connection, stretch: Stretch, sweep: Sweep) -> Swept:
    if not sweep.people:
        return Swept(stretch.upto, {})
    found, upto = rows.lock_quiet_people(connection, stretch, sweep.people, sweep.most_people)
    for person in found:
        _let_go(connection, person, sweep)
    return Swept(upto, {"people": Counter(person.community_id for person in found)})


def _let_go(connection: Connection, person: Row[Any], sweep: Sweep) -> None:
    """Erase a person and keep what they chose, counted, about nobody. What they said in their own words goes with them."""
    counted: list[int] = []
    words: list[int] = []
    sensitive: list[int] = []
    for answer in rows.answers_of(connection, person.id):
        its = sensitive if answer.sensitive else counted if _is_counted(connection, answer, sweep) else words
        its.append(answer.id)
    rows.drop_raw(connection, counted, other=True)
    rows.drop_words(connection, words)
    rows.delete_answers(connection, sensitive)
    suppress_person(connection, person, sweep.house.settings.secret_keys, sweep.now)
    erase_person(connection, person.id, sweep.now, keep_answers=True)


def _addresses(connection: Connection, stretch: Stretch, sweep: Sweep) -> Swept:
    rows.drop_last_texts(connection, stretch, sweep.texts)
    return Swept(stretch.upto, {"strangers": rows.drop_strangers(connection, stretch, sweep.people)})


#: Table -> how a stretch of it is gone through.
SWEEPS: Final[Mapping[str, Callable[[Connection, Stretch, Sweep], Swept]]] = {
    "messages": _messages,
    "answers": _answers,
    "runs": _runs,
    "media": _media,
    "inbox_items": _inbox_items,
    "participants": _participants,
    "addresses": _addresses,
}
