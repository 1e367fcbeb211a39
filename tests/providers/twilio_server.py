"""A Twilio on loopback: takes SMS as its REST API does, calls back with signed receipts, and posts signed texts.

python -m tests.providers.twilio_server --port 9001 --webhook http://127.0.0.1:8000
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import parse_qs, urldefrag

import aiohttp
from aiohttp import web

from tests.providers.checks import TWILIO, form_problems
from tests.providers.loopback import Behaviour
from tests.providers.twilio_forms import ACCOUNT, NUMBER, SERVICE, TOKEN, inbound_form, new_sid, signature
from tests.providers.twilio_media import TwilioMedia, refused

#: Codes of Twilio's for what is wrong with a request.
_REFUSALS = {"To": 21211, "From": 21212, "Body": 21617, "StatusCallback": 21609, "MessagingServiceSid": 21701}


@dataclass(slots=True)
class SentText:
    """A message that the server took; `at` is the true time."""

    sid: str
    to: str
    sender: str
    body: str
    at: datetime
    status_callback: str | None
    form: dict[str, str]


@dataclass(frozen=True, slots=True)
class Callbacks:
    """The receipts of a message: (status, error code) pairs, in order; `early` come before the answer to the request."""

    statuses: tuple[tuple[str, int | None], ...] = (("sent", None), ("delivered", None))
    backwards: bool = False
    twice: bool = False
    early: bool = False

    def in_order(self) -> list[tuple[str, int | None]]:
        ordered = list(reversed(self.statuses) if self.backwards else self.statuses)
        return [status for status in ordered for _ in range(2 if self.twice else 1)]


#: The carrier drops it as spam.
FILTERED = Callbacks((("sent", None), ("undelivered", 30007)))
#: No receipts at all.
SILENT = Callbacks(())


@dataclass(frozen=True, slots=True)
class Answer:
    """What an application answered to a webhook."""

    status: int
    body: str
    content_type: str


def _calls_again(url: str) -> int:
    """How often a callback that fails is made again: what stands behind # in its address says so, of failures of all kinds."""
    wishes = parse_qs(urldefrag(url).fragment)
    return int(wishes["rc"][0]) if {"rt", "5xx"} <= set(wishes.get("rp", [""])[0].split(",")) else 0


class TwilioServer(TwilioMedia):
    """`sent` has what was taken; `problems` what was refused for its shape; `callback_answers` what the receipts met."""

    def __init__(
        self,
        account: str = ACCOUNT,
        token: str = TOKEN,
        numbers: Iterable[str] = (NUMBER,),
        services: Iterable[str] = (SERVICE,),
    ) -> None:
        super().__init__(account, token)
        self.numbers, self.services = set(numbers), set(services)
        self.sent: list[SentText] = []
        self.opted_out: set[str] = set()
        self.landlines: set[str] = set()
        self.callbacks = Callbacks()
        self.callbacks_to: dict[str, Callbacks] = {}
        self.callback_answers: list[tuple[str, str, int]] = []
        self.webhook = ""
        #: Seconds until a receipt that nobody took is handed in again, where its address says how often.
        self.again_after = 0.0

    def routes(self) -> list[web.RouteDef]:
        base = "/2010-04-01/Accounts/{account}/Messages"
        return [
            web.post(f"{base}.json", self._create),
            *self.media_routes(),
            web.get("/fake/sent", self._show_sent),
            web.post("/fake/script", self._take_script),
            web.post("/fake/text", self._take_text),
        ]

    # -- the REST API

    async def _create(self, request: web.Request) -> web.StreamResponse:
        self.requests += 1
        if not self.authorised(request):
            return refused(401, 20003, "wrong credentials")
        if request.match_info["account"] != self.account:
            return refused(404, 20404, "no such account")
        if request.content_type != "application/x-www-form-urlencoded":
            return refused(415, 20415, "not a form")
        pairs = [(name, value) for name, value in (await request.post()).items() if isinstance(value, str)]
        refusal = self._refusal(pairs)
        if refusal is not None:
            return refusal
        return await self._behave(request, dict(pairs))

    def _refusal(self, pairs: list[tuple[str, str]]) -> web.Response | None:
        form = dict(pairs)
        problems = form_problems(pairs)
        if problems:
            self.problems += problems
            name = problems[0].split()[0]
            return refused(400, 21604 if name not in form else _REFUSALS.get(name, 20001), "; ".join(problems))
        if not form.get("From") and not form.get("MessagingServiceSid"):
            return refused(400, 21603, "neither From nor MessagingServiceSid")
        if "From" in form and form["From"] not in self.numbers:
            return refused(400, 21606, "From is not a number of this account")
        if "MessagingServiceSid" in form and form["MessagingServiceSid"] not in self.services:
            return refused(404, 21701, "no such messaging service")
        if not form.get("Body") and not form.get("MediaUrl"):
            return refused(400, 21602, "no Body")
        if form["To"] == form.get("From"):
            return refused(400, 21266, "To is From")
        if form["To"] in self.opted_out:
            return refused(400, 21610, "the recipient has opted out")
        if form["To"] in self.landlines:
            return refused(400, 21614, "To is no mobile number")
        return None

    async def _behave(self, request: web.Request, form: dict[str, str]) -> web.StreamResponse:
        behaviour = self.next_behaviour(form["To"])
        text = await self._record(form) if behaviour.records else None
        await self.pause(behaviour, request)
        if behaviour.body is not None:
            return web.Response(status=behaviour.status, body=behaviour.body, content_type="text/html")
        if behaviour.status or text is None:
            response = refused(behaviour.status or 500, behaviour.code, behaviour.message)
            if behaviour.retry_after is not None:
                response.headers["Retry-After"] = behaviour.retry_after
            return response
        return await self.reply(behaviour, request, web.json_response(self._created(text), status=201))

    async def _record(self, form: dict[str, str]) -> SentText:
        text = SentText(
            sid=new_sid(),
            to=form["To"],
            sender=form.get("From") or form["MessagingServiceSid"],
            body=form.get("Body", ""),
            at=datetime.now(UTC),
            status_callback=form.get("StatusCallback"),
            form=form,
        )
        self.sent.append(text)
        if text.status_callback:
            callbacks = self.next_callbacks(text.to)
            if callbacks.early:
                await self._call_back(text, callbacks)
            else:
                self.in_background(lambda: self._call_back(text, callbacks))
        return text

    def _created(self, text: SentText) -> dict[str, object]:
        now = format_datetime(text.at)
        path = f"/2010-04-01/Accounts/{self.account}/Messages/{text.sid}"
        created: dict[str, object] = dict.fromkeys(TWILIO["response"])
        return created | {
            "account_sid": self.account,
            "api_version": "2010-04-01",
            "body": text.body,
            "date_created": now,
            "date_updated": now,
            "direction": "outbound-api",
            "from": text.form.get("From"),
            "messaging_service_sid": text.form.get("MessagingServiceSid"),
            "num_media": "0",
            "num_segments": "1",
            "sid": text.sid,
            "status": "accepted" if "MessagingServiceSid" in text.form else "queued",
            "subresource_uris": {"media": f"{path}/Media.json"},
            "to": text.to,
            "uri": f"{path}.json",
        }

    # -- receipts

    def next_callbacks(self, to: str) -> Callbacks:
        """The receipts of the next message to this number."""
        return self.callbacks_to.get(to, self.callbacks)

    async def _call_back(self, text: SentText, callbacks: Callbacks) -> None:
        for status, error in callbacks.in_order():
            await self.receipt(text, status, error)

    async def receipt(self, text: SentText, status: str, error: int | None = None) -> Answer | None:
        """Call back with one status, signed; None if nobody answered."""
        form = {
            "SmsSid": text.sid,
            "SmsStatus": status,
            "MessageStatus": status,
            "To": text.to,
            "MessageSid": text.sid,
            "AccountSid": self.account,
            "From": text.form.get("From", sorted(self.numbers)[0] if self.numbers else ""),
            "ApiVersion": "2010-04-01",
        }
        if "MessagingServiceSid" in text.form:
            form["MessagingServiceSid"] = text.form["MessagingServiceSid"]
        if error is not None:
            form["ErrorCode"] = str(error)
        url, answer = text.status_callback or "", None
        for again in reversed(range(1 + _calls_again(url))):
            try:
                answer = await self.post(url, form)
            except (aiohttp.ClientError, TimeoutError):
                answer = None
            self.callback_answers.append((text.sid, status, answer.status if answer else 0))
            if not again or (answer is not None and answer.status < 500):
                break
            await asyncio.sleep(self.again_after)
        return answer

    # -- texts

    async def post(
        self,
        url: str,
        form: Mapping[str, str],
        *,
        signed_url: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Post a form, signed for `signed_url` (the public one) unless `headers` say something else."""
        # What stands behind # is for Twilio alone: neither sent nor signed.
        url, signed_url = urldefrag(url).url, urldefrag(signed_url or url).url
        signed = {"X-Twilio-Signature": signature(signed_url, form, self.token)}
        async with self.session.post(url, data=dict(form), headers=signed if headers is None else headers) as response:
            return Answer(response.status, await response.text(), response.content_type)

    async def text(
        self,
        url: str,
        sender: str,
        body: str,
        *,
        signed_url: str | None = None,
        to: str = NUMBER,
        sid: str | None = None,
        media: Iterable[tuple[str, str]] = (),
        **more: str,
    ) -> Answer:
        """A text from a resident's number, as Twilio posts it to `url` (…/webhooks/twilio/message)."""
        form = inbound_form(sender, body, to=to, sid=sid, account=self.account, media=media, **more)
        return await self.post(url, form, signed_url=signed_url)

    # -- for a walk-through with curl

    async def _show_sent(self, request: web.Request) -> web.Response:
        return web.json_response([{"to": text.to, "from": text.sender, "body": text.body} for text in self.sent])

    async def _take_script(self, request: web.Request) -> web.Response:
        wanted = await request.json()
        to = wanted.pop("to", None)
        self.script(Behaviour(**wanted), to=to)
        return web.Response(text="noted\n")

    async def _take_text(self, request: web.Request) -> web.Response:
        given = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
        sender = re.sub(r"^ *\+?", "+", given.pop("from"))
        url, to = f"{self.webhook}/webhooks/twilio/message", given.get("to", NUMBER)
        try:
            answer = await self.text(url, sender, given["body"], to=to, sid=given.get("sid"))
        except aiohttp.ClientError:
            return web.Response(status=502, text=f"nobody answers at {url}\n")
        return web.Response(status=answer.status, text=answer.body + "\n")


async def _serve(arguments: argparse.Namespace) -> None:
    server = TwilioServer(arguments.account, arguments.token, arguments.number or [NUMBER])
    server.webhook = arguments.webhook.rstrip("/")
    await server.start(arguments.port)
    sys.stdout.write(json.dumps({"url": server.url, "account": server.account, "token": server.token}) + "\n")
    sys.stdout.flush()
    try:
        await server.forever()
    finally:
        await server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description="A Twilio on loopback.")
    parser.add_argument("--port", type=int, default=9001)
    parser.add_argument("--account", default=ACCOUNT)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--number", action="append", help="a number of ours; may be repeated")
    parser.add_argument("--webhook", default="http://127.0.0.1:8000", help="where texts and receipts are posted")
    with asyncio.Runner() as runner:
        try:
            runner.run(_serve(parser.parse_args()))
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
