"""Commitments with every move, and the sums of each line that are kept with the moves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, insert, select, update

from services.budget.rules.commitment import Commitment, Level, Move, Payment
from services.budget.rules.headroom import LineFunds
from services.budget.rules.line import Arrangement
from services.budget.store import line_funds
from services.budget.store.commitment_tables import commitments
from services.budget.store.visibility import scope, to_money
from shared.db import Prepared, Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within

_NAMES = tuple(c.name for c in commitments.c if c.name not in {"recorded_at", "updated_at"})
_VISIBLE = select(*(commitments.c[name] for name in _NAMES)).where(to_money(commitments))
_ID = commitments.c.id == bindparam("id", type_=Uuid)
_GET = prepare(_VISIBLE.where(_ID))
_LOCK = prepare(_VISIBLE.where(_ID).with_for_update())
_FOR = _VISIBLE.where(
    commitments.c.contract_id == bindparam("of_contract", type_=Uuid), commitments.c.level == "service"
)
_LINES_FOR = prepare(_FOR.with_only_columns(commitments.c.line_id))
# In id order, as the lines before them.
_LOCK_FOR = prepare(_FOR.order_by(commitments.c.id).with_for_update())
_YEAR = bindparam("of_year", type_=commitments.c.financial_year.type)
_LINE = bindparam("of_line", type_=Uuid)
_CONTRACT = bindparam("of_contract", type_=Uuid)
_PAGES = Pages(
    _VISIBLE.where(
        commitments.c.partnership_id == bindparam("partnership", type_=Uuid),
        _YEAR.is_(None) | (commitments.c.financial_year == _YEAR),
        _LINE.is_(None) | (commitments.c.line_id == _LINE),
        _CONTRACT.is_(None) | (commitments.c.contract_id == _CONTRACT),
    ),
    commitments.c.financial_year,
    commitments.c.id,
    commitments.c.updated_at,
)
_ADD = prepare(
    insert(commitments).values({name: bindparam(name, type_=commitments.c[name].type) for name in _NAMES})
)
_SAVE = prepare(
    update(commitments)
    .where(commitments.c.id == bindparam("which", type_=Uuid))
    .values(
        {
            name: bindparam(name, type_=commitments.c[name].type)
            for name in ("reserved_pence", "drawn_pence", "released_pence", "version")
        }
    )
)
# The move and the sums that it changes, in one statement; the clock is read under the lock of the line.
_MOVE = Prepared(
    """
with stamped as materialized (select clock_timestamp() as at),
added as (
    insert into commitment_moves (commitment_id, number, partnership_id, owner_organisation_id, arrangement,
        financial_year, line_id, made_by_organisation_id, kind, amount_pence, paid_pence, journal_id, effective_date,
        reason, recorded_at)
    select $1, $2, $3, $4, $5::arrangement, $6, $7, $8, $9, $10::bigint, $11, $12, $13::date, $14, at from stamped)
insert into commitment_balances (line_id, effective_month, recorded_month, partnership_id, owner_organisation_id,
    arrangement, financial_year, amount_pence, day_pence)
select $7, date_trunc('month', $13::date)::date, date_trunc('month', at at time zone 'UTC')::date, $3, $4,
       $5::arrangement, $6, $10::bigint,
       array_fill(null::bigint, array[extract(day from $13::date)::integer - 1]) || $10::bigint
  from stamped
on conflict (line_id, effective_month, recorded_month) do update
   set amount_pence = commitment_balances.amount_pence + excluded.amount_pence,
       day_pence[extract(day from $13::date)::integer] = coalesce(
           commitment_balances.day_pence[extract(day from $13::date)::integer], 0) + excluded.amount_pence
""",
    (
        "commitment_id",
        "number",
        "partnership_id",
        "owner_organisation_id",
        "arrangement",
        "financial_year",
        "line_id",
        "made_by",
        "kind",
        "amount_pence",
        "paid_pence",
        "journal_id",
        "effective_date",
        "reason",
    ),
    {},
)
# What a journal charged to a line, what it drew from other commitments of it, and what its original drew from this one.
_PAYMENT = Prepared(
    """
select j.effective_date, j.reverses_journal_id,
       exists (select from journals r where r.reverses_journal_id = j.id) as undone,
       (select coalesce(sum(e.amount_pence), 0) from entries e join accounts a on a.id = e.account_id
         where e.journal_id = j.id and a.line_id = $2 and a.kind in ('expenditure', 'income')) as charged,
       (select coalesce(sum(m.paid_pence), 0) from commitment_moves m
         where m.journal_id = j.id and m.line_id = $2 and m.commitment_id <> $3 and m.kind = 'drawn_down') as elsewhere,
       (select -m.amount_pence from commitment_moves m
         where m.journal_id = j.reverses_journal_id and m.commitment_id = $3 and m.kind = 'drawn_down') as undoes
  from journals j where j.id = $1 and j.book = 'actual'
""",
    ("journal", "line", "commitment"),
    {},
)
# What an organisation had set aside in a year before this, and for each owner of lines what other contracts took.
_BEFORE = Prepared(
    "select coalesce(sum(reserved_pence), 0) as pence from commitments where partnership_id = $1 and financial_year = $2"
    " and made_by_organisation_id = $3 and continues_commitment_id is null",
    ("partnership", "year", "organisation"),
    {},
)
_CONTRACTS = Prepared(
    "select owner_organisation_id, sum(reserved_pence) as pence from commitments where partnership_id = $1"
    " and financial_year = $2 and level = 'service' and contract_id <> $3 and continues_commitment_id is null"
    " group by owner_organisation_id",
    ("partnership", "year", "contract"),
    {},
)
_MOVES = Prepared(
    "select kind, amount_pence, effective_date, reason, journal_id, paid_pence from commitment_moves"
    " where commitment_id = $1 order by number",
    ("commitment",),
    {},
)


async def get(tx: Transaction, commitment_id: UUID) -> Commitment:
    return _commitment(await tx.one(_GET, id=commitment_id, **scope(tx)))


async def lock(tx: Transaction, commitment_id: UUID) -> tuple[Commitment, LineFunds | None]:
    """The commitment and its line, both locked: the line first, by every move. No line where it is not seen."""
    line_id = (await get(tx, commitment_id)).line_id
    line = (await line_funds.lock(tx, [line_id])).get(line_id)
    row = await tx.maybe(_LOCK, id=commitment_id, **scope(tx))
    return (await get(tx, commitment_id) if row is None else _commitment(row)), line


async def lines_of_contract(tx: Transaction, contract_id: UUID) -> list[UUID]:
    """The lines on which something was set aside for a contract, as far as the caller may see."""
    return [row["line_id"] for row in await tx.all(_LINES_FOR, of_contract=contract_id, **scope(tx))]


async def lock_of_contract(tx: Transaction, contract_id: UUID) -> list[Commitment]:
    """What was set aside for a contract, not for packages under it; its lines are locked before."""
    return [_commitment(row) for row in await tx.all(_LOCK_FOR, of_contract=contract_id, **scope(tx))]


async def payment(tx: Transaction, commitment: Commitment, journal_id: UUID) -> Payment | None:
    """The journal as a payment of this commitment; None where it is not seen or charges another line."""
    row = await tx.maybe(_PAYMENT, journal=journal_id, line=commitment.line_id, commitment=commitment.id)
    if row is None or row["charged"] == 0:
        return None
    return Payment(
        journal_id,
        row["effective_date"],
        int(row["charged"]),
        int(row["elsewhere"]),
        row["reverses_journal_id"],
        row["undoes"],
        row["undone"],
    )


async def add(tx: Transaction, commitment: Commitment, move: Move) -> None:
    await tx.do(_ADD, **{name: getattr(commitment, name) for name in _NAMES})
    await _move(tx, commitment, move)


async def save(tx: Transaction, commitment: Commitment, move: Move) -> None:
    await tx.do(
        _SAVE,
        which=commitment.id,
        reserved_pence=commitment.reserved_pence,
        drawn_pence=commitment.drawn_pence,
        released_pence=commitment.released_pence,
        version=commitment.version,
    )
    await _move(tx, commitment, move)


async def _move(tx: Transaction, commitment: Commitment, move: Move) -> None:
    await tx.do(
        _MOVE,
        commitment_id=commitment.id,
        number=commitment.version,
        partnership_id=commitment.partnership_id,
        owner_organisation_id=commitment.owner_organisation_id,
        arrangement=commitment.arrangement.value,
        financial_year=commitment.financial_year,
        line_id=commitment.line_id,
        made_by=tx.caller.organisation_id,
        kind=move.kind.value,
        amount_pence=move.amount_pence,
        paid_pence=move.paid_pence,
        journal_id=move.journal_id,
        effective_date=move.effective_date,
        reason=move.reason,
    )


async def before_pence(tx: Transaction, commitment: Commitment, organisation_id: UUID) -> int:
    row = await tx.one(
        _BEFORE,
        partnership=commitment.partnership_id,
        year=commitment.financial_year,
        organisation=organisation_id,
    )
    return int(row["pence"])


async def for_other_contracts(
    tx: Transaction, partnership_id: UUID, financial_year: str, contract_id: UUID
) -> dict[UUID, int]:
    """What is set aside in a year for every other contract, for each organisation whose lines bear it."""
    rows = await tx.all(_CONTRACTS, partnership=partnership_id, year=financial_year, contract=contract_id)
    return {row["owner_organisation_id"]: int(row["pence"]) for row in rows}


async def moves(tx: Transaction, commitment_id: UUID) -> list[Move]:
    rows = await tx.all(_MOVES, commitment=commitment_id)
    return [Move(**row) for row in rows]


async def page(
    tx: Transaction,
    partnership_id: UUID,
    financial_year: str | None,
    line_id: UUID | None,
    contract_id: UUID | None,
    limit: int,
    after: After,
    within: Within = WHENEVER,
) -> list[Commitment]:
    rows = await _PAGES.read(
        tx,
        limit,
        after,
        within,
        partnership=partnership_id,
        of_year=financial_year,
        of_line=line_id,
        of_contract=contract_id,
        **scope(tx),
    )
    return [_commitment(row) for row in rows]


def _commitment(row: Mapping[str, Any]) -> Commitment:
    return Commitment(**{**row, "arrangement": Arrangement(row["arrangement"]), "level": Level(row["level"])})
