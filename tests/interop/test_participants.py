"""Importing participants: numbers in any usual form, each bad row with its line and reason, nobody texted who did not agree."""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import Any

import phonenumbers
import pytest
from sqlalchemy import func, select, update

from bot.conversation import House
from bot.errors import BadFile, WrongUsage
from bot.interop.participants_csv import MOST_BYTES, read_sheet
from bot.interop.phone_numbers import Unusable, phone_number
from bot.participants import ImportConsent, ImportReport, consent_of, import_participants
from storage.database import Database
from storage.models import Address, Consent, Participant, ParticipantTag
from tests.builders import NOON, a_community, a_house, a_participant, a_sender
from tests.conversation.talk import Phone, one, read

FAIR = ImportConsent("spring fair", "2026-11-01", "I agree to be texted")


def take_in(
    database: Database,
    content: str | bytes,
    consent: ImportConsent | None = FAIR,
    *,
    strict: bool = False,
    house: House | None = None,
) -> ImportReport:
    """Import into the one community, which is made on the way."""
    with database.write() as connection:
        found = connection.execute(select(Participant.community_id)).scalar()
        community_id = found or a_community(connection, f"c{datetime.now().timestamp()}")  # noqa: DTZ005
        place = (house or a_house()).community(connection, community_id, NOON)
        content = content if isinstance(content, bytes) else content.encode()
        return import_participants(connection, content, place, consent, NOON, strict, house or a_house())


def people(database: Database) -> list[Any]:
    return read(database, select(Participant.__table__).order_by(Participant.id))


def test_a_plain_file(database: Database) -> None:
    report = take_in(
        database,
        "phone,name,language,tags,Postal Code\n"
        "902-555-0123,Sam,en,spring;north end,B3H 4R2\n"
        "+1 (902) 555-0124,,French,,\n",
    )
    assert report.as_json() == {
        "rows": 2,
        "imported": 2,
        "updated": 0,
        "rejected": [],
        "without_consent": 0,
        "suppressed": 0,
        "notes": [],
    }
    sam, other = people(database)
    assert (sam.name, sam.language, sam.attributes) == ("Sam", "en", {"postal_code": "B3H 4R2"})
    assert (other.name, other.language, other.surveys, other.updates) == (None, "fr", "granted", "granted")
    assert [row.address for row in read(database, select(Address.address).order_by(Address.id))] == [
        "sms:+19025550123",
        "sms:+19025550124",
    ]
    assert {row.tag for row in read(database, select(ParticipantTag.tag))} == {"spring", "north end"}
    ledger = read(database, select(Consent.__table__).where(Consent.participant_id == sam.id).order_by(Consent.id))
    assert [(row.scope, row.source, row.wording) for row in ledger] == [
        ("surveys", "import: spring fair", "I agree to be texted"),
        ("updates", "import: spring fair", "I agree to be texted"),
    ]
    assert ledger[0].given_at.isoformat() == "2026-11-01T03:00:00+00:00"


@pytest.mark.parametrize(
    "written",
    [
        "9025550123", "902.555.0123", "(902) 555-0123", "1-902-555-0123", "+1 902 555 0123", "tel:+1-902-555-0123",
        " 902 555 0123 ", "'9025550123", "9025550123.0", "1.9025550123E+10", "٩٠٢٥٥٥٠١٢٣", "９０２５５５０１２３", "011 1 902 555 0123",
    ],
)  # fmt: skip
def test_numbers_in_any_usual_form(written: str) -> None:
    sheet = read_sheet(f"phone\n{written}\n".encode(), region="CA", countries=("CA", "US"))
    assert [person.addresses for person in sheet.people] == [("sms:+19025550123",)]


def test_the_short_way_to_a_number_agrees_with_the_long_one() -> None:
    random = Random(1)
    for _ in range(3_000):
        digits = f"{random.randrange(10**10):010}"
        try:
            long = phonenumbers.parse(digits, "CA")
            good = phonenumbers.is_valid_number(long) and phonenumbers.region_code_for_number(long) in ("CA", "US")
            good = good and phonenumbers.number_type(long) != phonenumbers.PhoneNumberType.PREMIUM_RATE
        except phonenumbers.NumberParseException:
            good = False
        try:
            assert phone_number(digits, "CA", ("CA", "US")) == f"+1{digits}"
            taken = True
        except Unusable:
            taken = False
        assert taken == good, digits


def test_a_number_at_home_elsewhere_is_not_taken_for_ours() -> None:
    assert phone_number("020 7946 0958", "GB", ("GB",)) == "+442079460958"
    with pytest.raises(Unusable):
        phone_number("9025550123", "GB", ("GB", "CA"))


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("902555012", "902555012 is too short for a phone number"),
        ("90255501234567", "90255501234567 is too long for a phone number"),
        ("555-0123", "555-0123 has no area code"),
        ("902-155-0123", "there is no phone number like 902-155-0123"),
        ("call me", "'call me' is no phone number"),
        ("902 555 0123 x12", "902 555 0123 x12 has an extension, where no text arrives"),
        ("+1 902 555 0126 x", "+1 902 555 0126 x has an extension, where no text arrives"),
        ("902-555-0126 poste:", "902-555-0126 poste: has an extension, where no text arrives"),
        ("+33 6 12 34 56 78", "+33 6 12 34 56 78 is a number in FR; this community texts CA, US"),
        (
            "1.90256E+10",
            "1.90256E+10: the spreadsheet has dropped digits; format the column as text and fill it in again",
        ),
        (",x", "no phone number and no Telegram chat"),
        ("902-555-0123,,klingonese", "'klingonese' is no language: write a tag such as en or fr, or leave it empty"),
        (
            "902-555-0123,Sam,en,Smith",
            "more cells than there are columns; a comma in a cell needs quotation marks around the cell",
        ),
    ],
)
def test_a_bad_row_says_why(row: str, reason: str) -> None:
    sheet = read_sheet(f"phone,name,language\n{row}\n".encode(), region="CA", countries=("CA", "US"))
    assert [(one_.line, one_.reason) for one_ in sheet.refused] == [(2, reason)]


def test_good_rows_are_kept_and_bad_ones_named(database: Database) -> None:
    file = "phone,name\n902-555-0123,Sam\n12,Short\n\n902 555 0123,Again\n902-555-0124,Jo\n"
    report = take_in(database, file)
    assert (report.rows, report.imported) == (4, 2)
    assert report.as_json()["rejected"] == [
        {"line": 3, "reason": "12 is too short for a phone number"},
        {"line": 5, "reason": "the same as on line 2"},
    ]
    assert report.summary() == (
        "2 of 4 rows were not imported: 1 number too short (line 3), 1 listed twice (line 5). "
        "2 added, 0 were here already and are up to date."
    )


def test_strict_takes_all_or_none(database: Database) -> None:
    report = take_in(database, "phone\n902-555-0123\n12\n", strict=True)
    assert (report.imported, report.written, len(report.rejected)) == (0, False, 1)
    assert report.summary().startswith("1 of 2 rows cannot be imported, so nothing was:")
    assert people(database) == []


def test_without_consent_people_are_kept_and_never_texted(database: Database) -> None:
    report = take_in(database, "phone\n902-555-0123\n", None)
    assert (report.imported, report.without_consent) == (1, 1)
    (person,) = people(database)
    assert (person.surveys, person.updates) == ("none", "none")
    assert read(database, select(Consent.id)) == []


def test_one_is_told_as_one(database: Database) -> None:
    take_in(database, "phone\n902-555-0123\n", None)
    assert take_in(database, "phone\n902-555-0123\n12\n", None).summary() == (
        "1 of 2 rows was not imported: 1 number too short (line 3). 0 added, 1 was here already and is up to date. "
        "1 has agreed to nothing yet and will not be texted."
    )


def test_rows_can_say_their_own_consent(database: Database) -> None:
    file = (
        "phone,consent_source,consent_date,consent_wording,consent_scope\n"
        "902-555-0120,library,2026-10-01,Text me surveys,surveys\n"
        "902-555-0121,library,,Text me,\n"
        "902-555-0122,,,,\n"
        "902-555-0123,library,soon,Text me,\n"
        "902-555-0124,library,2027-01-01,Text me,\n"
        "902-555-0125,library,2026-10-01,Text me,everything\n"
    )
    report = take_in(database, file, None)
    assert [(row.surveys, row.updates) for row in people(database)] == [
        ("granted", "none"),
        ("none", "none"),
        ("none", "none"),
    ]
    assert [row.line for row in report.rejected] == [5, 6, 7]
    assert report.rejected[0].reason == "'soon' is no day: write the day of consent like 2026-11-01."


def test_who_is_here_already_is_brought_up_to_date(database: Database) -> None:
    take_in(database, "phone,name,street,since\n902-555-0123,Sam,Birch,2019\n", None)
    report = take_in(database, "phone,name,street,tags\n(902) 555-0123,,Elm,new\n")
    assert (report.imported, report.updated) == (0, 1)
    (person,) = people(database)
    assert (person.name, person.attributes) == ("Sam", {"street": "Elm", "since": "2019"})
    assert (person.surveys, one(database, select(ParticipantTag.tag))) == ("granted", "new")
    assert take_in(database, "phone\n902-555-0123\n").updated == 1
    assert one(database, select(func.count()).select_from(Consent)) == 2


def test_who_said_stop_is_left_in_peace_even_after_erasure(database: Database) -> None:
    with database.write() as connection:
        community_id = a_community(connection)
        a_sender(connection, community_id)
        a_participant(connection, community_id)
        a_participant(connection, community_id, "sms:+19025550124")
    Phone(database).text("STOP")
    Phone(database, address="sms:+19025550142").text("STOP")
    report = take_in(database, "phone\n902-555-0123\n902-555-0142\n902-555-0124\n")
    assert (report.imported, report.updated, report.suppressed) == (0, 1, 2)
    assert report.as_json()["notes"] == [
        {"line": 2, "reason": "said STOP earlier"},
        {"line": 3, "reason": "said STOP earlier"},
    ]
    rotated = a_house(secret_key="new,simulator-only")
    with database.write() as connection:
        connection.execute(update(Address).values(participant_id=None))
    assert take_in(database, "phone\n902-555-0123\n", house=rotated).suppressed == 1


def test_a_withdrawn_scope_stays_withdrawn(database: Database) -> None:
    with database.write() as connection:
        a_participant(connection, a_community(connection), updates="withdrawn", agreed=())
    take_in(database, "phone\n902-555-0123\n")
    (person,) = people(database)
    assert (person.surveys, person.updates) == ("granted", "withdrawn")


def test_a_wrong_number_stays_out(database: Database) -> None:
    with database.write() as connection:
        a_participant(connection, a_community(connection), address_status="closed")
    assert take_in(database, "phone\n902-555-0123\n").suppressed == 1


def test_two_people_are_not_made_one(database: Database) -> None:
    with database.write() as connection:
        community_id = a_community(connection)
        a_participant(connection, community_id)
        a_participant(connection, community_id, "telegram:77")
    report = take_in(database, "phone,telegram\n902-555-0123,77\n")
    assert report.notes[0].reason.startswith("the phone and the Telegram chat belong to two different people")


def test_a_stranger_who_wrote_becomes_a_participant(database: Database) -> None:
    with database.write() as connection:
        a_sender(connection, a_community(connection))
    Phone(database).text("hello")
    with database.write() as connection:
        place = a_house().community(connection, connection.execute(select(Address.community_id)).scalar_one(), NOON)
        import_participants(connection, b"phone\n902-555-0123\n", place, FAIR, NOON, False, a_house())
    assert one(database, select(Address.participant_id)) == one(database, select(Participant.id))


@pytest.mark.parametrize(
    "content",
    [
        "phone;name;tags\n902-555-0123;Zoé;spring|north\n",
        "phone\tname\ttags\n902-555-0123\tZoé\tspring;north\n",
        '"Phone Number","Name","TAGS"\r\n"902-555-0123","Zoé","spring;north"\r\n',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_files_as_spreadsheets_write_them(content: str, encoding: str) -> None:
    sheet = read_sheet(content.encode(encoding), region="CA", countries=("CA",))
    (person,) = sheet.people
    assert (person.addresses, person.name, person.tags) == (("sms:+19025550123",), "Zoé", ("spring", "north"))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "It is empty"),
        (b"name,street\nSam,Birch\n", "It has: name, street."),
        (b"phone,name,Name\n", "Two columns are called name."),
        (
            b'phone,name\n902-555-0123,"Sam\n902-555-0124,Jo\n' + b"x" * 1_100_000,
            "Line 2 has a quotation mark that is never closed",
        ),
        (b"PK\x03\x04....", "choose Save as, then CSV"),
        (b"phone" + b",a" * 300, "301 columns"),
        (b"x" * (MOST_BYTES + 1), "larger than 64 MB"),
    ],
)
def test_a_file_that_is_no_table_of_people_says_what_to_do(content: bytes, told: str) -> None:
    with pytest.raises(BadFile) as caught:
        read_sheet(content, region="CA", countries=("CA",))
    assert told in str(caught.value)


def test_what_looks_like_a_formula_is_text(database: Database) -> None:
    take_in(database, 'phone,name,note\n902-555-0123,=1+1,"=HYPERLINK(""http://example.org"")"\n')
    (person,) = people(database)
    assert (person.name, person.attributes) == ("=1+1", {"note": '=HYPERLINK("http://example.org")'})


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    sheet = read_sheet(b'phone,note\n902-555-0123,"two\nlines"\n12,x\n', region="CA", countries=("CA",))
    assert [row.line for row in sheet.refused] == [4]


def test_letters_that_no_database_keeps_are_made_harmless(database: Database) -> None:
    take_in(database, b"phone,name\n902-555-0123,S\x00am\n")
    assert people(database)[0].name == "S\ufffdam"


def test_a_file_of_several_slices(database: Database) -> None:
    rows = "".join(f"+1902555{n:04},n{n}\n" for n in range(200, 2_700))
    report = take_in(database, "phone,name\n" + rows)
    assert (report.rows, report.imported) == (2_500, 2_500)
    assert one(database, select(func.count()).select_from(Consent)) == 5_000
    again = take_in(database, "phone,name\n" + rows)
    assert (again.imported, again.updated) == (0, 2_500)
    assert len({row.public_id for row in people(database)}) == 2_500


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("fair", None, None), "Give --consent-date and --consent-wording too"),
        (("fair", "yesterday", "words"), "write the day of consent like 2026-11-01"),
        (("fair", "2026-11-01", "words", "all"), "'all' is no scope of consent"),
    ],
)
def test_consent_is_whole_or_none(options: tuple[str | None, ...], told: str) -> None:
    with pytest.raises(WrongUsage, match=told):
        consent_of(*options)
    assert consent_of(None, None, None) is None
    assert consent_of("fair", "2026-11-01", "ok", "updates") == ImportConsent("fair", "2026-11-01", "ok", ("updates",))


def test_a_consent_of_tomorrow_is_refused(database: Database) -> None:
    with pytest.raises(WrongUsage, match="has not come yet"):
        take_in(database, "phone\n902-555-0123\n", ImportConsent("fair", "2026-11-24", "ok"))
