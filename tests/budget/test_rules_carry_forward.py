"""Two year-ends in one pool: an NHS body's annual duty, a council's reserve, and grants by their conditions."""

import uuid
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.budget.rules.carry_forward import Contributed, Treatment, rule_of, shares_of
from services.budget.rules.ledger_account import Account, AccountKind
from services.budget.rules.section_75 import BodyKind
from services.budget.rules.year_end import (
    CarryAsked,
    ShareAsked,
    YearEnd,
    carry,
    require_balance,
    require_closed,
    settle,
)
from shared.calendar import FinancialYear, LedgerPeriod
from shared.errors import Refusal
from shared.money import TBC, Money

COUNCIL, NHS, POOL, FUND, PLACE = (uuid.UUID(int=n) for n in range(1, 6))
KINDS = {COUNCIL: BodyKind.LOCAL_AUTHORITY, NHS: BodyKind.NHS_BODY}
YEAR = "2015/16"


def contributed(council=1_000_00, nhs=500_00, **grants) -> list[Contributed]:
    return [
        Contributed(COUNCIL, "core_budget", Money(council)),
        Contributed(NHS, "core_budget", Money(nhs)),
        *(Contributed(NHS, source, Money(pence)) for source, pence in grants.items()),
    ]


def a_year_end(balance=115_00, **more) -> YearEnd:
    shares = shares_of(balance, contributed(**more), KINDS, YEAR)
    return YearEnd(uuid.uuid4(), PLACE, COUNCIL, POOL, FUND, YEAR, balance, shares)


def reserve(of=None, **changes) -> Account:
    account = Account(uuid.uuid4(), PLACE, COUNCIL, "Reserve", AccountKind.RESERVE, "pooled", POOL, None, of)
    return replace(account, **changes)


def asked(year_end, accounts, **treatments) -> CarryAsked:
    shares = tuple(
        ShareAsked(
            each.organisation_id,
            each.funding_source,
            treatments.get("nhs" if each.organisation_id == NHS else "council", each.treatment),
            accounts[each.organisation_id].id,
            "Minute 5",
        )
        for each in year_end.shares
    )
    return CarryAsked(uuid.uuid4(), "Carried forward", shares)


def settled(year_end, **treatments) -> YearEnd:
    accounts = {COUNCIL: reserve(), NHS: reserve(NHS)}
    wish = asked(year_end, accounts, **treatments)
    return settle(year_end, wish, {each.id: each for each in accounts.values()})


@pytest.mark.row("S5-B05")
def test_two_year_end_rules_in_one_pool():
    council, nhs = a_year_end().shares
    assert (council.amount_pence, nhs.amount_pence) == (76_67, 38_33)
    assert council.treatments == (Treatment.RESERVE, Treatment.RETURNED)
    assert nhs.treatments == (Treatment.RETURNED, Treatment.SPENT_BY_AGREEMENT)
    assert (council.treatment, nhs.treatment) == (Treatment.RESERVE, Treatment.RETURNED)
    kept = settled(a_year_end(), nhs=Treatment.SPENT_BY_AGREEMENT).shares[1]
    assert (kept.prepayment, kept.agreed_in) == (True, "Minute 5")
    assert not any(each.prepayment for each in settled(a_year_end()).shares)


@pytest.mark.row("S5-B05")
def test_an_nhs_body_keeps_nothing_in_a_reserve_and_names_what_it_agreed():
    year_end = a_year_end()
    with pytest.raises(Refusal) as refused:
        settled(year_end, nhs=Treatment.RESERVE)
    assert refused.value.code == "year_end_treatment_refused"
    assert refused.value.faults[0].pointer == "/shares/1/treatment"
    accounts = {COUNCIL: reserve(), NHS: reserve(NHS)}
    wish = asked(year_end, accounts, nhs=Treatment.SPENT_BY_AGREEMENT)
    silent = replace(wish, shares=(wish.shares[0], replace(wish.shares[1], agreed_in=None)))
    with pytest.raises(Refusal) as refused:
        settle(year_end, silent, {each.id: each for each in accounts.values()})
    assert refused.value.code == "year_end_agreement_missing"
    assert refused.value.faults[0].pointer == "/shares/1/agreed_in"


def test_a_grant_follows_its_conditions_whoever_holds_it():
    assert rule_of(BodyKind.NHS_BODY, "bcf", "2015/16").treatments[0] is Treatment.GRANT_CONDITIONS
    assert rule_of(BodyKind.LOCAL_AUTHORITY, "dfg", "2015/16").source == "dfg"
    # Before the fund there was no such grant: the body's own rule holds.
    assert rule_of(BodyKind.NHS_BODY, "bcf", "2014/15").body_kind is BodyKind.NHS_BODY
    assert rule_of(BodyKind.OTHER, "lottery", "2015/16").treatments[0] is Treatment.RETURNED
    shares = a_year_end(90_00, bcf=1_500_00).shares
    assert [(each.funding_source, each.amount_pence) for each in shares] == [
        ("core_budget", 30_00),
        ("bcf", 45_00),
        ("core_budget", 15_00),
    ]


@given(some.integers(-(10**12), 10**12), some.lists(some.integers(0, 10**12), min_size=2, max_size=6))
def test_the_shares_and_the_journal_are_conserved_to_the_penny(balance, amounts):
    if balance == 0 or sum(amounts) == 0:
        return
    given_ = [Contributed(NHS if n % 2 else COUNCIL, f"s{n}", Money(each)) for n, each in enumerate(amounts)]
    shares = shares_of(balance, given_, KINDS, YEAR)
    assert sum(each.amount_pence for each in shares) == balance
    placed = tuple(replace(each, account_id=uuid.uuid4()) for each in shares)
    year_end = YearEnd(uuid.uuid4(), PLACE, COUNCIL, POOL, FUND, YEAR, balance, placed)
    draft = carry(year_end, uuid.uuid4(), "Carried")
    assert sum(each.amount_pence for each in draft.entries) == 0
    assert draft.entries[0].amount_pence == -balance
    assert all(each.amount_pence for each in draft.entries)
    assert draft.effective_date.isoformat() == "2016-04-01"


def test_unknown_and_missing_contributions_are_named_not_guessed():
    for each in (
        [*contributed()[:1], Contributed(NHS, "core_budget", TBC)],
        contributed()[:1],
    ):
        with pytest.raises(Refusal) as refused:
            shares_of(115_00, each, KINDS, YEAR)
        assert refused.value.code == "year_end_contributions_unknown"
        assert refused.value.facts["missing_contributors"] == [str(NHS)]


def test_shares_are_all_said_and_once_and_their_accounts_fit():
    year_end = a_year_end()
    accounts = {COUNCIL: reserve(), NHS: reserve(NHS)}
    found = {each.id: each for each in accounts.values()}
    wish = asked(year_end, accounts)
    for shares in (wish.shares[:1], (*wish.shares, wish.shares[0])):
        with pytest.raises(Refusal) as refused:
            settle(year_end, replace(wish, shares=shares), found)
        assert refused.value.code == "year_end_shares_differ"
    for wrong in (
        reserve(COUNCIL),  # another partner's
        reserve(kind=AccountKind.FUND),
        reserve(pool_id=uuid.uuid4()),
        reserve(arrangement="shadow"),
    ):
        shares = (wish.shares[0], replace(wish.shares[1], account_id=wrong.id))
        with pytest.raises(Refusal) as refused:
            settle(year_end, replace(wish, shares=shares), {**found, wrong.id: wrong})
        assert refused.value.code == "year_end_account_unfit"
        assert refused.value.faults[0].pointer == "/shares/1/account_id"


def test_a_year_is_carried_from_closed_books_and_not_twice():
    labels = [LedgerPeriod(FinancialYear(2015), month).label for month in range(1, 15)]
    require_closed(YEAR, labels)
    with pytest.raises(Refusal) as refused:
        require_closed(YEAR, labels[:13])
    assert refused.value.facts["open_periods"] == ["2015-16-M14"]
    with pytest.raises(Refusal) as refused:
        settled(settled(a_year_end()))
    assert refused.value.code == "year_end_posted_already"
    with pytest.raises(Refusal) as refused:
        require_balance(0)
    assert refused.value.code == "year_end_nothing_left"
