"""Random samples of an audience: drawn by seed, in strata, fixed by bounds so that every slice of a launch decides alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Select, SQLColumnExpression, and_, func, literal, or_, select, tuple_

from bot.campaigns.audience import Sample
from bot.errors import WrongUsage
from storage import audience as rows
from storage.draws import PRIME, Draw, bound
from storage.models import Participant
from storage.reach import Reach

#: More groups than this are no strata but names.
MOST_STRATA = 100

#: Stratum -> the (draw, id) of the last one that is in; everybody up to it is.
Bounds = Mapping[str, tuple[int, int]]


def stratum_of(by: str | None, reach: Reach) -> SQLColumnExpression[Any]:
    """What tells strata apart, as SQL; "" for those of whom it is not known."""
    if by is None:
        return literal("")
    if by == "language":
        return Participant.language
    if by == "channel":
        return func.coalesce(rows.channel_of(reach), "")
    return func.coalesce(rows.attribute_text(by), "")


def draw_of(sample: Sample, wave: int = 1) -> Draw:
    """The draw of a sample; another for each wave after the first."""
    return Draw(f"sample:{sample.seed}" if wave == 1 else f"sample:{sample.seed}:{wave}")


def find_bounds(connection: Connection, sample: Sample, people: Select[Any], draw: Draw, reach: Reach) -> Bounds:
    """Draw a sample of `people` (a select on participants): the last one of each stratum.

    Raises `WrongUsage` where what tells the strata apart has too many values.
    """
    stratum = stratum_of(sample.by, reach)
    counted: Any = people.with_only_columns(stratum.label("stratum"), func.count().label("n")).group_by("stratum")
    sizes = {str(row.stratum): int(row.n) for row in connection.execute(counted)}
    if len(sizes) > MOST_STRATA:
        raise WrongUsage(
            f"{sample.by} has {len(sizes)} different values, too many for strata (at most {MOST_STRATA}). "
            "Choose what has a few, such as language or area."
        )
    total = sum(sizes.values())
    wanted = sample.size if sample.size is not None else round((sample.share or 0) * total)
    shares = allocate(sizes, wanted, equal=sample.equal)
    number = draw.sql(Participant.__table__.c.id)
    ranked = people.with_only_columns(
        stratum.label("stratum"),
        Participant.id,
        number.label("draw"),
        func.row_number().over(partition_by=stratum, order_by=(number, Participant.id)).label("rank"),
    ).subquery()
    lasts = [(name, n) for name, n in shares.items() if n]
    if not lasts:
        return {}
    last = tuple_(ranked.c.stratum, ranked.c.rank).in_(lasts)
    found = connection.execute(select(ranked.c.stratum, ranked.c.draw, ranked.c.id).where(last))
    return {str(row.stratum): (int(row.draw), int(row.id)) for row in found}


def is_drawn(sample: Sample, bounds: Bounds, draw: Draw, reach: Reach) -> rows.Condition:
    """A participant is in the sample."""
    number, key = draw.sql(Participant.__table__.c.id), Participant.id
    stratum = stratum_of(sample.by, reach)
    parts = [
        and_(stratum == name, or_(number < last, and_(number == last, key <= last_id)))
        for name, (last, last_id) in sorted(bounds.items())
    ]
    return or_(*parts) if parts else literal(False)


def is_in_share(share: float, draw: Draw) -> rows.Condition:
    """A participant is in a share of all who ever come, without knowing how many will."""
    return draw.sql(Participant.__table__.c.id) < bound(share)


def allocate(sizes: Mapping[str, int], wanted: int, *, equal: bool) -> dict[str, int]:
    """How many of each stratum: in proportion (largest remainders), or equal, never more than there are of it.

    What a small stratum lacks of an equal part the others make up for.
    """
    wanted = min(wanted, sum(sizes.values()))
    return _equal(sizes, wanted) if equal else _in_proportion(sizes, wanted)


def _in_proportion(sizes: Mapping[str, int], wanted: int) -> dict[str, int]:
    total = max(1, sum(sizes.values()))
    given = {name: wanted * size // total for name, size in sizes.items()}
    by_remainder = sorted(sizes, key=lambda name: (-(wanted * sizes[name] % total), name))
    for name in by_remainder[: wanted - sum(given.values())]:
        given[name] += 1
    return given


def _equal(sizes: Mapping[str, int], wanted: int) -> dict[str, int]:
    given = dict.fromkeys(sizes, 0)
    while missing := wanted - sum(given.values()):
        room = sorted(name for name, size in sizes.items() if given[name] < size)
        part = missing // len(room)
        for name in room if part else room[:missing]:
            given[name] = min(sizes[name], given[name] + max(part, 1))
    return given


__all__ = [
    "MOST_STRATA",
    "PRIME",
    "Bounds",
    "allocate",
    "draw_of",
    "find_bounds",
    "is_drawn",
    "is_in_share",
    "stratum_of",
]
