"""The passes of retention: what is too old is dropped in slices, and where a pass stands is a row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, KeyColumn, partial_index

RETENTION_STAGES = ("messages", "answers", "runs", "media", "inbox_items", "participants", "addresses")


class RetentionPass(Base):
    """One going-through of the rows for what a community keeps no longer; one that was killed goes on where it stood.

    `stage`: the table that it is at; `cursor`: the highest id of it that was looked at. What is too old is counted from `begun_at`.
    `counts`: community id -> kind -> how many were dropped; never whose.
    """

    __tablename__ = "retention_passes"
    __table_args__ = (partial_index("ix_retention_passes_open", "id", where=text("ended_at IS NULL")),)

    id: Mapped[KeyColumn]
    begun_at: Mapped[datetime]
    stage: Mapped[str]
    cursor: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    ended_at: Mapped[datetime | None]
