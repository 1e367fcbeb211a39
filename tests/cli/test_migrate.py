"""`soundings migrate` from nothing, back to the first schema, and up again, with people in the database."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from typer.testing import CliRunner

from bot.cli import app
from bot.errors import NotReady, WrongUsage
from storage.database import Database
from storage.models import Participant
from storage.schema import known_revisions, require_current
from tests.builders import a_participant, a_place


def migrate(*words: str, answer: str = "") -> str:
    done = CliRunner().invoke(app, ["migrate", *words], input=answer, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_a_schema_goes_back_to_the_first_and_up_again_and_its_people_stay(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOUNDINGS_DATABASE_URL", database.url.render_as_string(hide_password=False))
    with database.write() as connection:
        a_participant(connection, a_place(connection).community_id)
    assert "at schema 0001" in migrate("--back-to", "0001", answer="y\n")
    with database.read() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "0001"
    assert migrate() == "The database is ready.\n"
    require_current(database)
    with database.read() as connection:
        assert len(connection.execute(select(Participant.id)).all()) == 1


def test_no_going_back_without_a_yes_or_to_where_the_database_is_or_to_what_there_is_not() -> None:
    migrate()
    with pytest.raises(WrongUsage, match="Nothing was changed"):
        migrate("--back-to", "0001", answer="n\n")
    with pytest.raises(NotReady, match="no going back"):
        migrate("--back-to", known_revisions()[-1], "--yes")
    with pytest.raises(WrongUsage, match="0001, 0002"):
        migrate("--back-to", "0000", "--yes")
