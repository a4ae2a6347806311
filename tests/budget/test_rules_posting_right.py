"""Who may post what in a pool's books: every kind of journal by every partner, held against the table."""

import uuid
from datetime import date

import pytest

from services.budget.rules import posting_right as rules
from services.budget.rules.entry import Entry
from services.budget.rules.journal import Book, Journal, JournalKind
from services.budget.rules.ledger_account import Account, AccountKind
from shared.errors import Refusal

HOST, CCG, THIRD, PARTNERSHIP = (uuid.uuid4() for _ in range(4))


def account(kind, partner=None):
    return Account(uuid.uuid4(), PARTNERSHIP, HOST, kind.value, kind, "pooled", organisation_id=partner)


FUND, COST, INCOME, RESERVE = (
    account(each)
    for each in (AccountKind.FUND, AccountKind.EXPENDITURE, AccountKind.INCOME, AccountKind.RESERVE)
)
FROM_HOST, FROM_CCG = (account(AccountKind.CONTRIBUTION, each) for each in (HOST, CCG))
ACCOUNTS = {each.id: each for each in (FUND, COST, INCOME, RESERVE, FROM_HOST, FROM_CCG)}


def journal(kind, poster, *sides, arrangement="pooled"):
    return Journal(
        uuid.uuid4(),
        PARTNERSHIP,
        HOST,
        poster,
        arrangement,
        Book.ACTUAL,
        kind,
        date(2015, 4, 1),
        "2015/16",
        "2015-16-M01",
        "For a test",
        None,
        None,
        tuple(Entry(each.id, pence) for each, pence in sides),
    )


def refusal(made):
    with pytest.raises(Refusal) as refused:
        rules.check_right(made, ACCOUNTS)
    return refused.value.reason, refused.value.faults[0].pointer


# A succession's journals are posted by the succession alone, which rules/late_entry.py holds.
ASKED = sorted({*JournalKind} - {JournalKind.IN_KIND, JournalKind.SUCCESSION})


@pytest.mark.parametrize("kind", ASKED)
def test_the_host_posts_every_kind_and_a_partner_only_its_contribution(kind):
    sides = ((FUND, 100), (FROM_CCG, -100))
    rules.check_right(journal(kind, HOST, *sides), ACCOUNTS)
    if kind in {JournalKind.CONTRIBUTION, JournalKind.REVERSAL}:
        rules.check_right(journal(kind, CCG, *sides), ACCOUNTS)
    else:
        assert refusal(journal(kind, CCG, *sides)) == (rules.KEEPER_POSTS, "/kind")


@pytest.mark.parametrize(
    ("kind", "sides", "reason", "pointer"),
    [
        ("contribution", ((FUND, 100), (FROM_HOST, -100)), rules.OF_ANOTHER_PARTNER, "/entries/1/account_id"),
        ("contribution", ((FUND, -100), (FROM_CCG, 100)), rules.PAYS_IN, "/entries/1/amount_pence"),
        ("contribution", ((COST, 100), (FROM_CCG, -100)), rules.NOT_THIS_ACCOUNT, "/entries/0/account_id"),
        ("contribution", ((RESERVE, 100), (FROM_CCG, -100)), rules.NOT_THIS_ACCOUNT, "/entries/0/account_id"),
        ("contribution", ((FUND, 100), (FUND, -100)), rules.NO_CONTRIBUTION, "/entries"),
        ("in_kind", ((COST, 100), (FROM_HOST, -100)), rules.OF_ANOTHER_PARTNER, "/entries/1/account_id"),
        ("in_kind", ((COST, -100), (FROM_CCG, 100)), rules.PAYS_IN, "/entries/1/amount_pence"),
    ],
)
def test_what_a_partner_may_not(kind, sides, reason, pointer):
    assert refusal(journal(JournalKind(kind), CCG, *sides)) == (reason, pointer)


@pytest.mark.parametrize("poster", [HOST, CCG])
def test_a_contribution_in_kind_is_value_on_both_sides_and_no_cash(poster):
    rules.check_right(journal(JournalKind.IN_KIND, poster, (COST, 500), (FROM_CCG, -500)), ACCOUNTS)
    for other in (FUND, RESERVE, INCOME):
        made = journal(JournalKind.IN_KIND, poster, (other, 500), (FROM_CCG, -500))
        assert refusal(made) == (rules.IN_KIND_MOVES_NO_CASH, "/entries/0/account_id")
    assert refusal(journal(JournalKind.IN_KIND, poster, (COST, 500), (COST, -500))) == (
        rules.IN_KIND_MOVES_NO_CASH,
        "/entries",
    )


def test_a_reversal_is_the_keeper_s_or_the_poster_s():
    sides = ((FUND, 100), (FROM_CCG, -100))
    by_host, by_ccg = (journal(JournalKind.CONTRIBUTION, each, *sides) for each in (HOST, CCG))
    allowed = ((HOST, by_host), (HOST, by_ccg), (CCG, by_ccg))
    for poster, undone in allowed:
        rules.require_reverser(journal(JournalKind.REVERSAL, poster, *sides), undone)
    for poster, undone in ((CCG, by_host), (THIRD, by_ccg), (THIRD, by_host)):
        with pytest.raises(Refusal) as refused:
            rules.require_reverser(journal(JournalKind.REVERSAL, poster, *sides), undone)
        assert refused.value.reason is rules.NOT_ITS_REVERSER
