"""Statements that every table needs: add a row, filter rows, and read JSON that the database folded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Table, Text, bindparam, cast, func, insert, or_

from shared.db import Prepared, prepare

T = TypeVar("T")


def adding(table: Table, *but: str) -> Prepared:
    """Add one row. The database fills in when it was recorded, and the columns named."""
    skipped = {"recorded_at", *but}
    values = {
        each.name: bindparam(each.name, type_=each.type) for each in table.c if each.name not in skipped
    }
    statement = insert(table).values(values)
    return prepare(statement.returning(table.c.recorded_at) if "recorded_at" in table.c else statement)


def values_of(thing: Any, **more: Any) -> dict[str, Any]:
    """The fields of a frozen record as the arguments of `adding`."""
    return {each.name: getattr(thing, each.name) for each in fields(thing)} | more


def if_given(column: Any) -> ColumnElement[bool]:
    """A filter that counts only where its argument, named after the column, is not None."""
    asked = bindparam(f"only_{column.name}", type_=column.type)
    return or_(asked.is_(None), column == asked)


def only(**asked: Any) -> dict[str, Any]:
    """The arguments of `if_given`."""
    return {f"only_{name}": value for name, value in asked.items()}


def written(column: Any) -> ColumnElement[Any]:
    """A figure as text, for JSON that must not turn it into a binary fraction."""
    return cast(column, Text)


def folded(*columns: Any) -> Any:
    """Columns of one row as a JSON array."""
    return func.json_build_array(*columns)


def figure(text: str | None) -> Decimal | None:
    """A figure that `written` wrote."""
    return None if text is None else Decimal(text)


def read(row: Mapping[str, Any], kind: type[T], **instead: Any) -> T:
    """A record from the columns of a row that have the names of its fields, words as members of their enumerations.

    `instead` is what stands in place of columns, or beside them, that have to be worked out first.
    """
    return msgspec.convert({**row, **instead}, kind)
