"""`soundings flow test`: plays transcripts and tells where a conversation went otherwise than written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from bot import i18n
from bot.cli.flow_source import SUFFIXES, TRANSCRIPTS
from bot.cli.output import Json, print_json, screen
from bot.errors import WrongUsage
from flows import loader
from flows.definition import Flow
from flows.errors import FlowError
from flows.transcripts import Case, CaseResult, parse_cases, run_case


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file of transcripts: its text, and the directory whose flows it speaks of (None: the library)."""

    name: str
    source: bytes
    directory: Path | None = None


def play(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATHS]", help="*.test.yaml files, flows, or directories; the library by default."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Play transcripts (*.test.yaml) through the engine, and show where a conversation went otherwise than written.

    Ends with 0 where all went as written, 1 where one did not, 2 where there is nothing to play.
    """
    results: list[tuple[Sheet, CaseResult]] = []
    broken: list[tuple[Sheet, FlowError]] = []
    for sheet in _sheets(paths or []):
        try:
            cases = parse_cases(sheet.source, name=sheet.name)
        except FlowError as error:
            broken.append((sheet, error))
            continue
        resolve = _Finder(sheet)
        results += [(sheet, _played(case, resolve)) for case in cases]
    if as_json:
        print_json(_as_json(results, broken))
    else:
        _show(results, broken)
    if broken or any(not result.passed for _, result in results):
        raise typer.Exit(1)


def _played(case: Case, resolve: _Finder) -> CaseResult:
    return run_case(case, resolve, i18n.phrases())


class _Finder:
    """Finds the flows that transcripts speak of, each once: by the file's name beside the transcripts, then by the name within
    the file that they belong to (`mine.yaml` of `mine.test.yaml`), then in the library."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.found: dict[str, Flow] = {}

    def __call__(self, name: str) -> Flow:
        if name not in self.found:
            self.found[name] = self._load(name)
        return self.found[name]

    def _load(self, name: str) -> Flow:
        if self.sheet.directory is not None:
            own = Path(self.sheet.name).name.rpartition(".test.")[0]
            for stem in dict.fromkeys((name, own)):
                for path in (self.sheet.directory / f"{stem}{suffix}" for suffix in SUFFIXES):
                    if path.is_file():
                        flow = loader.load_file(path, catalogue=i18n.catalogue)
                        if stem == name or flow.name == name:
                            return flow
        return loader.library_flow(name, catalogue=i18n.catalogue)


def _sheets(paths: Sequence[str]) -> list[Sheet]:
    sheets = (
        [sheet for path in paths for sheet in _sheets_at(path)] if paths else list(_library(loader.library_names()))
    )
    if not sheets:
        raise WrongUsage(
            "There are no transcripts here. They are files whose name ends in .test.yaml, beside the flow."
        )
    return sheets


def _sheets_at(named: str) -> list[Sheet]:
    path = Path(named)
    if path.is_dir():
        return [_read(each) for suffix in TRANSCRIPTS for each in sorted(path.rglob(f"*{suffix}"))]
    if named.endswith(TRANSCRIPTS):
        return [_read(path)]
    if path.suffix in SUFFIXES:
        kept = path.with_suffix(f".test{path.suffix}")
        if path.is_file() and not kept.exists():
            raise WrongUsage(
                f"{named} has no transcripts yet, which stand in {kept}. Keep a conversation: "
                f"soundings flow chat {named} --record {kept}"
            )
        return [_read(kept)]
    if named in loader.library_names():
        return list(_library([named]))
    raise WrongUsage(
        f"{named} is neither a file of transcripts (*.test.yaml), nor a directory, nor a flow of the library."
    )


def _library(names: Sequence[str]) -> Iterator[Sheet]:
    for name in names:
        source = loader.library_transcripts(name)
        if source is not None:
            yield Sheet(f"{name}.test.yaml", source)


def _read(path: Path) -> Sheet:
    try:
        return Sheet(str(path), path.read_bytes(), path.parent)
    except OSError as error:
        raise WrongUsage(f"{path} cannot be read: {(error.strerror or str(error)).lower()}.") from error


def _show(results: Sequence[tuple[Sheet, CaseResult]], broken: Sequence[tuple[Sheet, FlowError]]) -> None:
    for _, error in broken:
        screen.print(Text(str(error), "red"))
    for sheet, result in results:
        if result.failure is None:
            continue
        head = Text(f"{sheet.name}, {result.case.name}: ", "bold")
        head.append(str(result.failure), "red")
        screen.print(head)
        for turn in result.conversation[-6:]:
            mark = ">" if turn.by == "resident" else "<"
            screen.print(Text("    " + f"{mark} {turn.text}".replace("\n", "\n      "), "dim"))
    failed = sum(not result.passed for _, result in results)
    played = f"{len(results)} conversation{'s' if len(results) != 1 else ''}"
    told = f"{played} played, {failed} not as written" if failed else f"{played}, all as written"
    files = f", {len(broken)} files that cannot be read" if broken else ""
    screen.print(Text(f"{told}{files}.", "bold red" if failed or broken else "bold green"))


def _as_json(
    results: Sequence[tuple[Sheet, CaseResult]], broken: Sequence[tuple[Sheet, FlowError]]
) -> dict[str, object]:
    return {
        "passed": sum(result.passed for _, result in results),
        "failed": sum(not result.passed for _, result in results),
        "unreadable": [
            {"file": sheet.name, "problems": [str(problem) for problem in error.problems]} for sheet, error in broken
        ],
        "cases": [
            {
                "file": sheet.name,
                "case": result.case.name,
                "flow": result.case.flow,
                "line": result.failure.line if result.failure is not None else result.case.line,
                "passed": result.passed,
                "expected": result.failure.expected if result.failure is not None else None,
                "found": result.failure.found if result.failure is not None else None,
                "conversation": [{"by": turn.by, "text": turn.text} for turn in result.conversation],
            }
            for sheet, result in results
        ],
    }
