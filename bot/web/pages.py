"""The Flask app: pages for people, rendered here and shown without any script but small modules of our own."""

from __future__ import annotations

import secrets

from flask import Flask, Response, abort, g, render_template, request
from sqlalchemy import Row

from bot.app import Installation
from storage.threads import phones, served

#: Numbers that belong to nobody: the North American plan keeps 555-0100 to 555-0199 for stories and tests.
FIRST_PHONE, LAST_PHONE = 100, 199


def create_pages(installation: Installation) -> Flask:
    """The pages of this installation; the simulated phones only where the settings allow them."""
    app = Flask(__name__, template_folder="templates", static_folder="static")
    app.config["MAX_CONTENT_LENGTH"] = 256 * 1024

    @app.before_request
    def _nonce() -> None:
        g.nonce = secrets.token_urlsafe(16)

    @app.after_request
    def _guard(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = (
            f"default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'nonce-{g.get('nonce', '')}'; "
            "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    @app.get("/")
    def start() -> str:
        with installation.read() as connection:
            return render_template(
                "start.html", senders=served(connection), simulator=installation.settings.has_simulator
            )

    if installation.settings.has_simulator:
        _add_simulator(app, installation)
    return app


def _add_simulator(app: Flask, installation: Installation) -> None:
    @app.get("/simulator")
    def simulator() -> str:
        with installation.read() as connection:
            known, senders = phones(connection), served(connection)
        by_community: dict[int, list[Row[int, str, str, str, int]]] = {}
        for sender in senders:
            by_community.setdefault(sender.community_id, []).append(sender)
        rows = [
            (phone, next((s for s in by_community.get(phone.community_id, []) if s.channel == phone.channel), None))
            for phone in known
        ]
        return render_template(
            "simulator.html",
            phones=[(phone, sender) for phone, sender in rows if sender is not None],
            senders=[(sender, new_address(sender.channel)) for sender in senders],
        )

    @app.get("/simulator/phone")
    def phone() -> str:
        address, to = request.args.get("address", ""), request.args.get("sender", "")
        with installation.read() as connection:
            sender = next((row for row in served(connection) if row.address == to), None)
            if sender is None or not address.startswith(f"{sender.channel}:"):
                abort(404)
        return render_template("phone.html", sender=sender, address=address)


def new_address(channel: str) -> str:
    """An address for a new simulated phone, of a number that belongs to nobody."""
    number = FIRST_PHONE + secrets.randbelow(LAST_PHONE - FIRST_PHONE + 1)
    if channel == "sms":
        return f"sms:+1902555{number:04d}"
    return f"{channel}:{9_000_000 + secrets.randbelow(1_000_000)}"
