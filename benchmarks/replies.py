"""How quickly replies are read: each of the corpus beside `tests/replies`, by its question, warm.

`python benchmarks/replies.py [--rounds 5]` prints one JSON object: the median, the 99th percentile and the worst in
microseconds, the best of the rounds for each reply, and `cold`, milliseconds for the first reply of a language in a new
question (its words and options are prepared then, once). It fails where the median is over 50, the 99th percentile over
1,000 or the worst over 5,000, which is what we promise.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from flows.definition import Question
from flows.replies import ReplyContext, understand
from tests.replies.report import PARTS, cases, flow

MEDIAN, MOST, WORST = 50.0, 1000.0, 5000.0


def asked() -> list[tuple[Question, str, ReplyContext]]:
    """Every reply of the corpus with its question."""
    found: list[tuple[Question, str, ReplyContext]] = []
    contexts: dict[tuple[str, str, str], ReplyContext] = {}
    for part in PARTS:
        for case in cases(part):
            source = flow(case["flow"])
            question = source.states[case["state"]].ask
            assert question is not None
            name = (case["language"], case["flow"], case["now"])
            if name not in contexts:
                contexts[name] = ReplyContext(name[0], source.languages, datetime.fromisoformat(name[2]))
            found.append((question, case["reply"], contexts[name]))
    return found


def seconds(question: Question, reply: str, context: ReplyContext) -> float:
    """How long one reading takes."""
    begun = time.perf_counter()
    understand(question, reply, context)
    return time.perf_counter() - begun


def main() -> None:
    """Measure and print; see the module's docstring."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--rounds", type=int, default=5)
    rounds = options.parse_args().rounds
    every = asked()
    cold = max(seconds(*one) for one in every)
    best = sorted(min(seconds(*one) for _ in range(rounds)) for one in every)
    micro = {
        "median": best[len(best) // 2] * 1e6,
        "p99": best[len(best) * 99 // 100] * 1e6,
        "worst": best[-1] * 1e6,
    }
    print(
        json.dumps(
            {
                "replies": len(best),
                **{name: round(value, 1) for name, value in micro.items()},
                "cold": round(cold * 1e3, 1),
            }
        )
    )
    if micro["median"] > MEDIAN or micro["p99"] > MOST or micro["worst"] > WORST:
        sys.exit("Reading replies is slower than promised.")


if __name__ == "__main__":
    main()
