"""What became of a file of participants, as JSON and in a sentence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.interop.participants_csv import Refused


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of a file. `rows` = `imported` + `updated` + `suppressed` + rejected ones.

    `updated`: people who were here already: name, language, tags and attributes of the file are theirs now, what it leaves
    empty stays. `suppressed`: kept out, for they said STOP or that it is a wrong number; `notes` says who. `without_consent`:
    among the imported and updated, those who agreed to nothing and are never texted. `strict` and a rejected row: nothing is written.
    """

    rows: int
    imported: int = 0
    updated: int = 0
    rejected: tuple[Refused, ...] = ()
    without_consent: int = 0
    suppressed: int = 0
    notes: tuple[Refused, ...] = ()
    written: bool = True

    def as_json(self) -> dict[str, Any]:
        """The report as plain JSON: rows, imported, updated, rejected, without_consent, suppressed, notes."""
        return {
            "rows": self.rows,
            "imported": self.imported,
            "updated": self.updated,
            "rejected": [{"line": one.line, "reason": one.reason} for one in self.rejected],
            "without_consent": self.without_consent,
            "suppressed": self.suppressed,
            "notes": [{"line": one.line, "reason": one.reason} for one in self.notes],
        }

    def summary(self) -> str:
        """The report as one says it to a coordinator in a hurry."""
        parts = []
        if self.rejected:
            was = "was" if len(self.rejected) == 1 else "were"
            done = f"{was} not imported" if self.written else "cannot be imported, so nothing was"
            parts.append(f"{len(self.rejected)} of {self.rows} rows {done}: {_alike(self.rejected)}.")
        if self.written:
            was, is_now = ("was", "is") if self.updated == 1 else ("were", "are")
            parts.append(f"{self.imported} added, {self.updated} {was} here already and {is_now} up to date.")
        if self.notes:
            parts.append(f"{self.suppressed} left in peace: {_alike(self.notes)}.")
        if self.without_consent:
            has = "has" if self.without_consent == 1 else "have"
            parts.append(f"{self.without_consent} {has} agreed to nothing yet and will not be texted.")
        return " ".join(parts)


def _alike(rows: Sequence[Refused]) -> str:
    """ "9 numbers too short (lines 4, 17, …), 3 listed twice (lines 5, 6, 9)" """
    lines: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        lines[row.kind].append(row.line)
    told = []
    for kind, where in sorted(lines.items(), key=lambda item: -len(item[1])):
        listed = ", ".join(map(str, where[:5])) + (", …" if len(where) > 5 else "")
        named = kind.replace("~s", "s" if len(where) > 1 else "")
        told.append(f"{len(where)} {named} (line{'s' if len(where) > 1 else ''} {listed})")
    return ", ".join(told)
