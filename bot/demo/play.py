"""The demonstration's story: a community, its residents, a check-in, and what came of it sent back."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row

from bot import i18n
from bot.app import Installation
from bot.campaigns.audience import Audience
from bot.campaigns.launch import create_campaign, require_campaign
from bot.campaigns.status import CampaignStatus, status_of
from bot.communities import add_community, add_sender, plan_sender, require_community
from bot.delivery.audit import audit
from bot.demo.residents import Resident, residents
from bot.demo.stage import Stage
from bot.hours import DEFAULT_HOURS
from bot.insight.campaign import campaign_results
from bot.insight.results import Results
from bot.participants import ImportConsent, import_participants
from bot.publishing import publish
from bot.updates.schedule import schedule_update
from flows.loader import library_flow
from storage import campaigns as campaign_rows
from storage.persons import delivered_to, inbound_texts
from storage.threads import texts_of_kind

COMMUNITY = {"slug": "shore-road", "name": "Shore Road Neighbours"}
SENDER = "sms:+18675550100"
FLOW = "neighbourhood-check-in"
#: How long the campaign is played, and the update after it.
ASKING, TELLING = timedelta(days=4), timedelta(days=1)
UPDATE = {
    "en": "{community}: {results.n} of you answered. {results.focus.top} came first ({results.focus.top_percent, number, percent}). We meet about it Thursday at 7, at the library.",
    "fr": "{community} : {results.n} personnes ont répondu. En premier : {results.focus.top} ({results.focus.top_percent, number, percent}). On en parle jeudi à 19 h, à la bibliothèque.",
}
OTHERWISE = {"en": "{community}: thank you for answering.", "fr": "{community} : merci de vos réponses."}


@dataclass(frozen=True, slots=True)
class Summary:
    """What it came to. `lost` and `duplicated` hold the residents' own record against the database, and count the audit's findings."""

    participants: int
    invited: int
    started: int
    completed: int
    stopped: int
    messages_in: int
    messages_out: int
    updates_sent: int
    lost: int
    duplicated: int

    def as_dict(self) -> dict[str, int]:
        """For JSON."""
        return asdict(self)


class Demonstration:
    """Plays the story on an installation of its own; `seen` is called after each step of the stage."""

    campaign = "autumn"

    def __init__(self, installation: Installation, count: int, seed: int) -> None:
        self.installation = installation
        self.people = {one.address: one for one in residents(count, seed)}
        self.stage = Stage(installation, SENDER, self.people, seed, seen=lambda: self.seen())
        self.seen: Callable[[], None] = lambda: None

    async def play(self) -> Summary:
        """Set everything up, ask, wait four days, and report back."""
        start = self.installation.clock.now()
        with self.installation.write() as connection:
            self._set_up(connection)
        await self.stage.play(start + ASKING)
        with self.installation.write() as connection:
            self._report_back(connection)
        await self.stage.play(start + ASKING + TELLING)
        with self.installation.read() as connection:
            return self._summary(connection)

    def status(self) -> CampaignStatus:
        """How the campaign stands."""
        with self.installation.read() as connection:
            place = require_community(connection, COMMUNITY["slug"])
            row = next(one for one in campaign_rows.list_campaigns(connection, place.id) if one.name == self.campaign)
            return status_of(connection, row)

    def results(self) -> Results:
        """What people said."""
        with self.installation.read() as connection:
            place = require_community(connection, COMMUNITY["slug"])
            campaign = require_campaign(connection, place, self.campaign)
            return campaign_results(connection, campaign.id, campaign.revision_id, language="en")

    def update_texts(self) -> dict[str, str]:
        """The update as it reached a phone, by language."""
        with self.installation.read() as connection:
            return texts_of_kind(connection, "update")

    def latest_phones(self, count: int) -> list[Resident]:
        """The phones on which something was written last."""
        return sorted(
            self.people.values(), key=lambda one: one.thread()[-1][0] if one.thread() else self.stage.now, reverse=True
        )[:count]

    def one_thread(self) -> Resident:
        """A resident who went the whole way, with a slip of the thumb on it where there is one."""
        through = [one for one in self.people.values() if one.replies >= 3]
        return next((one for one in through if one.temperament == "typos"), next(iter(through or self.people.values())))

    def _set_up(self, connection: Connection) -> None:
        now = self.installation.clock.now()
        community_id = add_community(
            connection,
            slug=COMMUNITY["slug"],
            name=COMMUNITY["name"],
            languages=["en", "fr"],
            timezone="America/Halifax",
            hours=DEFAULT_HOURS,
            contact="Ana at the library",
            now=now,
        )
        add_sender(connection, plan_sender(SENDER), community_id=community_id, opt_out="ours", pace=10, now=now)
        place = require_community(connection, COMMUNITY["slug"])
        self._import(connection, place)
        publish(connection, community_id, library_flow(FLOW, catalogue=i18n.catalogue), now)
        create_campaign(
            connection, community=place, flow=FLOW, name=self.campaign, audience=Audience(), launch_at=now, now=now
        )

    def _import(self, connection: Connection, place: Row[Any]) -> None:
        file = io.StringIO(newline="")
        writer = csv.writer(file)
        writer.writerow(["phone", "name", "language", "tags"])
        for one in self.people.values():
            writer.writerow([one.address.partition(":")[2], one.name, one.language, "demo"])
        consent = ImportConsent(
            source="summer fair",
            date="2026-07-04",
            wording="I agree to be texted short surveys and what came of them",
            scopes=("surveys", "updates"),
        )
        import_participants(
            connection,
            file.getvalue().encode(),
            place,
            consent,
            self.installation.clock.now(),
            strict=True,
            house=self.installation.house,
        )

    def _report_back(self, connection: Connection) -> None:
        place = require_community(connection, COMMUNITY["slug"])
        schedule_update(
            connection,
            community=place,
            campaign=require_campaign(connection, place, self.campaign),
            texts=UPDATE,
            otherwise=OTHERWISE,
            at=None,
            cron=None,
            subscribers=False,
            now=self.installation.clock.now(),
        )

    def _summary(self, connection: Connection) -> Summary:
        status, now = self.status(), self.installation.clock.now()
        report = audit(connection, now)
        recorded, delivered = inbound_texts(connection), delivered_to(connection)
        lost = duplicated = updates = 0
        for one in self.people.values():
            said, kept = len(one.said), recorded.get(one.address, 0)
            lost, duplicated = lost + max(0, said - kept), duplicated + max(0, kept - said)
            heard = [message_id for _, message_id, _ in one.heard]
            duplicated += len(heard) - len(set(heard))
            sent = delivered.get(one.address, {})
            lost += len(set(sent) - set(heard))
            updates += sum(kind == "update" for kind in sent.values())
        return Summary(
            participants=len(self.people),
            invited=status.invited,
            started=status.started,
            completed=status.completed,
            stopped=status.stopped,
            messages_in=sum(recorded.values()),
            messages_out=sum(len(sent) for sent in delivered.values()),
            updates_sent=updates,
            lost=lost + report.count("lost"),
            duplicated=duplicated + report.count("doubled"),
        )
