"""A community hall for tests: residents by the dozen, campaigns that are launched and worked off, and what came of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select, update

from bot.campaigns.audience import Audience
from bot.campaigns.changes import clear_over, close_due
from bot.campaigns.inviting import invite_due
from bot.campaigns.launch import create_campaign, require_campaign
from bot.campaigns.settings import CampaignSettings
from bot.campaigns.starting import start_pending
from bot.campaigns.status import CampaignStatus, status_of
from bot.conversation import House, due_runs, reach_times, receive
from storage.campaigns import list_campaigns
from storage.communities import community_by_id
from storage.database import Database
from storage.models import Address, Campaign, Invitation, Message, Participant, ParticipantTag, Run
from tests.builders import CHECK_IN, NOON, SENDER, a_community, a_house, a_participant, a_revision, a_sender, an_inbound


@dataclass(slots=True)
class Hall:
    """A community with one sender and a published flow; time stands until it is moved."""

    database: Database
    community_id: int
    sender_id: int
    revision_id: int
    now: datetime = NOON
    house: House = field(default_factory=a_house)
    people: list[int] = field(default_factory=list)

    @classmethod
    def built(cls, database: Database, flow: str = CHECK_IN, **community: Any) -> Hall:
        """A hall with its flow published."""
        with database.write() as connection:
            community_id = a_community(connection, **community)
            sender_id = a_sender(connection, community_id)
            return cls(database, community_id, sender_id, a_revision(connection, community_id, flow))

    @property
    def community(self) -> Row[Any]:
        """The community's row."""
        with self.database.read() as connection:
            return community_by_id(connection, self.community_id)

    def resident(self, *tags: str, channel: str = "sms", **changes: Any) -> int:
        """One more resident, with these tags."""
        number = len(self.people)
        address = f"sms:+1902555{number:04}" if channel == "sms" else f"{channel}:{1000 + number}"
        with self.database.write() as connection:
            found = a_participant(connection, self.community_id, address, **changes)
            for tag in tags:
                connection.execute(ParticipantTag.__table__.insert().values(participant_id=found, tag=tag))
        self.people.append(found)
        return found

    def residents(self, count: int, *tags: str, **changes: Any) -> list[int]:
        """So many alike."""
        return [self.resident(*tags, **changes) for _ in range(count)]

    def publish(self, flow: str) -> int:
        """One more revision, or flow; the revision's id."""
        with self.database.write() as connection:
            return a_revision(connection, self.community_id, flow)

    def launch(
        self,
        name: str = "spring",
        audience: Audience | None = None,
        settings: CampaignSettings | None = None,
        *,
        at: datetime | None = None,
        **given: Any,
    ) -> int:
        """Write a campaign down; its id."""
        with self.database.write() as connection:
            return create_campaign(
                connection,
                community=community_by_id(connection, self.community_id),
                flow=given.pop("flow", "check-in"),
                name=name,
                audience=audience or Audience(),
                launch_at=at or self.now,
                now=self.now,
                settings=settings,
                **given,
            )

    def work(self, *, slice_size: int = 7, at_once: bool = True) -> None:
        """All that the tasks do until nothing is due any more, in small slices, each in its own transaction.

        `at_once`: runs begin with their invitations where they may, as the scheduler has it.
        """
        house = self.house if at_once else None
        for task in (
            lambda connection: reach_times(connection, due_runs(connection, self.now, 500), self.now, self.house) * 0,
            lambda connection: close_due(connection, self.now),
            lambda connection: invite_due(connection, self.now, house, slice_size=slice_size, begin_size=slice_size),
            lambda connection: start_pending(
                connection, self.now, self.house, slice_size=slice_size, alike_size=slice_size
            ),
            lambda connection: clear_over(connection, self.now, self.house),
        ):
            while True:
                with self.database.write() as connection:
                    if not task(connection):
                        break

    def wait(self, span: timedelta) -> None:
        """Let time pass, and do what is due then; nothing leaves but by `send`."""
        self.now += span
        self.house.forget()
        self.work()

    def reply(self, participant_id: int, *words: str) -> None:
        """A resident texts these, one after the other, each after what was written to them has reached them."""
        address = self.one(select(Address.address).where(Address.participant_id == participant_id).limit(1))
        for word in words:
            self.send(participant_id)
            self.now += timedelta(seconds=5)
            with self.database.write() as connection:
                inbound = an_inbound(word, address=address, sender=SENDER, at=self.now)
                receive(connection, [inbound], self.now, self.house)

    def answer(self, participant_id: int, choice: str = "snow") -> None:
        """A resident goes through the whole check-in."""
        self.reply(participant_id, choice, "by the school", "4")

    def one(self, statement: Any) -> Any:
        """The one value that a query finds."""
        with self.database.read() as connection:
            return connection.execute(statement).scalar_one()

    def all(self, statement: Any) -> list[Any]:
        """Every row that a query finds, single columns as values."""
        with self.database.read() as connection:
            rows = connection.execute(statement).all()
        return [row[0] if len(row) == 1 else tuple(row) for row in rows]

    def campaign(self, name: str = "spring") -> Row[Any]:
        """A campaign's row."""
        with self.database.read() as connection:
            return require_campaign(connection, community_by_id(connection, self.community_id), name)

    def status(self, name: str = "spring") -> CampaignStatus:
        """How a campaign stands."""
        with self.database.read() as connection:
            found = next(row for row in list_campaigns(connection, self.community_id) if row.name == name)
            return status_of(connection, found)

    def invited(self, name: str = "spring", wave: int | None = None) -> list[int]:
        """Who has a place in a campaign, as often as they have one."""
        statement = select(Invitation.participant_id).where(Invitation.campaign_id == self.campaign(name).id)
        if wave is not None:
            statement = statement.where(Invitation.wave == wave)
        return sorted(self.all(statement))

    def places(self, name: str = "spring") -> dict[str, int]:
        """How many places of a campaign have each status, with the reason of those that have one."""
        statement = select(Invitation.status, Invitation.reason).where(Invitation.campaign_id == self.campaign(name).id)
        return dict(Counter(f"{status}:{reason}" if reason else status for status, reason in self.all(statement)))

    def texts(self, participant_id: int) -> list[str]:
        """What was written to a resident, in its order, whether or not it has left."""
        statement = select(Message.text).where(Message.participant_id == participant_id, Message.direction == "out")
        return self.all(statement.order_by(Message.id))

    def queued(self) -> int:
        """How many messages wait."""
        return int(self.one(select(func.count()).where(Message.status == "queued")))

    def runs(self, **where: Any) -> int:
        """How many runs there are with these values."""
        conditions = [getattr(Run, name) == value for name, value in where.items()]
        return int(self.one(select(func.count()).select_from(Run).where(*conditions)))

    def change(self, participant_id: int, **values: Any) -> None:
        """Change a resident's row."""
        with self.database.write() as connection:
            connection.execute(update(Participant).where(Participant.id == participant_id).values(**values))

    def send(self, participant_id: int | None = None) -> int:
        """Have everything leave that waits and is not of a paused campaign, or what waits for one resident; how many."""
        paused = select(Campaign.id).where(Campaign.status == "paused")
        with self.database.write() as connection:
            statement = update(Message).where(Message.status == "queued", Message.due_at <= self.now)
            statement = statement.where(Message.campaign_id.is_(None) | Message.campaign_id.not_in(paused))
            if participant_id is not None:
                statement = statement.where(Message.participant_id == participant_id)
            return connection.execute(statement.values(status="sent", claimed_at=self.now, sent_at=self.now)).rowcount


def ids(found: Sequence[int]) -> list[int]:
    """Sorted, for comparing."""
    return sorted(found)
