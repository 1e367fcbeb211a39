"""An audience from a file: the participants whose telephone numbers or Telegram chats it lists."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row

from bot.communities import normal_number
from bot.config import CommunitySettings
from bot.errors import BadFile
from storage.addresses import participants_at

#: More people than this are better kept by a tag.
MOST = 50_000


def participants_in(connection: Connection, community: Row[Any], path: Path) -> tuple[int, ...]:
    """Ids of the community's participants that the file lists in a column `phone` or `telegram`.

    Raises `BadFile` with the lines that name nobody here, so that nobody is left out unseen.
    """
    region = CommunitySettings.model_validate(community.settings).region
    try:
        lines = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadFile(f"{path} cannot be read: {error}. Save it as CSV in UTF-8.") from None
    if len(lines) > MOST:
        raise BadFile(f"{path} has more than {MOST} lines. Import the people with a tag, and launch to the tag.")
    if lines and not {"phone", "telegram"} & set(lines[0]):
        raise BadFile(f"{path} needs a column called phone or telegram in its first line.")
    wanted: dict[str, int] = {}
    wrong: list[tuple[int, str]] = []
    for number, line in enumerate(lines, start=2):
        address = _address(line, region)
        if address is None:
            wrong.append((number, "no telephone number or Telegram chat that can be read"))
        else:
            wanted.setdefault(address, number)
    known = participants_at(connection, community.id, list(wanted))
    wrong += [
        (number, "nobody here has this address; import them first")
        for address, number in wanted.items()
        if address not in known
    ]
    if wrong:
        raise BadFile(f"{len(wrong)} lines of {path} name nobody who can be asked.", tuple(sorted(wrong)))
    return tuple(sorted({known[address] for address in wanted}))


def _address(line: dict[str, str], region: str) -> str | None:
    phone = (line.get("phone") or "").strip()
    if phone:
        number = normal_number(phone, region)
        return f"sms:{number}" if number else None
    chat = (line.get("telegram") or "").strip()
    return f"telegram:{chat}" if chat.isdigit() else None
