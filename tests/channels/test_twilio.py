"""Sending by Twilio, over real HTTP: what goes out, and what each answer or lack of one means."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import aiohttp
import pytest

from bot.channels.base import (
    Accepted,
    Ambiguous,
    IncomingMedium,
    MediumRefused,
    MediumUnavailable,
    Outgoing,
    Postponed,
    Refused,
    SendResult,
)
from bot.channels.twilio import TwilioChannel
from bot.channels.twilio_webhooks import CALL_AGAIN
from bot.config import Settings
from tests.providers.loopback import Behaviour, broken, cut, dribbles, garbage, hangs, refusal, too_many
from tests.providers.twilio_forms import NUMBER, SERVICE, new_sid
from tests.providers.twilio_server import TwilioServer

RESIDENT = "+19025550123"


def outgoing(text: str = "Thank you.", *, to: str = RESIDENT, **more: object) -> Outgoing:
    parts: dict[str, object] = {"message_id": 7, "sender": f"sms:{NUMBER}", "address": f"sms:{to}", "text": text}
    return Outgoing(**(parts | more))  # type: ignore[arg-type]


@asynccontextmanager
async def channel(settings: Settings, **changes: object) -> AsyncIterator[TwilioChannel]:
    seconds = changes.pop("answer_seconds", 20.0)
    opened = TwilioChannel(settings.model_copy(update=changes), answer_seconds=seconds)  # type: ignore[arg-type]
    await opened.open()
    try:
        yield opened
    finally:
        await opened.close()


async def test_a_message_is_taken_and_its_identifier_kept(sms: TwilioChannel, twilio: TwilioServer) -> None:
    result = await sms.send(outgoing("Snow. Où ça? 雪 👍"))
    assert result == Accepted(twilio.sent[0].sid)
    assert twilio.sent[0].form == {"To": RESIDENT, "From": NUMBER, "Body": "Snow. Où ça? 雪 👍"}
    assert twilio.problems == []


async def test_an_answer_in_pieces_is_read_to_its_end(sms: TwilioChannel, twilio: TwilioServer) -> None:
    twilio.script(dribbles())
    assert await sms.send(outgoing()) == Accepted(twilio.sent[0].sid)


async def test_receipts_come_back_with_our_own_number_of_the_message(
    twilio_settings: Settings, twilio: TwilioServer
) -> None:
    async with channel(twilio_settings, public_url="http://127.0.0.1:9/soundings") as sms:
        await sms.send(outgoing(message_id=4711))
    address = "http://127.0.0.1:9/soundings/webhooks/twilio/status?m=4711"
    assert twilio.sent[0].status_callback == address + CALL_AGAIN


async def test_a_messaging_service_sends_in_place_of_a_number(sms: TwilioChannel, twilio: TwilioServer) -> None:
    assert isinstance(await sms.send(outgoing(sender=f"sms:{SERVICE}")), Accepted)
    assert twilio.sent[0].form == {"To": RESIDENT, "MessagingServiceSid": SERVICE, "Body": "Thank you."}


@pytest.mark.parametrize(
    ("valid_for", "seconds"),
    [(timedelta(hours=2), "7200"), (timedelta(days=3), "36000"), (timedelta(milliseconds=3), "1")],
)
async def test_how_long_twilio_may_try(
    sms: TwilioChannel, twilio: TwilioServer, valid_for: timedelta, seconds: str
) -> None:
    await sms.send(outgoing(valid_for=valid_for))
    assert twilio.sent[0].form["ValidityPeriod"] == seconds


@pytest.mark.parametrize(("text", "sent"), [("a\x00b", "a\ufffdb"), ("a\ud800b", "a\ufffdb"), ("\ud83d\ude00", "😀")])
async def test_characters_that_nobody_takes_are_made_harmless(
    sms: TwilioChannel, twilio: TwilioServer, text: str, sent: str
) -> None:
    await sms.send(outgoing(text))
    assert twilio.sent[0].body == sent


@pytest.mark.parametrize("message", [outgoing("  \n"), outgoing(address="telegram:12"), outgoing(sender="sim:1")])
async def test_what_is_no_sms_never_leaves(sms: TwilioChannel, twilio: TwilioServer, message: Outgoing) -> None:
    assert isinstance(await sms.send(message), Refused)
    assert twilio.requests == 0


@pytest.mark.parametrize(
    ("behaviour", "result"),
    [
        (too_many(7), Postponed(timedelta(seconds=7), "20429", "too many requests at once")),
        (too_many(None), Postponed(timedelta(seconds=5), "20429", "too many requests at once")),
        (too_many("soon"), Postponed(timedelta(seconds=5), "20429", "too many requests at once")),
        (too_many(0), Postponed(timedelta(seconds=1), "20429", "too many requests at once")),
        (too_many("inf"), Postponed(timedelta(seconds=5), "20429", "too many requests at once")),
        (too_many(999999), Postponed(timedelta(hours=1), "20429", "too many requests at once")),
        (
            garbage(b"slow down", 429, records=False),
            Postponed(timedelta(seconds=5), "429", "too many requests at once"),
        ),
        (refusal(21611), Postponed(timedelta(minutes=1), "21611", "the sender's queue at Twilio is full")),
        (refusal(30001), Postponed(timedelta(minutes=1), "30001", "the sender's queue at Twilio is full")),
        (refusal(21610), Refused("21610", "the person has opted out at Twilio", "opt_out")),
        (refusal(21211), Refused("21211", "not a valid phone number", "dead")),
        (refusal(21614), Refused("21614", "not a mobile number", "dead")),
        (refusal(30006), Refused("30006", "a landline, or a carrier that cannot be reached", "dead")),
        (refusal(21408), Refused("21408", "the Twilio account may not text this country", "none")),
        (refusal(21617), Refused("21617", "longer than the 1600 characters that Twilio takes", "none")),
        (refusal(20003, 401), Refused("20003", "Twilio does not accept the account SID and auth token", "sender")),
        (refusal(30032), Refused("30032", "the toll-free number is not verified", "sender")),
        (refusal(30034), Refused("30034", "the number is not registered for this kind of texting", "sender")),
        (refusal(99999, 403, "not yours"), Refused("99999", "not yours", "sender")),
        (refusal(99999, 400, f"bad {RESIDENT} here"), Refused("99999", "bad … here", "none")),
        (garbage(b"[]", 400, records=False), Refused("http_400", "Twilio answered 400", "none")),
        (garbage(b"", 401, records=False), Refused("http_401", "Twilio answered 401", "sender")),
    ],
)
async def test_a_definite_answer_is_never_ambiguous(
    sms: TwilioChannel, twilio: TwilioServer, behaviour: Behaviour, result: SendResult
) -> None:
    twilio.script(behaviour)
    assert await sms.send(outgoing()) == result
    assert (twilio.requests, twilio.sent) == (1, [])


async def test_a_wait_until_a_date_is_counted_from_the_answers_own_date(
    sms: TwilioChannel, twilio: TwilioServer
) -> None:
    twilio.script(too_many(format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)))
    result = await sms.send(outgoing())
    assert isinstance(result, Postponed)
    assert timedelta(seconds=85) < result.after < timedelta(seconds=95)


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        (broken(500), "20500"),
        (broken(503, records=True), "20500"),
        (garbage(b"<h1>Bad gateway</h1>", 502), "http_502"),
        (garbage(b"<html>", 201), "not_understood"),
        (garbage(b"", 201), "not_understood"),
        (garbage(b"null", 201), "not_understood"),
        (garbage(b'{"sid": null}', 201), "not_understood"),
        (garbage(b'{"sid": ""}', 201), "not_understood"),
        (garbage(b'{"sid": "SM1"' + b" " * 300_000 + b"}", 201), "cut"),
        (cut(), "cut"),
        (cut(records=True), "cut"),
        (hangs(), "timeout"),
    ],
)
async def test_what_may_have_gone_is_ambiguous_and_tried_once(
    twilio_settings: Settings, twilio: TwilioServer, behaviour: Behaviour, code: str
) -> None:
    twilio.script(behaviour)
    async with channel(twilio_settings, answer_seconds=0.3) as sms:
        result = await sms.send(outgoing())
    assert isinstance(result, Ambiguous)
    assert result.code == code
    assert twilio.requests == 1


@pytest.mark.parametrize(
    ("status", "result"),
    [
        ("delivered", Accepted("SM1", "delivered")),
        ("something new", Accepted("SM1")),
        ("failed", Refused("30006", "a landline, or a carrier that cannot be reached", "dead")),
    ],
)
async def test_a_created_message_may_be_settled_already(
    sms: TwilioChannel, twilio: TwilioServer, status: str, result: SendResult
) -> None:
    twilio.script(garbage(b'{"sid": "SM1", "status": "%s", "error_code": 30006}' % status.encode()))
    assert await sms.send(outgoing()) == result


async def test_a_refused_connection_is_postponed(twilio_settings: Settings, unused_tcp_port: int) -> None:
    async with channel(twilio_settings, twilio_api_url=f"http://127.0.0.1:{unused_tcp_port}") as sms:
        assert await sms.send(outgoing()) == Postponed(timedelta(seconds=5), "not_connected", "no connection to Twilio")


async def test_a_connection_that_is_never_made_is_postponed(twilio_settings: Settings) -> None:
    """Somebody takes the call and never says a word of TLS: nothing was handed over."""
    calls: list[asyncio.StreamWriter] = []
    async with await asyncio.start_server(lambda _, call: calls.append(call), "127.0.0.1", 0) as silent:
        port = silent.sockets[0].getsockname()[1]
        async with channel(twilio_settings, twilio_api_url=f"https://127.0.0.1:{port}", answer_seconds=0.3) as sms:
            assert isinstance(await sms.send(outgoing()), Postponed)
        for call in calls:
            call.close()


async def test_a_name_that_is_not_found_in_time_is_postponed(
    twilio_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hangs(*_: object, **__: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(aiohttp.ThreadedResolver, "resolve", hangs)
    async with channel(twilio_settings, twilio_api_url="http://sms.example", answer_seconds=0.3) as sms:
        assert isinstance(await sms.send(outgoing()), Postponed)


async def test_a_redirect_is_a_wrong_setting(sms: TwilioChannel, twilio: TwilioServer) -> None:
    twilio.script(Behaviour(status=307, body=b""))
    result = await sms.send(outgoing())
    assert isinstance(result, Refused)
    assert (result.code, result.consequence) == ("http_307", "sender")


async def test_wrong_credentials_are_the_senders_fault(twilio_settings: Settings, twilio: TwilioServer) -> None:
    twilio.token = "another"
    async with channel(twilio_settings) as sms:
        assert await sms.send(outgoing()) == Refused(
            "20003", "Twilio does not accept the account SID and auth token", "sender"
        )


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (outgoing("x" * 1601), "21617"),
        (outgoing(to="+1"), "21211"),
        (outgoing(sender="sms:+19025550199"), "21606"),
        (outgoing(sender="sms:MG" + "f" * 32), "21701"),
        (outgoing(to=NUMBER), "21266"),
    ],
)
async def test_the_server_on_loopback_refuses_what_twilio_would(
    sms: TwilioChannel, message: Outgoing, code: str
) -> None:
    result = await sms.send(message)
    assert isinstance(result, Refused)
    assert result.code == code


# -- media


async def test_a_picture_is_fetched_through_the_redirect_without_credentials(
    sms: TwilioChannel, twilio: TwilioServer
) -> None:
    url = twilio.add_medium(b"\xff\xd8 picture", "image/jpeg; charset=binary")
    fetched = await sms.fetch(IncomingMedium("photo", url), limit=10_000)
    assert (fetched.content, fetched.content_type) == (b"\xff\xd8 picture", "image/jpeg")


@pytest.mark.parametrize(
    ("content", "content_type", "words"),
    [
        (b"x" * 101, "image/png", "larger than 100 bytes"),
        (b"<script>", "text/html", "files of type text/html are not kept"),
        (b"<svg>", "image/svg+xml", "files of type image/svg"),
    ],
)
async def test_a_medium_is_refused_for_its_size_or_kind(
    sms: TwilioChannel, twilio: TwilioServer, content: bytes, content_type: str, words: str
) -> None:
    with pytest.raises(MediumRefused, match=words.replace("+", r"\+")):
        await sms.fetch(IncomingMedium("photo", twilio.add_medium(content, content_type)), limit=100)


async def test_a_medium_without_a_length_is_read_no_further_than_the_limit(
    sms: TwilioChannel, twilio: TwilioServer
) -> None:
    twilio.streams_media = True
    with pytest.raises(MediumRefused, match="larger than 100 bytes"):
        await sms.fetch(IncomingMedium("photo", twilio.add_medium(b"x" * 101, "image/png")), limit=100)


async def test_a_packed_medium_is_unpacked_no_further_than_the_limit(sms: TwilioChannel, twilio: TwilioServer) -> None:
    twilio.packs_media = True
    picture = IncomingMedium("photo", twilio.add_medium(b"x" * 100_000, "image/png"))
    assert len((await sms.fetch(picture, limit=100_000)).content) == 100_000
    with pytest.raises(MediumRefused, match="larger than 99999 bytes"):
        await sms.fetch(picture, limit=99_999)


async def test_only_our_accounts_media_are_asked_for(sms: TwilioChannel, twilio: TwilioServer) -> None:
    own = twilio.add_medium(b"", "image/png")
    account = own.split("/Accounts/")[1].split("/")[0]
    for foreign in (
        own.replace("127.0.0.1", "localhost"),
        own.replace("http://", "http://someone@"),
        own.replace("http:", "https:"),
        own.replace(account, "AC" + "f" * 32),
        own.replace("/Messages", "/../../../fake"),
        f"https://api.twilio.com/2010-04-01/Accounts/{account}/Messages/MM1/Media/ME1",
        "file:///etc/passwd",
        "",
    ):
        with pytest.raises(MediumRefused, match="not a medium of our Twilio account"):
            await sms.fetch(IncomingMedium("photo", foreign), limit=100)
    assert twilio.media_requests == 0


async def test_a_redirect_to_a_foreign_host_is_not_followed(sms: TwilioChannel, twilio: TwilioServer) -> None:
    url = twilio.add_medium(b"", "image/png")
    for place in ("http://169.254.169.254/latest", "https://twiliocdn.com.example/x", "http://media.twiliocdn.com/x"):
        twilio.store = place
        with pytest.raises(MediumRefused, match="foreign host"):
            await sms.fetch(IncomingMedium("photo", url), limit=100)


async def test_redirects_end(sms: TwilioChannel, twilio: TwilioServer) -> None:
    url = twilio.add_medium(b"", "image/png")
    twilio.store = f"{twilio.url}/cdn/round"
    with pytest.raises(MediumRefused, match="without an end"):
        await sms.fetch(IncomingMedium("photo", url), limit=100)


async def test_a_medium_that_is_gone_is_refused_and_one_out_of_reach_unavailable(
    twilio_settings: Settings, twilio: TwilioServer
) -> None:
    async with channel(twilio_settings) as sms:
        gone = twilio.add_medium(b"", "image/png").replace("/Media/ME", "/Media/MF")
        with pytest.raises(MediumRefused, match="no longer"):
            await sms.fetch(IncomingMedium("photo", gone), limit=100)
        twilio.token = "another"
        with pytest.raises(MediumUnavailable, match="401"):
            await sms.fetch(IncomingMedium("photo", twilio.add_medium(b"", "image/png")), limit=100)
        url = twilio.add_medium(b"", "image/png", new_sid("MM"))
        await twilio.stop()
        with pytest.raises(MediumUnavailable, match="could not be reached"):
            await sms.fetch(IncomingMedium("photo", url), limit=100)
        await twilio.start()
