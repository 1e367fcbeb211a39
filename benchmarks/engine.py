"""R7: the engine's steps a second with a flow of the library, against `transitions` on the same, both in this run.

`python -m benchmarks.engine [--seconds 1] [--rounds 5] [--json]`. Each step reads the run from JSON and
writes it back. The peer is written as its users do where state lives elsewhere: one machine for all, and for each step
a model with the state that was read; branches are conditions. It takes replies by looking them up, in
`transitions_reading_too` by our own reader. No two conversations give the same open answer, so that none is read from
memory.
"""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

import orjson

from benchmarks.figures import compared, parser, show
from flows.context import Context
from flows.engine import new_run, step
from flows.events import Event, Replied, Started
from flows.loader import library_flow
from flows.replies import ReplyContext, understand
from flows.run import Run

NOW = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
FLOW = library_flow("neighbourhood-check-in")
CONTEXT = Context(community={"name": "Shore Road Neighbours"}, campaign={"name": "spring", "answered": 12})
NUMBERS = itertools.count()
BEGUN = orjson.dumps(new_run(FLOW, seed=1, language="en").to_json())


def replies() -> tuple[str, ...]:
    """What one resident texts."""
    return "1", f"the rent is too high at {next(NUMBERS)} Birch Street", "4"


def ours() -> int:
    """One conversation from its start to its end; the number of steps."""
    state = BEGUN
    texts = replies()
    events: list[Event] = [Started(), *(Replied(text, NOW) for text in texts)]
    for event in events:
        made = step(FLOW, Run.from_json(orjson.loads(state)), event, CONTEXT, NOW)
        state = orjson.dumps(made.run.to_json())
    assert made.run.outcome == "completed"
    assert made.run.answers == {"focus": "housing", "housing": texts[1], "safety": 4}
    return len(events)


def peer(reads: bool) -> Callable[[], int]:
    """The same conversation by `transitions`."""
    try:
        from transitions import Machine
    except ImportError:
        sys.exit("The benchmark measures against transitions, which is not installed: make setup")
    options = {str(number): key for number, key in enumerate(("housing", "food", "jobs", "other"), 1)}
    questions = {name: FLOW.states[name].ask for name in ("focus", "housing", "safety")}
    reading = ReplyContext("en", FLOW.languages, NOW)
    prompts = {name: state.ask.text["en"] for name, state in FLOW.states.items() if state.ask is not None}
    prompts["done"] = "Thank you."

    class Conversation:
        state: str
        answers: dict[str, object]
        said: str

        def is_for(self, topic: str) -> bool:
            return self.answers["focus"] == topic

        def for_housing(self, _: str) -> bool:
            return self.is_for("housing")

        def for_food(self, _: str) -> bool:
            return self.is_for("food")

        def for_jobs(self, _: str) -> bool:
            return self.is_for("jobs")

        def keep(self, text: str) -> None:
            question = questions.get(self.state)
            if reads and question is not None:
                self.answers[self.state] = understand(question, text, reading).value
            elif self.state == "focus":
                self.answers["focus"] = options[text]
            elif self.state == "safety":
                self.answers["safety"] = int(text)
            else:
                self.answers[self.state] = text

        def ask(self, _: str) -> None:
            self.said = prompts[self.state]

    topics = ("housing", "food", "jobs")
    moves = [{"trigger": "reply", "source": "welcome", "dest": "focus", "after": "ask"}]
    for topic in topics:
        moves.append(
            {"trigger": "reply", "source": "focus", "dest": topic, "conditions": f"for_{topic}", "after": "ask"}
        )
        moves.append({"trigger": "reply", "source": topic, "dest": "safety", "prepare": "keep", "after": "ask"})
    moves[1]["prepare"] = "keep"
    moves.append({"trigger": "reply", "source": "focus", "dest": "safety", "after": "ask"})
    moves.append({"trigger": "reply", "source": "safety", "dest": "done", "prepare": "keep", "after": "ask"})
    machine = Machine(
        model=None,
        states=["welcome", "focus", *topics, "safety", "done"],
        transitions=moves,
        initial="welcome",
        auto_transitions=False,
    )
    begun = orjson.dumps({"state": "welcome", "answers": {}})

    def conversation() -> int:
        written = begun
        texts = ("", *replies())
        for text in texts:
            stored = orjson.loads(written)
            model = Conversation()
            model.answers = stored["answers"]
            machine.add_model(model, initial=stored["state"])
            model.reply(text)  # type: ignore[attr-defined]
            machine.remove_model(model)
            written = orjson.dumps({"state": model.state, "answers": model.answers, "said": model.said})
        assert model.state == "done"
        assert model.answers == {"focus": "housing", "housing": texts[2], "safety": 4}
        return len(texts)

    return conversation


def steps_a_second(conversation: Callable[[], int], seconds: float) -> float:
    """How many steps a second `conversation` takes, over about `seconds`."""
    done = 0
    began = time.perf_counter()
    while (elapsed := time.perf_counter() - began) < seconds:
        for _ in range(50):
            done += conversation()
    return done / elapsed


def main() -> None:
    """Measures the three in turn, round by round."""
    options = parser(__doc__)
    options.add_argument("--seconds", type=float, default=1.0, help="for each side in each round")
    options.add_argument("--rounds", type=int, default=5)
    wanted = options.parse_args()
    sides = {"engine": ours, "transitions": peer(reads=False), "reading": peer(reads=True)}
    for conversation in sides.values():
        conversation()
    found: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(wanted.rounds):
        for name, conversation in sides.items():
            found[name].append(steps_a_second(conversation, wanted.seconds))
    units = "steps/s", "steps/s"
    ratios = [
        compared("R7", "the peer looks replies up in a dict", found["engine"], found["transitions"], units),
        compared("R7", "both understand replies alike", found["engine"], found["reading"], units),
    ]
    show("engine", ratios, {"flow": FLOW.name}, as_json=wanted.json)


if __name__ == "__main__":
    main()
