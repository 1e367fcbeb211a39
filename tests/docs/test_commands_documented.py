"""What can be said to the program is written down: commands and options, settings, limits of communities, metrics, tables and files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from bot.cli import app
from bot.config import CommunitySettings, Settings
from storage.models import Base

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]


def read(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command that does something, with its words."""
    if hasattr(command, "list_commands"):
        for name in command.list_commands(None):
            yield from commands(command.get_command(None, name), (*path, name))
    else:
        yield path, command


COMMANDS: Mapping[str, Any] = {" ".join(path): command for path, command in commands(get_command(app))}
SECTIONS = dict(
    re.findall(
        r"^### `soundings ([a-z -]+?)(?: \[?[A-Z]+(?: [A-Z]+)*\]?)?`\n(.*?)(?=^##|\Z)", read("commands.md"), re.M | re.S
    )
)


def test_every_command_has_its_section_and_no_section_is_of_none() -> None:
    assert sorted(SECTIONS) == sorted(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_explained(name: str) -> None:
    section = SECTIONS.get(name, "")
    for other in re.findall(r"takes the options of `soundings ([a-z -]+)`", section):
        section += SECTIONS[other]
    shared = "--locales" if name.startswith("locale ") else "--help"
    options = {
        option
        for one in COMMANDS[name].params
        if one.opts[0].startswith("-")
        for option in one.opts + one.secondary_opts
    }
    missing = {option for option in options if f"`{option}`" not in section} - {shared}
    assert not missing, f"docs/commands.md says nothing of {sorted(missing)} at soundings {name}"


@pytest.mark.parametrize("name", sorted(SECTIONS))
def test_no_option_is_explained_that_there_is_not(name: str) -> None:
    known = {option for one in COMMANDS[name].params for option in one.opts + one.secondary_opts}
    rows = re.findall(r"^\| (`-.*?) \|", SECTIONS[name], re.M)
    told = {option for row in rows for option in re.findall(r"`(--?[a-z-]+)`", row)}
    assert told <= known


@pytest.mark.parametrize("field", Settings.model_fields)
def test_every_setting_is_explained(field: str) -> None:
    assert f"`SOUNDINGS_{field.upper()}`" in read("deployment.md")


@pytest.mark.parametrize("field", CommunitySettings.model_fields)
def test_every_limit_of_a_community_is_explained_with_its_default(field: str) -> None:
    row = re.search(rf"^\| `{field}` \| (.*?) \|", read("communities.md"), re.M)
    assert row is not None, f"docs/communities.md says nothing of {field}"
    default = CommunitySettings.model_fields[field].get_default(call_default_factory=True)
    told = [str(one) for one in default] if isinstance(default, tuple) else [str(default)] if default != {} else ["–"]
    assert row[1].replace("`", "") == ", ".join(told)


def test_every_metric_is_explained() -> None:
    source = "".join(path.read_text("utf-8") for path in (ROOT / "bot").rglob("*.py"))
    metrics = set(re.findall(r"(?:Gauge|Counter|Histogram|Summary)\(\s*\"(soundings_\w+)\"", source))
    assert metrics
    missing = {name for name in metrics if f"`{name}`" not in read("deployment.md")}
    assert not missing, f"docs/deployment.md says nothing of {sorted(missing)}"


@pytest.mark.parametrize("table", sorted(Base.metadata.tables))
def test_every_table_has_its_writer(table: str) -> None:
    assert f"`{table}`" in read("architecture.md")


@pytest.mark.parametrize("written", PAGES, ids=lambda page: page.name)
def test_the_files_that_a_page_names_are_there(written: Path) -> None:
    rooms = "bot|flows|storage|tests|docs|locales|benchmarks"
    files = set(re.findall(rf"`((?:{rooms})/[\w/.-]*\w/?)`", written.read_text("utf-8")))
    gone = sorted(name for name in files if not (ROOT / name).exists())
    assert not gone, f"{written.name} names files that are not there: {gone}"


@pytest.mark.parametrize("written", PAGES, ids=lambda page: page.name)
def test_the_commands_that_a_page_names_are_there(written: Path) -> None:
    assert unknown_commands(written.read_text("utf-8")) == set()


def test_the_commands_that_the_program_names_are_there() -> None:
    source = "\n".join(path.read_text("utf-8") for path in (ROOT / "bot").rglob("*.py"))
    assert unknown_commands(source) == set()


@pytest.mark.parametrize("written", PAGES, ids=lambda page: page.name)
def test_the_links_of_a_page_lead_somewhere(written: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", written.read_text("utf-8")):
        path, _, anchor = target.partition("#")
        if "://" in path:
            continue
        there = (written.parent / path).resolve() if path else written
        assert there.exists(), f"{written.name}: {target}"
        if anchor:
            assert anchor in _anchors(there.read_text("utf-8")), f"{written.name}: {target}"


def unknown_commands(text: str) -> set[str]:
    """`soundings sender resume` and the like, that there are not: a group's name and a word that is no command of it."""
    groups = {name.split()[0] for name in COMMANDS if " " in name}
    named = {
        f"{group} {word}" for group, word in re.findall(r"\bsoundings ([a-z]+) ([a-z]+)\b", text) if group in groups
    }
    return named - set(COMMANDS)


def _anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as they are commonly made."""
    headings = re.findall(r"^#+ (.*)$", text, re.M)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
