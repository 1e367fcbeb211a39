"""Queries on the words that join a community or one of its campaigns."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from storage.bulk import among
from storage.models import Keyword


def keywords_of(connection: Connection, community_ids: Collection[int]) -> dict[int, dict[str, int | None]]:
    """Community -> word -> the campaign that it joins, None where it joins the community alone."""
    found: dict[int, dict[str, int | None]] = {community_id: {} for community_id in community_ids}
    rows = connection.execute(
        select(Keyword.community_id, Keyword.word, Keyword.campaign_id).where(among(Keyword.community_id, "ids")),
        {"ids": list(community_ids)},
    )
    for community_id, word, campaign_id in rows:
        found[community_id][word] = campaign_id
    return found
