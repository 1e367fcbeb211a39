"""Many rows at once: as many as there are, whatever number fits one statement."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from storage.bulk import InsertMany, UpdateMany
from storage.database import Database
from storage.models import Community
from tests.builders import NOON

_insert = InsertMany(Community, "slug", "name", "languages", "timezone", "hours", "settings", "created_at")
_insert_new = InsertMany(
    Community, "slug", "name", "languages", "timezone", "hours", "settings", "created_at", conflict="DO NOTHING"
)
_rename = UpdateMany(Community, "name", "settings", "created_at")


def rows(count: int) -> list[tuple[object, ...]]:
    return [(f"c{at}", f"Place {at}", ["en"], "UTC", {}, {"at": at}, NOON) for at in range(count)]


@pytest.mark.parametrize("count", [0, 1, 7, 8, 9, 64, 71, 73, 200])
def test_each_row_is_written_once_whatever_their_number(database: Database, count: int) -> None:
    with database.write() as connection:
        _insert(connection, rows(count))
        _insert_new(connection, rows(count + 1))
    with database.read() as connection:
        found = connection.execute(
            select(Community.slug, Community.name, Community.settings).order_by(Community.id)
        ).all()
    assert [(one.slug, one.name, one.settings) for one in found] == [
        (f"c{at}", f"Place {at}", {"at": at}) for at in range(count + 1)
    ]


@pytest.mark.parametrize("count", [1, 8, 73])
def test_each_row_gets_its_own_values(database: Database, count: int) -> None:
    with database.write() as connection:
        _insert(connection, rows(count + 1))
        ids = list(connection.execute(select(Community.id).order_by(Community.id)).scalars())
        later = [NOON + timedelta(seconds=one) for one in ids]
        _rename(connection, [(f"New {one}", {"id": one}, at, one) for one, at in zip(ids[:-1], later, strict=False)])
    with database.read() as connection:
        found = connection.execute(
            select(Community.name, Community.settings, Community.created_at).order_by(Community.id)
        ).all()
    assert [tuple(one) for one in found[:-1]] == [
        (f"New {one}", {"id": one}, at) for one, at in zip(ids[:-1], later, strict=False)
    ]
    assert tuple(found[-1]) == (f"Place {count}", {"at": count}, NOON), "the one that was not named stays"
