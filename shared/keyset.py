"""One way to page through a list: its first rows, what follows a row, and only what changed within a window of time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, bindparam, tuple_

from shared.db import Prepared, Row, Transaction, prepare

Within = tuple[datetime | None, datetime | None]
WHENEVER: Within = (None, None)
_BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
_END = datetime(9999, 1, 1, tzinfo=UTC)


class Pages:
    """A list in the order of one column and then of the id. `limit + 1` rows tell whether more follow.

    `updated` is the column that says when a row was recorded or last changed; without it the list takes no window.
    """

    def __init__(
        self,
        statement: Select[Any],
        by: ColumnElement[Any],
        id_: ColumnElement[Any],
        updated: ColumnElement[Any] | None = None,
    ) -> None:
        self._windowed = updated is not None
        if updated is not None:
            statement = statement.where(
                updated >= bindparam("updated_from", type_=updated.type),
                updated < bindparam("updated_to", type_=updated.type),
            )
        ordered = statement.order_by(by, id_).limit(bindparam("most"))
        after = tuple_(bindparam("after", type_=by.type), bindparam("after_id", type_=Uuid))
        self._first: Prepared = prepare(ordered)
        self._next: Prepared = prepare(ordered.where(tuple_(by, id_) > after))

    async def read(
        self,
        tx: Transaction,
        limit: int,
        after: tuple[Any, UUID] | None,
        within: Within = WHENEVER,
        **values: Any,
    ) -> list[Row]:
        """At most `limit + 1` rows after the row whose keys are `after`, changed within the window."""
        values["most"] = limit + 1
        if self._windowed:
            values |= {"updated_from": within[0] or _BEGINNING, "updated_to": within[1] or _END}
        if after is None:
            return await tx.all(self._first, **values)
        return await tx.all(self._next, after=after[0], after_id=after[1], **values)
