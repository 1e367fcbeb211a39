"""What is known of a flow while it is being read: its problems so far, its languages, where each text stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import MappingProxyType

from rapidfuzz import fuzz, process

from flows.definition import Text
from flows.errors import Problem
from flows.loader.source import Entries, Items, Node, Scalar
from flows.texts import check_pattern

#: `catalogue(flow name, context, text in the flow's first language, language)` -> its translation, or None.
Catalogue = Callable[[str, str, str, str], "str | None"]

NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
FLOW_NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")
LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z][a-z]{3})?(_([A-Z]{2}|\d{3}))?", re.ASCII)
WHOLE = re.compile(r"[-+]?\d{1,15}", re.ASCII)
NUMBER = re.compile(r"[-+]?(\d{1,15}(\.\d*)?|\.\d+)", re.ASCII)


def nearest(word: str, known: Iterable[str], *, likeness: int = 60) -> str | None:
    """The known word that somebody who wrote `word` most probably meant; `likeness` in per cent, at least."""
    found = process.extractOne(word.lower(), list(known), scorer=fuzz.ratio, score_cutoff=likeness)
    return found[0] if found else None


def did_you_mean(word: str, known: Iterable[str], otherwise: str) -> str:
    """The fix for a misspelt word."""
    close = nearest(word, known)
    return f"Did you mean {close}?" if close else otherwise


def called(node: Node) -> str:
    """What was written, for a message: its first words, or that it is a list or a map."""
    if isinstance(node, Scalar):
        if node.empty:
            return "nothing"
        return f'"{node.text[:40]}…"' if len(node.text) > 40 else f'"{node.text}"'
    return "a list" if isinstance(node, Items) else "a map (key: value)"


def as_name(word: str, pattern: re.Pattern[str] = NAME) -> str:
    """A name made out of any words: `Next Step` -> `next_step`, for a flow `next-step`."""
    joint = "-" if pattern is FLOW_NAME else "_"
    name = re.sub(r"[^a-z0-9]+", joint, word.lower()).strip(joint)
    return name if pattern.fullmatch(name) else f"a{joint}name"


@dataclass(slots=True)
class Draft:
    """Gathers what the parts of the loader find. `lines`: context of a text or key -> (line, column).

    `targets`: (who goes there, where that is written, the state's name) of every way from one state to another.
    """

    name: str
    catalogue: Catalogue | None = None
    languages: tuple[str, ...] = ("en",)
    problems: list[Problem] = field(default_factory=list)
    lines: dict[str, tuple[int, int]] = field(default_factory=dict)
    targets: list[tuple[str, Node, str]] = field(default_factory=list)

    def problem(self, code: str, node: Node, message: str, fix: str) -> None:
        """Notes an error where `node` stands."""
        self.problems.append(Problem(code, node.line, node.column, message, fix))

    def text(self, node: Node, context: str, what: str) -> Text | None:
        """A text in the first language, or `{en: …, fr: …}`; the catalogue fills in the languages that are missing."""
        self.lines[context] = (node.line, node.column)
        if isinstance(node, Entries):
            said = self._by_language(node, what)
        else:
            pattern = self._pattern(node, self.languages[0], what)
            said = {} if pattern is None else {self.languages[0]: pattern}
        if self.languages[0] not in said:
            return None
        if self.catalogue is not None:
            for language in self.languages[1:]:
                if language not in said:
                    translated = self.catalogue(self.name, context, said[self.languages[0]], language)
                    if translated and check_pattern(translated, language) is None:
                        said[language] = translated
        return MappingProxyType({tag: said[tag] for tag in self.languages if tag in said})

    def _by_language(self, node: Entries, what: str) -> dict[str, str]:
        said: dict[str, str] = {}
        for key, value in node.pairs:
            if self._unquoted_placeholder(node, key, value, what):
                return {}
            tag = key.text.replace("-", "_")
            if tag not in self.languages:
                self.problem(
                    "unknown-language",
                    key,
                    f"{what} has a text in {key.text}, which is not among the flow's languages "
                    f"({', '.join(self.languages)}).",
                    f"Add {key.text} to languages, or take it out here.",
                )
                continue
            if tag in said:
                self.problem("duplicate-key", key, f"{what} has {key.text} twice.", "Keep one of them.")
                continue
            pattern = self._pattern(value, tag, f"{what} ({tag})")
            if pattern is not None:
                said[tag] = pattern
        if self.languages[0] not in said and not any(key.text == self.languages[0] for key, _ in node.pairs):
            self.problem(
                "missing-text",
                node,
                f"{what} has no text in {self.languages[0]}, the flow's first language.",
                f"Add {self.languages[0]}: … to it.",
            )
        return said

    def _unquoted_placeholder(self, node: Entries, key: Scalar, value: Node, what: str) -> bool:
        """`say: {community}` without quotation marks is a map with a key and no value."""
        if len(node.pairs) == 1 and isinstance(value, Scalar) and value.empty and not LANGUAGE.fullmatch(key.text):
            self.problem(
                "wrong-type",
                node,
                f"{what} begins with a {{, so YAML reads it as a map.",
                f'Put quotation marks around it: "{{{key.text}}}".',
            )
            return True
        return False

    def _pattern(self, node: Node, language: str, what: str) -> str | None:
        if not isinstance(node, Scalar):
            self.problem(
                "wrong-type",
                node,
                f"{what} should be a text, but {called(node)} stands here.",
                "Write the text on the line of its key, in quotation marks if it holds a colon or begins with a bracket.",
            )
            return None
        if node.empty or not node.text.strip():
            self.problem("missing-value", node, f"{what} has no words.", "Write its text, or take the key out.")
            return None
        if not node.quoted and node.text in ("true", "false"):
            self.problem(
                "wrong-type",
                node,
                f"{what} should be a text, but {node.text} without quotation marks is a yes-or-no setting.",
                f'If these are the words, write "{node.text}".',
            )
            return None
        pattern = node.text.strip()
        wrong = check_pattern(pattern, language)
        if wrong is not None:
            self.problem(
                "bad-pattern", node, f"In {what}: {wrong}.", "Mend the text; docs/flow-language.md shows each form."
            )
            return None
        return pattern
