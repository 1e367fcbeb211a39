"""A flow as text for Mermaid, which draws it in wikis, issues and notebooks."""

from __future__ import annotations

from flows.definition import Flow
from flows.graph.letters import wrap
from flows.graph.words import Box, Shape, arrows, boxes

#: How Mermaid writes each shape.
_FRAMES: dict[Shape, tuple[str, str]] = {
    "question": ("(", ")"),
    "say": ("[", "]"),
    "call": ("[[", "]]"),
    "split": ("{", "}"),
    "person": ("{{", "}}"),
    "end": ("([", "])"),
    "step": ("[/", "/]"),
}
#: Letters that mean something to Mermaid, or to the HTML that it makes.
_ESCAPES = {letter: f"#{ord(letter)};" for letter in '#"<>&`\\|[]{}()'}


def draw(flow: Flow, language: str) -> str:
    """The flowchart as Mermaid text; texts in `language` where the flow has them."""
    lines = ["flowchart TD"]
    for box in boxes(flow, language):
        before, after = _FRAMES[box.shape]
        lines.append(f'    {_id(box.name)}{before}"{_words(box)}"{after}')
    for arrow in arrows(flow, language):
        line = "-.->" if arrow.waits else "-->"
        label = f'|"{"<br/>".join(_escaped(word) for word in arrow.words)}"|' if arrow.words else ""
        lines.append(f"    {_id(arrow.start)} {line}{label} {_id(arrow.end)}")
    if flow.start in flow.states:
        lines.append(f"    style {_id(flow.start)} stroke-width:3px")
    return "\n".join(lines) + "\n"


def _id(name: str) -> str:
    """A state's name as an identifier: `end` alone would be a word of Mermaid's."""
    return f"s_{name}"


def _words(box: Box) -> str:
    parts = [f"<b>{_escaped(box.name)}</b>"]
    parts += [f"<i>{_escaped(box.kind)}</i>"] if box.kind else []
    for said in box.said:
        parts += [_escaped(line) for line in wrap(said, 1.0, 24.0)]
    parts += [_escaped(option) for option in box.options]
    parts += [f"<i>{_escaped(note)}</i>" for note in box.notes]
    return "<br/>".join(parts)


def _escaped(text: str) -> str:
    return "".join(_ESCAPES.get(letter, letter) for letter in " ".join(text.split()))
