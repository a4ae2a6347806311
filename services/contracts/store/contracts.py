"""Contracts whole: read, locked, added and saved with their parties, funding, terms, plans and due dates."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    Select,
    String,
    Table,
    Text,
    Uuid,
    any_,
    bindparam,
    cast,
    delete,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, aggregate_order_by

from services.contracts.rules.contract import Contract, reference_key
from services.contracts.rules.lineage import LINEAGE
from services.contracts.rules.step import Move, Step
from services.contracts.rules.view import PublishedProvider
from services.contracts.store import records
from services.contracts.store.life_tables import contract_steps
from services.contracts.store.tables import (
    contract_funding,
    contract_parties,
    contract_plans,
    contract_terms,
    contracts,
    due_dates,
    notices,
)
from services.contracts.store.visibility import commissioning, funding_visible, inside, led, scope, visible
from shared.db import Prepared, Transaction, prepare
from shared.errors import NOT_FOUND


def _object(*columns: Column[Any]) -> ColumnElement[Any]:
    """A JSON object of columns under their names; decimals as text, so that no digit is lost on the way."""
    parts: list[Any] = []
    for column in columns:
        value = cast(column, String) if column.name == "share_percent" else column
        parts += [literal_column(f"'{column.name}'"), value]
    return func.jsonb_build_object(*parts)


def _folded(table: Table, seen: ColumnElement[bool]) -> Any:
    """The rows of a contract in another table as one JSON array, empty where the caller may not see them."""
    columns = [column for column in table.c if column.name not in ("contract_id", "position")]
    rows = func.jsonb_agg(aggregate_order_by(_object(*columns), table.c.position))
    return (
        select(func.coalesce(rows, literal_column("'[]'::jsonb")))
        .where(table.c.contract_id == contracts.c.id, seen)
        .correlate(contracts)
        .scalar_subquery()
    )


_GENERATED = ("ends_sort", "ends_as_it_stands", "runs_until", "title_words", "worth_pence")
_OF_LISTS = ("reference_key", "notice_ends_on", *_GENERATED)


def _whole() -> Select[Any]:
    """Everything on a contract that the caller may see; what it may not see is left out, column by column."""
    apart = ("contract_id", "notice_id")
    notice = _object(*(column for column in notices.c if column.name not in ("contract_id", "recorded_at")))
    return (
        select(
            *(column for column in contracts.c if column.name not in _OF_LISTS),
            *(column for column in contract_terms.c if column.name not in apart),
            *(column for column in contract_plans.c if column.name not in apart),
            select(notice)
            .where(notices.c.id == contract_terms.c.notice_id)
            .scalar_subquery()
            .label("notice"),
            _folded(contract_parties, inside()).label("parties"),
            _folded(contract_funding, funding_visible()).label("funding"),
        )
        .select_from(contracts)
        .outerjoin(contract_terms, (contract_terms.c.contract_id == contracts.c.id) & inside())
        .outerjoin(contract_plans, (contract_plans.c.contract_id == contracts.c.id) & commissioning())
    )


_ID = bindparam("id", type_=Uuid)
_IDS = bindparam("ids", type_=ARRAY(Uuid))
_GET = prepare(_whole().where(contracts.c.id == _ID, visible()))
_GET_ALL = prepare(_whole().where(contracts.c.id == any_(_IDS), visible()))
# In id order, so that two changes that cross the same contracts wait for each other and never deadlock.
_LOCK = prepare(
    select(contracts.c.id)
    .where(contracts.c.id == any_(_IDS), led())
    .order_by(contracts.c.id)
    .with_for_update()
)
_SEEN = prepare(select(contracts.c.id).where(contracts.c.id == any_(_IDS), commissioning()))
_LAST = prepare(
    select(func.max(contracts.c.occurrence).label("last")).where(
        contracts.c.owner_organisation_id == bindparam("owner_id", type_=Uuid),
        contracts.c.reference_key == bindparam("reference_key", type_=Text),
    )
)
_RELATED = prepare(
    select(contract_plans.c.contract_id, contract_plans.c.related).where(
        contract_plans.c.contract_id == any_(_IDS)
    )
)

NO_STEPS: Mapping[UUID, Step] = {}
_CLOCKED = ("recorded_at", "changed_at", "disclosed", *_GENERATED)
_OF_OWNER = frozenset({"owner_organisation_id", "occurrence"})
_FIXED = ("id", "partnership_id", "owner_organisation_id", "occurrence", "origin")


def _sent(table: Table) -> Any:
    """Any number of rows, sent as one JSON array of objects: a round trip for a table, not for a row."""
    columns = [Column(column.name, column.type) for column in table.c if column.name not in _CLOCKED]
    rows = bindparam("rows", type_=JSONB)
    sent = func.jsonb_populate_recordset(literal_column(f"null::{table.fullname}"), rows)
    return sent.table_valued(*columns, name="sent")


def _adding(table: Table) -> Prepared:
    sent = _sent(table)
    return prepare(insert(table).from_select([each.name for each in sent.c], select(*sent.c)))


_ADD = {
    table: _adding(table)
    for table in (
        contracts,
        contract_terms,
        contract_plans,
        contract_parties,
        contract_funding,
        notices,
        due_dates,
        contract_steps,
    )
}


def _saving(table: Table, key: str, also: frozenset[str] = frozenset(), **more: Any) -> Prepared:
    """An update of every column that may change, `also` those that only a succession changes."""
    sent = _sent(table)
    fixed = {key, *_FIXED} - also
    values = {each.name: each for each in sent.c if each.name not in fixed}
    return prepare(update(table).where(table.c[key] == sent.c[key]).values({**values, **more}))


_SAVE = _saving(contracts, "id", changed_at=func.clock_timestamp())
_SAVE_WITH_OWNER = _saving(contracts, "id", _OF_OWNER, changed_at=func.clock_timestamp())
_SAVE_TERMS = _saving(contract_terms, "contract_id")
_SAVE_PLANS = _saving(contract_plans, "contract_id")
_PARTS = (
    (contract_parties, records.party_rows),
    (contract_funding, records.funding_rows),
    (due_dates, records.due_rows),
)
_CLEAR = {table: prepare(delete(table).where(table.c.contract_id == any_(_IDS))) for table, _ in _PARTS}


async def get(tx: Transaction, contract_id: UUID) -> tuple[Contract, tuple[PublishedProvider, ...]]:
    """A contract with what the caller may see of it, and its providers as they are published."""
    row = await tx.one(_GET, id=contract_id, **scope(tx))
    return records.contract_of(row), records.providers_of(row)


async def lock(tx: Transaction, contract_id: UUID) -> Contract:
    """A contract that the caller leads, locked until the end; to anybody else there is no such contract."""
    locked = await lock_all(tx, [contract_id])
    if contract_id not in locked:
        raise NOT_FOUND()
    return locked[contract_id]


async def lock_all(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, Contract]:
    """Those of these contracts that the caller leads, locked until the end."""
    locked = await tx.all(_LOCK, ids=list(ids), organisations=list(tx.caller.organisations))
    return await get_all(tx, [row["id"] for row in locked])


async def get_all(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, Contract]:
    """Those of these contracts that the caller may see, each with what it may see of it."""
    rows = await tx.all(_GET_ALL, ids=list(ids), **scope(tx)) if ids else []
    return {row["id"]: records.contract_of(row) for row in rows}


async def maybe(tx: Transaction, contract_id: UUID) -> Contract | None:
    """A contract with what the caller may see of it, or None where there is none to see."""
    return (await get_all(tx, [contract_id])).get(contract_id)


async def next_occurrence(tx: Transaction, contract: Contract) -> int:
    """Which one this would be of its owner's contracts under its reference: 1, or one more than the last."""
    key = reference_key(contract.reference)
    row = await tx.one(_LAST, owner_id=contract.owner_organisation_id, reference_key=key)
    return int(row["last"] or 0) + 1


async def parents_of(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """From which contracts these came, and those again, as far as the caller may see it."""
    known: dict[UUID, list[UUID]] = {}
    ahead = set(ids)
    while ahead:
        rows = await tx.all(_RELATED, ids=sorted(ahead))
        known |= {each: [] for each in ahead}
        for row in rows:
            known[row["contract_id"]] = [
                UUID(each["contract_id"]) for each in row["related"] if each["relation"] in LINEAGE
            ]
        ahead = {each for row in rows for each in known[row["contract_id"]]} - known.keys()
    return known


async def missing(tx: Transaction, ids: Collection[UUID]) -> list[UUID]:
    """Those of these contracts that the caller cannot see whole, or that are not there."""
    if not ids:
        return []
    seen = {row["id"] for row in await tx.all(_SEEN, ids=list(ids), **scope(tx))}
    return sorted(set(ids) - seen)


_REGISTERED = Step(Move.REGISTRATION)


async def add(tx: Transaction, contract: Contract, first: Step = _REGISTERED) -> Contract:
    """Add a contract; gives it back with the database's times."""
    await add_all(tx, [contract], first)
    return (await get(tx, contract.id))[0]


async def add_all(tx: Transaction, found: Sequence[Contract], first: Step = _REGISTERED) -> None:
    """Add many contracts, a table at a time. `first` is the step with which their history begins."""
    await tx.do(_ADD[contracts], rows=[records.contract_row(each) for each in found])
    await tx.do(_ADD[contract_terms], rows=[records.terms_row(each) for each in found])
    await tx.do(_ADD[contract_plans], rows=[records.plans_row(each) for each in found])
    for table, rows in _PARTS:
        await tx.do(_ADD[table], rows=[row for each in found for row in rows(each)])
    await tx.do(_ADD[contract_steps], rows=[records.step_row(tx.caller, None, each, first) for each in found])


async def save(tx: Transaction, before: Contract, after: Contract, step: Step | None = None) -> Contract:
    """Save a changed contract under the next version; gives it back with the database's times."""
    await save_all(tx, [(before, after)], {} if step is None else {after.id: step})
    return (await get(tx, after.id))[0]


async def save_all(
    tx: Transaction,
    pairs: Sequence[tuple[Contract, Contract]],
    steps: Mapping[UUID, Step] = NO_STEPS,
    owners: bool = False,
) -> None:
    """Save changed contracts, each under its next version; rewrites only those parts that changed.

    `steps` says by which move each came to another state; without it a register said so. `owners`: a successor
    becomes the owner.
    """
    saved = [(before, replace(after, version=before.version + 1)) for before, after in pairs]
    served = [(after.id, after.notice) for before, after in saved if after.notice != before.notice]
    save = _SAVE_WITH_OWNER if owners else _SAVE
    await tx.do(save, rows=[records.contract_row(after) for _, after in saved])
    await tx.do(
        _ADD[notices], rows=[{"contract_id": id_, **asdict(notice)} for id_, notice in served if notice]
    )
    await tx.do(_SAVE_TERMS, rows=[records.terms_row(after) for _, after in saved])
    await tx.do(_SAVE_PLANS, rows=[records.plans_row(after) for _, after in saved])
    moved = [
        records.step_row(tx.caller, before, after, steps.get(after.id, Step(Move.CORRECTION)))
        for before, after in saved
        if before.state is not after.state or after.id in steps
    ]
    if moved:
        await tx.do(_ADD[contract_steps], rows=moved)
    for table, rows in _PARTS:
        changed = [after for before, after in saved if rows(before) != rows(after)]
        if changed:
            await tx.do(_CLEAR[table], ids=[after.id for after in changed])
            await tx.do(_ADD[table], rows=[row for after in changed for row in rows(after)])
