"""A campaign's results out of the database: its questions, counted."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from bot.i18n import phrases
from bot.insight.questions import asked_in
from bot.insight.results import COUNTED, QuestionResults, Results, count
from flows.loader import thaw
from storage import answers
from storage.flows import revision_definition

#: How many of the newest words of an open question are brought along.
NEWEST_WORDS = 20


def campaign_results(
    connection: Connection, campaign_id: int, revision_id: int, *, language: str, newest_words: int = NEWEST_WORDS
) -> Results:
    """Every question of the campaign's revision with what was answered so far, labels in `language`."""
    asked = asked_in(thaw(revision_definition(connection, revision_id)))
    counted = [one.name for one in asked if one.question.kind in COUNTED]
    open_ones = [one.name for one in asked if one.question.kind not in COUNTED]
    counts = [tuple(row) for row in answers.value_counts(connection, campaign_id, counted)]
    tallies = answers.open_counts(connection, campaign_id, open_ones)
    found: list[QuestionResults] = []
    for one in asked:
        if one.question.kind in COUNTED:
            said = answers.others(connection, campaign_id, one.name, newest_words) if one.question.other else []
            found.append(count(one, counts, language=language, phrases=phrases(), words=said))
        else:
            answered, skipped = tallies.get(one.name, (0, 0))
            said = answers.words(connection, campaign_id, one.name, newest_words)
            empty = count(one, [], language=language, phrases=phrases(), words=said)
            found.append(replace(empty, answered=answered, skipped=skipped))
    return Results(answers.answered_by(connection, campaign_id), tuple(found))
