"""Reading `*.test.yaml`: a list of cases, each mistake with its line and its mending."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, time
from typing import Final, cast, get_args
from zoneinfo import ZoneInfo, available_timezones

from flows import durations
from flows.errors import FlowError
from flows.loader.draft import FLOW_NAME, LANGUAGE, NUMBER, WHOLE, Draft, called
from flows.loader.fields import Fields
from flows.loader.source import Entries, Items, Node, Scalar, SourceError, parse
from flows.transcripts.cases import Case, Kind, Line

_KEYS: Final = (
    "case",
    "flow",
    "language",
    "channel",
    "now",
    "zone",
    "seed",
    "participant",
    "community",
    "campaign",
    "back_by",
    "script",
)
_CHANNELS: Final = ("sms", "telegram", "simulator")
_NOW: Final = "2026-01-05T12:00"
_ZONE: Final = "America/Halifax"
_COMMUNITY: Final = "Shore Road Neighbours"
_LINE: Final = re.compile(r"([<>~=])(?:\s+(.*)|)$", re.DOTALL)


def parse_cases(source: str | bytes, *, name: str = "<transcripts>") -> tuple[Case, ...]:
    """The cases of a file. Raises FlowError with every problem found, sorted by line."""
    draft = Draft(name)
    try:
        root = parse(source)
    except SourceError as error:
        raise FlowError(name, [error.problem]) from error
    cases = _cases(draft, root)
    if draft.problems:
        raise FlowError(name, draft.problems)
    return cases


def _cases(draft: Draft, root: Node) -> tuple[Case, ...]:
    if not isinstance(root, Items):
        draft.problem(
            "wrong-type",
            root,
            f"Transcripts are a list of cases, not {called(root)}.",
            'Begin each with "- flow: the-name".',
        )
        return ()
    cases: list[Case] = []
    for number, node in enumerate(root.nodes, 1):
        if isinstance(node, Entries):
            cases.append(_case(Fields(draft, node, f"Case {number}"), number))
        else:
            draft.problem(
                "wrong-type",
                node,
                f"Case {number} should be a map of keys, not {called(node)}.",
                "Write flow: and script: in it.",
            )
    return tuple(cases)


def _case(fields: Fields, number: int) -> Case:
    fields.only(_KEYS)
    for key, example in (("flow", "flow: the-name"), ("script", "script: | and the lines below it")):
        if key not in fields:
            fields.missing(key, example)
    zone = _zone(fields)
    channel = fields.word("channel", _CHANNELS) if "channel" in fields else "sms"
    title = fields.scalar("case", "a few words")
    back_by = fields.scalar("back_by", "a few words")
    return Case(
        name=title.text if title else f"case {number}",
        flow=fields.name("flow", FLOW_NAME) or "",
        script=_script(fields),
        line=fields.node.line,
        language=_language(fields),
        channel=channel or "sms",
        buttons=channel == "telegram",
        now=_now(fields, zone),
        zone=zone.key,
        seed=fields.whole("seed", 0, 2**53) or 0,
        participant=_values(fields, "participant", "name"),
        community={"name": _COMMUNITY, **_values(fields, "community", "name")},
        campaign=_values(fields, "campaign", "name"),
        back_by=back_by.text if back_by else None,
    )


def _language(fields: Fields) -> str:
    node = fields.scalar("language", "a language such as fr")
    tag = node.text.strip().replace("-", "_") if node else ""
    if node is not None and not LANGUAGE.fullmatch(tag):
        fields.wrong("bad-name", node, f"{called(node)} is not the tag of a language.", "Write en, fr, es, fr_CA.")
    return tag


def _zone(fields: Fields) -> ZoneInfo:
    node = fields.scalar("zone", "a time zone such as America/Halifax")
    name = node.text.strip() if node else _ZONE
    if node is not None and name not in available_timezones():
        fields.wrong(
            "unknown-word", node, f"There is no time zone {called(node)}.", "Write one such as America/Halifax."
        )
        name = _ZONE
    return ZoneInfo(name)


def _now(fields: Fields, zone: ZoneInfo) -> datetime:
    node = fields.scalar("now", "a day and time such as 2026-11-23T12:00")
    read = moment(node.text if node else _NOW, zone)
    if read is None and node is not None:
        fields.wrong(
            "wrong-type", node, f"now should be a day and time, not {called(node)}.", "Write now: 2026-11-23T12:00."
        )
    return read or datetime.fromisoformat(_NOW).replace(tzinfo=zone)


def moment(written: str, zone: ZoneInfo) -> datetime | None:
    """`2026-11-23T12:00-04:00`, in `zone` where it names none, noon where it names no time; None for anything else."""
    try:
        read = datetime.fromisoformat(written.strip())
    except ValueError:
        return None
    if ":" not in written:
        read = datetime.combine(read, time(12))
    return read if read.tzinfo is not None else read.replace(tzinfo=zone)


def _values(fields: Fields, key: str, short: str) -> Mapping[str, object]:
    """A map of plain values; a single word stands for its `short` key (`community: North End`)."""
    node = fields.node_of(key)
    if node is None:
        return {}
    if isinstance(node, Scalar):
        return {short: node.text}
    if isinstance(node, Items):
        fields.wrong("wrong-type", node, f"{fields.what}: {key} should be a map.", f"Write {key}: {{name: Ann}}.")
        return {}
    return {name.text: _plain(value) for name, value in node.pairs}


def _plain(node: Node) -> object:
    if isinstance(node, Items):
        return [_plain(inner) for inner in node.nodes]
    if isinstance(node, Entries):
        return {name.text: _plain(value) for name, value in node.pairs}
    if node.quoted:
        return node.text
    if node.empty:
        return None
    if node.text in ("true", "false"):
        return node.text == "true"
    if NUMBER.fullmatch(node.text):
        return int(node.text) if WHOLE.fullmatch(node.text) else float(node.text)
    return node.text


def _script(fields: Fields) -> tuple[Line, ...]:
    node = fields.scalar("script", "a block of lines: script: | and the lines below it")
    if node is None:
        return ()
    first = node.line + 1 if node.quoted else node.line
    lines: list[Line] = []
    open_text = said = False
    for number, written in enumerate(node.text.split("\n"), first):
        bare = written.strip()
        if not bare or bare.startswith("# ") or bare == "#":
            open_text = open_text and bool(bare)
            continue
        said = True
        found = _LINE.match(written)
        if found:
            lines.append(Line(number, cast("Kind", found[1]), (found[2] or "").strip()))
            open_text = found[1] in "<>"
            _check(fields, lines[-1])
        elif open_text:
            last = lines.pop()
            lines.append(Line(last.number, last.kind, f"{last.text}\n{bare}".strip()))
        else:
            fields.wrong(
                "bad-script",
                Scalar(written, False, number, 1),
                f"{fields.what}: this line of the script begins with none of {' '.join(get_args(Kind))}.",
                "Write > for what the resident texts, < for what we say, ~ for time passing, = for what is then so.",
            )
    if not said:
        fields.wrong("missing-value", node, f"{fields.what}: the script is empty.", 'Begin with "< " and what we say.')
    return tuple(lines)


def _check(fields: Fields, line: Line) -> None:
    place = Scalar(line.text, False, line.number, 1)
    if line.kind == "~" and moment(line.text, ZoneInfo(_ZONE)) is None:
        try:
            durations.parse(line.text)
        except ValueError as error:
            fields.wrong(
                "bad-duration", place, f"{fields.what}: {str(error).split('. ')[0]}.", "Write ~ 3d, ~ 24h or ~ 30m."
            )
    if line.kind in "<=" and not line.text:
        fields.wrong(
            "missing-value",
            place,
            f"{fields.what}: this line says nothing.",
            f"Write what to expect after {line.kind}.",
        )
