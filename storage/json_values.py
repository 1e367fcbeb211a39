"""Conditions on what a JSON column holds, alike on SQLite and PostgreSQL: texts, numbers, truths, and lists of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Boolean, Float, Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

#: A number as JSON or a person writes it.
NUMBER = re.compile(r"-?\d+(\.\d+)?")


class holds(FunctionElement[bool]):  # noqa: N801 - reads as the operator that it is
    """The JSON value of `column` (at its `key`, or the whole of it) is one of `texts`, or a list that has one of them.

    Compared as text whatever the case: 3 is "3", true is "true"; "3" finds 3.0 too, as both are the number.
    """

    type = Boolean()
    name = "holds"
    # How many of its parts are what is not in SQLAlchemy's key: two that differ in that alone would share a statement.
    inherit_cache = False

    def __init__(self, column: Any, key: str | None, texts: Sequence[str]) -> None:
        self.texts = len(texts)
        self.numbers = sum(NUMBER.fullmatch(one) is not None for one in texts)
        self.keyed = key is not None
        super().__init__(
            column,
            *([_path(key)] if key is not None else []),
            *(bindparam(None, one.lower(), Text(), unique=True) for one in texts),
            *(bindparam(None, float(one), Float(), unique=True) for one in texts if NUMBER.fullmatch(one)),
        )


class number_at(FunctionElement[float]):  # noqa: N801
    """The number that stands in `column` at `key`, written as one or as text; NULL for anything else."""

    type = Float()
    name = "number_at"
    inherit_cache = True

    def __init__(self, column: Any, key: str) -> None:
        super().__init__(column, _path(key))


class text_at(FunctionElement[str]):  # noqa: N801
    """What stands in `column` at `key` as text, NULL where nothing does."""

    type = Text()
    name = "text_at"
    inherit_cache = True

    def __init__(self, column: Any, key: str) -> None:
        super().__init__(column, _path(key))


def _path(key: str) -> Any:
    """The key, without quotation marks in it, as a JSON path that both databases read."""
    return bindparam(None, f'$."{key}"', Text(), unique=True)


def _parts(element: holds, compiler: SQLCompiler, **kw: Any) -> tuple[str, str, str, str]:
    """The column, its path, and the comma-separated texts and numbers."""
    column, *rest = (compiler.process(clause, **kw) for clause in element.clauses)
    path = rest.pop(0) if element.keyed else ""
    return column, path, ", ".join(rest[: element.texts]), ", ".join(rest[element.texts :])


@compiles(holds, "sqlite")
def _holds_sqlite(element: holds, compiler: SQLCompiler, **kw: Any) -> str:
    column, path, texts, numbers = _parts(element, compiler, **kw)
    each = f"json_each({column}, {path})" if path else f"json_each({column})"
    # A scalar is a list of one to json_each; an object's values are none of ours.
    said = "CASE one.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE lower(CAST(one.value AS TEXT)) END"
    equal = f"{said} IN ({texts})"
    if numbers:
        equal = f"({equal} OR (one.type IN ('integer', 'real') AND one.value IN ({numbers})))"
    return f"EXISTS (SELECT 1 FROM {each} AS one WHERE {equal})"  # noqa: S608


@compiles(holds, "postgresql")
def _holds_postgres(element: holds, compiler: SQLCompiler, **kw: Any) -> str:
    column, path, texts, numbers = _parts(element, compiler, **kw)
    if path:
        each = f"jsonb_path_query({column}, CAST({path} || '[*]' AS jsonpath))"
    else:
        listed = f"CASE jsonb_typeof({column}) WHEN 'array' THEN {column} ELSE jsonb_build_array({column}) END"
        each = f"jsonb_array_elements({listed})"
    equal = f"lower(one.value #>> '{{}}') IN ({texts})"
    if numbers:
        equal = (
            f"({equal} OR (jsonb_typeof(one.value) = 'number' AND CAST(one.value #>> '{{}}' AS float) IN ({numbers})))"
        )
    return f"EXISTS (SELECT 1 FROM {each} AS one(value) WHERE {equal})"  # noqa: S608


@compiles(number_at, "sqlite")
def _number_sqlite(element: number_at, compiler: SQLCompiler, **kw: Any) -> str:
    column, path = (compiler.process(clause, **kw) for clause in element.clauses)
    value = f"json_extract({column}, {path})"
    text = f"CAST({value} AS TEXT)"
    # No regular expressions in plain SQLite: a text is a number where it has digits, and nothing but digits, a point, a sign.
    plain = f"({text} GLOB '[0-9]*' OR {text} GLOB '-[0-9]*') AND {text} NOT GLOB '*[^0-9.-]*'"
    return f"(CASE WHEN json_type({column}, {path}) IN ('integer', 'real', 'text') AND {plain} THEN CAST({value} AS REAL) END)"


@compiles(number_at, "postgresql")
def _number_postgres(element: number_at, compiler: SQLCompiler, **kw: Any) -> str:
    column, path = (compiler.process(clause, **kw) for clause in element.clauses)
    text = f"(jsonb_path_query_first({column}, CAST({path} AS jsonpath)) #>> '{{}}')"
    return f"(CASE WHEN {text} ~ '^-?[0-9]+([.][0-9]+)?$' THEN CAST({text} AS float) END)"


@compiles(text_at, "sqlite")
def _text_sqlite(element: text_at, compiler: SQLCompiler, **kw: Any) -> str:
    column, path = (compiler.process(clause, **kw) for clause in element.clauses)
    return (
        f"(CASE json_type({column}, {path}) WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' "
        f"ELSE CAST(json_extract({column}, {path}) AS TEXT) END)"
    )


@compiles(text_at, "postgresql")
def _text_postgres(element: text_at, compiler: SQLCompiler, **kw: Any) -> str:
    column, path = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"(jsonb_path_query_first({column}, CAST({path} AS jsonpath)) #>> '{{}}')"


__all__ = ["NUMBER", "holds", "number_at", "text_at"]
