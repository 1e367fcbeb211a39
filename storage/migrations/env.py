"""Alembic's entrance: runs the revisions on the connection that `storage.schema` hands in."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from storage.models import Base, UtcDateTime
from storage.models.base import Json


def _plain(kind: str, item: Any, _autogenerate: AutogenContext) -> str | Literal[False]:
    """Write our column types in a revision as what they are in the database, so that a revision outlives their code."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and item is Json:
        return "JSON"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    render_item=_plain,
)

with context.begin_transaction():
    context.run_migrations()
