"""Who may post what: the keeper of the books everything, another partner of a pool its own contribution."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from services.budget.rules.journal import Book, Journal, JournalKind
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
    own = False
    for index, entry in enumerate(journal.entries):
        account, pointer = accounts[entry.account_id], f"/entries/{index}"
        if account.kind is AccountKind.CONTRIBUTION:
            if account.organisation_id not in posters:
                raise OF_ANOTHER_PARTNER(f"{pointer}/account_id")
            if entry.amount_pence > 0:
                raise PAYS_IN(f"{pointer}/amount_pence")
            own = True
        elif account.kind not in others:
            raise NOT_THIS_ACCOUNT(f"{pointer}/account_id", account_kind=account.kind)
    if not own:
        raise NO_CONTRIBUTION("/entries")


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
