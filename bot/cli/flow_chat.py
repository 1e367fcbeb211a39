"""`soundings flow chat`: talk to a flow in the terminal, as a resident would."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.text import Text

from bot import i18n
from bot.cli.flow_source import flow_of
from bot.cli.flow_understand import HOME, language_of, moment_of
from bot.cli.output import screen
from bot.errors import WrongUsage
from flows import durations, effects
from flows.definition import Flow
from flows.events import Started
from flows.segments import lighten, segment
from flows.transcripts import Case, Play
from flows.transcripts.source import moment

_HELP = (
    "You are the resident. Ctrl-D ends. ~ 3d lets time pass, = shows where things stand, "
    "[key] taps a button, <photo> sends one."
)


def chat(
    flow: Annotated[str, typer.Argument(metavar="FLOW", help="A flow of the library, or a file.")],
    language: Annotated[str | None, typer.Option(help="The resident's language; the flow's first by default.")] = None,
    channel: Annotated[
        Literal["sms", "telegram", "simulator"], typer.Option(help="Telegram and the simulator have buttons.")
    ] = "sms",
    now: Annotated[str | None, typer.Option(help="When it begins, such as 2026-11-23T12:00-04:00.")] = None,
    seed: Annotated[int, typer.Option(help="Decides the flow's splits.")] = 0,
    participant: Annotated[
        list[str] | None, typer.Option("--participant", help="What is known of the resident: name=Ann. Repeatable.")
    ] = None,
    record: Annotated[Path | None, typer.Option(help="Write the conversation to this file as a transcript.")] = None,
) -> None:
    """Talk to a flow in the terminal, as a resident would.

    Write ~ 3d to let three days pass (reminders, timeouts and the end of the run come as they would), and = to see
    where things stand. Nothing is sent or kept; with --record the conversation becomes a transcript for flow test.
    """
    found = flow_of(flow)
    talk = _Talk(found, _case(found, language, channel, now, seed, participant or []), segments=channel == "sms")
    if sys.stdin.isatty():
        screen.print(Text(_HELP, "dim"))
    talk.begin()
    while talk.goes_on:
        line = _typed()
        if line is None:
            break
        talk.hear(line)
    talk.sum_up()
    if record is not None:
        _write(record, talk.transcript())


def _case(
    flow: Flow,
    language: str | None,
    channel: Literal["sms", "telegram", "simulator"],
    now: str | None,
    seed: int,
    known: Sequence[str],
) -> Case:
    participant: dict[str, object] = {}
    for pair in known:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise WrongUsage(f"{pair!r} is not of the form name=Ann.")
        participant[name.strip()] = value.strip()
    return Case(
        name="a chat",
        flow=flow.name,
        script=(),
        language=language_of(language, flow),
        channel=channel,
        buttons=channel != "sms",
        now=moment_of(now).replace(microsecond=0),
        zone=HOME,
        seed=seed,
        participant=participant,
        community={"name": "Shore Road Neighbours", "contact": "902 555 0100"},
        campaign={"name": "spring", "answered": 12},
    )


def _typed() -> str | None:
    """The next line, None at the end. What is no UTF-8 is read as a phone would show it."""
    try:
        if sys.stdin.isatty():
            return input("> ")
        line = sys.stdin.buffer.readline()
    except (EOFError, KeyboardInterrupt):
        return None
    if not line:
        return None
    text = line.decode("utf-8", "replace").rstrip("\r\n")
    screen.print(Text(f"> {text}", "bold"))
    return text


class _Talk:
    """A conversation under way, and what of it is shown."""

    def __init__(self, flow: Flow, case: Case, *, segments: bool) -> None:
        self.flow = flow
        self.case = case
        self.segments = segments
        self.play = Play(case, flow, i18n.phrases())
        self.shown = 0
        self.script: list[str] = []

    @property
    def goes_on(self) -> bool:
        """Whether the run has not ended."""
        return self.play.run.status != "ended"

    def begin(self) -> None:
        """The flow's first words."""
        self.play.happen(Started())
        self._show()

    def hear(self, line: str) -> None:
        """One line that was typed: a reply, time that passes, or a question about where things stand."""
        if line.strip() == "=":
            self._stand()
        elif line.startswith("~"):
            self._wait(line[1:].strip())
        elif line.strip():
            self.script.append(f"> {line}")
            self.play.happen(self.play.reply(line))
            self._show()

    def sum_up(self) -> None:
        """How it ended, and the answers."""
        run = self.play.run
        screen.print(Text(f"({run.outcome or 'left open'})", "bold"))
        for name, value in run.answers.items():
            screen.print(Text(f"  {name}: {_value(value)}", "dim"))

    def transcript(self) -> str:
        """The conversation as a file that `soundings flow test` plays."""
        lines = [*self.script, *([f"= {self.play.run.outcome}"] if self.play.run.outcome else [])]
        head = [
            f"- case: {self.case.name}",
            f"  flow: {self.case.flow}",
            f"  language: {self.case.language}",
            f"  channel: {self.case.channel}",
            f"  now: {self.case.now.isoformat(timespec='minutes')}",
            f"  seed: {self.case.seed}",
        ]
        known = [
            f"  {key}: {_flow_map(values)}"
            for key, values in (
                ("participant", self.case.participant),
                ("community", self.case.community),
                ("campaign", self.case.campaign),
            )
            if values
        ]
        return (
            "\n".join([*head, *known, "  script: |", *(f"    {line}" for text in lines for line in text.split("\n"))])
            + "\n"
        )

    def _wait(self, span: str) -> None:
        """Lets time pass from one thing that is due to the next, so that each is shown at its own time."""
        play = self.play
        try:
            until = moment(span, play.zone) or durations.later(play.now, durations.parse(span), play.zone)
        except ValueError as error:
            screen.print(Text(str(error), "red"))
            return
        self.script.append(f"~ {span}")
        while play.run.due_at is not None and play.run.due_at <= until:
            play.pass_time(play.run.due_at.isoformat())
            self._show_time()
            self._show()
        if play.now < until:
            play.pass_time(until.isoformat())
            self._show_time()

    def _show_time(self) -> None:
        screen.print(Text(f"({self.play.now.astimezone(self.play.zone):%A %d %B, %H:%M})", "dim"))

    def _stand(self) -> None:
        run = self.play.run
        screen.print(Text(f"(state {run.state}, {run.status}, in {run.language})", "dim"))
        if run.due_at is not None:
            due = run.due_at.astimezone(self.play.zone)
            screen.print(Text(f"(something is due on {due:%A %d %B at %H:%M})", "dim"))
        for name, value in run.answers.items():
            screen.print(Text(f"  {name}: {_value(value)}", "dim"))

    def _show(self) -> None:
        """Shows what has happened since the last time."""
        happened = self.play.effects[self.shown :]
        self.shown = len(self.play.effects)
        for effect in happened:
            if isinstance(effect, effects.Say):
                self._show_words(effect)
            else:
                told = _in_words(effect)
                if told:
                    screen.print(Text(f"    ({told})", "dim"))
        words = "\n".join(effect.text for effect in happened if isinstance(effect, effects.Say))
        if self.segments and words:
            counted = segment(lighten(words))
            if counted.segments > 1:
                why = f", because of {' '.join(counted.culprits)}" if counted.culprits else ""
                screen.print(Text(f"    ({counted.segments} segments{why})", "yellow"))

    def _show_words(self, said: effects.Say) -> None:
        self.script.append("< " + said.text.replace("\n", "\n  "))
        screen.print(Text(said.text, "cyan"))
        if said.buttons:
            screen.print(Text("  ".join(f"[{button.key}] {button.label}" for button in said.buttons), "blue"))


def _in_words(effect: effects.Effect) -> str:
    """What happened besides words, for somebody who looks over the flow's shoulder."""
    match effect:
        case effects.Answered(question, value, _, _, other):
            return f"{question} = {_value(value)}" + (f": {other}" if other else "")
        case effects.Misunderstood(question, _, tried):
            return f"not understood, try {tried} of {question}"
        case effects.GaveUp(question):
            return f"gave up on {question}; a coordinator sees it"
        case effects.AttributeSet(name, value):
            return f"the participant's {name} is now {_value(value)}"
        case effects.TagAdded(tag):
            return f"tagged {tag}"
        case effects.TagRemoved(tag):
            return f"no longer tagged {tag}"
        case effects.Subscribed(scope):
            return f"subscribed to {scope}"
        case effects.Unsubscribed(scope):
            return f"unsubscribed from {scope}"
        case effects.LanguageChanged(language):
            return f"language is now {language}"
        case effects.Notified(text):
            return f"coordinators are told: {text}"
        case effects.HandedOver():
            return "handed over: a person answers from here"
        case effects.CommandGiven(command):
            return f"command {command}: the answer to it comes from the conversation, not from the flow"
        case effects.MayWantToStop():
            return "may be a wish to be left alone: a person is to look"
        case _:
            return ""


def _value(value: object) -> str:
    if value is None:
        return "skipped"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)


def _flow_map(values: object) -> str:
    """A map of plain values on one line of YAML, which JSON is a form of."""
    return json.dumps(values, ensure_ascii=False, default=str)


def _write(path: Path, transcript: str) -> None:
    try:
        path.write_text(transcript, encoding="utf-8")
    except OSError as error:
        raise WrongUsage(f"{path} cannot be written: {(error.strerror or str(error)).lower()}.") from error
    screen.print(Text(f"Recorded in {path}. Play it with: soundings flow test {path}", "dim"))
