"""Files of words are read as YAML 1.2, by whichever reader."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from flows.replies.word_files import WORDS, NotYaml, document
from flows.replies.words import WordsError, read


@pytest.mark.parametrize("path", sorted(WORDS.glob("*.yaml")), ids=lambda path: str(path.stem))
def test_the_fast_reader_reads_what_another_one_does(path: Path) -> None:
    """A word such as 012 or 2026-01-01 could be a number to one and a text to the other: such a one is put in quotes."""
    assert document(path) == YAML(typ="safe", pure=True).load(path)


def test_everyday_words_are_words(tmp_path: Path) -> None:
    file = tmp_path / "xx.yaml"
    file.write_text("a: [yes, no, on, off, y, n, null, ~]", "utf-8")
    assert document(file) == {"a": ["yes", "no", "on", "off", "y", "n", None, None]}


@pytest.mark.parametrize("text", ["yes: a\nyes: b\n", "yes: [a,\nno: b\n", "\tyes: a\n"])
def test_a_mistake_names_the_file(tmp_path: Path, text: str) -> None:
    file = tmp_path / "xx.yaml"
    file.write_text(f"language: xx\n{text}", "utf-8")
    with pytest.raises(NotYaml):
        document(file)
    with pytest.raises(WordsError, match=r"xx\.yaml"):
        read(file)
