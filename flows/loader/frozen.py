"""A published revision as JSON: `freeze` writes a flow with every text and every flow it calls, `thaw` reads it back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from datetime import timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import cast, get_args, get_origin, get_type_hints

from flows import durations
from flows.definition import Days, Flow

FORMAT = 1


def freeze(flow: Flow) -> dict[str, object]:
    """The flow as plain JSON: `{"format": 1, "flow": {…}, "calls": [{…}, …]}`, each called flow once.

    Fields at their default are left out, and so is the source text. Order is kept by lists alone, since a database may
    reorder the keys of a map.
    """
    return _frozen(flow, places=True)


def thaw(frozen: Mapping[str, object]) -> Flow:
    """The flow that `freeze` wrote, equal to the one it was given. Raises ValueError on anything else."""
    if frozen.get("format") != FORMAT:
        raise ValueError(f"this revision has format {frozen.get('format')!r}; this program reads format {FORMAT}")
    try:
        called = {cast("str", each["name"]): each for each in cast("list[dict[str, object]]", frozen.get("calls", []))}
        return _thawed(cast("dict[str, object]", frozen["flow"]), called, {}, ())
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("this is not a revision that freeze wrote") from error


def fingerprint(flow: Flow) -> str:
    """A hash of what the flow says and does (64 hexadecimal letters). Comments and line breaks do not change it."""
    plain = json.dumps(_frozen(flow, places=False), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def _frozen(flow: Flow, *, places: bool) -> dict[str, object]:
    calls = [_alone(flow.calls[name], places=places) for name in sorted(flow.calls)]
    return {"format": FORMAT, "flow": _alone(flow, places=places), "calls": calls}


def _alone(flow: Flow, *, places: bool) -> dict[str, object]:
    """One flow, with the names of those that it calls."""
    plain = cast("dict[str, object]", _plain(replace(flow, calls={}), places=places))
    return {**plain, "calls": sorted(flow.calls)} if flow.calls else plain


def _thawed(
    written: Mapping[str, object],
    called: Mapping[str, Mapping[str, object]],
    done: dict[str, Flow],
    ring: tuple[str, ...],
) -> Flow:
    name = cast("str", written["name"])
    if name in ring:
        raise ValueError(f"this is not a revision that freeze wrote: {name} calls itself")
    if name not in done:
        names = cast("list[str]", written.get("calls", []))
        calls = {each: _thawed(called[each], called, done, (*ring, name)) for each in names}
        alone = cast("Flow", _built(Flow, {key: value for key, value in written.items() if key != "calls"}))
        done[name] = replace(alone, calls=MappingProxyType(calls))
    return done[name]


def _plain(value: object, *, places: bool) -> object:
    """The value as JSON, without what does not make two flows differ; `places`: with the lines that things stood on."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            each.name: _plain(inner, places=places)
            for each in fields(value)
            if each.compare
            and (places or each.name != "line")
            and (inner := getattr(value, each.name)) != _default(each)
        }
    if isinstance(value, Mapping):
        if any(is_dataclass(inner) for inner in value.values()):
            return [[key, _plain(inner, places=places)] for key, inner in value.items()]
        return {str(key): _plain(inner, places=places) for key, inner in value.items()}
    if isinstance(value, tuple):
        return [_plain(inner, places=places) for inner in value]
    if isinstance(value, Days):
        return durations.written(value)
    return value.total_seconds() if isinstance(value, timedelta) else value


def _default(each: Field[object]) -> object:
    if each.default_factory is not MISSING:
        return each.default_factory()
    return each.default


@lru_cache(maxsize=64)
def _hints(of: type) -> Mapping[str, object]:
    return get_type_hints(of)


def _built(hint: object, value: object) -> object:
    """A value of the type that `hint` says, out of the JSON that `_plain` made of it."""
    if isinstance(hint, type) and is_dataclass(hint):
        written = cast("Mapping[str, object]", value)
        return hint(**{name: _built(_hints(hint)[name], inner) for name, inner in written.items()})
    if hint is timedelta:
        return durations.parse(value) if isinstance(value, str) else timedelta(seconds=cast("float", value))
    origin, inner_hints = get_origin(hint), get_args(hint)
    if origin is Mapping:
        pairs = value.items() if isinstance(value, Mapping) else cast("list[tuple[str, object]]", value)
        key_of = int if inner_hints[0] is int else str
        return MappingProxyType({key_of(key): _built(inner_hints[1], inner) for key, inner in pairs})
    if origin is tuple:
        items = cast("list[object]", value)
        each = inner_hints[:1] * len(items) if inner_hints[-1] is Ellipsis else inner_hints
        return tuple(_built(one, inner) for one, inner in zip(each, items, strict=True))
    real = [one for one in inner_hints if one is not type(None)]
    if value is not None and len(real) == 1 and len(inner_hints) == 2:
        return _built(real[0], value)
    return value
