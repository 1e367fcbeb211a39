"""How the Bot API reads parameters, and how it answers."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from tests.providers.checks import type_problems
from tests.providers.loopback import Behaviour


class Refused(Exception):
    """A method is refused with this HTTP status and description."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


async def payload_of(request: web.Request) -> dict[str, Any]:
    """A method's parameters from the query, a form or JSON; in the former two, structures and numbers are JSON in text."""
    found: dict[str, Any] = {name: read_value(value) for name, value in request.query.items()}
    if request.content_type == "application/json":
        try:
            return found | dict(await request.json())
        except ValueError:
            raise Refused(400, "Bad Request: can't parse JSON object") from None
    return found | {name: read_value(value) for name, value in (await request.post()).items() if isinstance(value, str)}


def read_value(value: str) -> Any:
    try:
        read = json.loads(value)
    except ValueError:
        return value
    return value if isinstance(read, str) else read


def ok(result: Any) -> web.Response:
    if isinstance(result, dict) and "message_id" in result:
        problems = type_problems("Message", result)
        assert problems == [], problems
    return web.json_response({"ok": True, "result": result})


def error(status: int, words: str, **parameters: int) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": words}
    if parameters:
        body["parameters"] = parameters
    return web.json_response(body, status=status)


def misbehave(behaviour: Behaviour) -> web.Response:
    if behaviour.status == 429 and behaviour.retry_after is not None:
        wait = int(behaviour.retry_after)
        return error(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
    return error(behaviour.status or 500, behaviour.message)
