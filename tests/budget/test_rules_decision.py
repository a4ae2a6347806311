"""Decisions: outcomes and conditions, publicity, delegation, and from when an approval counts."""

import uuid
from dataclasses import replace
from datetime import date

import pytest

from services.budget.rules import decision as rules
from services.budget.rules.approval import Awaiting, Needed, approvals, approved_from
from services.budget.rules.body_type import BodyType
from services.budget.rules.decision import (
    Condition,
    Outcome,
    Part,
    Subject,
)
from services.budget.rules.delegation import Authority, Delegation
from services.budget.rules.numeral import read_recommendation
from shared.errors import Refusal
from tests.budget.papers import CCG, PCC, a_decision, an_agreement

BUSINESS_CASE = uuid.UUID(int=0xBC)
FURTHER_APPROVAL = Condition(
    1, "Recommendations III and IV need further approvals before implementation.", recommendations=(3, 4)
)


def refused(code, call, *arguments):
    with pytest.raises(Refusal) as caught:
        call(*arguments)
    assert caught.value.code == code
    return caught.value


def on_business_case(**changes):
    return a_decision(subject=Subject.BUSINESS_CASE, subject_id=BUSINESS_CASE, edition=None, **changes)


@pytest.mark.row("S1-G01", "S1-G02")
def test_the_business_case_of_2014_was_approved_subject_to_conditions_by_both_bodies():
    cabinet = on_business_case(
        decided_on=date(2014, 7, 15), outcome=Outcome.APPROVED_SUBJECT_TO, conditions=(FURTHER_APPROVAL,)
    )
    governing = on_business_case(
        organisation=CCG,
        body="Governing Body",
        decided_on=date(2014, 7, 16),
        outcome=Outcome.APPROVED_SUBJECT_TO,
        conditions=(FURTHER_APPROVAL,),
    )
    needed = [Needed(PCC, "Cabinet"), Needed(CCG, "Governing Body")]
    standing = approvals(needed, [cabinet, governing], None)
    assert [each.decided_on for each in standing] == [date(2014, 7, 15), date(2014, 7, 16)]
    assert [each.awaiting for each in standing] == [Awaiting.CONDITIONS, Awaiting.CONDITIONS]
    assert approved_from(standing) is None
    # Approving the case is not approving the agreement: that is another subject with its own dates.
    agreement = an_agreement()
    assert approvals(needed, [cabinet, governing], agreement.edition)[0].awaiting is Awaiting.DECISION


@pytest.mark.row("S1-G02")
def test_an_approval_counts_once_its_conditions_are_met():
    decision = rules.decide(a_decision(outcome=Outcome.APPROVED_SUBJECT_TO, conditions=(FURTHER_APPROVAL,)))
    assert rules.counts_from(decision) is None
    met = rules.meet_condition(decision, 1, date(2015, 3, 2), "Minute 112")
    assert rules.counts_from(met) == date(2015, 3, 2)
    assert (met.version, met.conditions[0].evidence) == (2, "Minute 112")
    refused("condition_met_already", rules.meet_condition, met, 1, date(2015, 3, 3), "again")
    refused("condition_unknown", rules.meet_condition, decision, 2, date(2015, 3, 3), "none such")
    refused("condition_met_early", rules.meet_condition, decision, 1, date(2015, 2, 9), "before it was made")


@pytest.mark.row("S1-G02")
@pytest.mark.parametrize(
    ("printed", "number"), [("III", 3), ("IV", 4), ("3", 3), ("4.", 4), ("i.", 1), ("IX", 9), ("XII", 12)]
)
def test_roman_and_arabic_recommendations_are_one_list(printed, number):
    assert read_recommendation(printed) == number


@pytest.mark.parametrize("text", ["", "IIII", "0", "iv a", "L", "three"])
def test_what_is_no_number_is_refused(text):
    refused("recommendation_unreadable", read_recommendation, text)


@pytest.mark.row("S1-G04")
def test_an_exempt_decision_names_its_paragraph_and_a_public_one_none():
    key = rules.decide(a_decision(key_decision=True))
    assert (key.key_decision, key.part, rules.publishable(key)) == (True, Part.PART_1, True)
    for paragraph in range(1, 8):
        exempt = rules.decide(a_decision(part=Part.PART_2, exemption_paragraph=paragraph))
        assert not rules.publishable(exempt)
    for wrong in (None, 0, 8):
        bad = a_decision(part=Part.PART_2, exemption_paragraph=wrong)
        refused("exemption_paragraph_needed", rules.decide, bad)
    refused("exemption_paragraph_unexpected", rules.decide, a_decision(exemption_paragraph=3))


def test_conditions_and_outcome_go_together():
    refused("decision_conditions_needed", rules.decide, a_decision(outcome=Outcome.APPROVED_SUBJECT_TO))
    refused("decision_conditions_unexpected", rules.decide, a_decision(conditions=(FURTHER_APPROVAL,)))
    twice = (FURTHER_APPROVAL, FURTHER_APPROVAL)
    bad = a_decision(outcome=Outcome.APPROVED_SUBJECT_TO, conditions=twice)
    refused("decision_condition_numbers", rules.decide, bad)


@pytest.mark.parametrize(
    "outcome", [Outcome.DEFERRED, Outcome.REJECTED, Outcome.NOTED, Outcome.CALLED_IN], ids=str
)
def test_no_other_outcome_ever_counts(outcome):
    assert rules.counts_from(rules.decide(a_decision(outcome=outcome))) is None


def test_call_in_delays_an_approval_by_its_last_day():
    decision = rules.decide(a_decision(call_in_ends_on=date(2015, 2, 17)))
    assert rules.counts_from(decision) == date(2015, 2, 18)
    bad = a_decision(call_in_ends_on=date(2015, 2, 9))
    refused("call_in_before_decision", rules.decide, bad)


@pytest.mark.row("S3-G02")
def test_an_executive_meeting_decides_nothing_itself():
    meeting = a_decision(body="Integrated Commissioning Executive", body_type=BodyType.EXECUTIVE_MEETING)
    refused("executive_meeting_has_no_power", rules.decide, meeting)
    rules.decide(replace(meeting, outcome=Outcome.NOTED))


SOUTHAMPTON = a_decision(
    decided_on=date(2013, 10, 15),
    delegates=Delegation(
        "Head of Legal, HR and Democratic Services",
        "To agree and execute the Memorandum of Understanding",
        after_consulting=("Director of People",),
    ),
)


@pytest.mark.row("S4-G02")
def test_an_officer_decides_under_a_delegation_after_consulting():
    officer = rules.decide(
        a_decision(
            body="Head of Legal, HR and Democratic Services",
            body_type=BodyType.OFFICER,
            decided_on=date(2013, 11, 1),
            authority=Authority(SOUTHAMPTON.id, consulted=("director of people",)),
        )
    )
    rules.check_authority(officer, SOUTHAMPTON)
    alone = replace(officer, authority=Authority(SOUTHAMPTON.id))
    refusal = refused("consultation_missing", rules.check_authority, alone, SOUTHAMPTON)
    assert refusal.facts["not_consulted"] == ["Director of People"]
    other = replace(officer, body="Director of Finance")
    refused("not_delegated_to", rules.check_authority, other, SOUTHAMPTON)
    early = replace(officer, decided_on=date(2013, 10, 14))
    refused("not_yet_delegated", rules.check_authority, early, SOUTHAMPTON)
    without = a_decision(body_type=BodyType.OFFICER)
    refused("delegation_needed", rules.decide, without)


def test_the_officer_speaks_for_the_body_that_delegated_and_the_delegation_is_no_approval():
    needed = [Needed(PCC, "Cabinet")]
    delegating = replace(SOUTHAMPTON, edition=1)
    assert approvals(needed, [delegating], 1)[0].awaiting is Awaiting.DECISION
    officer = a_decision(
        body="Head of Legal, HR and Democratic Services",
        body_type=BodyType.OFFICER,
        decided_on=date(2013, 11, 1),
        authority=Authority(delegating.id, consulted=("Director of People",)),
    )
    standing = approvals(needed, [delegating, officer], 1)
    assert approved_from(standing) == date(2013, 11, 1)


def test_the_latest_decision_stands_whatever_the_order_of_days():
    rejected = a_decision(decided_on=date(2015, 1, 5), outcome=Outcome.REJECTED)
    later = a_decision(decided_on=date(2015, 2, 10))
    for order in ([rejected, later], [later, rejected]):
        assert approvals([Needed(PCC, "Cabinet")], order, 1)[0].decision_id == later.id
    same_day = replace(later, id=uuid.uuid4(), outcome=Outcome.CALLED_IN)
    assert rules.latest([later, same_day]) is same_day
