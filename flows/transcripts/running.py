"""Running a case: its replies and its time go through the engine, and what comes of it is held against the script."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, cast
from zoneinfo import ZoneInfo

from flows import durations
from flows.context import Context
from flows.definition import Flow, Text
from flows.effects import AttributeSet, Effect, LanguageChanged, Say, TagAdded, TagRemoved
from flows.engine import new_run, step
from flows.errors import FlowError
from flows.events import Event, MediaKind, Replied, Started, TimeReached
from flows.run import Run
from flows.transcripts.cases import Case, CaseResult, Failure, Line, Turn
from flows.transcripts.facts import Standing, unlike
from flows.transcripts.source import moment

#: More steps than any script lets pass: a run that is due again and again at the same moment is stopped here.
_MOST_TICKS: Final = 1_000
_TAP: Final = re.compile(r"\[([^\]]+)\]")
_MEDIA: Final = re.compile(r"<(photo|voice|audio|video|document|sticker|contact)>\s*(.*)", re.DOTALL)
_PLACE: Final = re.compile(r"<location\s+(-?\d+(?:\.\d+)?)[,\s]\s*(-?\d+(?:\.\d+)?)>")


def run_case(case: Case, resolve: Callable[[str], Flow], phrases: Mapping[str, Text] | None = None) -> CaseResult:
    """Plays a case and tells where it first goes otherwise than written.

    `resolve` finds a flow by its name (KeyError or FlowError where it cannot); `phrases` as in `Context`.
    """
    try:
        flow = resolve(case.flow)
    except (KeyError, FlowError) as error:
        why = str(error) if isinstance(error, FlowError) else "there is no such flow"
        return CaseResult(case, Failure(case.line, f"the flow {case.flow}", why), ())
    play = Play(case, flow, phrases or {})
    failure: Failure | None = None
    play.happen(Started())
    for line in case.script:
        failure = play.follow(line)
        if failure is not None:
            break
    return CaseResult(case, failure, tuple(play.conversation))


class Play:
    """A case under way. The run is written out as JSON and read back between every two steps, as it is in real life."""

    def __init__(self, case: Case, flow: Flow, phrases: Mapping[str, Text]) -> None:
        self.flow = flow
        self.zone = ZoneInfo(case.zone)
        self.now = case.now
        self.language = case.language or flow.languages[0]
        self.participant: dict[str, object] = {"tags": [], **case.participant}
        self.case = case
        self.phrases = phrases
        self.run: Run = new_run(flow, seed=case.seed, language=self.language)
        self.conversation: list[Turn] = []
        self.effects: list[Effect] = []
        self.said = ""
        self.unread = 0

    def follow(self, line: Line) -> Failure | None:
        """One line of the script."""
        match line.kind:
            case ">":
                self._silence()
                self.happen(self.reply(line.text))
            case "~":
                self._silence()
                self.pass_time(line.text)
            case "<":
                return self._expect_said(line)
            case "=":
                found = unlike(line.text, Standing(self.run, self.participant, tuple(self.effects), self.said))
                return Failure(line.number, line.text, found) if found else None
        return None

    def happen(self, event: Event) -> None:
        """Hands an event to the engine and does what a conversation would do about its effects."""
        context = Context(
            participant={**self.participant, "language": self.language},
            community=self.case.community,
            campaign=self.case.campaign,
            zone=self.case.zone,
            channel=self.case.channel,
            buttons=self.case.buttons,
            phrases=self.phrases,
            back_by=self.case.back_by,
        )
        result = step(self.flow, Run.from_json(self.run.to_json()), event, context, self.now)
        self.run = result.run
        self.effects.extend(result.effects)
        for effect in result.effects:
            self._carry_out(effect)

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case Say(text):
                self.conversation.append(Turn("us", text))
                self.said = f"{self.said} {_one_line(text)}".strip()
            case AttributeSet(name, value):
                self.participant[name] = value
            case TagAdded(tag):
                self.participant["tags"] = [*(one for one in self._tags() if one != tag), tag]
            case TagRemoved(tag):
                self.participant["tags"] = [one for one in self._tags() if one != tag]
            case LanguageChanged(language):
                self.language = language
            case _:
                pass

    def _tags(self) -> list[str]:
        return cast("list[str]", self.participant["tags"])

    def _silence(self) -> None:
        self.said = ""
        self.unread = 0

    def reply(self, text: str) -> Replied:
        """What the resident sends, written as in a script: words, `[key]` for a tap, `<photo>`, `<location 44.6, -63.5>`."""
        self.conversation.append(Turn("resident", text))
        tap, media, place = _TAP.fullmatch(text), _MEDIA.fullmatch(text), _PLACE.fullmatch(text)
        if tap:
            return Replied("", self.now, button=tap[1].strip(), visit=self.run.visit)
        if media:
            return Replied(media[2], self.now, media=((cast("MediaKind", media[1]), f"{media[1]}-1"),))
        if place:
            return Replied("", self.now, location=(float(place[1]), float(place[2])))
        return Replied(text, self.now)

    def pass_time(self, written: str) -> None:
        """Lets time pass: a span (`3d`) or until a moment; what falls due on the way happens. Raises ValueError."""
        until = moment(written, self.zone) or durations.later(self.now, durations.parse(written), self.zone)
        for _ in range(_MOST_TICKS):
            due = self.run.due_at
            if due is None or due > until:
                break
            self.now = max(self.now, due)
            self.happen(TimeReached())
        self.now = max(self.now, until)

    def _expect_said(self, line: Line) -> Failure | None:
        expected = _one_line(line.text)
        at = self.said.find(expected, self.unread)
        if at >= 0:
            self.unread = at + len(expected)
            return None
        rest = self.said[self.unread :].strip()
        if not self.said:
            found = "nothing was said"
        elif not rest:
            found = f'nothing more was said after "{self.said}"'
        else:
            found = f'"{rest}" was said'
        return Failure(line.number, f'"{expected}"', found)


def _one_line(text: str) -> str:
    return " ".join(text.split())
