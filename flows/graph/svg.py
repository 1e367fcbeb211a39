"""A flow as a picture: one self-contained SVG without scripts, styles or anything from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flows.definition import Flow
from flows.graph.layers import Link, Size, distant
from flows.graph.layout import Layout, Route, arrange
from flows.graph.letters import width, wrap, xml
from flows.graph.words import Arrow, Box, Shape, arrows, boxes
from flows.paths import following, reached_from
from flows.texts import nearest

_FONT = "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'Liberation Sans', sans-serif"
_TEXT = 13.0
_SMALL = 11.5
_LINE = 17.0
_PAD = 14.0
_ROOM = 250.0
_LABEL_ROOM = 170.0
_LABEL_LINES = 6
#: Room beside a box for a way that leads back to it.
_LOOP = 26.0
_RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ps", "sd", "ur", "yi"})
#: Fill and line by shape: told apart by their outline as well, so that a print in grey says the same.
_COLOURS: dict[Shape, tuple[str, str]] = {
    "question": ("#eef4ff", "#2b5cab"),
    "say": ("#ffffff", "#5b6470"),
    "call": ("#f4f0fb", "#6b4ba1"),
    "split": ("#fdf6e3", "#a06a00"),
    "person": ("#fdeeee", "#b03a3a"),
    "end": ("#ecf7ef", "#2c7a4b"),
    "step": ("#f4f5f7", "#5b6470"),
}
_LEGEND: tuple[tuple[Shape, str], ...] = (
    ("question", "asks"),
    ("say", "says"),
    ("step", "notes"),
    ("person", "tells a person"),
    ("call", "another flow"),
    ("split", "by chance"),
    ("end", "ends"),
)


def draw(flow: Flow, language: str) -> str:
    """The picture as SVG text; texts in `language` where the flow has them."""
    return "\n".join(_Drawing(flow, language).lines()) + "\n"


class _Drawing:
    def __init__(self, flow: Flow, language: str) -> None:
        self.flow = flow
        self.rtl = language.partition("_")[0] in _RIGHT_TO_LEFT
        self.title = flow.title[nearest(flow.title, language, language) or language] if flow.title else flow.name
        self.boxes = {box.name: box for box in boxes(flow, language)}
        every = arrows(flow, language)
        far = distant(list(self.boxes), [Link(arrow.start, arrow.end, Size(0, 0)) for arrow in every], flow.start)
        self.arrows = [arrow for number, arrow in enumerate(every) if number not in far]
        named = [every[number] for number in sorted(far)]
        self.texts = {
            name: _Lettering(box, [arrow for arrow in named if arrow.start == name]) for name, box in self.boxes.items()
        }
        self.labels = [_label_lines(arrow) for arrow in self.arrows]
        self.layout: Layout = arrange(self._sizes(), self._links(), flow.start)
        self.lost = set(flow.states) - reached_from([flow.start], following(flow))

    def _links(self) -> list[Link]:
        pairs = zip(self.arrows, self.labels, strict=True)
        return [Link(arrow.start, arrow.end, _label_size(lines)) for arrow, lines in pairs]

    def _sizes(self) -> dict[str, Size]:
        """The boxes with room on both sides for ways that lead back to them."""
        sizes = {name: lettering.size for name, lettering in self.texts.items()}
        for arrow, lines in zip(self.arrows, self.labels, strict=True):
            if arrow.start == arrow.end:
                size = sizes[arrow.start]
                sizes[arrow.start] = Size(size.width + 2 * (_LOOP + _label_size(lines).width), size.height)
        return sizes

    def lines(self) -> Iterator[str]:
        legend = [(shape, words) for shape, words in _LEGEND if any(box.shape == shape for box in self.boxes.values())]
        head, foot = 44.0, 44.0
        broad = max(self.layout.width, _legend_width(legend) + 40, width(self.title, 18) * 1.1 + 40, 200)
        tall = self.layout.height + head + foot
        yield (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {broad:.0f} {tall:.0f}" width="{broad:.0f}" '
            f'height="{tall:.0f}" role="img" aria-label="{xml(self.title)}" font-family="{xml(_FONT)}" '
            f'font-size="{_TEXT:g}" fill="#1d2430">'
        )
        yield f"<title>{xml(self.title)}</title>"
        yield f"<desc>{xml(self._in_short())}</desc>"
        yield '<defs><marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
        yield 'orient="auto-start-reverse"><path d="M0 0 10 5 0 10z" fill="#5b6470"/></marker></defs>'
        yield f'<rect width="{broad:.0f}" height="{tall:.0f}" fill="#ffffff"/>'
        yield f'<text x="20" y="30" font-size="18" font-weight="600">{xml(self.title)}</text>'
        yield f'<g transform="translate({(broad - self.layout.width) / 2:.1f} {head:g})">'
        yield from self._ways()
        for name, box in self.boxes.items():
            yield from self._box(box, *self.layout.places[name])
        yield from self._words_on_ways()
        yield "</g>"
        yield from _legend(legend, tall - 26)
        yield "</svg>"

    def _in_short(self) -> str:
        asked = len(self.flow.questions)
        return f"{self.flow.name}: {len(self.boxes)} states, {asked} questions, beginning at {self.flow.start}."

    def _ways(self) -> Iterator[str]:
        for number, arrow in enumerate(self.arrows):
            route = self.layout.routes.get(number)
            dashes = ' stroke-dasharray="5 4"' if arrow.waits else ""
            path = _curve(route) if route is not None else self._loop(arrow.start)
            yield f'<path d="{path}" fill="none" stroke="#5b6470" stroke-width="1.4" marker-end="url(#arrow)"{dashes}/>'

    def _loop(self, name: str) -> str:
        x, y = self.layout.places[name]
        right = x + self.texts[name].size.width / 2
        return f"M{right:.1f} {y - 10:.1f}c{_LOOP:g} -14 {_LOOP:g} 34 0 20"

    def _words_on_ways(self) -> Iterator[str]:
        for number, lines in enumerate(self.labels):
            route = self.layout.routes.get(number)
            if not lines or route is None:
                if lines and self.arrows[number].start == self.arrows[number].end:
                    yield from self._words_on_loop(number, lines)
                continue
            yield from _label(lines, *route.label)

    def _words_on_loop(self, number: int, lines: Sequence[str]) -> Iterator[str]:
        name = self.arrows[number].start
        x, y = self.layout.places[name]
        size = _label_size(lines)
        yield from _label(lines, x + self.texts[name].size.width / 2 + _LOOP + size.width / 2, y)

    def _box(self, box: Box, x: float, y: float) -> Iterator[str]:
        lettering = self.texts[box.name]
        size = lettering.size
        left, top = x - size.width / 2, y - size.height / 2
        yield f'<g id="{xml(f"state-{box.name}")}">'
        yield from _outline(box, left, top, size, lost=box.name in self.lost)
        at = top + _PAD + 11
        edge = left + size.width - lettering.inset if self.rtl else left + lettering.inset
        direction = ' direction="rtl"' if self.rtl else ""
        for line, style in lettering.lines:
            yield f'<text x="{edge:.1f}" y="{at:.1f}"{direction}{style}>{xml(line)}</text>'
            at += _LINE
        if box.start:
            yield f'<text x="{left:.1f}" y="{top - 6:.1f}" font-size="{_SMALL:g}" font-weight="600" fill="#2c7a4b">Start</text>'
        if box.name in self.lost:
            yield f'<text x="{left:.1f}" y="{top - 6:.1f}" font-size="{_SMALL:g}" fill="#b03a3a">Nothing leads here</text>'
        yield "</g>"


class _Lettering:
    """The lines of a box with their styles, and the size that they need."""

    def __init__(self, box: Box, far: Sequence[Arrow]) -> None:
        small = f' font-size="{_SMALL:g}" fill="#56606d"'
        self.inset = _PAD + {"call": 14, "split": 14, "person": 14, "end": 14, "say": 4}.get(box.shape, 0)
        lines = [(line, ' font-weight="600"') for line in wrap(box.name, _TEXT * 1.08, _ROOM)]
        lines += [(line, small) for line in (wrap(box.kind, _SMALL, _ROOM) if box.kind else [])]
        for said in box.said:
            lines += [(line, "") for line in wrap(said, _TEXT, _ROOM)]
        for option in box.options[:20]:
            lines += [(line, ' fill="#2b5cab"') for line in wrap(option, _TEXT, _ROOM, most=2)]
        if len(box.options) > 20:
            lines.append((f"… {len(box.options) - 20} more", small))
        for note in box.notes:
            lines += [(line, f'{small} font-style="italic"') for line in wrap(note, _SMALL, _ROOM, most=4)]
        for arrow in far:
            told = f"→ {arrow.end}" + (f" ({', '.join(arrow.words)})" if arrow.words else "")
            lines += [(line, ' font-weight="600" fill="#3c4450"') for line in wrap(told, _TEXT, _ROOM, most=4)]
        self.lines = lines
        widest = max(
            (
                width(line, _SMALL if "font-size" in style else _TEXT * (1.08 if "weight" in style else 1))
                for line, style in lines
            ),
            default=0,
        )
        self.size = Size(max(widest, 60.0) + 2 * self.inset, len(lines) * _LINE + 2 * _PAD - 4)


def _outline(box: Box, left: float, top: float, size: Size, *, lost: bool) -> Iterator[str]:
    """The frame of a box: each shape has its own."""
    fill, line = _COLOURS[box.shape]
    look = f'fill="{fill}" stroke="{line}" stroke-width="{2 if box.start else 1.3}"' + (
        ' stroke-dasharray="6 4"' if lost else ""
    )
    broad, tall = size.width, size.height
    right, bottom, middle = left + broad, top + tall, top + tall / 2
    if box.shape == "end":
        yield f'<rect x="{left:.1f}" y="{top:.1f}" width="{broad:.1f}" height="{tall:.1f}" rx="{min(tall / 2, 30):.1f}" {look}/>'
    elif box.shape == "question":
        yield f'<rect x="{left:.1f}" y="{top:.1f}" width="{broad:.1f}" height="{tall:.1f}" rx="9" {look}/>'
        yield f'<path d="M{left:.1f} {top + 12:.1f}v{tall - 24:.1f}" stroke="{line}" stroke-width="5"/>'
    elif box.shape == "call":
        yield f'<rect x="{left:.1f}" y="{top:.1f}" width="{broad:.1f}" height="{tall:.1f}" {look}/>'
        yield f'<path d="M{left + 7:.1f} {top:.1f}v{tall:.1f}M{right - 7:.1f} {top:.1f}v{tall:.1f}" stroke="{line}" fill="none"/>'
    elif box.shape in ("split", "person"):
        inset = 16 if box.shape == "split" else 10
        yield (
            f'<path d="M{left + inset:.1f} {top:.1f}H{right - inset:.1f}L{right:.1f} {middle:.1f} {right - inset:.1f} {bottom:.1f}'
            f'H{left + inset:.1f}L{left:.1f} {middle:.1f}z" {look} stroke-linejoin="round"/>'
        )
    elif box.shape == "say":
        yield (
            f'<path d="M{left:.1f} {top:.1f}H{right - 12:.1f}L{right:.1f} {top + 12:.1f}V{bottom:.1f}H{left:.1f}z'
            f'M{right - 12:.1f} {top:.1f}v12h12" {look} stroke-linejoin="round"/>'
        )
    else:
        yield f'<rect x="{left:.1f}" y="{top:.1f}" width="{broad:.1f}" height="{tall:.1f}" rx="2" {look} stroke-opacity=".8"/>'


def _label_lines(arrow: Arrow) -> list[str]:
    lines = [line for word in arrow.words for line in wrap(word, _SMALL, _LABEL_ROOM, most=3)]
    return lines if len(lines) <= _LABEL_LINES else [*lines[:_LABEL_LINES], f"… {len(lines) - _LABEL_LINES} more"]


def _label_size(lines: Sequence[str]) -> Size:
    if not lines:
        return Size(0, 0)
    return Size(max(width(line, _SMALL) for line in lines) + 12, len(lines) * 14 + 6)


def _label(lines: Sequence[str], x: float, y: float) -> Iterator[str]:
    size = _label_size(lines)
    yield (
        f'<rect x="{x - size.width / 2:.1f}" y="{y - size.height / 2:.1f}" width="{size.width:.1f}" '
        f'height="{size.height:.1f}" rx="5" fill="#ffffff" fill-opacity=".92"/>'
    )
    at = y - (len(lines) - 1) * 7 + 4
    for line in lines:
        yield (
            f'<text x="{x:.1f}" y="{at:.1f}" font-size="{_SMALL:g}" text-anchor="middle" fill="#3c4450">{xml(line)}</text>'
        )
        at += 14


def _curve(route: Route) -> str:
    """A line through the points of a route: straight within a layer, a soft bend between two."""
    (x, y), *rest = route.points
    path = [f"M{x:.1f} {y:.1f}"]
    for to_x, to_y in rest:
        if abs(to_x - x) < 0.5:
            path.append(f"L{to_x:.1f} {to_y:.1f}")
        else:
            half = (y + to_y) / 2
            path.append(f"C{x:.1f} {half:.1f} {to_x:.1f} {half:.1f} {to_x:.1f} {to_y:.1f}")
        x, y = to_x, to_y
    return "".join(path)


def _legend_width(legend: Sequence[tuple[Shape, str]]) -> float:
    return sum(width(words, _SMALL) + 52 for _, words in legend)


def _legend(legend: Sequence[tuple[Shape, str]], y: float) -> Iterator[str]:
    x = 20.0
    for shape, words in legend:
        box = Box(words, shape, "", (), (), ())
        yield from _outline(box, x, y, Size(26, 14), lost=False) if shape != "question" else _small_question(x, y)
        yield f'<text x="{x + 32:.1f}" y="{y + 11:.1f}" font-size="{_SMALL:g}" fill="#56606d">{xml(words)}</text>'
        x += width(words, _SMALL) + 52


def _small_question(x: float, y: float) -> Iterator[str]:
    fill, line = _COLOURS["question"]
    yield f'<rect x="{x:.1f}" y="{y:.1f}" width="26" height="14" rx="4" fill="{fill}" stroke="{line}" stroke-width="1.3"/>'
    yield f'<path d="M{x:.1f} {y + 3:.1f}v8" stroke="{line}" stroke-width="4"/>'
