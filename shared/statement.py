"""A statement as the server sees it: compiled once, when it is first needed, with the order of its arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ClauseElement
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

_dialect = PGDialect_asyncpg()  # type: ignore[no-untyped-call]  # SQLAlchemy does not type its dialects


class Prepared:
    """A statement as the server sees it: its text, the order of its arguments, and those that are fixed."""

    __slots__ = ("fixed", "names", "sql")
    sql: str
    names: tuple[str, ...]
    fixed: Mapping[str, Any]

    def __init__(self, sql: str, names: tuple[str, ...], fixed: Mapping[str, Any]) -> None:
        self.sql, self.names, self.fixed = sql, names, fixed

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        fixed = self.fixed
        return [values[name] if name in values else fixed[name] for name in self.names]


class _Core(Prepared):
    """One that is compiled when anything of it is first asked for."""

    __slots__ = ("_core",)

    def __init__(self, core: ClauseElement) -> None:
        self._core = core

    def __getattr__(self, name: str) -> Any:
        """Python asks here only for what is not there yet."""
        if name not in Prepared.__slots__:
            raise AttributeError(name)
        compiled = self._core.compile(dialect=_dialect)
        names = tuple(compiled.positiontup or ())  # type: ignore[attr-defined]  # set by positional dialects
        fixed = {each: value for each, value in compiled.params.items() if value is not None}
        Prepared.__init__(self, str(compiled), names, fixed)
        return object.__getattribute__(self, name)


def prepare(statement: ClauseElement) -> Prepared:
    """A Core statement, compiled once. Values that differ from call to call are `bindparam("name")`.

    Hundreds of them are made when a service starts, and most are first needed much later.
    """
    return _Core(statement)


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """What a statement does beside others, as common table expressions: their text, with arguments numbered from 1."""

    sql: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Along:
    """A part with its values, which waits for the statement that it is sent along with."""

    part: Part
    values: Mapping[str, Any]
