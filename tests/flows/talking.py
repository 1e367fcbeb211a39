"""Flows written in the test, talked to in transcripts or step by step; a run is JSON between every two steps."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from textwrap import dedent, indent

import orjson

from flows.context import Context
from flows.definition import Flow
from flows.effects import Effect, Say
from flows.engine import new_run, step
from flows.events import Event, Replied, Started, TimeReached
from flows.loader import load
from flows.run import Run
from flows.transcripts import CaseResult, parse_cases, run_case

NOON = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
SHORE_ROAD = {"name": "Shore Road Neighbours", "contact": "902 555 0100"}


@dataclass
class Talk:
    """One run, one event at a time. `effects` are those of the last step."""

    flow: Flow
    run: Run
    context: Context = field(default_factory=lambda: Context(community=SHORE_ROAD))
    now: datetime = NOON
    effects: tuple[Effect, ...] = ()

    def happen(self, event: Event) -> tuple[Effect, ...]:
        before = orjson.dumps(self.run.to_json())
        made = step(self.flow, self.run, event, self.context, self.now)
        assert orjson.dumps(self.run.to_json()) == before, "a step must not change the run that it was given"
        self.run = Run.from_json(orjson.loads(orjson.dumps(made.run.to_json())))
        assert self.run == made.run
        self.effects = made.effects
        return made.effects

    def start(self) -> Talk:
        self.happen(Started())
        return self

    def reply(self, text: str, **more: object) -> tuple[Effect, ...]:
        return self.happen(Replied(text, more.pop("received_at", self.now), **more))  # type: ignore[arg-type]

    def wait(self, span: timedelta) -> tuple[Effect, ...]:
        self.now += span
        return self.happen(TimeReached())

    def knows(self, **more: object) -> Talk:
        self.context = replace(self.context, **more)  # type: ignore[arg-type]
        return self

    @property
    def said(self) -> list[str]:
        return [effect.text for effect in self.effects if isinstance(effect, Say)]

    def of(self, *kinds: type) -> list[Effect]:
        return [effect for effect in self.effects if isinstance(effect, kinds)]


HEAD = "flow: {name}\nlanguages: [en, fr]\nexpires: 7d\n"


def flow_of(states: str, *, head: str = "", name: str = "survey", **called: Flow) -> Flow:
    """A flow out of its states in YAML; the first one starts it. `called`: the flows that it may call."""
    body = dedent(states).strip("\n")
    start = body.split(":", 1)[0]
    source = f"{HEAD.format(name=name)}{dedent(head)}start: {start}\nstates:\n{indent(body, '  ')}\n"
    return load(source, resolve=lambda wanted: called[wanted.replace("-", "_")])


def talk_to(flow: Flow, *, language: str = "en", seed: int = 1, **context: object) -> Talk:
    """A run of the flow, begun."""
    return Talk(flow, new_run(flow, seed=seed, language=language)).knows(**context).start()


def played(flow: Flow, script: str, **case: object) -> CaseResult:
    """How a transcript goes."""
    keys = {"flow": flow.name, "now": "2026-11-23T12:00", **case}
    source = "- " + "\n  ".join(f"{key}: {orjson.dumps(value).decode()}" for key, value in keys.items())
    source += "\n  script: |\n" + indent(dedent(script).strip("\n"), "    ") + "\n"
    (made,) = parse_cases(source)
    return run_case(made, {flow.name: flow}.__getitem__)


def play(flow: Flow, script: str, **case: object) -> CaseResult:
    """Plays a transcript, and shows the whole conversation where it goes otherwise than written."""
    result = played(flow, script, **case)
    spoken = "\n".join(f"{'>' if turn.by == 'resident' else '<'} {turn.text}" for turn in result.conversation)
    assert result.passed, f"{result.failure}\n\n{spoken}"
    return result
