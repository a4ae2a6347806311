"""Settlements with their approvals, disputes and postings, each of which is kept as it was recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, Text, Uuid, bindparam, func, insert, literal, select, update

from services.budget.rules.settled import Facts, Outcome
from services.budget.rules.settlement import (
    Approval,
    Dispute,
    Maker,
    Posting,
    Settlement,
    SettlementState,
    Source,
)
from services.budget.store.risk_tables import (
    settlement_approvals,
    settlement_disputes,
    settlement_postings,
    settlements,
)
from services.budget.store.tables import journals
from services.budget.store.visibility import scope, to_partners_by_year
from shared.audit import Change
from shared.db import Prepared, Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within

_MAKER = ("proposed_by_client_id", "proposed_by_person")
_NAMES = tuple(
    column.name for column in settlements.c if not column.name.endswith("_at") or column.name == "as_at"
)
_SHOWN = tuple(name for name in _NAMES if name not in _MAKER)


_reversals = journals.alias("reversals")
_REVERSED_BY = (
    select(_reversals.c.id)
    .where(_reversals.c.reverses_journal_id == settlement_postings.c.journal_id)
    .correlate(settlement_postings)
    .scalar_subquery()
)


def _folded(table: Any, key: Any, name: str, **shown: Any) -> Any:
    """The rows of a settlement in another table as one array of objects, in the order in which they were recorded."""
    pairs = [part for label, column in shown.items() for part in (literal(label, Text), column)]
    rows = (
        select(func.jsonb_build_object(*pairs).label("row"), table.c.recorded_at)
        .where(key == settlements.c.id)
        .order_by(table.c.recorded_at)
        .correlate(settlements)
        .subquery()
    )
    return (
        select(func.coalesce(func.jsonb_agg(rows.c.row), func.jsonb_build_array()))
        .scalar_subquery()
        .label(name)
    )


def _whole() -> Select[Any]:
    approvals, disputes, postings = settlement_approvals, settlement_disputes, settlement_postings
    return select(
        *(settlements.c[name] for name in _NAMES),
        _folded(
            approvals,
            approvals.c.settlement_id,
            "approvals",
            organisation_id=approvals.c.owner_organisation_id,
            approved_at=approvals.c.recorded_at,
        ),
        _folded(
            disputes,
            disputes.c.settlement_id,
            "disputes",
            organisation_id=disputes.c.owner_organisation_id,
            **{
                name: disputes.c[name]
                for name in ("id", "steps", "grounds", "answer_due_on", "outcome", "explanation", "version")
            },
        ),
        _folded(
            postings,
            postings.c.settlement_id,
            "postings",
            journal_id=postings.c.journal_id,
            steps=postings.c.steps,
            reversed_by_journal_id=_REVERSED_BY,
        ),
    ).where(to_partners_by_year(settlements))


_ID = settlements.c.id == bindparam("id", type_=Uuid)
_GET = prepare(_whole().where(_ID))
_LOCK = prepare(select(settlements.c.id).where(_ID, to_partners_by_year(settlements)).with_for_update())
_OF_POOL, _OF_YEAR, _OF_STATE = (
    bindparam(f"of_{name}", type_=kind) for name, kind in (("pool", Uuid), ("year", Text), ("state", Text))
)
_PAGES = Pages(
    _whole().where(
        settlements.c.partnership_id == bindparam("partnership", type_=Uuid),
        _OF_POOL.is_(None) | (settlements.c.pool_id == _OF_POOL),
        _OF_YEAR.is_(None) | (settlements.c.financial_year == _OF_YEAR),
        _OF_STATE.is_(None) | (settlements.c.state == _OF_STATE),
    ),
    settlements.c.financial_year,
    settlements.c.id,
    settlements.c.updated_at,
)


def _adding(table: Any) -> Any:
    columns = [each for each in table.c if each.name not in {"recorded_at", "updated_at"}]
    return prepare(
        insert(table).values({each.name: bindparam(each.name, type_=each.type) for each in columns})
    )


def _changing(table: Any, *names: str) -> Any:
    values = {name: bindparam(name, type_=table.c[name].type) for name in names}
    return prepare(update(table).where(table.c.id == bindparam("which", type_=Uuid)).values(values))


_ADD = _adding(settlements)
_ADD_APPROVAL = _adding(settlement_approvals)
_ADD_DISPUTE = _adding(settlement_disputes)
_ADD_POSTING = _adding(settlement_postings)
_SAVE = _changing(settlements, "state", "withdrawn_because", "version")
_END_DISPUTE = _changing(settlement_disputes, "outcome", "explanation", "version")
_APPROVED = prepare(
    _whole().where(
        settlements.c.partnership_id == bindparam("partnership", type_=Uuid),
        settlements.c.financial_year == _OF_YEAR,
        settlements.c.state != SettlementState.PROPOSED.value,
        settlements.c.state != SettlementState.WITHDRAWN.value,
    )
)
# Last approvals of a partnership's year come one after the other, for each may use the same underspend.
_IN_TURN = Prepared(
    "select pg_advisory_xact_lock(hashtextextended('settling ' || $1::uuid::text || ' ' || $2::text, 0)) is null",
    ("partnership", "year"),
    {},
)
_OF_JOURNAL = prepare(
    select(settlement_postings.c.settlement_id).where(
        settlement_postings.c.journal_id == bindparam("journal", type_=Uuid)
    )
)
_STANDING = prepare(
    select(func.count().label("standing"))
    .select_from(settlement_postings)
    .where(
        settlement_postings.c.settlement_id == bindparam("id", type_=Uuid),
        ~select(_reversals.c.id)
        .where(_reversals.c.reverses_journal_id == settlement_postings.c.journal_id)
        .exists(),
    )
)


async def get(tx: Transaction, settlement_id: UUID) -> Settlement:
    return _settlement(await tx.one(_GET, id=settlement_id, **scope(tx)))[0]


async def lock(tx: Transaction, settlement_id: UUID) -> tuple[Settlement, Maker]:
    """A settlement for a change, and who proposed it. Who sees it and is no party gets it too, for the rule to refuse.

    Read once the lock is held, so that no approval, dispute or posting is missed that was made while it waited.
    """
    await tx.maybe(_LOCK, id=settlement_id, **scope(tx))
    return _settlement(await tx.one(_GET, id=settlement_id, **scope(tx)))


async def approved(tx: Transaction, partnership_id: UUID, financial_year: str) -> list[Settlement]:
    """The settlements of a partnership's year that every party has approved and nobody has withdrawn."""
    rows = await tx.all(_APPROVED, partnership=partnership_id, of_year=financial_year, **scope(tx))
    return [_settlement(row)[0] for row in rows]


async def approved_in_turn(tx: Transaction, settlement: Settlement) -> list[Settlement]:
    """The same for one that is about to join them, with nobody else's joining at the same time."""
    await tx.one(_IN_TURN, partnership=settlement.partnership_id, year=settlement.financial_year)
    return await approved(tx, settlement.partnership_id, settlement.financial_year)


async def lock_posted_by(tx: Transaction, journal_id: UUID) -> Settlement | None:
    """The settlement that a journal put into the books, locked for a change; None of any other journal."""
    row = await tx.maybe(_OF_JOURNAL, journal=journal_id)
    return None if row is None else (await lock(tx, row["settlement_id"]))[0]


async def standing_journals(tx: Transaction, settlement_id: UUID) -> int:
    """How many of its journals nobody has reversed."""
    standing: int = (await tx.one(_STANDING, id=settlement_id))["standing"]
    return standing


async def add(tx: Transaction, settlement: Settlement, maker: Maker) -> None:
    values = {name: getattr(settlement, name) for name in _SHOWN}
    values |= {"source": settlement.source.value, "state": settlement.state.value}
    values |= {"party_ids": list(settlement.party_ids)}
    await tx.do(_ADD, **values, proposed_by_client_id=maker.client_id, proposed_by_person=maker.person)


async def save(tx: Transaction, settlement: Settlement) -> None:
    await tx.do(
        _SAVE,
        which=settlement.id,
        state=settlement.state.value,
        withdrawn_because=settlement.withdrawn_because,
        version=settlement.version,
    )


async def add_approval(tx: Transaction, settlement: Settlement, approver: Maker) -> None:
    await tx.do(_ADD_APPROVAL, **_of(tx, settlement), approved_by_client_id=approver.client_id)


async def add_dispute(tx: Transaction, settlement: Settlement, raised: Dispute) -> None:
    await tx.do(
        _ADD_DISPUTE,
        **_of(tx, settlement),
        id=raised.id,
        steps=list(raised.steps),
        grounds=raised.grounds,
        answer_due_on=raised.answer_due_on,
        outcome=None,
        explanation=None,
        version=raised.version,
    )


async def end_dispute(tx: Transaction, ended: Dispute) -> None:
    outcome = None if ended.outcome is None else ended.outcome.value
    await tx.do(
        _END_DISPUTE, which=ended.id, outcome=outcome, explanation=ended.explanation, version=ended.version
    )


async def add_posting(tx: Transaction, settlement: Settlement, posting: Posting) -> None:
    await tx.do(_ADD_POSTING, **_of(tx, settlement), journal_id=posting.journal_id, steps=list(posting.steps))


def _of(tx: Transaction, settlement: Settlement) -> dict[str, Any]:
    return {
        "settlement_id": settlement.id,
        "partnership_id": settlement.partnership_id,
        "owner_organisation_id": tx.caller.organisation_id,
        "financial_year": settlement.financial_year,
    }


async def page(
    tx: Transaction,
    partnership_id: UUID,
    of: Mapping[str, Any],
    limit: int,
    after: After,
    within: Within = WHENEVER,
) -> list[Settlement]:
    """`of` holds of_pool, of_year and of_state, each None where all are wanted."""
    rows = await _PAGES.read(tx, limit, after, within, partnership=partnership_id, **of, **scope(tx))
    return [_settlement(row)[0] for row in rows]


def _settlement(row: Mapping[str, Any]) -> tuple[Settlement, Maker]:
    values = {name: row[name] for name in _SHOWN}
    return Settlement(
        **{
            **values,
            "source": Source(row["source"]),
            "state": SettlementState(row["state"]),
            "facts": msgspec.convert(row["facts"], Facts),
            "outcome": msgspec.convert(row["outcome"], Outcome),
            "party_ids": tuple(row["party_ids"]),
            "approvals": msgspec.convert(row["approvals"], tuple[Approval, ...]),
            "disputes": msgspec.convert(row["disputes"], tuple[Dispute, ...]),
            "postings": msgspec.convert(row["postings"], tuple[Posting, ...]),
        }
    ), Maker(row["proposed_by_client_id"], row["proposed_by_person"])


def told(what: str, settlement: Settlement) -> Change:
    """What a change of a settlement tells, and to whom: to every party."""
    return Change(
        what=what,
        thing="settlement",
        thing_id=settlement.id,
        owner_organisation_id=settlement.owner_organisation_id,
        partnership_id=settlement.partnership_id,
        readers=settlement.party_ids,
        facts={"state": settlement.state.value, "financial_year": settlement.financial_year},
    )
