"""The pictures that come with texts, as Twilio gives them out: behind the account's credentials and a redirect to a store."""

from __future__ import annotations

import base64
import gzip
from dataclasses import dataclass

from aiohttp import web

from tests.providers.loopback import Loopback
from tests.providers.twilio_forms import new_sid


@dataclass(frozen=True, slots=True)
class Medium:
    """A picture that came with a text."""

    content: bytes
    content_type: str


class TwilioMedia(Loopback):
    """`store` is where requests for media are sent on to, unless it is the server's own; with `streams_media` they tell no
    length, with `packs_media` the length of what is packed.
    """

    def __init__(self, account: str, token: str) -> None:
        super().__init__()
        self.account, self.token = account, token
        self.media: dict[str, Medium] = {}
        self.media_requests = 0
        self.streams_media = False
        self.packs_media = False
        self.store = ""

    def media_routes(self) -> list[web.RouteDef]:
        base = "/2010-04-01/Accounts/{account}/Messages/{message}/Media"
        return [web.get(f"{base}/{{medium}}", self._medium), web.get("/cdn/{medium}", self._content)]

    def authorised(self, request: web.Request) -> bool:
        expected = "Basic " + base64.b64encode(f"{self.account}:{self.token}".encode()).decode()
        return request.headers.get("Authorization") == expected

    def add_medium(self, content: bytes, content_type: str, message: str | None = None) -> str:
        """The URL of a picture that came with a text: needs the account's credentials, and redirects to a store."""
        sid = new_sid("ME")
        self.media[sid] = Medium(content, content_type)
        return f"{self.url}/2010-04-01/Accounts/{self.account}/Messages/{message or new_sid('MM')}/Media/{sid}"

    async def _medium(self, request: web.Request) -> web.StreamResponse:
        self.media_requests += 1
        if not self.authorised(request):
            return refused(401, 20003, "wrong credentials")
        if request.match_info["medium"] not in self.media:
            return refused(404, 20404, "no such medium")
        raise web.HTTPTemporaryRedirect(self.store or f"{self.url}/cdn/{request.match_info['medium']}")

    async def _content(self, request: web.Request) -> web.StreamResponse:
        if "Authorization" in request.headers:
            return web.Response(status=400, text="credentials do not belong here")
        if request.match_info["medium"] == "round":
            raise web.HTTPFound("round")
        medium = self.media[request.match_info["medium"]]
        response = web.StreamResponse(headers={"Content-Type": medium.content_type})
        content = medium.content
        if self.packs_media:
            content = gzip.compress(content)
            response.headers["Content-Encoding"] = "gzip"
        if not self.streams_media:
            response.content_length = len(content)
        await response.prepare(request)
        await response.write(content)
        return response


def refused(status: int, code: int, message: str) -> web.Response:
    return web.json_response(
        {"code": code, "message": message, "more_info": f"https://twilio.example/errors/{code}", "status": status},
        status=status,
    )
