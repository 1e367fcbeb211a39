"""Holds a request or an update against a shape table, and says each thing that does not fit."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
TWILIO: dict[str, Any] = json.loads((HERE / "twilio_messages.json").read_text(encoding="utf-8"))
TELEGRAM: dict[str, Any] = json.loads((HERE / "telegram_methods.json").read_text(encoding="utf-8"))

_PHONE = re.compile(r"\+[1-9]\d{6,14}|\d{4,6}")
_JSON_TYPES: dict[str, type | tuple[type, ...]] = {
    "String": str,
    "Integer": int,
    "Float": (int, float),
    "Boolean": bool,
    "True": bool,
}


def form_problems(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """What does not fit in the form of a request to create an SMS."""
    problems, seen = [], set()
    for name, value in pairs:
        shape = TWILIO["parameters"].get(name)
        if shape is None:
            problems.append(f"{name} is no parameter")
        elif shape["type"] == "array":
            problems += _value_problems(name, value, shape["items"])
        elif name in seen:
            problems.append(f"{name} is given twice")
        else:
            problems += _value_problems(name, value, shape)
        seen.add(name)
    return problems + [f"{name} is missing" for name in TWILIO["required"] if name not in seen]


def _value_problems(name: str, value: str, shape: Mapping[str, Any]) -> list[str]:
    kind = shape["type"]
    if kind == "integer" and not re.fullmatch(r"-?\d+", value):
        return [f"{name} is no whole number"]
    if kind == "boolean" and value not in ("true", "false"):
        return [f"{name} is neither true nor false"]
    if kind == "integer" and not shape.get("minimum", int(value)) <= int(value) <= shape.get("maximum", int(value)):
        return [f"{name} is not from {shape['minimum']} to {shape['maximum']}"]
    if not shape.get("minLength", 0) <= len(value) <= shape.get("maxLength", len(value)):
        return [f"{name} has {len(value)} characters"]
    if "pattern" in shape and not re.fullmatch(shape["pattern"], value):
        return [f"{name} does not fit its pattern"]
    if "enum" in shape and value not in shape["enum"]:
        return [f"{name} is none of {shape['enum']}"]
    if shape.get("format") == "phone-number" and not _PHONE.fullmatch(value):
        return [f"{name} is no phone number"]
    if shape.get("format") == "uri" and not re.fullmatch(r"https?://[^\s/]+\S*", value):
        return [f"{name} is no address of the web"]
    return []


def method_problems(method: str, payload: Mapping[str, Any]) -> list[str]:
    """What does not fit in a call of one of Telegram's methods, its parameters as parsed JSON."""
    return _field_problems(TELEGRAM["methods"][method], payload, method)


def type_problems(name: str, value: object) -> list[str]:
    """What does not fit in an object of one of Telegram's types, such as an `Update`."""
    return _type_problems([name], value, name)


def _field_problems(fields: Mapping[str, Any], payload: Mapping[str, Any], where: str) -> list[str]:
    problems = [f"{where}.{name} is no field" for name in payload if name not in fields]
    for name, shape in fields.items():
        if name not in payload:
            if shape["required"]:
                problems.append(f"{where}.{name} is missing")
            continue
        problems += _type_problems(shape["types"], payload[name], f"{where}.{name}")
        problems += _limit_problems(shape, payload[name], f"{where}.{name}")
    return problems


def _type_problems(names: list[str], value: object, where: str) -> list[str]:
    """None if the value fits one of the types; else what is wrong by the one that it fits best."""
    best: list[str] | None = None
    for name in names:
        problems = _one_type(name, value, where)
        if not problems:
            return []
        best = problems if best is None or len(problems) < len(best) else best
    return best or []


def _one_type(name: str, value: object, where: str) -> list[str]:
    if name.startswith("Array of "):
        if not isinstance(value, list):
            return [f"{where} is no list"]
        inner = name.removeprefix("Array of ")
        return [text for at, item in enumerate(value) for text in _one_type(inner, item, f"{where}[{at}]")]
    if name in _JSON_TYPES:
        fits = isinstance(value, _JSON_TYPES[name]) and (isinstance(value, bool) == (name in ("Boolean", "True")))
        return [] if fits else [f"{where} is no {name}"]
    if name == "InputFile":
        return [] if isinstance(value, bytes) else [f"{where} is no file"]
    if not isinstance(value, dict):
        return [f"{where} is no {name}"]
    fields = TELEGRAM["types"].get(name)
    return _field_problems(fields, value, where) if fields is not None else []


def _limit_problems(shape: Mapping[str, Any], value: object, where: str) -> list[str]:
    if "length" in shape and isinstance(value, str):
        least, most = shape["length"]
        size = len(value.encode("utf-8", "surrogatepass")) if shape["unit"] == "bytes" else len(value)
        if not least <= size <= most:
            return [f"{where} has {size} {shape['unit']}, not {least} to {most}"]
    if "values" in shape and isinstance(value, int):
        least, most = shape["values"]
        if not least <= value <= most:
            return [f"{where} is not from {least} to {most}"]
    if "enum" in shape and value not in shape["enum"]:
        return [f"{where} is none of {shape['enum']}"]
    if "pattern" in shape and isinstance(value, str) and not re.fullmatch(shape["pattern"], value):
        return [f"{where} does not fit its pattern"]
    return []
