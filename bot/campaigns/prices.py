"""What messages cost: a table of prices a segment, in a file that anybody can write."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bot.errors import BadFile

#: The prices that are used where nobody has written others.
DEFAULT = Path(__file__).parent / "prices.yaml"
#: Names a file of one's own.
VARIABLE = "SOUNDINGS_PRICES"


class Prices(BaseModel):
    """`out`: the beginning of a number -> the price of a segment to it, "" for any other; `incoming`: of one that comes back;
    `free`: channels that cost nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    currency: str = Field(min_length=1, max_length=8)
    out: Mapping[str, float]
    incoming: float = Field(0.0, ge=0, alias="in")
    free: tuple[str, ...] = ("telegram", "sim")

    def prefixes(self) -> list[str]:
        """The beginnings of numbers, the longest first, without the one for any other."""
        return sorted((one for one in self.out if one), key=lambda one: (-len(one), one))

    def of(self, channel: str, prefix: str) -> float:
        """The price of a segment on a channel to numbers with this beginning ("" for any other)."""
        return 0.0 if channel in self.free else self.out.get(prefix, self.out.get("", 0.0))


def load_prices(path: Path | None = None) -> Prices:
    """The prices in a file: the one given, the one that SOUNDINGS_PRICES names, or the default. Raises `BadFile`."""
    chosen = path or (Path(named) if (named := os.environ.get(VARIABLE)) else DEFAULT)
    try:
        plain = YAML(typ="safe").load(chosen.read_text(encoding="utf-8"))
        return Prices.model_validate(plain)
    except ValidationError as error:
        found = error.errors()[0]
        where = ".".join(map(str, found["loc"])) or "the file"
        raise BadFile(f"The prices in {chosen} cannot be used: {where}: {found['msg']}. See {DEFAULT.name}.") from None
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        raise BadFile(f"The prices in {chosen} cannot be read: {error}") from None


__all__ = ["DEFAULT", "VARIABLE", "Prices", "load_prices"]
