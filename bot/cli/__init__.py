"""The command `soundings`: one file a group of commands, read only when it is asked for, so that each begins at once."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any, Final

import typer
from rich.text import Text
from typer.core import TyperGroup
from typer.main import get_command

from bot.cli.output import errors
from bot.errors import BadFile, SoundingsError
from bot.logs import set_up_logs

#: Command or group -> where it lives: a module's `app`, or one function of it.
PLACES: Final = {
    "demo": "bot.cli.demo:demo",
    "serve": "bot.cli.serving:serve",
    "phone": "bot.cli.phone:phone",
    "worker": "bot.cli.serving:worker",
    "scheduler": "bot.cli.serving:scheduler",
    "migrate": "bot.cli.serving:migrate",
    "check": "bot.cli.serving:check",
    "backup": "bot.cli.backup:backup",
    "restore": "bot.cli.backup:restore",
    "retain": "bot.cli.retain:retain",
    "community": "bot.cli.community:app",
    "sender": "bot.cli.sender:app",
    "user": "bot.cli.user:app",
    "participant": "bot.cli.participant:app",
    "flow": "bot.cli.flow:app",
    "campaign": "bot.cli.campaign:app",
    "results": "bot.cli.results:app",
    "update": "bot.cli.update:app",
    "inbox": "bot.cli.inbox:app",
    "outbox": "bot.cli.outbox:app",
    "audit": "bot.cli.audit:audit",
    "sms": "bot.cli.sms:app",
    "locale": "bot.cli.locale:app",
}


class _Commands(TyperGroup):
    """The commands by name; the module of one is read when it is called or when help lists it."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        """Every command, in the order in which somebody comes to need them."""
        return list(PLACES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        """The command of that name; None where there is none."""
        place = PLACES.get(cmd_name)
        if place is None:
            return None
        module, _, name = place.partition(":")
        found = getattr(import_module(module), name)
        if isinstance(found, typer.Typer):
            group = found
        else:
            group = typer.Typer(add_completion=False)
            group.command()(found)
        # Plain help and plain errors everywhere: they go into logs and bug reports, too.
        group.rich_markup_mode = None
        command = get_command(group)
        command.name = cmd_name
        return command


app = typer.Typer(
    cls=_Commands,
    help="A chat and SMS bot by which a community is heard.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=False,
)


@app.callback()
def soundings() -> None:
    """A chat and SMS bot by which a community is heard."""


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
    except Exception as error:
        told = _lacking(error) or _trouble(error)
        if told is None:
            raise
        errors.print(Text(told))
        sys.exit(3)


def _lacking(error: Exception) -> str | None:
    """What to say of a package that an upgrade needs and that is not installed yet; None for any other error."""
    package = (error.name or "").partition(".")[0] if isinstance(error, ModuleNotFoundError) else ""
    if package in ("", "bot", "storage", "flows"):
        return None
    return (
        f"{package} is not installed. After an upgrade run: .venv/bin/pip install --require-hashes -r requirements.txt"
    )


def _trouble(error: Exception) -> str | None:
    """What to say of a database that cannot be used; what knows it is read only then, for it needs SQLAlchemy."""
    from bot.trouble import told

    return told(error)
