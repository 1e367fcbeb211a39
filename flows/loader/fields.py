"""Reading the keys of one map, each by its type, with a plain word about whatever is not as it should be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from flows import durations
from flows.conditions import ConditionError, compiled
from flows.definition import Expression, Text
from flows.loader import keys
from flows.loader.draft import NAME, NUMBER, WHOLE, Draft, as_name, called, did_you_mean, nearest
from flows.loader.source import Entries, Items, Node, Scalar

#: Words that somebody has forgotten to quote within an expression: `north end`.
_BARE_WORDS = re.compile(r"[^\W\d][\w'’-]*( [\w'’-]+)*")
_TRUE_LIKE = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}


class Fields:
    """One map of the file. `what` names it in messages: "state focus", "the option food"."""

    def __init__(self, draft: Draft, node: Entries, what: str) -> None:
        self.draft = draft
        self.node = node
        self.what = what
        self._nodes: dict[str, Node] = {}
        self._keys: dict[str, Scalar] = {}
        for key, value in node.pairs:
            if key.text in self._nodes:
                first = self._keys[key.text].line
                draft.problem(
                    "duplicate-key",
                    key,
                    f"{what} has the key {key.text} twice; the first is on line {first}.",
                    "Keep one of them.",
                )
                continue
            self._nodes[key.text], self._keys[key.text] = value, key

    def __contains__(self, key: str) -> bool:
        return key in self._nodes

    def __iter__(self) -> Iterator[tuple[Scalar, Node]]:
        return ((key, self._nodes[name]) for name, key in self._keys.items())

    def node_of(self, key: str) -> Node | None:
        """The value of a key; a key without a value is a problem, and None."""
        node = self._nodes.get(key)
        if isinstance(node, Scalar) and node.empty:
            self.wrong("missing-value", node, f"{self.what}: {key} has no value.", f"Write one, or take {key} out.")
            return None
        return node

    def place(self, key: str) -> Node:
        """Where a key stands, for a message about it; the map itself where the key is missing."""
        return self._keys.get(key, self.node)

    def wrong(self, code: str, node: Node, message: str, fix: str) -> None:
        """Notes an error."""
        self.draft.problem(code, node, message, fix)

    def only(self, known: Sequence[str], explain: Callable[[str], str | None] | None = None) -> None:
        """Refuses keys that are not among `known`; `explain` may know why one does not belong here."""
        for key, _ in self:
            if key.text in known:
                continue
            if key.text == "<<":
                message = f"{self.what} has a merge key (<<), which flows do not have."
                self.wrong("unknown-key", key, message, "Write the keys out.")
                continue
            reason = explain(key.text) if explain is not None else None
            if reason is not None:
                self.wrong("misplaced-key", key, f"{self.what}: {reason}", f"Take {key.text} out.")
                continue
            fix = did_you_mean(key.text, known, f"Take it out; the keys here are {', '.join(known)}.")
            self.wrong("unknown-key", key, f"{self.what} has no key {called(key)}.", fix)

    def misspelt(self, *wanted: str) -> bool:
        """Whether a key that flows do not have looks like one of these: then that is what is wrong, and not its lack."""
        return any(nearest(key.text, wanted) for key, _ in self if key.text not in keys.ALL)

    def missing(self, key: str, example: str) -> None:
        """Notes that a key which is needed is not there."""
        if self.misspelt(key):
            return
        self.wrong("missing-key", self.node, f"{self.what} has no {key}.", f"Add {example}.")

    def scalar(self, key: str, wanted: str) -> Scalar | None:
        """The single value of a key, or None with a problem noted where there is a list or map."""
        node = self.node_of(key)
        if node is None or isinstance(node, Scalar):
            return node
        self.wrong(
            "wrong-type", node, f"{self.what}: {key} should be {wanted}, not {called(node)}.", f"Write {wanted}."
        )
        return None

    def text(self, key: str, context: str) -> Text | None:
        """A text by language."""
        node = self.node_of(key)
        return None if node is None else self.draft.text(node, context, f"{self.what}: {key}")

    def flag(self, key: str) -> bool:
        """True or false; false where the key is missing."""
        node = self.scalar(key, "true or false")
        if node is None:
            return False
        if node.text not in ("true", "false") or node.quoted:
            meant = _TRUE_LIKE.get(node.text.lower(), node.text.lower())
            self.wrong(
                "wrong-type",
                node,
                f"{self.what}: {key} should be true or false, not {called(node)}.",
                f"Write {meant if meant in ('true', 'false') else 'true or false'}, without quotation marks.",
            )
        return node.text == "true"

    def whole(self, key: str, least: int, most: int) -> int | None:
        """A whole number between two bounds."""
        node = self.scalar(key, f"a whole number from {least} to {most:,}")
        if node is None:
            return None
        if not WHOLE.fullmatch(node.text) or not least <= int(node.text) <= most:
            self.wrong(
                "wrong-type",
                node,
                f"{self.what}: {key} should be a whole number from {least} to {most:,}, not {called(node)}.",
                f"Write a number such as {key}: {max(least, min(3, most))}.",
            )
            return None
        return int(node.text)

    def number_in(self, node: Node, key: str) -> float | None:
        """A number inside a list or map under `key`."""
        if isinstance(node, Scalar) and NUMBER.fullmatch(node.text):
            return int(node.text) if WHOLE.fullmatch(node.text) else float(node.text)
        self.wrong(
            "wrong-type", node, f"{self.what}: {key} should hold numbers, not {called(node)}.", "Write a number."
        )
        return None

    def name_in(self, node: Node, what: str, pattern: re.Pattern[str] = NAME) -> str | None:
        """A name somewhere under this map."""
        if isinstance(node, Scalar) and pattern.fullmatch(node.text):
            return node.text
        instead = f" Write {as_name(node.text, pattern)}?" if isinstance(node, Scalar) and not node.empty else ""
        rule = (
            "small letters, digits and _, and begin with a letter" if pattern is NAME else "small letters, digits and -"
        )
        self.wrong(
            "bad-name",
            node,
            f"{self.what}: {what} should be a name, not {called(node)}.",
            f"Names have {rule}.{instead}",
        )
        return None

    def name(self, key: str, pattern: re.Pattern[str] = NAME) -> str | None:
        """A name."""
        node = self.node_of(key)
        return None if node is None else self.name_in(node, key, pattern)

    def target(self, node: Node | None, where: str) -> str | None:
        """The name of a state to go to, remembered until all states are known."""
        name = None if node is None else self.name_in(node, where)
        if name is not None and node is not None:
            self.draft.targets.append((f"{self.what}: {where}", node, name))
        return name

    def word(self, key: str, known: Sequence[str], aliases: dict[str, str] | None = None) -> str | None:
        """One of a few words."""
        node = self.scalar(key, f"one of {', '.join(known)}")
        if node is None:
            return None
        if node.text in known:
            return node.text
        meant = (aliases or {}).get(node.text.lower().replace("-", "_").replace(" ", "_"))
        fix = f"Write {meant}." if meant else did_you_mean(node.text, known, f"Write one of {', '.join(known)}.")
        self.wrong("unknown-word", node, f"{self.what}: {key} cannot be {called(node)}.", fix)
        return None

    def span_in(self, node: Node, key: str) -> timedelta | None:
        """A span of time somewhere under this map."""
        if not isinstance(node, Scalar):
            self.wrong(
                "wrong-type",
                node,
                f"{self.what}: {key} should be a span of time, not {called(node)}.",
                "Write a number and d, h or m: 7d, 24h, 30m.",
            )
            return None
        try:
            return durations.parse(node.text)
        except durations.DurationError as error:
            self.wrong("bad-duration", node, f"{self.what}: {key}: {error.message}", error.fix)
            return None

    def span(self, key: str) -> timedelta | None:
        """A span of time."""
        node = self.node_of(key)
        return None if node is None else self.span_in(node, key)

    def expression_in(self, node: Node, key: str) -> Expression | None:
        """A CEL expression somewhere under this map."""
        if not isinstance(node, Scalar) or node.empty:
            self.wrong(
                "wrong-type",
                node,
                f"{self.what}: {key} should be an expression, not {called(node)}.",
                'Write one such as answer == "yes".',
            )
            return None
        try:
            compiled(node.text)
        except ConditionError as error:
            bare = _BARE_WORDS.fullmatch(node.text) is not None
            fix = f"If it is a text, put it in two kinds of quotation marks: '\"{node.text}\"'." if bare else error.fix
            self.wrong("bad-expression", node, f"{self.what}: {key}: {error.message}", fix)
            return None
        return Expression(node.text, node.line)

    def expression(self, key: str) -> Expression | None:
        """A CEL expression."""
        node = self.node_of(key)
        return None if node is None else self.expression_in(node, key)

    def entries(self, key: str, what: str, example: str) -> Fields | None:
        """A map under a key, to be read in its turn."""
        node = self.node_of(key)
        if node is None:
            return None
        if isinstance(node, Entries):
            return Fields(self.draft, node, what)
        self.wrong("wrong-type", node, f"{self.what}: {key} should be a map, not {called(node)}.", f"Write {example}.")
        return None

    def items(self, key: str, example: str) -> tuple[Node, ...] | None:
        """A list under a key."""
        node = self.node_of(key)
        if node is None:
            return None
        if isinstance(node, Items):
            return node.nodes
        self.wrong("wrong-type", node, f"{self.what}: {key} should be a list, not {called(node)}.", f"Write {example}.")
        return None
