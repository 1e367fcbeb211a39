"""The words of the house: every table is in the glossary, and no file is named for what it might hold."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from storage.models import Base

ROOT = Path(__file__).parents[2]
WORDS = {
    match[1] for match in re.finditer(r"^\| ([a-z ]+) \|", (ROOT / "docs/glossary.md").read_text("utf-8"), re.MULTILINE)
} - {"word"}
#: Words that say nothing of what a thing does.
EMPTY = re.compile(r"(manager|helper|utils?|handler|misc|common|stuff)s?$", re.IGNORECASE)


def test_every_table_is_a_word_of_the_glossary() -> None:
    singular = {
        re.sub(r"(?<!_)([A-Z])", lambda found: f" {found[1].lower()}", mapper.class_.__name__).strip()
        for mapper in Base.registry.mappers
    }
    unknown = {name for name in singular if name not in WORDS and name.removeprefix("participant ") not in WORDS}
    assert not unknown, f"tables without a word in docs/glossary.md: {sorted(unknown)}"


def test_names_say_what_a_thing_does() -> None:
    for path in [path for room in ("flows", "storage", "bot") for path in (ROOT / room).rglob("*.py")]:
        assert not EMPTY.search(path.stem), path
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                assert not EMPTY.search(node.name), f"{path}: {node.name}"


def test_the_glossary_is_in_alphabetical_order() -> None:
    words = re.findall(r"^\| ([a-z ]+) \|", (ROOT / "docs/glossary.md").read_text("utf-8"), re.MULTILINE)[1:]
    assert words == sorted(words)
