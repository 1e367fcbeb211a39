"""The command `soundings`: one file a group of commands."""

from __future__ import annotations

import sys

import typer
from rich.text import Text
from sqlalchemy.exc import OperationalError

from bot.cli import audit as auditing
from bot.cli import (
    campaign,
    community,
    demo,
    flow_author,
    flow_published,
    locale,
    participant,
    results,
    sender,
    serving,
    sms,
    update,
    user,
)
from bot.cli.output import errors
from bot.errors import BadFile, SoundingsError
from bot.logs import set_up_logs

app = typer.Typer(
    help="A chat and SMS bot by which a community is heard.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

flow_author.app.command("publish")(flow_published.publish_flow)
flow_author.app.command("import")(flow_published.import_flows)
flow_author.app.command("export")(flow_published.export_flow)
flow_author.app.command("list")(flow_published.list_flows)

for name, group in (
    ("community", community.app),
    ("sender", sender.app),
    ("user", user.app),
    ("participant", participant.app),
    ("flow", flow_author.app),
    ("campaign", campaign.app),
    ("results", results.app),
    ("update", update.app),
    ("sms", sms.app),
    ("locale", locale.app),
):
    app.add_typer(group, name=name)

app.command()(demo.demo)
app.command()(serving.serve)
app.command()(serving.worker)
app.command()(serving.scheduler)
app.command()(serving.migrate)
app.command()(serving.check)
app.command()(auditing.audit)


def main() -> None:
    """Run a command; what a person can mend ends with one line and an exit code that means something.

    0 done, 1 a problem was found, 2 it cannot be done as asked, 3 the installation lacks something.
    """
    # Commands tell people what they do; their logs are for what goes wrong. Processes that serve set up their own.
    set_up_logs("error", "console")
    try:
        app()
    except SoundingsError as error:
        errors.print(Text(str(error)))
        if isinstance(error, BadFile):
            for line, what in error.lines[:50]:
                errors.print(Text(f"  line {line}: {what}"))
        sys.exit(error.exit_code)
    except OperationalError as error:
        errors.print(
            Text(f"The database cannot be reached: {str(error.orig).splitlines()[0]}\nSee SOUNDINGS_DATABASE_URL.")
        )
        sys.exit(3)
