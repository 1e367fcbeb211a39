"""R5: launching a campaign to many people, against raw INSERT … SELECT of the same rows, both in this run.

`python -m benchmarks.launch [--people 100000] [--rounds 3] [--databases sqlite postgres] [--one-by-one 20000] [--json]`

Ours is `invite_due` and `start_pending` as the scheduler calls them, each slice in a transaction of its own: who fits, may be asked
and can be reached; their invitations; their runs, as the conversation begins them; their first messages in the outbox.
Raw is three statements in a fresh database of the same schema: the same invitations, runs and messages, nothing asked or
checked. Before it counts, a launch is killed (-9) in the middle and done again in a process of its own: everybody must have one
invitation, one run and one message. `one_by_one` is the same launch with a first text that names each person.
"""

# ruff: noqa: S608 - the SQL is built of our own names and numbers
from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, text

from benchmarks.databases import KINDS, NAMES, Maker, analyze, drop, on_each
from benchmarks.figures import Found, compared, parser, quiet, show
from bot.campaigns.audience import Audience
from bot.campaigns.inviting import invite_due
from bot.campaigns.launch import create_campaign
from bot.campaigns.starting import start_pending
from bot.config import Settings
from bot.conversation import House
from bot.hours import DAYS
from bot.publishing import publish
from flows.loader import load
from storage.communities import community_by_id, insert_community, insert_sender, serve_community
from storage.database import Database

NOW = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
HOURS = {day: ["00:00", "24:00"] for day in (*DAYS, "holiday")}
FLOW = """
flow: check-in
title: {en: One question, fr: Une question}
languages: [en, fr]
start: focus
states:
  focus:
    ask: choice
    text: {en: "GREETING{community}: what matters most this winter?", fr: "GREETING{community}: que faire cet hiver?"}
    options: {lights: {en: Lamps on the path, fr: Des lampes}, ice: {en: Salt on the steps, fr: Du sel}, bus: {en: A later bus, fr: Un bus}}
    next: thanks
  thanks: {say: {en: Thanks., fr: Merci.}, end: completed}
"""


def build(database: Database, people: int, *, greeting: str = "") -> int:
    """A community of so many people who agreed, one in four of them French, reached by one number; its id."""
    with database.write() as connection:
        community = insert_community(
            connection,
            slug="shore-road",
            name="Shore Road Neighbours",
            languages=["en", "fr"],
            timezone="America/Halifax",
            hours=HOURS,
            contact=None,
            settings={},
            created_at=NOW,
        )
        sender = insert_sender(
            connection, address="sms:+19025550100", channel="sms", opt_out="ours", pace=10.0, created_at=NOW
        )
        serve_community(connection, sender, community)
        publish(connection, community, load(FLOW.replace("GREETING", greeting)), NOW)
        numbers = (
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :people) "
            if database.is_sqlite
            else "WITH n AS (SELECT i FROM generate_series(1, :people) AS i) "
        )
        given = {"people": people, "community": community, "now": _moment(database)}
        connection.execute(
            text(
                "INSERT INTO participants (id, public_id, community_id, name, language, attributes, surveys, updates, joined_at) "
                + numbers
                + "SELECT i, 'p' || i, :community, 'Ana', CASE WHEN i % 4 = 0 THEN 'fr' ELSE 'en' END, '{}', 'granted', 'granted', "
                ":now FROM n"
            ),
            given,
        )
        connection.execute(
            text(
                "INSERT INTO addresses (id, community_id, participant_id, address, channel, status, replies, minute_texts, created_at) "
                + numbers
                + "SELECT i, :community, i, 'sms:+1902' || (5550000 + i), 'sms', 'open', 0, 0, :now FROM n"
            ),
            given,
        )
    analyze(database)
    return community


def _moment(database: Database) -> Any:
    return NOW.replace(tzinfo=None).isoformat(" ") if database.is_sqlite else NOW


def campaign(database: Database, community: int) -> int:
    """Write a campaign to everybody down, due now; its id."""
    with database.write() as connection:
        return create_campaign(
            connection,
            community=community_by_id(connection, community),
            flow="check-in",
            name="spring",
            audience=Audience(),
            launch_at=NOW,
            now=NOW,
        )


def launch(database: Database, community: int) -> dict[str, Any]:
    """Launch to everybody, in slices; the seconds of each part and the longest transaction."""
    house = House(Settings(database_url="sqlite://"))
    campaign(database, community)
    invited, first = _slices(database, lambda connection: invite_due(connection, NOW, house))
    started, second = _slices(database, lambda connection: start_pending(connection, NOW, house))
    return {"inviting": invited, "starting": started, "longest_transaction": round(max(first, second), 3)}


def _slices(database: Database, work: Callable[[Connection], int]) -> tuple[float, float]:
    begun, longest, found = time.perf_counter(), 0.0, 1
    while found:
        at = time.perf_counter()
        with database.write() as connection:
            found = work(connection)
        longest = max(longest, time.perf_counter() - at)
    return time.perf_counter() - begun, longest


#: The same rows as ours, by one statement a table: what any launch has to write.
RAW = (
    "INSERT INTO invitations (community_id, campaign_id, wave, participant_id, status, due_at, created_at, started_at) "
    "SELECT :community, :campaign, 1, id, 'started', :now, :now, :now FROM participants",
    "INSERT INTO runs (community_id, participant_id, revision_id, campaign_id, invitation_id, address_id, sender_id, status, "
    "current_state, visit, state, prompted_at, due_at, started_at) "
    "SELECT :community, i.participant_id, 1, :campaign, i.id, a.id, 1, 'active', 'focus', 1, {state}, :now, :now, :now "
    "FROM invitations i JOIN addresses a ON a.participant_id = i.participant_id",
    "INSERT INTO messages (community_id, sender_id, address_id, participant_id, run_id, campaign_id, direction, kind, text, language, "
    "visit, status, priority, segments, attempts, due_at, created_at) "
    "SELECT :community, 1, r.address_id, r.participant_id, r.id, :campaign, 'out', 'prompt', :text, 'en', 1, 'queued', 2, 1, 0, :now, "
    ":now FROM runs r",
)


def raw(database: Database, community: int, state: str, said: str) -> dict[str, float]:
    """The seconds of each statement, committed by itself."""
    given = {
        "community": community,
        "campaign": campaign(database, community),
        "now": _moment(database),
        "state": state,
        "text": said,
    }
    stored = ":state" if database.is_sqlite else "CAST(:state AS jsonb)"
    seconds = {}
    for name, statement in zip(("invitations", "runs", "messages"), RAW, strict=True):
        at = time.perf_counter()
        with database.write() as connection:
            connection.execute(text(statement.format(state=stored)), given)
        seconds[name] = time.perf_counter() - at
    return seconds


def counted(database: Database, people: int) -> tuple[str, str]:
    """Asserts that everybody has one invitation, one run and one message; a run's state and text, for the raw side to write."""
    with database.read() as connection:
        for table, key in (
            ("invitations", "participant_id"),
            ("runs", "participant_id"),
            ("messages", "participant_id"),
        ):
            one = connection.execute(text(f"SELECT count(*), count(DISTINCT {key}) FROM {table}")).one()
            assert tuple(one) == (people, people), (table, one)
        assert connection.execute(text("SELECT count(*) FROM invitations WHERE status <> 'started'")).scalar_one() == 0
        row = connection.execute(
            text("SELECT CAST(r.state AS text), m.text FROM runs r JOIN messages m ON m.run_id = r.id")
        ).first()
    assert row is not None
    return str(row[0]), str(row[1])


def killed_and_done_again(database: Database, people: int) -> int:
    """Launch in a process of its own that is killed in the middle, twice, then once more to the end; the kills that struck."""
    url = database.url.render_as_string(hide_password=False)
    community = build(database, people)
    campaign(database, community)
    kills = 0
    for wait in (0.15, 0.3, None):
        with subprocess.Popen(
            [sys.executable, "-m", "benchmarks.launch", "--work", url], stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            if wait is not None:
                time.sleep(wait)
                process.send_signal(signal.SIGKILL)
            process.wait()
            kills += process.returncode == -signal.SIGKILL
    counted(database, people)
    return kills


def work(url: str) -> None:
    """What the killed process does."""
    database, house = Database(url), House(Settings(database_url="sqlite://"))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    found = 1
    while found:
        with database.write() as connection:
            found = invite_due(connection, NOW, house, begin_size=1_000)
        with database.write() as connection:
            found += start_pending(connection, NOW, house, alike_size=1_000)


def once(make: Maker, people: int) -> tuple[dict[str, Any], dict[str, float]]:
    """One launch to so many people, and the raw side on a copy of the same database: (ours, raw)."""
    database = make()
    community = build(database, people)
    database.close()
    other = make(like=database)
    ours = launch(database, community)
    state, said = counted(database, people)
    drop(database)
    bare = raw(other, community, state, said)
    drop(other)
    return ours, bare


def one_by_one(make: Maker, people: int) -> float:
    """People a second whose first text names them, so that each run begins by itself."""
    database = make()
    community = build(database, people, greeting="{name}, ")
    single = launch(database, community)
    counted(database, people)
    drop(database)
    return people / single["starting"]


def measure(kind: str, make: Maker, asked: argparse.Namespace) -> tuple[list[Found], Found]:
    """R5 on one database."""
    database = make()
    kills = killed_and_done_again(database, min(asked.people, 50_000))
    drop(database)
    rounds = [once(make, asked.people) for _ in range(asked.rounds)]
    rates = [asked.people / (ours["inviting"] + ours["starting"]) for ours, _ in rounds]
    bare = [asked.people / sum(parts.values()) for _, parts in rounds]
    figures = {
        "longest transaction, s": max(ours["longest_transaction"] for ours, _ in rounds),
        "one by one, people a second": round(one_by_one(make, asked.one_by_one)),
        "kills in the middle": kills,
    }
    where = f"{NAMES[kind]}, {asked.people:,} people"
    return [compared("R5", where, rates, bare, ("people/s", "people/s"))], figures


def main() -> None:
    """Measures both databases."""
    options = parser(__doc__)
    options.add_argument("--people", type=int, default=100_000)
    options.add_argument("--one-by-one", type=int, default=20_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--databases", nargs="+", default=KINDS, choices=KINDS)
    options.add_argument("--work", help=argparse.SUPPRESS)
    asked = options.parse_args()
    quiet()
    if asked.work:
        return work(asked.work)
    figures: Found = {}
    ratios = on_each(asked.databases, lambda kind, make: measure(kind, make, asked), figures)
    return show("launch", ratios, figures, as_json=asked.json)


if __name__ == "__main__":
    main()
