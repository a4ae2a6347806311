"""Revisions of returns: their figures as submitted and every step taken, in append-only tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, insert, select

from services.outcomes.rules.kpi_return import Return
from services.outcomes.rules.revision import ReturnMove, Revision
from services.outcomes.store.return_tables import return_moves, return_values
from services.outcomes.store.returns import read_values, values_of_rows
from services.outcomes.store.rows import adding, read, values_of
from services.outcomes.store.scopes import scope, sent
from shared.db import Transaction, prepare

_OF_RETURN = bindparam("return_id", type_=Uuid)
_ADD_VALUE = adding(return_values)
_NEXT = (
    select(func.coalesce(func.max(return_moves.c.position), 0) + 1)
    .where(return_moves.c.return_id == _OF_RETURN)
    .scalar_subquery()
)
_ADD_MOVE = prepare(
    insert(return_moves).values(
        {
            each.name: bindparam(each.name, type_=each.type)
            for each in return_moves.c
            if each.name != "position"
        }
        | {"position": _NEXT}
    )
)
_VALUES = prepare(
    values_of_rows(return_values)
    .add_columns(return_values.c.revision)
    .where(sent(return_values), return_values.c.return_id == _OF_RETURN)
    .group_by(return_values.c.revision)
)
_MOVE = (
    "from_state",
    "to_state",
    "moved_at",
    "organisation_id",
    "client_id",
    "reasons",
    "warnings",
    "reviewer",
)
_MOVES = prepare(
    select(return_moves.c.revision, *(return_moves.c[name] for name in _MOVE))
    .where(sent(return_moves), return_moves.c.return_id == _OF_RETURN)
    .order_by(return_moves.c.position)
)


def below_return(found: Return, readers: list[UUID]) -> dict[str, Any]:
    """What a row below a return repeats of it."""
    return {
        "return_id": found.id,
        "revision": found.revision,
        "obligation_id": found.obligation_id,
        "period": found.period,
        "partnership_id": found.partnership_id,
        "owner_organisation_id": found.owner_organisation_id,
        "lead_organisation_id": found.lead_organisation_id,
        "reader_organisation_ids": readers,
        "financial_year": found.financial_year,
    }


def parties(found: Return) -> list[UUID]:
    """The parties of the contract in the order in which every row repeats them."""
    return [found.lead_organisation_id, found.provider_organisation_id, *found.associate_organisation_ids]


async def freeze(tx: Transaction, submitted: Return) -> None:
    """Keep the figures of a revision as they were submitted."""
    below = below_return(submitted, parties(submitted))
    await tx.many(
        _ADD_VALUE,
        (
            values_of(value, indicator_id=indicator_id, **below)
            for indicator_id, value in (submitted.values or {}).items()
        ),
    )


async def add_moves(tx: Transaction, found: Return, moves: Iterable[ReturnMove]) -> None:
    """Keep the steps that a return has just taken, in order."""
    below = below_return(found, parties(found))
    await tx.many(
        _ADD_MOVE,
        (
            values_of(each, **below) | {"reasons": list(each.reasons), "warnings": list(each.warnings)}
            for each in moves
        ),
    )


async def of_return(tx: Transaction, return_id: UUID) -> tuple[Revision, ...]:
    """The revisions of a return that the caller may see, from the first on."""
    values = {
        row["revision"]: read_values(row["jsonb_object_agg_1"])
        for row in await tx.all(_VALUES, return_id=return_id, **scope(tx))
    }
    moves: dict[int, list[ReturnMove]] = defaultdict(list)
    for row in await tx.all(_MOVES, return_id=return_id, **scope(tx)):
        moves[row["revision"]].append(_move({name: row[name] for name in _MOVE}))
    return tuple(
        Revision(
            return_id=return_id,
            revision=number,
            values=values.get(number, {}),
            warnings=tuple(warned for each in moves[number] for warned in each.warnings),
            moves=tuple(moves[number]),
        )
        for number in sorted(moves)
    )


def _move(row: Mapping[str, Any]) -> ReturnMove:
    return read(row, ReturnMove)
