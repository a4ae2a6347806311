"""Two statements for every list: its first page, and the page that follows a row."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Column, Select, Uuid, bindparam, tuple_

from shared.db import Prepared, Transaction, prepare


class Pages:
    """A list in the order of one column and then of the id. `limit + 1` rows tell whether more follow."""

    def __init__(self, statement: Select[Any], by: Column[Any], id_: Column[Any]) -> None:
        ordered = statement.order_by(by, id_).limit(bindparam("most"))
        after = tuple_(bindparam("after", type_=by.type), bindparam("after_id", type_=Uuid))
        self._first: Prepared = prepare(ordered)
        self._next: Prepared = prepare(ordered.where(tuple_(by, id_) > after))

    async def read(
        self, tx: Transaction, limit: int, after: tuple[Any, UUID] | None, **values: Any
    ) -> list[Any]:
        if after is None:
            return await tx.all(self._first, most=limit + 1, **values)
        return await tx.all(self._next, most=limit + 1, after=after[0], after_id=after[1], **values)
