"""Which flow a command means: a file, one of the library, or what stands on standard input."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from bot import i18n
from bot.errors import BadFile, NotFound, WrongUsage
from flows import loader
from flows.definition import Flow
from flows.errors import FlowError

SUFFIXES = (".yaml", ".yml")
#: As much as is read of standard input; the loader refuses far less.
_MOST = 16 * 1024 * 1024
TRANSCRIPTS = (".test.yaml", ".test.yml")


@dataclass(frozen=True, slots=True)
class Source:
    """A flow file that was named: `path` where it is one, else a name of the library, else standard input."""

    named: str
    path: Path | None = None
    library: bool = False

    def load(self) -> Flow:
        """The flow with the program's translations. Raises FlowError with everything that is wrong with it."""
        if self.path is not None:
            return loader.load_file(self.path, catalogue=i18n.catalogue)
        if self.library:
            return loader.library_flow(self.named, catalogue=i18n.catalogue)
        return loader.load(sys.stdin.buffer.read(_MOST), name="standard input", catalogue=i18n.catalogue)


def source_of(named: str) -> Source:
    """What `named` means. Raises `WrongUsage` where it is neither a file nor in the library."""
    if named == "-":
        return Source(named)
    path = Path(named)
    if path.is_dir():
        raise WrongUsage(f"{named} is a directory. Name one of the flow files in it.")
    if named.endswith(TRANSCRIPTS):
        raise WrongUsage(f"{named} holds transcripts. Run them with: soundings flow test {named}")
    if named in loader.library_names() and not path.is_file():
        return Source(named, library=True)
    if path.is_file() or path.suffix in SUFFIXES or len(path.parts) > 1:
        return Source(named, path)
    raise NotFound("flow", named, loader.library_names())


def flow_of(named: str) -> Flow:
    """The flow that `named` means. Raises `WrongUsage` where there is none, `BadFile` where it cannot be used."""
    source = source_of(named)
    try:
        return source.load()
    except FlowError as error:
        if any(problem.code == "unreadable-file" for problem in error.problems):
            raise WrongUsage(str(error.problems[0])) from error
        lines = tuple((problem.line, f"{problem.message} {problem.fix}") for problem in error.problems)
        raise BadFile(f"{named} cannot be used:", lines) from error
