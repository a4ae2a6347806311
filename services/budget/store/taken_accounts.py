"""Accounts of a predecessor: what holds money opens its successors' with what it held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from services.budget.rules.ledger_account import Account, AccountKind
from services.budget.rules.opening_balance import REAL, Passage, carry, control_id
from services.budget.rules.succession import Move, Succession, free_name, made_id
from services.budget.rules.succession_report import Tally
from services.budget.store import accounts, postings, successions
from shared.db import Prepared, Transaction
from shared.idempotency import tell

# A pool's own books keep a partner's accounts by its name; its own books are its own. In id order, as postings lock.
_OF = Prepared(
    """
select a.id, a.partnership_id, a.owner_organisation_id, a.name, a.kind::text, a.arrangement::text, a.pool_id,
       a.line_id, a.organisation_id, a.version
  from accounts a left join pools p on p.id = a.pool_id left join agreements g on g.id = p.agreement_id
 where a.partnership_id = $1 and a.line_id is null and g.closed_on is null
   and $2 = case when a.arrangement = 'pooled' then a.organisation_id else a.owner_organisation_id end
 order by a.id for no key update of a
""",
    ("place", "predecessor"),
    {},
)
_HELD = Prepared(
    "select account_id, sum(amount_pence)::bigint as pence from balances"
    " where account_id = any ($1::uuid[]) and book = 'actual' group by account_id",
    ("accounts",),
    {},
)
_NAMES = Prepared(
    "select owner_organisation_id, name from accounts where partnership_id = $1"
    " and owner_organisation_id = any ($2::uuid[])",
    ("place", "owners"),
    {},
)


async def names(tx: Transaction, partnership_id: UUID, owners: list[UUID]) -> dict[UUID, set[str]]:
    """The names of accounts that organisations keep, so that none is borne twice."""
    found: dict[UUID, set[str]] = {each: set() for each in owners}
    for row in await tx.all(_NAMES, place=partnership_id, owners=owners):
        found[row["owner_organisation_id"]].add(row["name"])
    return found


async def take(
    tx: Transaction, succession: Succession, partnership_id: UUID, predecessor_id: UUID, tally: Tally
) -> None:
    """Open the successors' accounts, close what the predecessor's held, and carry it over."""
    found = [_account(row) for row in await tx.all(_OF, place=partnership_id, predecessor=predecessor_id)]
    moves = succession.of(predecessor_id)
    passages: list[Passage] = []
    for account in found:
        for move in moves:
            to = await _opened(tx, succession, account, move, tally)
            if account.kind not in REAL:
                continue
            passages.append(
                Passage(
                    succession.id,
                    predecessor_id,
                    move.successor_id,
                    account.arrangement,
                    account.pool_id,
                    account.id,
                    to.id,
                    move.share,
                    succession.effective_on,
                )
            )
    await _controls(tx, partnership_id, passages, tally)
    held = {
        row["account_id"]: int(row["pence"])
        for row in await tx.all(_HELD, accounts=[each.from_id for each in passages])
    }
    for draft in carry(held, passages, made_id(succession.id, partnership_id, predecessor_id)):
        await tell(tx, [postings.told(await postings.enter(tx, draft))])
        tally.counts["journals"] += 1
    for one in passages:
        move = next(each for each in moves if each.successor_id == one.successor_id)
        args = (move, "account", one.arrangement, one.from_id, one.to_id, held.get(one.from_id, 0))
        await successions.add_item(tx, succession, partnership_id, *args)


async def _opened(
    tx: Transaction, succession: Succession, account: Account, move: Move, tally: Tally
) -> Account:
    """The successor's account of the same kind, name and place: one, whichever predecessors it takes over from."""
    pooled = account.arrangement == "pooled"
    keeper = account.owner_organisation_id if pooled else move.successor_id
    like = (account.kind, account.name, account.arrangement, account.pool_id, move.successor_id)
    id_ = made_id(succession.id, account.partnership_id, *like)
    there = await accounts.some(tx, [id_])
    if id_ in there:
        return there[id_]
    taken = (await names(tx, account.partnership_id, [keeper]))[keeper]
    made = replace(
        account,
        id=id_,
        owner_organisation_id=keeper,
        organisation_id=move.successor_id if account.organisation_id is not None else None,
        name=free_name(account.name, taken, id_),
        version=1,
    )
    await accounts.add(tx, made)
    tally.counts["accounts"] += 1
    return made


async def _controls(tx: Transaction, partnership_id: UUID, passages: list[Passage], tally: Tally) -> None:
    """The accounts against which money leaves one body's books and comes into another's."""
    wanted: dict[UUID, Account] = {}
    for one in passages:
        if one.arrangement == "pooled":
            continue
        for side, owner in (("out", one.predecessor_id), ("in", one.successor_id)):
            id_ = control_id(one, side)
            words = "Carried over to successors" if side == "out" else "Carried over from predecessor"
            wanted[id_] = Account(
                id_,
                partnership_id,
                owner,
                f"{words} ({id_.hex[:12]})",
                AccountKind.RESERVE,
                one.arrangement,
                one.pool_id,
            )
    for _, account in sorted(wanted.items()):
        await accounts.add(tx, account)
        tally.counts["accounts"] += 1


def _account(row: Mapping[str, Any]) -> Account:
    return Account(**{**row, "kind": AccountKind(row["kind"])})
