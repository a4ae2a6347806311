"""Who may post what: the keeper of the books everything, another partner of a pool its own contribution."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from services.budget.rules.journal import Book, Draft, Journal, JournalKind
from services.budget.rules.ledger_account import Account, AccountKind
from shared.errors import Kind, reason

KEEPER_POSTS = reason(
    "journal_kind_for_the_host",
    Kind.FORBIDDEN,
    "The host keeps the pool's books. Another partner posts its own contribution, in money or in kind; ask the"
    " pool manager to post anything else.",
)
NOT_THIS_ACCOUNT = reason(
    "journal_account_for_the_host",
    Kind.FORBIDDEN,
    "A contribution moves from the partner's own contribution account into the fund, or in kind onto a line's"
    " expenditure; nothing else.",
)
OF_ANOTHER_PARTNER = reason(
    "contribution_of_another_partner",
    Kind.FORBIDDEN,
    "This contribution account is another partner's. Each partner posts its own contribution, and the host any.",
)
PAYS_IN = reason(
    "contribution_paid_back_by_the_host",
    Kind.FORBIDDEN,
    "A partner pays in: its contribution account is credited. What is paid back, the host posts.",
)
TAKES_OUT = reason(
    "contribution_takes_money_out",
    Kind.FORBIDDEN,
    "A partner's contribution adds to the fund, or in kind to a line's expenditure. What takes money out of either, the"
    " host posts.",
)
OTHER_POOL = reason(
    "contribution_to_another_pool",
    Kind.FORBIDDEN,
    "A partner's contribution goes to the pool of its contribution account. Post to each pool by a journal of its own.",
)
BY_SETTLEMENT_ONLY = reason(
    "journal_by_settlement_only",
    Kind.CONFLICT,
    "A risk share is moved by a settlement that every party has approved. Propose one, and post it once it is approved.",
)
NO_CONTRIBUTION = reason(
    "contribution_account_missing", Kind.INVALID, "A partner's contribution names its contribution account."
)
NOT_ITS_REVERSER = reason(
    "journal_reversed_by_its_poster",
    Kind.FORBIDDEN,
    "A journal in the pool's books is reversed by the host, or by the partner who posted it.",
)
NOT_A_PARTNER_S = reason(
    "journal_not_a_partner_s",
    Kind.FORBIDDEN,
    "In another organisation's books a partner posts nothing but its own contribution, and undoes nothing else.",
)
IN_KIND_MOVES_NO_CASH = reason(
    "in_kind_moves_no_cash",
    Kind.INVALID,
    "A contribution in kind moves no money: its value goes from a contribution account to the line that it serves.",
)


# Kind of journal -> accounts it may touch besides the partner's own contribution account. What is not here is the host's.
OPEN_TO_PARTNERS: Mapping[JournalKind, frozenset[AccountKind]] = {
    JournalKind.CONTRIBUTION: frozenset({AccountKind.FUND}),
    JournalKind.IN_KIND: frozenset({AccountKind.EXPENDITURE}),
}
_WITHOUT_CASH = frozenset({AccountKind.CONTRIBUTION, AccountKind.EXPENDITURE})


def check_right(
    journal: Journal, accounts: Mapping[UUID, Account], acting_for: Collection[UUID] = ()
) -> None:
    """What the poster may post in these books, which the host keeps for the pool (SI 2000/617 regulation 7(4)).

    A reversal has the right of the journal that it undoes: `require_reverser`. Approved budget moves by a virement
    alone, and its approvers stand for that, whichever of them comes last. Who succeeded an organisation, `acting_for`
    it, has the rights that it had.
    """
    if journal.kind is JournalKind.IN_KIND:
        _check_in_kind(journal, accounts)
    posters = {journal.posted_by_organisation_id, *acting_for}
    if (
        journal.owner_organisation_id in posters
        or journal.kind in {JournalKind.REVERSAL, JournalKind.SUCCESSION}
        or journal.book is Book.BUDGET
    ):
        return
    others = OPEN_TO_PARTNERS.get(journal.kind)
    if others is None:
        raise KEEPER_POSTS("/kind", kind=journal.kind, kinds_open_to_partners=sorted(OPEN_TO_PARTNERS))
    _check_given_to(journal, accounts, others, _given_by(journal, accounts, posters))


def _given_by(journal: Journal, accounts: Mapping[UUID, Account], posters: Collection[UUID]) -> UUID | None:
    """The pool whose contribution accounts a partner credits, each of them its own."""
    pools: list[UUID | None] = []
    for index, entry in enumerate(journal.entries):
        account, pointer = accounts[entry.account_id], f"/entries/{index}"
        if account.kind is not AccountKind.CONTRIBUTION:
            continue
        if account.organisation_id not in posters:
            raise OF_ANOTHER_PARTNER(f"{pointer}/account_id")
        if entry.amount_pence > 0:
            raise PAYS_IN(f"{pointer}/amount_pence")
        pools.append(account.pool_id)
    if not pools:
        raise NO_CONTRIBUTION("/entries")
    return pools[0]


def _check_given_to(
    journal: Journal, accounts: Mapping[UUID, Account], others: Collection[AccountKind], pool_id: UUID | None
) -> None:
    """The other side of a partner's contribution only adds, and stays in the one pool: nobody else's money moves."""
    for index, entry in enumerate(journal.entries):
        account, pointer = accounts[entry.account_id], f"/entries/{index}"
        given = account.kind is AccountKind.CONTRIBUTION
        if not given and account.kind not in others:
            raise NOT_THIS_ACCOUNT(f"{pointer}/account_id", account_kind=account.kind)
        if not given and entry.amount_pence < 0:
            raise TAKES_OUT(f"{pointer}/amount_pence")
        if account.pool_id != pool_id:
            raise OTHER_POOL(f"{pointer}/account_id")


def require_by_settlement(draft: Draft) -> None:
    """Refuse a risk share that nobody approved: what a partner bears, all parties of the agreement agree to."""
    if draft.kind is JournalKind.RISK_SHARE_ADJUSTMENT and draft.settlement_id is None:
        raise BY_SETTLEMENT_ONLY("/kind")


def _check_in_kind(journal: Journal, accounts: Mapping[UUID, Account]) -> None:
    """The value of staff, goods or accommodation stands on both sides, and no fund moves (regulation 7(3)(e))."""
    kinds = [accounts[entry.account_id].kind for entry in journal.entries]
    for index, kind in enumerate(kinds):
        if kind not in _WITHOUT_CASH:
            raise IN_KIND_MOVES_NO_CASH(f"/entries/{index}/account_id", account_kind=kind)
    if set(kinds) != _WITHOUT_CASH:
        raise IN_KIND_MOVES_NO_CASH("/entries")


def require_reverser(reversal: Journal, undone: Journal, acting_for: Collection[UUID] = ()) -> None:
    """Pooled books: who keeps them now undoes any journal, a partner its own. Other books are their owner's alone."""
    if reversal.arrangement != "pooled":
        return
    posters = {reversal.posted_by_organisation_id, *acting_for}
    if posters.isdisjoint({reversal.owner_organisation_id, undone.posted_by_organisation_id}):
        raise NOT_ITS_REVERSER()
