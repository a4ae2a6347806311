"""Lines of a predecessor with what is committed on them: each side of the day has its own allocation."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from services.budget.rules import commitment as commitment_rules
from services.budget.rules.commitment import Commitment, MoveKind
from services.budget.rules.commitment import Move as CommitmentMove
from services.budget.rules.headroom import LimitBasis, LineFunds
from services.budget.rules.ledger_account import Account
from services.budget.rules.limit_share import by_budgets, following_limit
from services.budget.rules.line import Line
from services.budget.rules.line_budget import APPROVED_KINDS, PHASES, BudgetKind, LineBudget, at_last
from services.budget.rules.profile import Interval
from services.budget.rules.succession import Move, Succession, by_time, free_name, made_id, parted
from services.budget.rules.succession_report import Tally
from services.budget.store import (
    accounts,
    commitments,
    line_budgets,
    line_funds,
    line_profiles,
    lines,
    successions,
)
from services.budget.store.taken_accounts import names
from shared.calendar import read_financial_year
from shared.db import Prepared, Transaction
from shared.money import Money

_OF = Prepared(
    "select id from lines where partnership_id = $1 and owner_organisation_id = $2 and ended_on is null"
    " and (left(financial_year, 4)::integer + 1 || '-03-31')::date >= $3 order by id",
    ("place", "predecessor", "day"),
    {},
)
_NAMES = Prepared(
    "select name from lines where partnership_id = $1 and owner_organisation_id = $2 and financial_year = $3"
    " and ended_on is null",
    ("place", "owner", "year"),
    {},
)
_ACCOUNTS = Prepared(
    "select id from accounts where line_id = $1 order by id for no key update", ("line",), {}
)
_COMMITTED = Prepared(
    "select c.id, (select max(m.effective_date) from commitment_moves m where m.commitment_id = c.id) as last"
    " from commitments c where c.line_id = $1 and c.reserved_pence > c.drawn_pence + c.released_pence order by c.id",
    ("line",),
    {},
)
_WHY = "Taken over by who succeeded"


async def take(
    tx: Transaction, succession: Succession, partnership_id: UUID, predecessor_id: UUID, tally: Tally
) -> None:
    """Revise each line to what is the predecessor's, and open the successors' lines with the rest."""
    asked = {"place": partnership_id, "predecessor": predecessor_id, "day": succession.effective_on}
    for row in await tx.all(_OF, **asked):
        line = await lines.get(tx, row["id"])
        await _take_line(tx, succession, line, tally)


async def _take_line(tx: Transaction, succession: Succession, line: Line, tally: Tally) -> None:
    history = await line_budgets.history(tx, line.id)
    funds = await line_funds.read(tx, line.id)
    moved = 0 if funds is None else funds.moved_pence
    # What virements took is on other lines, and what they brought is here: both sides divide what there is.
    whole = _plus(at_last(line, history), moved)
    before, after = by_time(
        whole, line.financial_year, succession.effective_on, await _months(tx, line, whole)
    )
    since = max(succession.effective_on, read_financial_year(line.financial_year).first_day)
    await _revise(tx, succession, line, history, _plus(before, -moved), since)
    moves = succession.of(line.owner_organisation_id)
    kept = await tx.all(_ACCOUNTS, line=line.id)
    theirs = await accounts.some(tx, [row["id"] for row in kept])
    parts = []
    for move, pence in zip(moves, parted(after.amount_pence, moves), strict=True):
        part = Money(pence, after.status, after.qualifier)
        made = await _opened(tx, succession, line, move, part, tally)
        for account in theirs.values():
            await _account(tx, succession, account, made, move, tally)
        parts.append(made)
    await _limits(tx, succession, line, funds, before, parts)
    await _commitments(tx, succession, line, moves, tally)


def _plus(amount: Money, pence: int) -> Money:
    return (
        amount if amount.amount_pence is None else replace(amount, amount_pence=amount.amount_pence + pence)
    )


async def _limits(
    tx: Transaction,
    succession: Succession,
    line: Line,
    funds: LineFunds | None,
    before: Money,
    parts: list[Line],
) -> None:
    """A limit by the budget holds on every side; one in pence is divided as the budget was, else by time and share."""
    if funds is None or funds.limit_basis is LimitBasis.NONE:
        return
    if funds.limit_pence is None:
        found: dict[UUID, int | None] = {each.id: None for each in parts}
    else:
        held = (line, *parts)
        pence = by_budgets(funds.limit_pence, [before, *(each.budget for each in parts)])
        if pence is None:
            first, rest = by_time(Money(funds.limit_pence), line.financial_year, succession.effective_on)
            shares = parted(rest.amount_pence, succession.of(line.owner_organisation_id))
            found = dict(zip((each.id for each in held), (first.amount_pence, *shares), strict=True))
        else:
            found = dict(zip((each.id for each in held), pence, strict=True))
    for each in (line, *parts):
        if each.id in found:
            id_ = made_id(succession.id, "limit", each.id)
            await line_funds.add_limit(
                tx, following_limit(id_, each, funds.limit_basis, found[each.id], _WHY)
            )


async def _revise(
    tx: Transaction, succession: Succession, line: Line, history: list[LineBudget], before: Money, since: date
) -> None:
    """What is the predecessor's holds from the day on, and on each later day from which the line had been revised."""
    later = {
        each.effective_from for each in history if each.kind in APPROVED_KINDS and each.effective_from > since
    }
    number = max((each.number for each in history), default=0)
    why = f"{_WHY}: succession {succession.id}"
    kind = BudgetKind.REVISED
    for day in sorted({since, *later}):
        number += 1
        id_ = made_id(succession.id, "revised", line.id, *([] if day == since else [day]))
        revised = LineBudget(id_, line.id, number, kind, PHASES[kind], before, day, why)
        await line_budgets.add(tx, line, revised)


async def _months(tx: Transaction, line: Line, whole: Money) -> list[int] | None:
    """The line's own profile by month, where it fits the budget."""
    profile = await line_profiles.last(tx, line.id)
    if (
        profile is None
        or profile.budget_pence != whole.amount_pence
        or profile.interval is not Interval.MONTH
    ):
        return None
    return [each.amount_pence for each in profile.parts]


def line_id(succession: Succession, line_id_: UUID, move: Move) -> UUID:
    return made_id(succession.id, "line", line_id_, move.successor_id)


async def _opened(
    tx: Transaction, succession: Succession, line: Line, move: Move, part: Money, tally: Tally
) -> Line:
    rows = await tx.all(_NAMES, place=line.partnership_id, owner=move.successor_id, year=line.financial_year)
    id_ = line_id(succession, line.id, move)
    made = replace(
        line,
        id=id_,
        owner_organisation_id=move.successor_id,
        name=free_name(line.name, {row["name"] for row in rows}, id_),
        budget=part,
        counts_from=max(succession.effective_on, read_financial_year(line.financial_year).first_day),
        continues_line_id=None,
        made_by_move_id=None,
        succeeds_line_id=line.id,
        version=1,
    )
    await lines.add(tx, made)
    kind = line.arrangement.value
    args = (line.partnership_id, move, "line", kind, line.id, made.id, part.amount_pence)
    await successions.add_item(tx, succession, *args)
    tally.counts["lines"] += 1
    return made


async def _account(
    tx: Transaction, succession: Succession, account: Account, line: Line, move: Move, tally: Tally
) -> None:
    """The line's account again on the successor's line. What it holds stays: it is of its own time."""
    pooled = account.arrangement == "pooled"
    keeper = account.owner_organisation_id if pooled else move.successor_id
    taken = (await names(tx, account.partnership_id, [keeper]))[keeper]
    id_ = made_id(succession.id, "account", account.id, move.successor_id)
    wanted = f"{account.name} from {succession.effective_on}" if account.name in taken else account.name
    await accounts.add(
        tx,
        replace(
            account,
            id=id_,
            owner_organisation_id=keeper,
            line_id=line.id,
            organisation_id=move.successor_id if account.organisation_id is not None else None,
            name=free_name(wanted, taken, id_),
            version=1,
        ),
    )
    tally.counts["accounts"] += 1


async def _commitments(
    tx: Transaction, succession: Succession, line: Line, moves: tuple[Move, ...], tally: Tally
) -> None:
    """What is still committed goes to the successors' lines; what was paid and released stays where it was."""
    for row in await tx.all(_COMMITTED, line=line.id):
        held, _ = await commitments.lock(tx, row["id"])
        year = read_financial_year(line.financial_year)
        day = min(max(succession.effective_on, row["last"]), year.last_day)
        rest = held.rest_pence
        released, move = commitment_rules.release(held, None, day, _WHY)
        await commitments.save(tx, released, move)
        for to, pence in zip(moves, parted(rest, moves), strict=True):
            if pence:
                await _committed(tx, succession, held, to, pence, day, tally)


async def _committed(
    tx: Transaction,
    succession: Succession,
    held: Commitment,
    to: Move,
    pence: int,
    day: date,
    tally: Tally,
) -> None:
    made = replace(
        held,
        id=made_id(succession.id, "commitment", held.id, to.successor_id),
        owner_organisation_id=to.successor_id,
        line_id=line_id(succession, held.line_id, to),
        made_by_organisation_id=tx.caller.organisation_id,
        reserved_pence=pence,
        drawn_pence=0,
        released_pence=0,
        continues_commitment_id=held.id,
        version=1,
    )
    await commitments.add(tx, made, CommitmentMove(MoveKind.RESERVE, pence, day, _WHY))
    kind = held.arrangement.value
    args = (held.partnership_id, to, "commitment", kind, held.id, made.id, pence)
    await successions.add_item(tx, succession, *args)
    tally.counts["commitments"] += 1
