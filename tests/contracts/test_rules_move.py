"""Award, activation, notice, and what may be changed when."""

import uuid
from datetime import date
from decimal import Decimal

import pytest

from services.contracts.rules.classification import Regime
from services.contracts.rules.contract import EndStatus
from services.contracts.rules.funding import FundingLine
from services.contracts.rules.move import TERMS, Award, activate, amend, award, give_notice
from services.contracts.rules.notice import Notice, ServedBy
from services.contracts.rules.state import State
from shared.errors import Refusal
from shared.money import Money
from tests.contracts.things import POOL, PROVIDER, contract, lead, provider


def refused(act, *arguments) -> Refusal:
    with pytest.raises(Refusal) as caught:
        act(*arguments)
    return caught.value


def test_an_award_waits_for_the_end_of_the_standstill() -> None:
    standing = contract(state=State.STANDSTILL, standstill_ends_on=date(2013, 2, 10))
    decision = Award(date(2013, 2, 11), Regime.PCR2015)
    made = award(standing, decision)
    assert (made.state, made.awarded_on, made.award_regime) == (
        State.AWARDED,
        date(2013, 2, 11),
        Regime.PCR2015,
    )
    assert refused(award, standing, Award(date(2013, 2, 10), Regime.PCR2015)).code == "standstill_runs"
    unknown = contract(state=State.STANDSTILL)
    assert refused(award, unknown, decision).code == "standstill_missing"
    assert award(contract(state=State.PIPELINE), decision).state is State.AWARDED


def test_an_award_names_a_provider_and_is_made_once() -> None:
    decision = Award(date(2013, 2, 11), Regime.PSR)
    bare = contract(state=State.PROCUREMENT, parties=(lead(),))
    assert refused(award, bare, decision).code == "contract_provider_missing"
    assert refused(award, contract(state=State.AWARDED), decision).code == "move_not_open"


@pytest.mark.row("S5-C01", "S1-C06")
def test_activation_says_everything_that_is_missing() -> None:
    bare = contract(
        start_date=None, end_date=None, end_status=EndStatus.NOT_STATED, funding=(), indicator_ids=()
    )
    refusal = refused(activate, bare, date(2013, 4, 1))
    assert refusal.code == "activation_incomplete"
    assert [fault.pointer for fault in refusal.faults] == [
        "/start_date",
        "/end_date",
        "/funding",
        "/indicator_ids",
    ]


@pytest.mark.row("S5-C01")
def test_an_indicator_or_a_recorded_reason_is_needed() -> None:
    without = contract(indicator_ids=())
    assert refused(activate, without, date(2013, 4, 1)).faults[0].code == "activation_indicator_missing"
    reasoned = contract(indicator_ids=(), no_indicator_reason="A licence for software, without outcomes")
    assert activate(reasoned, date(2013, 4, 1)).state is State.ACTIVE


def test_activation_lies_within_the_term() -> None:
    made = activate(contract(), date(2013, 4, 1))
    assert (made.state, made.active_from) == (State.ACTIVE, date(2013, 4, 1))
    for day, code in (
        (date(2013, 3, 31), "activation_before_start"),
        (date(2016, 4, 1), "activation_after_end"),
    ):
        assert refused(activate, contract(), day).faults[0].code == code
    open_ended = contract(end_date=None, end_status=EndStatus.OPEN_ENDED)
    assert activate(open_ended, date(2020, 4, 1)).state is State.ACTIVE
    assert activate(contract(state=State.RECORDED_AS_ACTIVE), date(2014, 4, 1)).state is State.ACTIVE
    assert refused(activate, contract(state=State.PIPELINE), date(2013, 4, 1)).code == "move_not_open"


@pytest.mark.row("S1-C07")
def test_a_notice_moves_the_contract_and_its_end() -> None:
    notice = Notice(
        uuid.uuid4(), date(2014, 9, 1), ServedBy.PROVIDER, date(2015, 3, 31), "Hands back", "Letter to users"
    )
    made = give_notice(contract(state=State.ACTIVE), notice)
    assert (made.state, made.ends_on, made.end_date) == (
        State.NOTICE_GIVEN,
        date(2015, 3, 31),
        date(2016, 3, 31),
    )
    assert refused(give_notice, made, notice).code == "move_not_open"
    assert refused(give_notice, contract(), notice).code == "move_not_open"


def test_what_describes_a_contract_changes_at_any_time_and_its_terms_only_before_they_are_in_force() -> None:
    running = contract(state=State.ACTIVE)
    assert amend(running, {"title": "Community services", "review_date": date(2015, 1, 1)}).title.endswith(
        "services"
    )
    for name, content in (
        ("value", Money(5)),
        ("funding", (FundingLine(POOL, PROVIDER, Decimal(100)),)),
        ("end_date", date(2017, 3, 31)),
    ):
        assert name in TERMS
        refusal = refused(amend, running, {name: content})
        assert (refusal.code, refusal.facts["fields"]) == ("contract_needs_variation", [name])
        assert getattr(amend(contract(), {name: content}), name) == content
        assert getattr(amend(contract(state=State.RECORDED_AS_ACTIVE), {name: content}), name) == content


def test_what_is_the_same_is_no_change_and_what_cannot_be_stays_refused() -> None:
    running = contract(state=State.ACTIVE)
    assert amend(running, {"value": running.value, "parties": running.parties}) is running
    assert refused(amend, contract(), {"parties": (lead(), lead(), provider())}).code == "parties_wrong"
    assert refused(amend, contract(), {"value": Money(-5)}).code == "contract_value_negative"
    assert refused(amend, contract(), {"end_date": date(2012, 1, 1)}).code == "contract_ends_before_start"
