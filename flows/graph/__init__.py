"""Drawing a flow: `svg(flow)` as a picture, `mermaid(flow)` as text."""

from __future__ import annotations

from flows.definition import Flow
from flows.graph import mermaid as _mermaid
from flows.graph import svg as _svg

__all__ = ["mermaid", "svg"]


def svg(flow: Flow, *, language: str | None = None) -> str:
    """A self-contained SVG: no script, no style sheet, nothing fetched. Texts in `language`, the flow's first by default."""
    return _svg.draw(flow, language or flow.languages[0])


def mermaid(flow: Flow, *, language: str | None = None) -> str:
    """A Mermaid flowchart. Texts in `language`, the flow's first by default."""
    return _mermaid.draw(flow, language or flow.languages[0])
