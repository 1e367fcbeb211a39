"""`soundings flow`: the commands of authors, which need no database, and those of a community's published flows."""

from __future__ import annotations

from bot.cli import flow_published
from bot.cli.flow_author import app

app.command("publish")(flow_published.publish_flow)
app.command("import")(flow_published.import_flows)
app.command("export")(flow_published.export_flow)
app.command("list")(flow_published.list_flows)

__all__ = ["app"]
