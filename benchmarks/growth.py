"""R10 and R5 from a thousand people to a million: what a launch and one message cost, how large it all gets, and that no plan grows.

`python -m benchmarks.growth [--people 1000 10000 100000 1000000] [--past 2000000] [--databases sqlite postgres] [--json]`

At each size a campaign is launched to everybody (ours) and its rows are written raw on a copy (R5); then a past is synthesised:
`--past` messages at the largest size, as many a person at the others, none at the smallest. One message is a text that comes in, is
understood and answered, and the reply's way out: receive, claim, record and receipt, each a transaction of its own. Its cost is
measured in turn on the smallest database and on the one of that size. Every statement of it, and of each of the scheduler's looks, is
then explained: at the largest size none may read a whole table that grows.
"""

from __future__ import annotations

import itertools
import resource
import statistics
import time
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from benchmarks.databases import KINDS, NAMES, Maker, analyze, drop, on_each, size_mb
from benchmarks.figures import Found, compared, limit, parser, quiet, show
from benchmarks.launch import NOW, build, counted, launch, raw
from benchmarks.past import add_past
from benchmarks.watched import Watched, watching
from bot.blocks import opt_outs
from bot.channels.base import Accepted, Inbound, ReceiptNews
from bot.config import Settings
from bot.conversation import House, receive
from bot.delivery.claim import claim
from bot.delivery.receipts import record_receipts
from bot.delivery.results import Outcome, record
from bot.tasks import TASKS
from storage.database import Database

SENDER = "sms:+19025550100"
LATER = NOW + timedelta(hours=1)
#: From so many people on the plans are the planner's own free choice.
LARGE = 100_000
_numbers = itertools.count(1)


class Place:
    """A database of one size, and who is still to answer on it."""

    def __init__(self, database: Database, people: int) -> None:
        self.database, self.people = database, people
        self.house = House(Settings(database_url="sqlite://"))
        # Far apart, so that no two texts find each other's pages read.
        self._order = ((at * 7919) % people + 1 for at in itertools.count())

    def message(self) -> float:
        """Seconds of one text and of its reply's way out, from the first statement to the last commit."""
        person, sid, now = next(self._order), f"SM{next(_numbers):032}", LATER
        inbound = Inbound(SENDER, f"sms:+1902{5_550_000 + person}", sid, now, "1")
        blocks = opt_outs(self.house)
        began = time.perf_counter()
        with self.database.write() as connection:
            (received,) = receive(connection, [inbound], now, self.house)
        with self.database.write() as connection:
            taken = claim(connection, 1, now, 500, burst=1_000.0).messages
        with self.database.write() as connection:
            record(connection, [Outcome(one, Accepted(f"SR{one.id:032}")) for one in taken], now, opt_outs=blocks)
        news = [(SENDER, ReceiptNews(f"SR{one.id:032}", "delivered", now, one.id)) for one in taken]
        with self.database.write() as connection:
            record_receipts(connection, news, now, opt_outs=blocks)
        took = time.perf_counter() - began
        assert received.status == "received", f"{received}: fewer --messages, for everybody has answered"
        assert len(taken) == 1, f"{len(taken)} replies in place of one"
        return took

    def looks(self) -> dict[str, float]:
        """Seconds of each look of the scheduler that finds nothing to do."""
        found = {}
        for task in TASKS:
            while True:
                began = time.perf_counter()
                with self.database.write() as connection:
                    done = task.work(connection, LATER, self.house)
                found[task.name] = time.perf_counter() - began
                if not done:
                    break
        return found


def settle(connection: Connection, now: datetime, *, is_sqlite: bool) -> None:
    """The first messages have been sent, and the sender's pace does not matter."""
    moment = now.replace(tzinfo=None).isoformat(" ") if is_sqlite else now
    connection.execute(
        text(
            "UPDATE messages SET status = 'delivered', provider_id = 'first' || id, claimed_at = :now, sent_at = :now, settled_at = :now "
            "WHERE status = 'queued'"
        ),
        {"now": moment},
    )
    connection.execute(text("UPDATE senders SET pace = 1000000, budget = 1000000"))


def grow(make: Maker, people: int, past: int, *, with_raw: bool) -> tuple[Place, Found, tuple[float, float]]:
    """A database of that size, what its making took, and people a second launched by us and raw."""
    database = make()
    community = build(database, people)
    database.close()
    other = make(like=database) if with_raw else None
    ours = launch(database, community)
    state, said = counted(database, people)
    launched = people / (ours["inviting"] + ours["starting"])
    bare = 0.0
    if other is not None:
        bare = people / sum(raw(other, community, state, said).values())
        drop(other)
    found: Found = {
        "launch, s": round(people / launched, 2),
        "launch, people a second": round(launched),
        "longest transaction, s": ours["longest_transaction"],
        "size after the launch, MB": round(size_mb(database), 1),
    }
    with database.write() as connection:
        settle(connection, NOW, is_sqlite=database.is_sqlite)
    found["rows of the past"] = add_past(database, people, past, NOW) if past else {"messages": 0}
    analyze(database)
    found["size with its past, MB"] = round(size_mb(database), 1)
    return Place(database, people), found, (launched, bare)


def beside(small: Place, large: Place, messages: int) -> tuple[list[float], list[float], Watched]:
    """Seconds of one message on each, in turn, and the statements on the large one."""
    for place in (small, large):
        for _ in range(10):
            place.message()
    ours: list[float] = []
    least: list[float] = []
    for _ in range(messages):
        ours.append(large.message())
        least.append(small.message())
    with watching(large.database) as watched:
        for _ in range(20):
            large.message()
    return ours, least, watched


def measure(kind: str, make: Maker, asked: Any) -> tuple[list[Found], Found]:
    """Each size beside the smallest."""
    ratios: list[Found] = []
    figures: Found = {}
    sizes, top = sorted(asked.people), max(asked.people)
    small: Place | None = None
    for people in sizes:
        past = 0 if people == sizes[0] else asked.past * people // top
        place, found, (launched, bare) = grow(make, people, past, with_raw=people == top)
        if small is None:
            small = place
        ours, least, watched = beside(small, place, asked.messages)
        with watching(place.database) as looked:
            looks = place.looks()
        slowest, statement = watched.slowest()
        found |= {
            "one message, ms": round(statistics.median(ours) * 1000, 2),
            "as many times the smallest": round(statistics.median(ours) / statistics.median(least), 2),
            "slowest statement, ms": slowest,
            "slowest statement": statement,
            "the scheduler's slowest look, ms": round(max(looks.values()) * 1000, 2),
            "that look": max(looks, key=lambda one: looks[one]),
            "peak memory of the measuring process, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }
        if people == top:
            small_tables = people < LARGE
            whole = [line for one in (watched, looked) for line in one.whole_tables(place.database, small=small_tables)]
            found["statements explained"] = len(watched.parameters | looked.parameters)
            found["tables read whole"] = "; ".join(whole) or "none"
            where = (
                f"{NAMES[kind]}, {people:,} people, {found['rows of the past']['messages'] + people:,} past messages"
            )
            value = statistics.median(ours) / statistics.median(least)
            said = f"{statistics.median(ours) * 1000:.2f} ms, smallest {statistics.median(least) * 1000:.2f} ms"
            ratios.append({**limit("R10", where, value, said), "value": round(value, 2)})
            ratios.append(compared("R5", f"{NAMES[kind]}, {people:,} people", [launched], [bare], ("people/s",) * 2))
        figures[f"{people:,} people"] = found
        if place is not small:
            drop(place.database)
    assert small is not None
    drop(small.database)
    return ratios, figures


def main() -> None:
    """Measures both databases; ends with 1 where a plan reads a growing table whole."""
    options = parser(__doc__)
    options.add_argument("--people", type=int, nargs="+", default=[1_000, 10_000, 100_000, 1_000_000])
    options.add_argument("--past", type=int, default=2_000_000, help="messages of the past at the largest size")
    options.add_argument("--messages", type=int, default=150, help="how many messages are measured on each side")
    options.add_argument("--databases", nargs="+", default=KINDS, choices=KINDS)
    asked = options.parse_args()
    quiet()
    figures: Found = {}
    ratios = on_each(asked.databases, lambda kind, make: measure(kind, make, asked), figures)
    show("growth", ratios, figures, as_json=asked.json)
    grown = [sizes[-1]["tables read whole"] for sizes in (list(one.values()) for one in figures.values())]
    if any(one != "none" for one in grown):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
