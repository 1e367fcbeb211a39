"""Photos: fetched after the commit, tried again where that may help, kept without where and when they were taken."""

from __future__ import annotations

import io
import zlib
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import delete, select

from bot.channels.base import (
    LARGEST_MEDIUM,
    FetchedMedium,
    IncomingMedium,
    MediumRefused,
    MediumUnavailable,
    Outgoing,
    SendResult,
)
from bot.clock import SetClock
from bot.media import fetch_waiting
from bot.pictures import clean
from bot.writer import Writer
from storage.database import Database
from storage.models import InboxItem, Medium
from tests.builders import a_participant, a_place
from tests.conversation.talk import Phone, one, read


class Album:
    """A channel whose photos are in a dictionary; a reference that is an exception is raised."""

    name = "sms"

    def __init__(self, **photos: FetchedMedium | Exception) -> None:
        self.photos = photos
        self.asked: list[str] = []

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def send(self, message: Outgoing) -> SendResult:
        raise NotImplementedError

    async def fetch(self, medium: IncomingMedium, *, limit: int) -> FetchedMedium:
        self.asked.append(medium.reference)
        found = self.photos[medium.reference]
        if isinstance(found, Exception):
            raise found
        return found


@pytest.fixture
async def writer(database: Database) -> AsyncIterator[Writer]:
    writer = Writer(database)
    yield writer
    writer.close()


def sent(database: Database, *references: str) -> None:
    with database.write() as connection:
        a_participant(connection, a_place(connection).community_id)
    for reference in references:
        Phone(database).text("", kind="media", media=(IncomingMedium("photo", reference, "image/jpeg"),))


def a_photo(mode: str = "RGB", size: tuple[int, int] = (40, 20), kind: str = "JPEG") -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x8825] = {1: "N", 2: (44.0, 38.0, 0.0)}
    file = io.BytesIO()
    Image.new(mode, size, 200).save(file, kind, exif=exif)
    return file.getvalue()


async def test_a_photo_is_kept_upright_and_without_its_place(
    database: Database, writer: Writer, clock: SetClock
) -> None:
    sent(database, "a")
    album = Album(a=FetchedMedium(a_photo(), "image/jpeg"))
    clock.forward(timedelta(minutes=1))
    assert await fetch_waiting(writer, {"sms": album}, clock) == 1
    (medium,) = read(database, select(Medium.__table__))
    assert (medium.status, medium.content_type, medium.attempts) == ("kept", "image/jpeg", 1)
    with Image.open(io.BytesIO(medium.content)) as kept:
        assert kept.size == (20, 40)
        assert not kept.getexif()
    assert await fetch_waiting(writer, {"sms": album}, clock) == 0


async def test_what_cannot_be_had_just_now_is_tried_three_times(
    database: Database, writer: Writer, clock: SetClock
) -> None:
    sent(database, "a")
    album = Album(a=MediumUnavailable("the provider answered 503"))
    for wait in (1, 1, 2, 30, 600):
        clock.forward(timedelta(minutes=wait))
        await fetch_waiting(writer, {"sms": album}, clock)
    assert len(album.asked) == 3
    (medium,) = read(database, select(Medium.__table__))
    assert (medium.status, medium.content) == ("failed", None)
    assert one(database, select(InboxItem.text).where(InboxItem.kind == "failed")) == (
        "A photo could not be fetched: the provider answered 503."
    )


async def test_what_is_refused_is_not_tried_again_and_harms_no_other(
    database: Database, writer: Writer, clock: SetClock
) -> None:
    sent(database, "gone", "text", "odd", "fine")
    album = Album(
        gone=MediumRefused("the provider no longer has it"),
        text=FetchedMedium(b"<script>", "image/jpeg"),
        odd=RuntimeError("a bug"),
        fine=FetchedMedium(b"ID3...", "audio/mpeg"),
    )
    clock.forward(timedelta(minutes=5))
    await fetch_waiting(writer, {"sms": album}, clock)
    found = {row.reference: (row.status, row.reason) for row in read(database, select(Medium.__table__))}
    assert found == {
        "gone": ("refused", "A photo could not be kept: the provider no longer has it."),
        "text": ("refused", "A photo could not be kept: a picture that cannot be read."),
        "odd": ("waiting", "RuntimeError"),
        "fine": ("kept", None),
    }


async def test_a_photo_of_a_channel_that_is_not_here_waits(database: Database, writer: Writer, clock: SetClock) -> None:
    sent(database, "a")
    clock.forward(timedelta(minutes=5))
    assert await fetch_waiting(writer, {"telegram": Album()}, clock) == 0


async def test_a_photo_that_was_erased_meanwhile_stays_so(database: Database, writer: Writer, clock: SetClock) -> None:
    sent(database, "a")
    clock.forward(timedelta(minutes=5))

    class Erasing(Album):
        async def fetch(self, medium: IncomingMedium, *, limit: int) -> FetchedMedium:
            with database.write() as connection:
                connection.execute(delete(Medium))
            return FetchedMedium(a_photo(), "image/jpeg")

    await fetch_waiting(writer, {"sms": Erasing()}, clock)
    assert read(database, select(Medium.id)) == []


@pytest.mark.parametrize(
    ("mode", "kind", "kept"),
    [("RGB", "JPEG", "image/jpeg"), ("L", "PNG", "image/jpeg"), ("RGBA", "PNG", "image/png"), ("P", "GIF", "image/jpeg"),
     ("CMYK", "TIFF", "image/jpeg"), ("RGB", "WEBP", "image/jpeg")],
)  # fmt: skip
def test_pictures_of_all_kinds(mode: str, kind: str, kept: str) -> None:
    file = io.BytesIO()
    Image.new(mode, (3_000, 30)).save(file, kind)
    content, content_type = clean(file.getvalue(), f"image/{kind.lower()}")
    assert content_type == kept
    with Image.open(io.BytesIO(content)) as found:
        assert found.size == (2_048, 20)


def test_a_picture_that_would_fill_the_memory_is_refused() -> None:
    def chunk(name: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")

    head = (50_000).to_bytes(4, "big") * 2 + bytes((8, 2, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"x") + chunk(b"IEND", b"")
    with pytest.raises(MediumRefused):
        clean(bomb, "image/png")
    with pytest.raises(MediumRefused):
        clean(b"x" * (LARGEST_MEDIUM + 1), "audio/mpeg")
