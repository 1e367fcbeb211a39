"""YAML's own complaints in the words of somebody who writes flows, with what to do about each."""

from __future__ import annotations

import re

from ruamel.yaml.error import MarkedYAMLError

_UNQUOTED = re.compile(r"(?P<key>[\w-]+):\s+(?P<value>[^\s\"'|>].*)$")


def in_plain_words(error: MarkedYAMLError, lines: list[str]) -> tuple[int, int, str, str]:
    """Line, column, message and fix of a mistake that keeps a file from being YAML."""
    mark = error.problem_mark or error.context_mark
    number, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    number = min(number, len(lines))
    opened = error.context_mark.line + 1 if error.context_mark is not None else number
    context, problem = error.context or "", error.problem or ""
    line = lines[number - 1] if lines else ""
    for spoken in (_tab, _quotation, _bracket, _colon, _reserved, _indentation):
        told = spoken(context, problem, line, opened, number)
        if told is not None:
            return told[2] if len(told) > 2 else number, column, told[0], told[1]
    return (
        number,
        column,
        "From here on this is not YAML.",
        "Look for a quotation mark, a colon or a bracket that is missing on this line or the one before.",
    )


_Told = tuple[str, str] | tuple[str, str, int] | None


def _tab(_context: str, _problem: str, line: str, _opened: int, _number: int) -> _Told:
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return "This line is indented with a tab.", "Indent with spaces, two a level."
    return None


def _quotation(context: str, problem: str, line: str, opened: int, _number: int) -> _Told:
    if "quoted scalar" in context and "unknown escape" in problem:
        return (
            "A backslash in double quotation marks begins a special letter, and this one is none.",
            "Write two backslashes for one, or use single quotation marks.",
        )
    if "quoted scalar" in context:
        return (
            "A quotation mark opens here and never closes.",
            "Close it at the end of the text. An apostrophe within '…' is written twice, or put the text in \"…\".",
            opened,
        )
    if "block mapping" in context and "<scalar>" in problem and ('"' in line or "'" in line):
        if line.count("'") > 2:
            return (
                "An apostrophe ends a text in single quotation marks, and there are more words after it.",
                'Put the text in double ones: "It\'s us".',
            )
        return (
            "There are more words after the closing quotation mark.",
            'Put the whole text in one pair; within "…" a quotation mark is written \\".',
        )
    return None


def _bracket(context: str, problem: str, line: str, opened: int, number: int) -> _Told:
    text = _UNQUOTED.search(line)
    begins_with_brace = text is not None and text["value"].startswith(("{", "["))
    if begins_with_brace and ("block mapping" in context or ("flow" in context and opened == number)):
        return (
            f"The text after {text['key'] if text else ''}: begins with a bracket, so YAML reads it as a list or a map.",
            f'Put it in quotation marks: {text["key"] if text else ""}: "{{name}}: …". If it is a list or a map, '
            "check that its bracket closes at the end of it.",
        )
    if "flow mapping" in context or "flow sequence" in context:
        bracket = "{" if "mapping" in context else "["
        closing = "}" if "mapping" in context else "]"
        return (
            f"The {bracket} on line {opened} is not closed with {closing}, or a comma is missing between two parts of it.",
            f"Put the {closing} after its last part, commas between the parts, and quotation marks around texts with commas.",
            opened,
        )
    if "found '<stream end>'" in problem or "found '<document end>'" in problem:
        return "The file ends in the middle of something.", "Close the bracket or finish the line that it ends with."
    if problem.endswith(("found '}'", "found ']'", "found ','")):
        found = problem[-2]
        return f"There is a {found} too many here.", "Take it out, or put the text in quotation marks."
    return None


def _colon(context: str, problem: str, line: str, _opened: int, _number: int) -> _Told:
    if "mapping values are not allowed" in problem:
        text = _UNQUOTED.search(line)
        if text is not None and (": " in text["value"] or text["value"].endswith(":")):
            return (
                "There is a second colon in this line, so YAML does not know where the text begins.",
                f'Put the text in quotation marks: {text["key"]}: "{text["value"][:40]}…".'
                if len(text["value"]) > 40
                else f'Put the text in quotation marks: {text["key"]}: "{text["value"]}".',
            )
        return (
            "This key does not fit here: the line before it already has a value, or has no colon.",
            "Indent it like the keys beside it, and see that the line before ends its own value.",
        )
    if "could not find expected ':'" in problem:
        return (
            "This line has no colon.",
            'Write "key: value"; the next lines of a long text are indented more than their key.',
        )
    del context
    return None


def _reserved(_context: str, problem: str, line: str, _opened: int, _number: int) -> _Told:
    match = re.search(r"found character '(.)'? that cannot start", problem)
    if match:
        return f"A text cannot begin with {match[1]} in YAML.", "Put quotation marks around the text."
    if "sequence entries are not allowed" in problem:
        return "A list item (- …) cannot begin on this line.", "Put each item on a line of its own below the key."
    if "chomping or indentation" in problem:
        return (
            "A text that begins with | or > is a block: its words begin on the next line.",
            "Put quotation marks around the text, or move it to the next line, indented.",
        )
    if "duplicate anchor" in problem or "anchor" in problem or "alias" in problem:
        return "A text cannot begin with & or * in YAML.", "Put quotation marks around the text."
    if "%" in line[:1] or "directive" in problem:
        return "A line that begins with % is a YAML directive, which flows do not need.", "Take the line out."
    return None


def _indentation(context: str, problem: str, _line: str, opened: int, number: int) -> _Told:
    if "block mapping" in context or "block collection" in context or "expected '<document start>'" in problem:
        where = f" (the keys it should line up with begin on line {opened})" if opened != number else ""
        return (
            f"This line is not indented like those it belongs to{where}.",
            "Use two spaces for each level, and the same number for keys that belong together.",
        )
    return None
