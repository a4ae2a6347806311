"""A statement as the server sees it: compiled once, with the order of its arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ClauseElement
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

_dialect = PGDialect_asyncpg()  # type: ignore[no-untyped-call]  # SQLAlchemy does not type its dialects


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement as the server sees it: its text, the order of its arguments, and those that are fixed."""

    sql: str
    names: tuple[str, ...]
    fixed: Mapping[str, Any]

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        fixed = self.fixed
        return [values[name] if name in values else fixed[name] for name in self.names]


def prepare(statement: ClauseElement) -> Prepared:
    """Compile a Core statement once. Values that differ from call to call are `bindparam("name")`."""
    compiled = statement.compile(dialect=_dialect)
    names = tuple(compiled.positiontup or ())  # type: ignore[attr-defined]  # set by positional dialects
    fixed = {name: value for name, value in compiled.params.items() if value is not None}
    return Prepared(str(compiled), names, fixed)
