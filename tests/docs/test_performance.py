"""The page on performance holds the figures that were measured, all of them; and the look for plans that grow sees one."""

from __future__ import annotations

import json

from sqlalchemy import text

from benchmarks.report import FIGURES, PAGE, page_tables
from benchmarks.targets import TARGETS
from benchmarks.watched import watching
from storage.database import Database


def test_the_tables_are_those_of_the_figures() -> None:
    assert page_tables(json.loads(FIGURES.read_text("utf-8"))) in PAGE.read_text("utf-8")


def test_every_target_has_its_figure() -> None:
    benchmarks = json.loads(FIGURES.read_text("utf-8"))["benchmarks"].values()
    assert {one["target"] for found in benchmarks for one in found["ratios"]} == set(TARGETS)


def test_a_figure_is_judged_by_its_target() -> None:
    assert [TARGETS["R1"].verdict(value) for value in (0.79, 0.8, 1.5)] == ["missed", "must", "aim"]
    assert [TARGETS["R8"].verdict(value) for value in (15.1, 15, 8)] == ["missed", "must", "aim"]


def test_a_statement_that_reads_a_growing_table_whole_is_seen(sqlite_database: Database) -> None:
    with watching(sqlite_database) as good, sqlite_database.read() as connection:
        connection.execute(text("SELECT text FROM messages WHERE participant_id = 1 ORDER BY id"))
    assert good.whole_tables(sqlite_database) == []
    with watching(sqlite_database) as bad, sqlite_database.read() as connection:
        connection.execute(text("SELECT id FROM messages WHERE text = 'x'"))
    assert bad.whole_tables(sqlite_database) == ["messages: SELECT id FROM messages WHERE text = 'x'"]
