"""A Telegram on loopback: takes the Bot API's methods, gives out updates by long poll, and posts them to a webhook.

python -m tests.providers.telegram_server --port 9002
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp
from aiohttp import web

from tests.providers import telegram_updates as updates
from tests.providers.checks import TELEGRAM, method_problems
from tests.providers.loopback import Loopback
from tests.providers.telegram_answers import Refused, error, misbehave, ok, payload_of
from tests.providers.telegram_updates import BOT, Update

TOKEN = "123:telegram-token-of-tests"
_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")


@dataclass(slots=True)
class SentMessage:
    """A message that the server took; `at` is the true time."""

    message_id: int
    chat: int
    text: str
    at: datetime
    reply_markup: dict[str, Any] | None

    def buttons(self) -> dict[str, str]:
        """Label -> what the button carries."""
        rows = (self.reply_markup or {}).get("inline_keyboard", [])
        return {button["text"]: button["callback_data"] for row in rows for button in row}


@dataclass(frozen=True, slots=True)
class PostedUpdate:
    """What an application answered to an update; a method call in the answer's body has been carried out."""

    status: int
    body: str


class TelegramServer(Loopback):
    """`sent` has what was taken; `problems` what was refused for its shape; `acknowledged` the taps that were answered.

    `chats` are the people who pressed Start; who is in `blocked` or `gone` too cannot be written to.
    """

    def __init__(self, token: str = TOKEN, *, insecure_webhooks: bool = True) -> None:
        super().__init__()
        self.token = token
        self.sent: list[SentMessage] = []
        self.chats: set[int] = set()
        self.blocked: set[int] = set()
        self.gone: set[int] = set()
        self.acknowledged: list[str] = []
        self.calls: list[str] = []
        self.files: dict[str, tuple[str, bytes]] = {}
        self.webhook: dict[str, Any] = {}
        self.pending: list[Update] = []
        self._insecure = insecure_webhooks
        self._news = asyncio.Event()
        self._message_ids = iter(range(1, 1_000_000))

    def routes(self) -> list[web.RouteDef]:
        return [
            web.route("*", "/bot{token}/{method}", self._call),
            web.get("/file/bot{token}/{path:.+}", self._file),
            web.get("/fake/sent", self._show_sent),
            web.post("/fake/text", self._take_text),
        ]

    # -- the Bot API

    async def _call(self, request: web.Request) -> web.StreamResponse:
        self.requests += 1
        method = request.match_info["method"]
        self.calls.append(method)
        try:
            self._authorise(request.match_info["token"])
            if method not in TELEGRAM["methods"]:
                raise Refused(404, "Not Found")
            payload = await payload_of(request)
            self._check(method, payload)
            if method.startswith("send"):
                return await self._send(request, payload)
            return ok(await self.carry_out(method, payload))
        except Refused as refused:
            return error(refused.status, str(refused))

    def _authorise(self, token: str) -> None:
        if _TOKEN.fullmatch(token) is None:
            raise Refused(404, "Not Found")
        if token != self.token:
            raise Refused(401, "Unauthorized")

    def _check(self, method: str, payload: dict[str, Any]) -> None:
        problems = method_problems(method, payload)
        if not problems:
            return
        self.problems += problems
        if problems == ["sendMessage.text is missing"] or payload.get("text") == "":
            raise Refused(400, "Bad Request: message text is empty")
        if any("callback_data" in problem for problem in problems):
            raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
        if any(problem.startswith("sendMessage.text has") for problem in problems):
            raise Refused(400, "Bad Request: message is too long")
        raise Refused(400, "Bad Request: " + "; ".join(problems))

    async def carry_out(self, method: str, payload: dict[str, Any]) -> Any:
        """The result of a method that sends nothing."""
        if method == "getMe":
            return BOT
        if method == "getUpdates":
            return await self._updates(payload)
        if method == "setWebhook":
            return self._set_webhook(payload)
        if method == "deleteWebhook":
            self.webhook = {}
            return True
        if method == "getWebhookInfo":
            return {
                "url": self.webhook.get("url", ""),
                "has_custom_certificate": False,
                "pending_update_count": len(self.pending),
            }
        if method == "getFile":
            return self._get_file(payload)
        if method == "answerCallbackQuery":
            self.acknowledged.append(payload["callback_query_id"])
        return True

    async def _send(self, request: web.Request, payload: dict[str, Any]) -> web.StreamResponse:
        chat = int(payload["chat_id"])
        behaviour = self.next_behaviour(str(chat))
        if behaviour.records:
            self._reach(chat)
        sent = self._record(chat, payload) if behaviour.records else None
        await self.pause(behaviour, request)
        if behaviour.body is not None:
            return web.Response(status=behaviour.status, body=behaviour.body)
        if behaviour.status or sent is None:
            return misbehave(behaviour)
        return await self.reply(behaviour, request, ok(self._shown(sent)))

    def _reach(self, chat: int) -> None:
        if chat in self.gone:
            raise Refused(403, "Forbidden: user is deactivated")
        if chat in self.blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        if chat not in self.chats:
            raise Refused(400, "Bad Request: chat not found")

    def _record(self, chat: int, payload: dict[str, Any]) -> SentMessage:
        words = payload.get("text", payload.get("caption", ""))
        sent = SentMessage(next(self._message_ids), chat, words, datetime.now(UTC), payload.get("reply_markup"))
        self.sent.append(sent)
        return sent

    def _shown(self, sent: SentMessage) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "message_id": sent.message_id,
            "from": BOT,
            "chat": {"id": sent.chat, "type": "private", "first_name": "Ann"},
            "date": int(sent.at.timestamp()),
            "text": sent.text,
        }
        return shown | ({"reply_markup": sent.reply_markup} if sent.reply_markup else {})

    def _set_webhook(self, payload: dict[str, Any]) -> bool:
        url = payload["url"]
        if not url.startswith("https://") and not self._insecure:
            raise Refused(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        self.webhook = payload
        return True

    # -- updates

    async def _updates(self, payload: dict[str, Any]) -> list[Update]:
        if self.webhook:
            raise Refused(409, "Conflict: can't use getUpdates method while webhook is active")
        offset = payload.get("offset", 0)
        self.pending = [one for one in self.pending if one["update_id"] >= offset]
        if not self.pending and payload.get("timeout"):
            self._news.clear()
            waiting = [asyncio.ensure_future(event.wait()) for event in (self._news, self._stopping)]
            await asyncio.wait(waiting, timeout=payload["timeout"], return_when=asyncio.FIRST_COMPLETED)
            for waiter in waiting:
                waiter.cancel()
        return self.pending[: payload.get("limit", 100)]

    def add(self, *given: Update) -> None:
        """Updates that wait here until they are fetched."""
        self.pending += given
        self._news.set()

    async def post(self, given: Update, *, url: str = "", secret: str | None = None) -> PostedUpdate:
        """Post an update to the webhook that is set, with its secret; a method in the answer is checked and carried out."""
        headers = {"Content-Type": "application/json"}
        secret = self.webhook.get("secret_token") if secret is None else secret
        if secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = secret
        target = url or self.webhook["url"]
        async with self.session.post(target, data=json.dumps(given), headers=headers) as response:
            posted = PostedUpdate(response.status, await response.text())
        if posted.status == 200 and posted.body:
            call = json.loads(posted.body)
            method = call.pop("method")
            self.calls.append(method)
            self._check(method, call)
            await self.carry_out(method, call)
        return posted

    async def deliver(self, given: Update, *, most: int = 5) -> PostedUpdate:
        """Post an update as Telegram does: again, until it is taken."""
        for _ in range(most - 1):
            try:
                posted = await self.post(given)
            except aiohttp.ClientError:
                continue
            if posted.status // 100 == 2:
                return posted
        return await self.post(given)

    def start_chat(self, chat: int) -> None:
        """The person presses Start: the bot may write to them."""
        self.chats.add(chat)
        self.blocked.discard(chat)

    # -- files

    def add_file(self, file_id: str, content: bytes, path: str = "photos/file_1.jpg") -> None:
        self.files[file_id] = (path, content)

    def _get_file(self, payload: dict[str, Any]) -> dict[str, Any]:
        if payload["file_id"] not in self.files:
            raise Refused(400, "Bad Request: invalid file_id")
        path, content = self.files[payload["file_id"]]
        if len(content) > 20 * 1024 * 1024:
            raise Refused(400, "Bad Request: file is too big")
        return {"file_id": payload["file_id"], "file_unique_id": "u", "file_size": len(content), "file_path": path}

    async def _file(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        content = next((content for known, content in self.files.values() if known == path), None)
        if request.match_info["token"] != self.token or content is None:
            return error(404, "Not Found")
        return web.Response(body=content, content_type="application/octet-stream")

    # -- for a walk-through with curl

    async def _show_sent(self, request: web.Request) -> web.Response:
        return web.json_response(
            [{"chat": sent.chat, "text": sent.text, "buttons": sent.buttons()} for sent in self.sent]
        )

    async def _take_text(self, request: web.Request) -> web.Response:
        given = await request.post()
        chat = int(str(given["chat"]))
        self.start_chat(chat)
        if "tap" in given:
            made = updates.tap(chat, str(given["tap"]))
        else:
            made = updates.text(chat, str(given["text"]))
        if not self.webhook:
            self.add(made)
            return web.Response(text="waits to be fetched\n")
        try:
            posted = await self.post(made)
        except aiohttp.ClientError:
            return web.Response(status=502, text=f"nobody answers at {self.webhook['url']}\n")
        return web.Response(status=posted.status, text=posted.body + "\n")


async def _serve(arguments: argparse.Namespace) -> None:
    server = TelegramServer(arguments.token)
    await server.start(arguments.port)
    sys.stdout.write(json.dumps({"url": server.url, "token": server.token, "bot": BOT["username"]}) + "\n")
    sys.stdout.flush()
    try:
        await server.forever()
    finally:
        await server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description="A Telegram on loopback.")
    parser.add_argument("--port", type=int, default=9002)
    parser.add_argument("--token", default=TOKEN)
    with asyncio.Runner() as runner:
        try:
            runner.run(_serve(parser.parse_args()))
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
