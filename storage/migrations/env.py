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


def _is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    """Whether a table is one of ours to look after: those of the engine of jobs come from its own package."""
    return not (kind == "table" and name is not None and name.startswith("procrastinate_"))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    render_item=_plain,
    include_name=_is_ours,
)

with context.begin_transaction():
    context.run_migrations()
