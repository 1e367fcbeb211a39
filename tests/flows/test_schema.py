"""The schema for editors says the same as the loader: the same keys in the same places, the same files let through."""

from __future__ import annotations

import datetime
import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from flows.checks import check_file
from flows.loader import keys, library_names, library_source, load

HERE = Path(__file__).parent
DOCS = Path(__file__).parents[2] / "docs"
SCHEMA: dict[str, Any] = json.loads((files("flows") / "schema.json").read_text(encoding="utf-8"))
STATE: dict[str, Any] = SCHEMA["$defs"]["state"]
#: What an editor cannot know: other files, other places of the same file, YAML itself, and what every text says.
BEYOND = {
    "bad-pattern", "call-recursion", "called-flow", "duplicate-key", "duplicate-option", "empty-range",
    "missing-text", "no-last-rule", "reminders-out-of-order", "rule-always-holds", "split-next", "too-many-parts",
    "unknown-flow", "unknown-language", "unknown-state", "bad-expression",
}  # fmt: skip


def as_json(source: str | bytes) -> Any:
    """A file as an editor's YAML service sees it: keys are strings, days too."""
    return _plain(YAML(typ="safe", pure=True).load(source))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


def mistakes(source: str | bytes) -> list[str]:
    return [error.message for error in Draft202012Validator(SCHEMA).iter_errors(as_json(source))]


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_it_has_the_loader_s_keys() -> None:
    assert tuple(SCHEMA["properties"]) == keys.FLOW
    assert set(STATE["properties"]) == {key for kind in (None, *keys.KINDS) for key in keys.of_state(kind)}
    assert set(STATE["properties"]["ask"]["enum"]) == set(keys.KINDS)
    assert set(STATE["properties"]["end"]["enum"]) == set(keys.OUTCOMES)
    assert set(SCHEMA["$defs"]["scope"]["enum"]) == set(keys.SCOPES)
    option = SCHEMA["$defs"]["option"]["anyOf"][1]
    assert tuple(option["properties"]) == keys.OPTION
    assert set(SCHEMA["$defs"]["rules"]["items"]["properties"]) == set(keys.RULE)
    assert tuple(STATE["properties"]["tags"]["properties"]) == keys.TAGS
    on = STATE["properties"]["on"]["properties"]
    assert tuple(on) == keys.ON
    assert tuple(on["give_up"]["properties"]) == keys.GIVE_UP
    assert tuple(on["timeout"]["properties"]) == keys.TIMEOUT


def test_it_allows_the_keys_of_a_kind_with_that_kind_alone() -> None:
    allowed: dict[str | None, set[str]] = {}
    for rule in STATE["allOf"]:
        names = rule.get("then", {}).get("propertyNames", {}).get("enum")
        if names is None:
            continue
        for kind in rule["if"].get("properties", {}).get("ask", {}).get("enum", [None]):
            allowed[kind] = set(names)
    assert allowed == {kind: set(keys.of_state(kind)) for kind in (None, *keys.KINDS)}


def test_every_key_is_explained() -> None:
    for properties in (SCHEMA["properties"], STATE["properties"]):
        for key, says in properties.items():
            assert len(says.get("description", "")) > 15, key


@pytest.mark.parametrize("name", library_names())
def test_the_library_is_let_through(name: str) -> None:
    assert mistakes(library_source(name)) == []


@pytest.mark.parametrize("name", ["as-designed", "every-key"])
def test_the_examples_are_let_through(name: str) -> None:
    assert mistakes((HERE / "good" / f"{name}.yaml").read_bytes()) == []


@pytest.mark.parametrize("name", sorted(path.stem for path in (HERE / "bad").glob("*.yaml")))
def test_what_the_loader_lets_through_passes_and_what_it_refuses_mostly_does_not(name: str) -> None:
    path = HERE / "bad" / f"{name}.yaml"
    flow, problems = check_file(path)
    codes = {problem.code for problem in problems}
    if flow is not None:
        assert mistakes(path.read_bytes()) == []
    elif (
        not codes & {"yaml-syntax", "yaml-tag", "unknown-alias", "second-document", "key-not-a-word"}
        and not codes <= BEYOND
    ):
        assert mistakes(path.read_bytes()) != []


def examples_of_the_docs() -> list[tuple[str, str]]:
    """The flows that stand whole in docs/*.md, in blocks of yaml."""
    found: list[tuple[str, str]] = []
    for page in sorted(DOCS.glob("*.md")):
        blocks = re.findall(r"^```yaml\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
        found += [
            (f"{page.name}-{number}", block) for number, block in enumerate(blocks) if re.search(r"^flow:", block, re.M)
        ]
    return found


@pytest.mark.parametrize(
    ("place", "source"), examples_of_the_docs(), ids=lambda value: value if len(value) < 60 else ""
)
def test_the_docs_examples_are_let_through_and_can_be_read(place: str, source: str) -> None:
    assert mistakes(source) == [], place
    load(source)
