"""Importing participants: who is new is added, who is known is brought up to date, who said STOP is left in peace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from typing import Any, BinaryIO, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row

from bot import consent as ledger
from bot.conversation import House, new_public_id
from bot.conversation.house import CommunityView
from bot.errors import WrongUsage
from bot.interop.import_consent import ImportConsent, consent_of, read_day, read_scopes
from bot.interop.import_report import ImportReport
from bot.interop.participants_csv import PersonRow, Refused, Sheet, read_sheet
from storage.addresses import AddressRow, insert_addresses, lock_addresses, save_addresses
from storage.bulk import take_ids
from storage.consents import ConsentRow, insert_consents, suppressed
from storage.models import Address, Participant
from storage.participants import ParticipantRow, add_tags, insert_participants, lock_participants, save_participants

#: People looked up and written together.
SLICE: Final = 1_000


def import_participants(
    connection: Connection,
    file: BinaryIO | bytes | Sheet,
    community: Row[Any] | CommunityView,
    consent: ImportConsent | None,
    now: datetime,
    strict: bool,
    house: House,
) -> ImportReport:
    """Take a file of participants into a community, in the caller's transaction.

    `file`: a CSV's bytes, or a `Sheet` that `read_sheet` has made of it before the transaction began. `consent`: that of all rows
    which do not say their own; None: they are kept and never texted. `strict`: nothing is written if any row is bad.
    Raises `BadFile` for a file that is no table of people, `WrongUsage` for a consent that is not over yet.
    """
    place = house.community(connection, community.id, now)
    if consent is not None and _moment(consent.date, place) > now:
        raise WrongUsage(f"The day of consent, {consent.date}, has not come yet.")
    settings = place.settings
    sheet = file if isinstance(file, Sheet) else read_sheet(file, region=settings.region, countries=settings.countries)
    plans, refused = _plans(sheet, consent, place, now)
    rejected = tuple(sorted((*sheet.refused, *refused), key=lambda one: one.line))
    if strict and rejected:
        return ImportReport(sheet.rows, rejected=rejected, written=False)
    totals = _Totals()
    for at in range(0, len(plans), SLICE):
        _Slice(connection, place, now, house, totals).take(plans[at : at + SLICE])
    return ImportReport(
        rows=sheet.rows,
        imported=totals.imported,
        updated=totals.updated,
        rejected=rejected,
        without_consent=totals.without_consent,
        suppressed=len(totals.notes),
        notes=tuple(totals.notes),
    )


_Plan = tuple[PersonRow, ImportConsent | None]


def _plans(
    sheet: Sheet, consent: ImportConsent | None, place: CommunityView, now: datetime
) -> tuple[list[_Plan], list[Refused]]:
    """Each person with the consent that counts for them; a row whose own consent cannot be is refused."""
    plans: list[_Plan] = []
    refused: list[Refused] = []
    for person in sheet.people:
        try:
            plans.append((person, _own_consent(person, consent, place, now) if person.consent else consent))
        except WrongUsage as error:
            refused.append(Refused(person.line, str(error), "consent~s that cannot be"))
    return plans, refused


def _own_consent(
    person: PersonRow, common: ImportConsent | None, place: CommunityView, now: datetime
) -> ImportConsent | None:
    """The consent of a row that says something of it; what it leaves out is the file's. Incomplete: none at all."""
    said = {name.removeprefix("consent_"): value for name, value in (person.consent or {}).items()}
    scope = said.pop("scope", None)
    scopes = read_scopes(scope) if scope is not None else common.scopes if common is not None else ledger.SCOPES
    if common is not None:
        own = replace(common, **said, scopes=scopes)
    elif {"source", "date", "wording"} <= said.keys():
        own = ImportConsent(said["source"], said["date"], said["wording"], scopes)
    else:
        return None
    if _moment(own.date, place) > now:
        raise WrongUsage(f"the day of consent, {own.date}, has not come yet")
    return own


def _moment(day: str, place: CommunityView) -> datetime:
    return datetime.combine(read_day(day), time(), ZoneInfo(place.timezone))


@dataclass(slots=True)
class _Totals:
    imported: int = 0
    updated: int = 0
    without_consent: int = 0
    notes: list[Refused] = field(default_factory=list)


class _Slice:
    """Some people of a file, looked up and written together."""

    def __init__(
        self, connection: Connection, place: CommunityView, now: datetime, house: House, totals: _Totals
    ) -> None:
        self.connection, self.place, self.now, self.house, self.totals = connection, place, now, house, totals
        self.addresses: dict[str, AddressRow] = {}
        self.known: dict[int, ParticipantRow] = {}
        self.added: list[ParticipantRow] = []
        self.changed: dict[int, ParticipantRow] = {}
        self.new_addresses: list[AddressRow] = []
        self.changed_addresses: list[AddressRow] = []
        self.consents: list[ConsentRow] = []
        self.tags: list[tuple[int, str]] = []

    def take(self, plans: Sequence[_Plan]) -> None:
        """Look everybody up, decide, and write."""
        wanted = [address for person, _ in plans for address in person.addresses]
        rows = [row for row in lock_addresses(self.connection, wanted) if row.community_id == self.place.id]
        self.addresses = {row.address: row for row in rows}
        ids = {row.participant_id for row in rows if row.participant_id is not None}
        self.known = {row.id: row for row in lock_participants(self.connection, ids)}
        stopped = self._stopped(wanted)
        fresh = [plan for plan in plans if self._is_new(*plan, stopped)]
        for (person, consent), participant_id in zip(
            fresh, take_ids(self.connection, Participant, len(fresh)), strict=True
        ):
            self._add(person, consent, participant_id)
        self._write()

    def _stopped(self, addresses: Sequence[str]) -> set[str]:
        """Which of these addresses said STOP, here and at any time."""
        keys = self.house.settings.secret_keys
        hashes = {hashed: address for address in addresses for hashed in ledger.address_hashes(address, keys)}
        return {hashes[one] for one in suppressed(self.connection, [self.place.id], hashes)}

    def _is_new(self, person: PersonRow, consent: ImportConsent | None, stopped: set[str]) -> bool:
        """Whether to add this person; one who is here is brought up to date, one who wants peace is noted."""
        rows = [self.addresses[one] for one in person.addresses if one in self.addresses]
        owners = {row.participant_id for row in rows if row.participant_id is not None}
        people = [self.known[one] for one in owners]
        if stopped & set(person.addresses) or any(one.opted_out_at is not None for one in people):
            self.totals.notes.append(Refused(person.line, "said STOP earlier", "said STOP earlier"))
        elif any(row.status != "open" for row in rows):
            reason = "this number belongs to somebody else, or cannot be reached any more"
            self.totals.notes.append(Refused(person.line, reason, "wrong or dead number~s"))
        elif len(people) > 1:
            reason = "the phone and the Telegram chat belong to two different people here; they were left as they are"
            self.totals.notes.append(Refused(person.line, reason, "two people in one row"))
        elif people:
            self._update(person, consent, people[0])
        else:
            return True
        return False

    def _add(self, person: PersonRow, consent: ImportConsent | None, participant_id: int) -> None:
        participant = ParticipantRow(
            id=participant_id,
            public_id=new_public_id(),
            community_id=self.place.id,
            name=person.name,
            language=person.language or self.place.languages[0],
            timezone=None,
            attributes=dict(person.attributes),
            surveys="none",
            updates="none",
            opted_out_at=None,
            held_at=None,
            joined_at=self.now,
        )
        self.added.append(participant)
        self.totals.imported += 1
        self._attach(person, participant)
        self._agree(participant, consent)

    def _update(self, person: PersonRow, consent: ImportConsent | None, participant: ParticipantRow) -> None:
        participant.name = person.name or participant.name
        participant.language = person.language or participant.language
        participant.attributes = {**participant.attributes, **person.attributes}
        self.changed[participant.id] = participant
        self.totals.updated += 1
        self._attach(person, participant)
        self._agree(participant, consent)

    def _attach(self, person: PersonRow, participant: ParticipantRow) -> None:
        self.tags += [(participant.id, tag) for tag in person.tags]
        for address in person.addresses:
            row = self.addresses.get(address)
            if row is None:
                self.new_addresses.append(_address(self.place.id, participant.id, address, self.now))
            elif row.participant_id is None:
                row.participant_id = participant.id
                self.changed_addresses.append(row)

    def _agree(self, participant: ParticipantRow, consent: ImportConsent | None) -> None:
        """Record the scopes that are new; one that was withdrawn stays so, whatever a file says."""
        for scope in consent.scopes if consent is not None else ():
            if consent is not None and getattr(participant, scope) == "none":
                self.consents.append(
                    ledger.line(
                        participant,
                        scope,
                        "granted",
                        source=f"import: {consent.source}",
                        channel=None,
                        wording=consent.wording,
                        at=_moment(consent.date, self.place),
                    )
                )
        if "granted" not in (participant.surveys, participant.updates):
            self.totals.without_consent += 1

    def _write(self) -> None:
        insert_participants(self.connection, self.added)
        save_participants(self.connection, self.changed.values())
        ids = take_ids(self.connection, Address, len(self.new_addresses))
        for row, address_id in zip(self.new_addresses, ids, strict=True):
            row.id = address_id
        insert_addresses(self.connection, self.new_addresses)
        save_addresses(self.connection, self.changed_addresses)
        insert_consents(self.connection, self.consents, self.now)
        add_tags(self.connection, self.tags)


def _address(community_id: int, participant_id: int, address: str, now: datetime) -> AddressRow:
    return AddressRow(
        id=0,
        community_id=community_id,
        participant_id=participant_id,
        coordinator_id=None,
        address=address,
        channel=address.partition(":")[0],
        status="open",
        sender_id=None,
        replies_on=None,
        replies=0,
        minute_at=None,
        minute_texts=0,
        last_text=None,
        greeted_on=None,
        created_at=now,
    )


__all__ = ["ImportConsent", "ImportReport", "consent_of", "import_participants"]
