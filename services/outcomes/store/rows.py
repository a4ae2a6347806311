"""Statements that every table needs: add a row, page through rows, and read JSON that the database folded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Table, Text, Uuid, bindparam, cast, func, insert, or_, tuple_

from shared.db import Prepared, prepare

After = tuple[datetime, UUID] | None
Within = tuple[datetime | None, datetime | None]
_BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
_END = datetime(9999, 1, 1, tzinfo=UTC)


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


def paged(
    statement: Select[Any],
    at: ColumnElement[Any],
    id_: ColumnElement[Any],
    updated: ColumnElement[Any] | None = None,
) -> Prepared:
    """A page in the order in which things were recorded or changed; its arguments are those of `page_values`.

    `updated` is when a thing last changed, where that can be later than its place in the order.
    """
    changed = at if updated is None else updated
    return prepare(
        statement.where(
            tuple_(at, id_) > tuple_(bindparam("after", type_=at.type), bindparam("after_id", type_=Uuid)),
            changed >= bindparam("updated_from", type_=at.type),
            changed < bindparam("updated_to", type_=at.type),
        )
        .order_by(at, id_)
        .limit(bindparam("most"))
    )


def page_values(
    limit: int, after: After, updated_from: datetime | None = None, updated_to: datetime | None = None
) -> dict[str, Any]:
    """The arguments of a page; one row more than asked tells whether there is another page."""
    return {
        "most": limit + 1,
        "after": after[0] if after else _BEGINNING,
        "after_id": after[1] if after else UUID(int=0),
        "updated_from": updated_from or _BEGINNING,
        "updated_to": updated_to or _END,
    }


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


def known(row: Mapping[str, Any], **kinds: Any) -> dict[str, Any]:
    """A row with the words of some columns made into members of their enumerations."""
    made = dict(row)
    for name, kind in kinds.items():
        if made[name] is not None:
            made[name] = kind(made[name])
    return made
