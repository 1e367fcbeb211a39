"""Answers as CSV: a line a conversation, pseudonyms instead of people, cells that no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
from typing import Any, TextIO

from sqlalchemy import Connection, Row

from bot.insight.questions import asked_in
from flows.loader import thaw
from storage.answers import run_answers
from storage.flows import revision_definition

#: A cell that begins with one of these is run by spreadsheets; a quote before it makes it text (OWASP: CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_answers(connection: Connection, campaign: Row[Any], file: TextIO, *, sensitive: bool = False) -> int:
    """Write the campaign's conversations to `file`; how many. Sensitive answers only when asked for.

    Columns: participant (a pseudonym), language, started_at, ended_at, outcome, then each question, with `X (words)`
    behind those that leave room for one's own, and `X (raw)` never: what was said to the letter stays in the database.
    """
    asked = [
        one
        for one in asked_in(thaw(revision_definition(connection, campaign.revision_id)))
        if sensitive or not one.question.sensitive
    ]
    columns = ["participant", "language", "started_at", "ended_at", "outcome"]
    for one in asked:
        columns += [one.name, f"{one.name} (words)"] if one.question.other else [one.name]
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    lines = 0
    for run, answers in run_answers(connection, campaign.id):
        given = {answer.question: answer for answer in answers}
        line = [run.public_id, run.language, _moment(run.started_at), _moment(run.ended_at), run.outcome or run.status]
        for one in asked:
            answer = given.get(one.name)
            line.append(plain_cell(_written(answer.value)) if answer is not None else "")
            if one.question.other:
                line.append(plain_cell(answer.other or "") if answer is not None else "")
        writer.writerow(line)
        lines += 1
    return lines


def plain_cell(text: str) -> str:
    """The text so that a spreadsheet shows it and never runs it; a plain number stays one."""
    if text.startswith(FORMULA) and not _is_number(text):
        return f"'{text}"
    return text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(str(one) for one in value)
    return str(value)


def _moment(moment: Any) -> str:
    return "" if moment is None else moment.isoformat(timespec="seconds")
