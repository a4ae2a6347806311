"""The summary of a partnership's contracts: one statement, over what the caller may know of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, Text, Uuid, bindparam, cast, func, literal_column, select

from services.contracts.rules.classification import Category, ValueBasis
from services.contracts.rules.state import RUNNING, State
from services.contracts.rules.summary import (
    CategoryCount,
    ContractSummary,
    EndsNext,
    FieldKnown,
    KnownValue,
    StateCount,
)
from services.contracts.rules.visibility import stands_in
from services.contracts.store.shown_contracts import KNOWN, TERMS_KNOWN, shown
from services.contracts.store.tables import contracts
from services.contracts.store.visibility import scope
from shared.calendar import financial_year_of
from shared.db import Transaction, prepare
from shared.errors import NOT_FOUND

ENDS_NEXT = 10
_RUNNING = [literal_column(f"'{each.value}'", Text) for each in sorted(RUNNING)]
_AS_AT = bindparam("as_at", type_=Date)

_mine = shown(contracts.c.partnership_id == bindparam("partnership_id", type_=Uuid))


def folded(rows: Select[*tuple[Any, ...]]) -> Any:
    """The rows of a query as one JSON array."""
    named = rows.subquery("r")
    return (
        select(
            func.coalesce(func.jsonb_agg(func.to_jsonb(literal_column("r"))), literal_column("'[]'::jsonb"))
        )
        .select_from(named)
        .scalar_subquery()
    )


_runs = _mine.c.state.in_(_RUNNING)
_unknown = _mine.c.value_pence.is_(None)
_SUMMARY = prepare(
    select(
        folded(select(_mine.c.state, func.count().label("contracts")).group_by(_mine.c.state)).label(
            "by_state"
        ),
        folded(
            select(
                _mine.c.category,
                _mine.c.value_basis,
                func.count().label("contracts"),
                cast(func.sum(_mine.c.value_pence), Text).label("known_pence"),
                func.count().filter(_unknown).label("unknown"),
                func.array_agg(_mine.c.owner_organisation_id.distinct()).filter(_unknown).label("missing"),
            )
            .where(_runs)
            .group_by(_mine.c.category, _mine.c.value_basis)
        ).label("by_category"),
        folded(
            select(
                _mine.c.id.label("contract_id"),
                _mine.c.reference,
                _mine.c.title,
                _mine.c.owner_organisation_id,
                _mine.c.ends_on,
            )
            .where(_runs, _mine.c.ends_on >= _AS_AT)
            .order_by(_mine.c.ends_on, _mine.c.id)
            .limit(literal_column(str(ENDS_NEXT)))
        ).label("ends_next"),
        folded(
            select(
                func.count().filter(_mine.c.ends_on < _AS_AT).label("past_end"),
                func.count().filter(_mine.c.inside).label("inside"),
                *(
                    func.count().filter(_mine.c[f"has_{name}"]).label(f"has_{name}")
                    for name in (*KNOWN, *TERMS_KNOWN)
                ),
            ).where(_runs)
        ).label("counted"),
    )
)


async def of_partnership(tx: Transaction, partnership_id: UUID, as_at: date, today: date) -> ContractSummary:
    """The summary as recorded now, its ends counted from a day; for an auditor, of what ran in that day's year.

    A partnership of which the caller may see nothing, and has no standing to be told that there is none, is
    not found.
    """
    year = financial_year_of(as_at)
    row = await tx.one(_SUMMARY, partnership_id=partnership_id, as_at=as_at, today=today, **scope(tx, year))
    if not (row["by_state"] or stands_in(tx.caller, partnership_id, year)):
        raise NOT_FOUND()
    states: Counter[State] = Counter({State(each["state"]): each["contracts"] for each in row["by_state"]})
    counted = row["counted"][0]
    running = sum(count for state, count in states.items() if state in RUNNING)
    whole = counted["inside"] == running
    fields = (*KNOWN, *(TERMS_KNOWN if whole else ()))
    return ContractSummary(
        partnership_id=partnership_id,
        as_at=as_at,
        contracts=states.total(),
        running=running,
        by_state=tuple(StateCount(state, states[state]) for state in State if states[state]),
        by_category=_by_category(row["by_category"]),
        total=known_value(row["by_category"], ValueBasis.TOTAL),
        annual=known_value(row["by_category"], ValueBasis.ANNUAL),
        ends_next=tuple(
            EndsNext(
                contract_id=UUID(each["contract_id"]),
                reference=each["reference"],
                title=each["title"],
                owner_organisation_id=UUID(each["owner_organisation_id"]),
                ends_on=date.fromisoformat(each["ends_on"]),
            )
            for each in row["ends_next"]
        ),
        past_end=counted["past_end"],
        without_indicator=running - counted["has_outcome_indicator"] if whole else None,
        completeness=tuple(FieldKnown(name, counted[f"has_{name}"], running) for name in fields),
    )


def _by_category(groups: Iterable[Mapping[str, Any]]) -> tuple[CategoryCount, ...]:
    of: dict[str | None, list[Mapping[str, Any]]] = {}
    for group in groups:
        of.setdefault(group["category"], []).append(group)
    order = [*(each.value for each in Category), None]
    return tuple(
        CategoryCount(
            category=None if name is None else Category(name),
            contracts=sum(group["contracts"] for group in of[name]),
            total=known_value(of[name], ValueBasis.TOTAL),
            annual=known_value(of[name], ValueBasis.ANNUAL),
        )
        for name in order
        if name in of
    )


def known_value(groups: Iterable[Mapping[str, Any]], basis: ValueBasis) -> KnownValue:
    """The values of one basis added up. Unknown values make the sum incomplete; nothing known is never nought."""
    mine = [group for group in groups if group["value_basis"] == basis.value]
    known = [int(group["known_pence"]) for group in mine if group["known_pence"] is not None]
    unknown = sum(group["unknown"] for group in mine)
    return KnownValue(
        known_pence=sum(known) if known else None,
        complete=not unknown,
        contracts=sum(group["contracts"] for group in mine),
        unknown=unknown,
        missing_contributors=tuple(sorted({UUID(each) for group in mine for each in group["missing"] or ()})),
    )
