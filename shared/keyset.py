"""One way to page through a list: its first rows, what follows a row, and only what changed within a window of time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, tuple_

from shared.db import Prepared, Row, Transaction, prepare

After = tuple[Any, ...] | None
Within = tuple[datetime | None, datetime | None]
WHENEVER: Within = (None, None)


class Pages:
    """A list in the order of one column and then of the id. `limit + 1` rows tell whether more follow.

    `updated` is the column that says when a row was recorded or last changed; without it the list takes no window.
    `then` is a third key, for a list in which an id comes more than once on the same day. `reach` says of the
    conditions of a page which rows can be on it, for a list that several indexes lead to.
    """

    def __init__(
        self,
        statement: Select[Any],
        by: ColumnElement[Any],
        id_: ColumnElement[Any],
        updated: ColumnElement[Any] | None = None,
        then: ColumnElement[Any] | None = None,
        reach: Callable[[Sequence[ColumnElement[bool]]], ColumnElement[bool]] | None = None,
    ) -> None:
        keys = (by, id_) if then is None else (by, id_, then)
        ordered = statement.order_by(*keys).limit(bindparam("most"))
        place = tuple_(*(bindparam(f"after_{at}", type_=key.type) for at, key in enumerate(keys)))
        # Statements of their own: no bound is planned that is not asked for.
        self._statements: dict[tuple[bool, bool, bool], Prepared] = {}
        bounds = () if updated is None else ((True, False), (False, True), (True, True))
        for since, before in ((False, False), *bounds):
            within = _window(updated, since, before)
            for later, asked in ((False, within), (True, (*within, tuple_(*keys) > place))):
                wanted = asked if reach is None else (reach(asked),)
                self._statements[since, before, later] = prepare(ordered.where(*wanted))

    async def read(
        self, tx: Transaction, limit: int, after: After, within: Within = WHENEVER, **values: Any
    ) -> list[Row]:
        """At most `limit + 1` rows after the row whose keys are `after`, changed from an instant on, before another."""
        since, before = within
        values["most"] = limit + 1
        if since is not None:
            values["updated_from"] = since
        if before is not None:
            values["updated_to"] = before
        values |= {f"after_{at}": key for at, key in enumerate(after or ())}
        return await tx.all(
            self._statements[since is not None, before is not None, after is not None], **values
        )


def _window(updated: Any, since: bool, before: bool) -> tuple[ColumnElement[bool], ...]:
    return (
        *((updated >= bindparam("updated_from", type_=updated.type),) if since else ()),
        *((updated < bindparam("updated_to", type_=updated.type),) if before else ()),
    )
