"""The moves by which one line takes another's place, and what must be known of a line before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, insert, or_, select

from services.budget.rules.headroom import LimitBasis
from services.budget.rules.limit_share import limits_after
from services.budget.rules.line import Arrangement, LegalBasis, Legality, Line
from services.budget.rules.line_budget import APPROVED_KINDS, at_last
from services.budget.rules.line_move import Before, LineMove, LineMoveKind, Moved
from services.budget.store import line_budgets, line_funds, lines
from services.budget.store.line_tables import line_moves
from services.budget.store.tables import accounts
from services.budget.store.visibility import scope, to_money
from shared.db import Prepared, Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within

_LINE = bindparam("of_line", type_=ARRAY(Uuid))
_PAGES = Pages(
    select(line_moves).where(
        to_money(line_moves, aligned_open=True),
        or_(line_moves.c.from_line_ids.op("@>")(_LINE), line_moves.c.to_line_ids.op("@>")(_LINE)),
    ),
    line_moves.c.recorded_at,
    line_moves.c.id,
    line_moves.c.recorded_at,
)
_ADD = prepare(
    insert(line_moves).values({each.name: bindparam(each.name, type_=each.type) for each in line_moves.c})
)
# In id order, as a posting locks them.
_LOCK = prepare(
    select(accounts.c.id)
    .where(accounts.c.line_id == any_(bindparam("of_lines", type_=ARRAY(Uuid))))
    .order_by(accounts.c.id)
    .with_for_update(key_share=True)
)
# Budget that was moved, on whatever day, stands on another line too: a line that takes this one's place would hold it again.
_POSTED = Prepared(
    """
select exists (select from balances b join accounts a on a.id = b.account_id where a.line_id = $1)
       or exists (select from commitments c where c.line_id = $1) as posted,
       exists (select from balances b join accounts a on a.id = b.account_id
                where a.line_id = $1 and (b.book = 'budget' or b.effective_month < date_trunc('month', $2::date)::date
                   or b.effective_month = date_trunc('month', $2)::date and exists (
                        select from unnest(b.day_pence[:extract(day from $2)::integer - 1]) day (pence)
                         where day.pence is not null)))
       or exists (select from commitments c where c.line_id = $1) as posted_earlier
""",
    ("line", "day"),
    {},
)
_CLOCK = Prepared("select clock_timestamp() as at", (), {})


async def hold(tx: Transaction, line_ids: Iterable[UUID]) -> None:
    """Lock the accounts of lines that are locked: what waits to post to them finds the lines ended."""
    await tx.all(_LOCK, of_lines=list(line_ids))


async def before(tx: Transaction, line: Line, day: date) -> Before:
    """What stands for a line whose accounts are held."""
    history = await line_budgets.history(tx, line.id)
    revised = [each.effective_from for each in history if each.kind in APPROVED_KINDS]
    posted = await tx.one(_POSTED, line=line.id, day=day)
    funds = await line_funds.read(tx, line.id)
    return Before(
        line,
        at_last(line, history),
        max(revised, default=None),
        posted["posted"],
        posted["posted_earlier"],
        LimitBasis.NONE if funds is None else funds.limit_basis,
        None if funds is None else funds.limit_pence,
    )


async def make(tx: Transaction, before: Sequence[Before], moved: Moved) -> LineMove:
    """Keep a move with the lines that it ends and makes, as recorded at one instant, and the limits that go with them."""
    instant: datetime = (await tx.one(_CLOCK))["at"]
    move = replace(moved.move, recorded_at=instant)
    legality = move.legality
    await tx.do(
        _ADD,
        **{name: getattr(move, name) for name in _PLAIN},
        arrangement=move.arrangement.value,
        kind=move.kind.value,
        from_line_ids=list(move.from_line_ids),
        to_line_ids=list(move.to_line_ids),
        legal_basis=None if legality is None else legality.basis.value,
        legality_assessed_on=None if legality is None else legality.assessed_on,
        legality_note=None if legality is None else legality.note,
    )
    for line in moved.ended:
        await lines.end(tx, line, instant)
    for line in moved.made:
        await lines.add(tx, line, instant)
    for limit in limits_after(before, moved):
        await line_funds.add_limit(tx, limit)
    return move


_PLAIN = (
    "id",
    "partnership_id",
    "owner_organisation_id",
    "financial_year",
    "effective_on",
    "reason",
    "before_pence",
    "after_pence",
    "criteria_version",
    "recorded_at",
)


async def page(
    tx: Transaction, line_id: UUID, limit: int, after: After, within: Within = WHENEVER
) -> list[LineMove]:
    return [_move(row) for row in await _PAGES.read(tx, limit, after, within, of_line=[line_id], **scope(tx))]


def _move(row: Mapping[str, Any]) -> LineMove:
    legality = None
    if row["legal_basis"] is not None:
        legality = Legality(LegalBasis(row["legal_basis"]), row["legality_assessed_on"], row["legality_note"])
    return LineMove(
        **{name: row[name] for name in _PLAIN},
        arrangement=Arrangement(row["arrangement"]),
        kind=LineMoveKind(row["kind"]),
        from_line_ids=tuple(row["from_line_ids"]),
        to_line_ids=tuple(row["to_line_ids"]),
        legality=legality,
    )
