"""Twilio's webhooks: signatures agree with its own SDK, and forms become texts and receipts."""

from __future__ import annotations

import hashlib
from datetime import datetime
from urllib.parse import quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import MultiDict
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from bot.channels.base import IncomingMedium, MalformedWebhook
from bot.channels.twilio_webhooks import (
    CALL_AGAIN,
    MOST_FIELDS,
    parse_form,
    parse_message,
    parse_status,
    status_sender,
    verify,
)
from tests.providers.twilio_forms import NUMBER, SERVICE, TOKEN, inbound_form, signature

URL = "https://soundings.example/webhooks/twilio/message"
RESIDENT = "+19025550123"

fields = st.lists(st.tuples(st.text(max_size=8), st.text(max_size=20)), max_size=12)
origins = st.sampled_from(
    [
        "https://a.example",
        "http://a.example",
        "https://a.example:8443",
        "http://127.0.0.1:5000",
        "https://a.example:443",
    ]
)
tails = st.sampled_from(["/", "/x", "/x?y=%C3%A9&z=1+2", "/x?m=7", "/%7Ex//y?:80"])


@given(origins, tails, fields)
def test_a_signature_of_the_sdk_is_accepted_and_any_other_is_not(
    origin: str, tail: str, pairs: list[tuple[str, str]]
) -> None:
    validator, url = RequestValidator(TOKEN), origin + tail
    signed = validator.compute_signature(url, MultiDict(pairs))
    assert validator.validate(url, MultiDict(pairs), signed)
    assert verify(url, pairs, signed, [TOKEN])
    assert verify(url, reversed(pairs), signed, [TOKEN])
    assert not verify(url, pairs, signed, ["another"])
    assert not verify(url, [*pairs, ("Body", "forged")], signed, [TOKEN])
    assert not verify(url + "x", pairs, signed, [TOKEN])
    assert not verify(url, pairs, signed[:-1], [TOKEN])


@pytest.mark.parametrize(
    ("called", "signed_for"),
    [
        ("https://a.example/x", "https://a.example:443/x"),
        ("https://a.example:443/x", "https://a.example/x"),
        ("http://a.example:80/x?y=1", "http://a.example/x?y=1"),
        ("https://a.example:8443/x", "https://a.example/x"),
        ("https://[2001:db8::1]:443/x", "https://[2001:db8::1]/x"),
        ("https://user:secret@a.example/x", "https://user:secret@a.example:443/x"),
    ],
)
def test_the_port_may_be_signed_or_not(called: str, signed_for: str) -> None:
    assert verify(called, [("a", "b")], signature(signed_for, {"a": "b"}), [TOKEN])


def test_what_tells_twilio_to_call_again_may_be_signed_or_not() -> None:
    for signed_for in (URL, URL + CALL_AGAIN, "https://soundings.example:443/webhooks/twilio/message" + CALL_AGAIN):
        assert verify(URL, [("a", "b")], signature(signed_for, {"a": "b"}), [TOKEN])
    assert not verify(URL, [("a", "b")], signature(URL + "#rc=5", {"a": "b"}), [TOKEN])


def test_another_port_than_the_schemes_own_is_not_the_same() -> None:
    assert not verify("https://a.example/x", [], signature("https://a.example:8443/x", {}), [TOKEN])


@pytest.mark.parametrize("given", [None, "", "x", "é", "\ud800"])
def test_a_missing_or_odd_signature_is_refused(given: str | None) -> None:
    assert not verify(URL, [], given, [TOKEN])


def test_every_token_of_a_rotation_verifies() -> None:
    signed = signature(URL, {"a": "b"}, "old")
    assert verify(URL, [("a", "b")], signed, ["new", "old"])
    assert not verify(URL, [("a", "b")], signed, [])


@given(st.binary(max_size=40))
def test_a_json_body_is_held_against_the_hash_in_the_query(body: bytes) -> None:
    url = f"{URL}?bodySHA256={hashlib.sha256(body).hexdigest()}"
    assert verify(url, body, signature(url, {}), [TOKEN])
    assert not verify(url, body + b" ", signature(url, {}), [TOKEN])
    assert not verify(URL, body, signature(URL, {}), [TOKEN])


# -- forms


@given(st.lists(st.tuples(st.text(min_size=1, max_size=8), st.text(max_size=20)), max_size=12))
def test_a_form_is_read_as_it_was_written(pairs: list[tuple[str, str]]) -> None:
    assert parse_form(urlencode(pairs).encode()) == pairs


@pytest.mark.parametrize(
    ("body", "pairs"),
    [
        (b"", []),
        (b"&&a=1&", [("a", "1")]),
        (b"a&b=", [("a", ""), ("b", "")]),
        (b"a=b=c&a=1%2B1", [("a", "b=c"), ("a", "1+1")]),
        (b"a=%zz%4", [("a", "%zz%4")]),
        ("a=é".encode(), [("a", "é")]),
        (b"a=%ED%A0%80", [("a", "\ud800")]),
    ],
)
def test_odd_forms(body: bytes, pairs: list[tuple[str, str]]) -> None:
    assert parse_form(body) == pairs


@pytest.mark.parametrize("body", [b"a=%FF", b"a=\xff", b"%C3=1", b"a=1&" * MOST_FIELDS])
def test_forms_that_cannot_be_read(body: bytes) -> None:
    with pytest.raises(MalformedWebhook):
        parse_form(body)


# -- texts


def test_a_text(now: datetime) -> None:
    form = inbound_form(RESIDENT, "  2 \n", sid="SM" + "a" * 32, NewParameter="unknown")
    found = parse_message(form, now)
    assert (found.sender, found.address, found.provider_id) == (f"sms:{NUMBER}", f"sms:{RESIDENT}", "SM" + "a" * 32)
    assert (found.text, found.kind, found.received_at, found.opt_out) == ("  2 \n", "text", now, None)
    assert found.extra == {}


def test_a_text_to_a_number_of_a_messaging_service_tells_both(now: datetime) -> None:
    found = parse_message(inbound_form(RESIDENT, "hi", MessagingServiceSid=SERVICE), now)
    assert (found.sender, found.extra) == (f"sms:{NUMBER}", {"messaging_service": f"sms:{SERVICE}"})


@pytest.mark.parametrize(
    ("told", "kept"), [("STOP", "stop"), ("START", "start"), ("help", "help"), ("", None), ("NO", None)]
)
def test_stop_words_that_twilio_answered_itself(now: datetime, told: str, kept: str | None) -> None:
    assert parse_message(inbound_form(RESIDENT, "stop", OptOutType=told), now).opt_out == kept


def test_pictures_and_their_kinds(now: datetime) -> None:
    types = ["image/jpeg", "audio/amr", "video/3gpp", "text/x-vcard", "application/pdf"]
    media = [(f"https://api.twilio.com/{at}", kind) for at, kind in enumerate(types)]
    found = parse_message(inbound_form(RESIDENT, "look", media=media), now)
    assert (found.kind, found.text) == ("media", "look")
    assert [medium.kind for medium in found.media] == ["photo", "audio", "video", "contact", "document"]
    assert found.media[0] == IncomingMedium("photo", "https://api.twilio.com/0", "image/jpeg")


def test_a_number_of_media_that_is_no_number_harms_nothing(now: datetime) -> None:
    assert parse_message(inbound_form(RESIDENT, "hi") | {"NumMedia": "many"}, now).media == ()


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("a%00b", "a\ufffdb"),
        ("%ED%A0%80", "\ufffd"),
        ("%ED%A0%BD%ED%B8%80", "😀"),
        (quote_plus("'; DROP TABLE x; -- <b>=1+1"), "'; DROP TABLE x; -- <b>=1+1"),
    ],
)
def test_hostile_characters_are_kept_as_harmless_text(now: datetime, body: str, kept: str) -> None:
    form = dict(parse_form(f"MessageSid=SM1&From=%2B19025550123&To=%2B19025550100&Body={body}".encode()))
    assert parse_message(form, now).text == kept


@pytest.mark.parametrize("missing", ["From", "To", "MessageSid"])
def test_a_text_that_lacks_a_part_is_refused_by_its_name(now: datetime, missing: str) -> None:
    form = inbound_form(RESIDENT, "hi")
    form.pop("SmsSid")
    for without in ({name: value for name, value in form.items() if name != missing}, form | {missing: " "}):
        with pytest.raises(MalformedWebhook, match=missing):
            parse_message(without, now)


def test_another_channel_of_twilios_keeps_its_name(now: datetime) -> None:
    found = parse_message(inbound_form("whatsapp:+19025550123", "hi", to="whatsapp:+19025550100"), now)
    assert (found.address, found.sender) == ("whatsapp:+19025550123", "whatsapp:+19025550100")


# -- receipts


def status_form(status: str, code: str = "", **more: str) -> dict[str, str]:
    return {"MessageSid": "SM1", "MessageStatus": status, "ErrorCode": code, "From": NUMBER, "To": RESIDENT} | more


@pytest.mark.parametrize(
    ("status", "kept"),
    [
        ("sent", "sent"),
        ("delivered", "delivered"),
        ("read", "delivered"),
        ("undelivered", "undelivered"),
        ("failed", "failed"),
        ("canceled", "failed"),
    ],
)
def test_receipts(now: datetime, status: str, kept: str) -> None:
    news = parse_status(status_form(status), {"m": "4711"}, now)
    assert news is not None
    assert (news.provider_id, news.status, news.message_id, news.received_at) == ("SM1", kept, 4711, now)
    assert (news.error_code, news.consequence, news.retry_once) == (None, "none", False)


@pytest.mark.parametrize("status", ["queued", "accepted", "scheduled", "sending", "receiving", "something new", ""])
def test_states_that_say_nothing_new(now: datetime, status: str) -> None:
    assert parse_status(status_form(status), {}, now) is None


@pytest.mark.parametrize(
    ("code", "consequence", "once_more"),
    [
        ("21610", "opt_out", False),
        ("30003", "none", True),
        ("30001", "none", True),
        ("30004", "none", False),
        ("30005", "none", False),
        ("30006", "dead", False),
        ("30007", "none", False),
        ("30008", "none", False),
        ("30032", "sender", False),
        ("30034", "sender", False),
        ("12345", "none", False),
        ("abc", "none", False),
    ],
)
def test_what_follows_from_an_error_code(now: datetime, code: str, consequence: str, once_more: bool) -> None:
    news = parse_status(status_form("undelivered", code), {}, now)
    assert news is not None
    assert (news.error_code, news.consequence, news.retry_once) == (code, consequence, once_more)
    delivered = parse_status(status_form("delivered", code), {}, now)
    assert delivered is not None
    assert (delivered.consequence, delivered.retry_once) == ("none", False)


@pytest.mark.parametrize("ours", ["", "x", "-1", "1.5", "٣", "9" * 19])
def test_a_number_of_ours_that_cannot_be_is_none(now: datetime, ours: str) -> None:
    news = parse_status(status_form("sent"), {"m": ours}, now)
    assert news is not None
    assert news.message_id is None


def test_a_receipt_without_a_message_is_malformed(now: datetime) -> None:
    with pytest.raises(MalformedWebhook, match="MessageSid"):
        parse_status({"MessageStatus": "sent"}, {}, now)


def test_whose_receipt_it_is() -> None:
    assert status_sender(status_form("sent")) == f"sms:{NUMBER}"
    assert status_sender(status_form("sent", MessagingServiceSid=SERVICE)) == f"sms:{SERVICE}"
