"""What is kept of an installation that broke a promise: its rows, to be read beside its log."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

import orjson
from sqlalchemy import Table, select

from faults.installation import Installed
from storage.models import Answer, Consent, InboxItem, Invitation, Message, Receipt, Run, Sender

TABLES = (Message, Run, Answer, Invitation, InboxItem, Receipt, Sender, Consent)


def keep_rows(here: Installed) -> Path:
    """Write the rows that tell what happened, a line of JSON each; the file."""
    path = here.place / "rows.jsonl"
    with here.own.read() as connection, path.open("wb") as file:
        for model in TABLES:
            table = cast("Table", model.__table__)
            rows: Iterable[Any] = connection.execute(select(table).order_by(*table.primary_key.columns))
            for row in rows:
                line = {"table": table.name, **row._mapping}
                file.write(orjson.dumps(line, default=str, option=orjson.OPT_APPEND_NEWLINE))
    return path
