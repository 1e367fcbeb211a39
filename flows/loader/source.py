"""YAML read into a small tree in which every word knows its line, within bounds, with its mistakes told in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from flows.errors import Problem
from flows.loader.mistakes import in_plain_words

MAX_BYTES = 256 * 1024
MAX_DEPTH = 12
MAX_NODES = 40_000


@dataclass(frozen=True, slots=True)
class Scalar:
    """A word, number or text. `quoted`: it stood in quotation marks or in a block, so it is text whatever it says."""

    text: str
    quoted: bool
    line: int
    column: int

    @property
    def empty(self) -> bool:
        """Nothing was written: `key:` and then a new line."""
        return not self.quoted and self.text in ("", "~", "null")


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    nodes: tuple[Node, ...]
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Entries:
    """A map, in the order in which it is written; a key may stand in it twice."""

    pairs: tuple[tuple[Scalar, Node], ...]
    line: int
    column: int


Node = Scalar | Items | Entries


class SourceError(Exception):
    """The file cannot be read at all; `problem` says where and why."""

    def __init__(self, code: str, line: int, column: int, message: str, fix: str) -> None:
        self.problem = Problem(code, line, column, message, fix)
        super().__init__(message)


def parse(source: str | bytes) -> Node:
    """The file as a tree. Raises `SourceError`."""
    text = _decoded(source)
    if not text.strip():
        raise SourceError(
            "empty-file", 1, 1, "The file is empty.", 'A flow begins with a line such as "flow: my-flow".'
        )
    lines = text.split("\n")
    try:
        return _tree(YAML(typ="safe", pure=True).parse(text))
    except MarkedYAMLError as error:
        line, column, message, fix = in_plain_words(error, lines)
        raise SourceError("yaml-syntax", line, column, message, fix) from error
    except ReaderError as error:
        raise SourceError(*_odd_character(text, error.position)) from error
    except (YAMLError, ValueError, RecursionError, IndexError, AttributeError, AssertionError) as error:
        raise SourceError("yaml-syntax", 1, 1, "The file is not YAML.", "Compare it with an example flow.") from error


def _decoded(source: str | bytes) -> str:
    size = len(source) if isinstance(source, bytes) else len(source.encode("utf-8", "replace"))
    if size > MAX_BYTES:
        raise SourceError(
            "file-too-large",
            1,
            1,
            f"The file has {size // 1024:,} KB; a flow may have {MAX_BYTES // 1024} KB.",
            "Split it into several flows and call one from the other.",
        )
    if isinstance(source, bytes):
        try:
            source = source.decode("utf-8")
        except UnicodeDecodeError as error:
            before = error.object[: error.start].split(b"\n")
            line, column = len(before), len(before[-1]) + 1
            raise SourceError(
                "not-utf8",
                line,
                column,
                "The file is not saved as UTF-8.",
                "In your editor choose Save as, encoding UTF-8.",
            ) from error
    text = source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    surrogate = re.search(r"[\ud800-\udfff]", text)
    if surrogate:
        raise SourceError(*_odd_character(text, surrogate.start()))
    return text


def _odd_character(text: str, position: int) -> tuple[str, int, int, str, str]:
    position = min(max(position, 0), len(text) - 1)
    line = text.count("\n", 0, position) + 1
    column = position - (text.rfind("\n", 0, position) + 1) + 1
    letter = ord(text[position])
    named = "a NUL" if letter == 0 else f"the character U+{letter:04X}"
    return (
        "odd-character",
        line,
        column,
        f"There is {named} here, which no text message can carry.",
        "Delete it; it may be invisible: retype the words around it.",
    )


@dataclass(slots=True)
class _Open:
    """A list or map that is being read. `key` waits for its value."""

    entries: bool
    line: int
    column: int
    anchor: str | None
    nodes: list[Node] = field(default_factory=list)
    pairs: list[tuple[Scalar, Node]] = field(default_factory=list)
    key: Scalar | None = None
    weight: int = 1

    def take(self, node: Node, weight: int) -> None:
        self.weight += weight
        if not self.entries:
            self.nodes.append(node)
        elif self.key is None:
            if not isinstance(node, Scalar):
                raise SourceError(
                    "key-not-a-word",
                    node.line,
                    node.column,
                    "A list or a map stands where a key should be.",
                    "A key is one word with a colon after it. A text that begins with { or [ needs quotation marks.",
                )
            self.key = node
        else:
            self.pairs.append((self.key, node))
            self.key = None

    def closed(self) -> Node:
        if self.entries:
            return Entries(tuple(self.pairs), self.line, self.column)
        return Items(tuple(self.nodes), self.line, self.column)


class _Composer:
    """Makes the tree out of YAML's events with a stack of its own, so that no depth or alias can exhaust anything."""

    def __init__(self) -> None:
        self.open: list[_Open] = []
        self.anchors: dict[str, tuple[Node, int]] = {}
        self.root: Node | None = None

    def see(self, event: Event) -> None:
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if isinstance(event, NodeEvent) and not isinstance(event, AliasEvent):
            self._refuse_tag(event, line, column)
        if isinstance(event, DocumentStartEvent) and self.root is not None:
            raise SourceError(
                "second-document",
                line,
                column,
                "A second document begins here.",
                "One file holds one flow: take the --- out.",
            )
        if isinstance(event, ScalarEvent):
            quoted = event.style is not None and event.style != ""
            node = Scalar(event.value, quoted, line, column)
            self._keep(node, 1, event.anchor)
        elif isinstance(event, AliasEvent):
            node_of_alias, weight = self._anchored(event.anchor, line, column)
            self._keep(node_of_alias, weight, None)
        elif isinstance(event, MappingStartEvent | SequenceStartEvent):
            if len(self.open) >= MAX_DEPTH:
                raise SourceError(
                    "too-deep",
                    line,
                    column,
                    f"Lists and maps stand inside each other more than {MAX_DEPTH} deep here.",
                    "A flow needs five levels or so: look for a bracket that is not closed or for wrong indentation.",
                )
            self.open.append(_Open(isinstance(event, MappingStartEvent), line, column, event.anchor))
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            done = self.open.pop()
            self._keep(done.closed(), done.weight, done.anchor)

    def _keep(self, node: Node, weight: int, anchor: str | None) -> None:
        if anchor:
            self.anchors[anchor] = (node, weight)
        if not self.open:
            self.root = node
            return
        self.open[-1].take(node, weight)
        if sum(each.weight for each in self.open) > MAX_NODES:
            raise SourceError(
                "too-many-parts",
                node.line,
                node.column,
                f"The file has more than {MAX_NODES:,} parts, counting what its aliases (*name) repeat.",
                "Write less, or split it into several flows and call one from the other.",
            )

    def _anchored(self, name: str, line: int, column: int) -> tuple[Node, int]:
        if name in self.anchors:
            return self.anchors[name]
        raise SourceError(
            "unknown-alias",
            line,
            column,
            f"*{name} repeats something that is not there: nothing before this line is marked &{name}.",
            "A text that begins with * needs quotation marks around it.",
        )

    def _refuse_tag(self, event: NodeEvent, line: int, column: int) -> None:
        tag = getattr(event, "ctag", None) or getattr(event, "tag", None)
        if tag is None or str(tag) in ("", "!", "None"):
            return
        raise SourceError(
            "yaml-tag",
            line,
            column,
            f"{tag} is a YAML tag, which flows do not have.",
            "A text that begins with ! needs quotation marks around it.",
        )


def _tree(events: Iterable[Event]) -> Node:
    composer = _Composer()
    for event in events:
        composer.see(event)
    if composer.root is None or (isinstance(composer.root, Scalar) and composer.root.empty):
        raise SourceError(
            "empty-file",
            1,
            1,
            "The file holds nothing but comments.",
            'A flow begins with a line such as "flow: my-flow".',
        )
    return composer.root
