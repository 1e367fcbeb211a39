"""Writing many rows with one statement: rows of parameters on SQLite, one JSON parameter on PostgreSQL; what the hot path rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from itertools import chain
from typing import Any, Self, cast

import orjson
from sqlalchemy import JSON, Boolean, Column, Connection, Date, Dialect, Table, Text, bindparam
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeDecorator, TypeEngine

from storage.models import Base, UtcDateTime

_POSTGRES = postgresql.dialect()  # type: ignore[no-untyped-call]

#: Execution options of an INSERT whose rowcount is asked for: SQLAlchemy keeps those of UPDATE and DELETE alone.
COUNTED = {"preserve_rowcount": True}

#: Rows of one statement on SQLite; what is left over goes row by row. At each step of a statement the driver lets go of the interpreter,
#: and the loop, woken by it, and the writing thread then wait for each other: a statement of many rows is one step.
_AT_ONCE = (64, 8)

#: A row to write: values in the order of the statement's columns, as the models' Python types.
Values = Sequence[Any]


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(" ", "microseconds").removesuffix("+00:00")


def _day(value: date) -> str:
    return value.isoformat()


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


def _for_sqlite(column: Column[Any]) -> Callable[[Any], Any] | None:
    """How a value is handed to SQLite, exactly as SQLAlchemy would; None where it goes as it is."""
    kind = column.type
    if isinstance(kind, UtcDateTime):
        return _moment
    if isinstance(kind, Date):
        return _day
    if isinstance(kind, JSON):
        return _json
    return int if isinstance(kind, Boolean) else None


class _Many:
    """One statement for many rows of `model`, in the order of `columns`."""

    def __init__(self, model: type[Base], columns: Sequence[str]) -> None:
        self.table = cast("Table", model.__table__)
        self.columns = tuple(columns)
        found = [self.table.columns[name] for name in self.columns]
        self._converted = [(at, turn) for at, one in enumerate(found) if (turn := _for_sqlite(one)) is not None]
        types = (one.type.dialect_impl(_POSTGRES).compile(_POSTGRES) for one in found)
        self._record = ", ".join(f"{name} {kind}" for name, kind in zip(self.columns, types, strict=True))
        self._marks = f"({', '.join('?' * len(self.columns))})"
        self.sqlite = self.postgres = ""
        self.at_once: dict[int, str] = {}

    def __call__(self, connection: Connection, rows: Iterable[Values]) -> None:
        """Write `rows`; nothing at all where there are none."""
        if connection.dialect.name == "sqlite":
            written: dict[datetime, str] = {}
            self._write([self._line(row, written) for row in rows], connection)
            return
        records = [dict(zip(self.columns, row, strict=True)) for row in rows]
        if records:
            connection.exec_driver_sql(self.postgres, (orjson.dumps(records).decode(),))

    def _write(self, lines: Sequence[tuple[Any, ...]], connection: Connection) -> None:
        at = 0
        for count, statement in self.at_once.items():
            while len(lines) - at >= count:
                connection.exec_driver_sql(statement, tuple(chain.from_iterable(lines[at : at + count])))
                at += count
        if at < len(lines):
            connection.exec_driver_sql(self.sqlite, [*lines[at:]])

    def _line(self, row: Values, written: dict[datetime, str]) -> tuple[Any, ...]:
        """A row as SQLite takes it. Most moments of one transaction are the same one, so each is written once."""
        line = list(row)
        for at, turn in self._converted:
            value = line[at]
            if value is None:
                continue
            if turn is not _moment:
                line[at] = turn(value)
            elif (known := written.get(value)) is not None:
                line[at] = known
            else:
                line[at] = written[value] = _moment(value)
        return tuple(line)


class InsertMany(_Many):
    """Insert rows. `conflict` is what follows ON CONFLICT, such as `DO NOTHING`; without it a conflict raises."""

    def __init__(self, model: type[Base], *columns: str, conflict: str | None = None) -> None:
        super().__init__(model, columns)
        listed = ", ".join(self.columns)
        then = f" ON CONFLICT {conflict}" if conflict else ""
        # The parts are names of our own models, never anything from outside.
        into = f"INSERT INTO {self.table.name} ({listed}) VALUES "  # noqa: S608
        self.sqlite = f"{into}{self._marks}{then}"
        self.at_once = {count: f"{into}{', '.join([self._marks] * count)}{then}" for count in _AT_ONCE}
        self.postgres = (
            f"INSERT INTO {self.table.name} ({listed}) SELECT {listed} "  # noqa: S608
            f"FROM json_to_recordset(CAST(%s AS json)) AS r({self._record}){then}"
        )


class UpdateMany(_Many):
    """Set `columns` of the rows whose `id` is each row's last value, each id once."""

    def __init__(self, model: type[Base], *columns: str) -> None:
        super().__init__(model, (*columns, "id"))
        name = self.table.name
        marks = ", ".join(f"{column} = ?" for column in columns)
        given = ", ".join(f"{column} = r.{column}" for column in columns)
        self.sqlite = f"UPDATE {name} SET {marks} WHERE id = ?"  # noqa: S608
        numbered = ", ".join(f"{column} = r.column{at}" for at, column in enumerate(columns, 1))
        self.at_once = {
            count: f"UPDATE {name} SET {numbered} FROM (VALUES {', '.join([self._marks] * count)}) AS r "  # noqa: S608
            f"WHERE {name}.id = r.column{len(self.columns)}"
            for count in _AT_ONCE
        }
        self.postgres = (
            f"UPDATE {name} SET {given} "  # noqa: S608
            f"FROM json_to_recordset(CAST(%s AS json)) AS r({self._record}) WHERE {name}.id = r.id"
        )


def take_ids(connection: Connection, model: type[Base], count: int) -> Sequence[int]:
    """`count` keys for new rows of `model`, rising; they are this transaction's own.

    On SQLite the transaction must be a writing one, which no other can interleave; on PostgreSQL the sequence hands them out.
    """
    if not count:
        return ()
    table = cast("Table", model.__table__)
    if connection.dialect.name == "sqlite":
        last = connection.exec_driver_sql(f"SELECT max(id) FROM {table.name}").scalar()  # noqa: S608
        return range((last or 0) + 1, (last or 0) + 1 + count)
    found = connection.exec_driver_sql(
        "SELECT nextval(CAST(%s AS regclass)) FROM generate_series(1, %s)", (f"{table.name}_id_seq", count)
    )
    return sorted(found.scalars())


class _Listed(TypeDecorator[Sequence[Any]]):
    """Many values in one parameter: an array on PostgreSQL, a JSON list on SQLite."""

    impl = Text
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        self.item = item
        super().__init__()

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.ARRAY(self.item))
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: Sequence[Any] | None, dialect: Dialect) -> Any:
        if value is None or dialect.name == "postgresql":
            return None if value is None else list(value)
        return orjson.dumps(list(value)).decode()


class among(FunctionElement[bool]):  # noqa: N801 - reads as the operator that it is
    """`column` is one of the values of the parameter `name`, however many: the statement stays the same, and prepared.

    With `values` the parameter has its value already.
    """

    type = Boolean()
    name = "among"
    inherit_cache = True

    def __init__(self, column: Any, name: str, values: Sequence[Any] | None = None) -> None:
        listed = _Listed(column.type)
        given = bindparam(name, type_=listed) if values is None else bindparam(name, values, listed, unique=True)
        super().__init__(column, given)

    def self_group(self, against: OperatorType | None = None) -> Self:  # noqa: ARG002
        """As it is: `… = 1`, which SQLAlchemy makes of a truth on SQLite, would keep every index from being used."""
        return self


@compiles(among, "sqlite")
def _among_sqlite(element: among, compiler: SQLCompiler, **kw: Any) -> str:
    column, values = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608


@compiles(among, "postgresql")
def _among_postgres(element: among, compiler: SQLCompiler, **kw: Any) -> str:
    column, values = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"{column} = ANY({values})"


__all__ = ["COUNTED", "InsertMany", "UpdateMany", "Values", "among", "take_ids"]
