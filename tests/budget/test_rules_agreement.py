"""Agreements: what section 75 asks for, who must have approved, and the moves from draft to force."""

import uuid
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from services.budget.rules import agreement as rules
from services.budget.rules.agreement import MOVES, AgreementType, State
from services.budget.rules.decision import Outcome
from services.budget.rules.integration_stage import IntegrationStage, StageFrom, plan, stage_on
from services.budget.rules.section_75 import (
    EXCLUDED_FUNCTIONS,
    POOLED_FUND_MATTERS,
    REQUIRED_MATTERS,
    BodyKind,
    PartnershipArrangement,
)
from services.budget.rules.signature import Commencing
from services.budget.rules.terms import Party
from shared.errors import Refusal
from tests.budget.papers import (
    CCG,
    PARTNERSHIP,
    PCC,
    TERMS,
    TODAY,
    a_decision,
    an_agreement,
    both_approve,
    commenced_by_both,
    signature,
    signed_by_both,
)


def refused(code, call, *arguments):
    with pytest.raises(Refusal) as caught:
        call(*arguments)
    assert caught.value.code == code
    return caught.value


def approved():
    return rules.settle_approval(an_agreement(), both_approve(), TODAY)


def test_the_moves_are_those_of_the_domain():
    forward = [
        State.DRAFT,
        State.APPROVED,
        State.EXECUTED,
        State.IN_FORCE,
        State.WINDING_UP,
        State.CLOSED,
    ]
    for earlier, later in pairwise(forward):
        assert later in MOVES[earlier]
    assert MOVES[State.CLOSED] == frozenset()
    backwards = {(a, b) for a in MOVES for b in MOVES[a] if forward.index(b) != forward.index(a) + 1}
    assert backwards == {(State.APPROVED, State.DRAFT)}


@pytest.mark.row("S2-C07")
def test_the_seven_matters_are_those_of_regulation_7_3():
    assert [each.paragraph for each in POOLED_FUND_MATTERS] == [f"7(3)({letter})" for letter in "abcdefg"]
    assert [each.code for each in POOLED_FUND_MATTERS] == [
        "aims_and_outcomes",
        "contributions",
        "functions",
        "persons_and_services",
        "staff_goods_accommodation",
        "duration_and_change",
        "management_and_monitoring",
    ]
    assert an_agreement().missing == ()


@pytest.mark.row("S2-C07")
@pytest.mark.parametrize("code", [each.code for each in POOLED_FUND_MATTERS])
def test_each_matter_is_missed_when_it_is_left_out_or_blank(code):
    kept = tuple(each for each in TERMS.matters if each.code != code)
    assert an_agreement(terms=replace(TERMS, matters=kept)).missing == (code,)
    blank = tuple(replace(each, text=" " if each.code == code else each.text) for each in TERMS.matters)
    assert an_agreement(terms=replace(TERMS, matters=blank)).missing == (code,)


@pytest.mark.row("S1-B01", "S2-C07")
def test_an_empty_draft_is_kept_and_says_all_that_it_lacks():
    bare = replace(
        TERMS,
        parties=(Party(PCC, BodyKind.LOCAL_AUTHORITY, "Cabinet"), Party(CCG, BodyKind.OTHER, "Board")),
        host_organisation_id=None,
        pool_manager=None,
        matters=(),
        functions=("surgery", "community_nursing", "emergency_ambulance"),
        consultation=None,
        expected_improvement="  ",
    )
    kept = an_agreement(terms=bare)
    assert kept.state is State.DRAFT
    assert kept.missing == (
        "nhs_body_missing",
        "host_missing",
        "pool_manager_missing",
        *(each.code for each in POOLED_FUND_MATTERS),
        "joint_consultation_missing",
        "expected_improvement_missing",
        "excluded_function_surgery",
        "excluded_function_emergency_ambulance",
    )
    refusal = refused("section_75_incomplete", rules.sign, kept, signature(), TODAY)
    assert refusal.facts["missing"] == list(kept.missing)
    assert {fault.pointer for fault in refusal.faults} >= {
        "/terms/parties",
        "/terms/matters",
        "/terms/pool_manager",
    }


@pytest.mark.row("S1-B01")
def test_a_pool_needs_an_nhs_body_and_a_local_authority():
    two_councils = replace(
        TERMS, parties=tuple(replace(p, kind=BodyKind.LOCAL_AUTHORITY) for p in TERMS.parties)
    )
    two_nhs = replace(TERMS, parties=tuple(replace(p, kind=BodyKind.NHS_BODY) for p in TERMS.parties))
    rules.require_can_pool(an_agreement())
    for terms in (two_councils, two_nhs):
        refused("agreement_partners_missing", rules.require_can_pool, an_agreement(terms=terms))
    memorandum = an_agreement(type=AgreementType.MOU)
    refused("agreement_cannot_pool", rules.require_can_pool, memorandum)


def test_every_excluded_function_is_refused_by_name():
    assert "surgery" in EXCLUDED_FUNCTIONS
    for name in EXCLUDED_FUNCTIONS:
        missing = an_agreement(terms=replace(TERMS, functions=(name,))).missing
        assert missing == (f"excluded_function_{name}",)


def test_delegated_functions_have_their_own_lists():
    for arrangement, regulation in (
        (PartnershipArrangement.NHS_EXERCISES_COUNCIL_FUNCTIONS, 8),
        (PartnershipArrangement.COUNCIL_EXERCISES_NHS_FUNCTIONS, 9),
    ):
        matters = REQUIRED_MATTERS[arrangement]
        assert [each.paragraph for each in matters] == [f"{regulation}(3)({letter})" for letter in "abcdefg"]
        assert matters[1].code == "payments"
        assert matters[6].code == "monitoring"
        terms = replace(TERMS, arrangements=(arrangement,), host_organisation_id=None, pool_manager=None)
        assert an_agreement(terms=terms).missing == ("payments", "monitoring")


@pytest.mark.row("S1-G01")
def test_it_is_approved_only_when_every_party_s_body_has_approved():
    cabinet, governing_body = both_approve()
    one = rules.settle_approval(an_agreement(), [cabinet], TODAY)
    assert one.state is State.DRAFT
    assert [each.awaiting for each in one.approvals] == [None, "decision"]
    both = rules.settle_approval(one, [cabinet, governing_body], TODAY)
    assert both.state is State.APPROVED
    assert both.approved_from == date(2015, 2, 25)
    assert [each.decided_on for each in both.approvals] == [date(2015, 2, 10), date(2015, 2, 25)]
    # The council cannot speak for the Governing Body, nor its own committee for the Cabinet.
    forged = replace(governing_body, owner_organisation_id=PCC)
    assert rules.settle_approval(one, [cabinet, forged], TODAY).state is State.DRAFT
    committee = replace(cabinet, body="Scrutiny Committee")
    assert rules.settle_approval(one, [committee, governing_body], TODAY).state is State.DRAFT


@pytest.mark.row("S1-G01")
def test_approvals_count_from_the_day_after_call_in_and_until_then_it_is_a_draft():
    cabinet, governing_body = both_approve()
    open_call_in = replace(cabinet, call_in_ends_on=date(2015, 3, 5))
    early = rules.settle_approval(an_agreement(), [open_call_in, governing_body], date(2015, 3, 5))
    assert (early.state, early.approved_from) == (State.DRAFT, date(2015, 3, 6))
    later = rules.settle_approval(an_agreement(), [open_call_in, governing_body], date(2015, 3, 6))
    assert later.state is State.APPROVED


def test_bodies_that_approve_an_incomplete_text_leave_it_a_draft():
    lacking = an_agreement(terms=replace(TERMS, pool_manager=None))
    looked_at = rules.settle_approval(lacking, both_approve(), TODAY)
    assert (looked_at.state, looked_at.approved_from) == (State.DRAFT, date(2015, 2, 25))


def test_a_body_that_calls_in_before_signature_takes_its_approval_back():
    decisions = [*both_approve(), a_decision(decided_on=date(2015, 3, 1), outcome=Outcome.CALLED_IN)]
    back = rules.settle_approval(approved(), decisions, TODAY)
    assert back.state is State.DRAFT
    assert back.approvals[0].awaiting == "reconsideration"
    noted = [*both_approve(), a_decision(decided_on=date(2015, 3, 1), outcome=Outcome.NOTED)]
    assert rules.settle_approval(approved(), noted, TODAY).state is State.APPROVED


def test_a_changed_text_needs_its_approvals_anew():
    amended = rules.amend(an_agreement(), replace(TERMS, title="Another title"), both_approve())
    assert (amended.edition, amended.version) == (2, 2)
    assert amended.approved_from is None
    assert rules.settle_approval(amended, both_approve(), TODAY).state is State.DRAFT
    unchanged = rules.amend(an_agreement(), TERMS, [])
    assert unchanged.edition == 1
    refused("agreement_not_a_draft", rules.amend, approved(), TERMS, [])


def test_each_party_signs_for_itself_and_it_is_executed_once_all_have():
    refused("agreement_not_approved", rules.sign, an_agreement(), signature(), TODAY)
    early = signature(signed_on=date(2015, 2, 24))
    refused("agreement_signed_before_approval", rules.sign, approved(), early, TODAY)
    refused("agreement_day_to_come", rules.sign, approved(), signature(signed_on=date(2015, 6, 2)), TODAY)
    refused("agreement_not_a_party", rules.sign, approved(), signature(uuid.uuid4()), TODAY)
    half = rules.sign(approved(), signature(), TODAY)
    assert (half.state, half.signed_on, len(half.signatories)) == (State.APPROVED, None, 1)
    refused("agreement_signed_already", rules.sign, half, signature(), TODAY)
    signed = rules.sign(half, signature(CCG, date(2015, 3, 30)), TODAY)
    assert (signed.state, signed.signed_on) == (State.EXECUTED, date(2015, 3, 30))
    refused("agreement_move_refused", rules.sign, signed, signature(), TODAY)
    called_in = [*both_approve(), a_decision(decided_on=date(2015, 3, 28), outcome=Outcome.CALLED_IN)]
    assert rules.settle_approval(half, called_in, TODAY).signatories == ()


def commence(agreement, day, party=PCC, today=TODAY):
    return rules.commence(agreement, Commencing(party, day), today)


def test_it_may_commence_before_it_was_signed():
    signed = signed_by_both(approved(), date(2015, 5, 20))
    in_force = commenced_by_both(signed)
    assert (in_force.state, in_force.commenced_on) == (State.IN_FORCE, date(2015, 4, 1))
    assert in_force.commenced_on < in_force.signed_on
    refused("agreement_move_refused", commence, approved(), date(2015, 4, 1))
    refused("agreement_day_to_come", commence, signed, date(2015, 6, 2))
    short = replace(signed, terms=replace(TERMS, ends_on=date(2015, 3, 31)))
    refused("agreement_commences_after_end", commence, short, date(2015, 4, 1))
    approved_text = replace(signed, terms=replace(TERMS, begins_on=date(2015, 4, 1)))
    refused("agreement_commences_before_begin", commence, approved_text, date(2015, 3, 31))


def test_one_party_says_the_day_that_the_text_names_and_every_party_another():
    signed = signed_by_both(approved())
    named = replace(signed, terms=replace(TERMS, begins_on=date(2015, 4, 1)))
    assert commence(named, date(2015, 4, 1)).state is State.IN_FORCE
    later = commence(named, date(2015, 5, 1))
    assert (later.state, later.commenced_on) == (State.EXECUTED, None)
    refusal = refused("agreement_commencement_differs", commence, later, date(2015, 5, 2), CCG)
    assert refusal.facts["said_by_others"] == date(2015, 5, 1)
    corrected = commence(commence(named, date(2015, 5, 2)), date(2015, 5, 1))
    assert commence(corrected, date(2015, 5, 1), CCG).commenced_on == date(2015, 5, 1)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"parties": TERMS.parties[:1]}, "agreement_too_few_parties"),
        ({"parties": (*TERMS.parties, TERMS.parties[0])}, "agreement_parties_repeated"),
        (
            {"parties": (*TERMS.parties[1:], Party(uuid.uuid4(), BodyKind.OTHER, "Board"))},
            "agreement_not_a_party",
        ),
        ({"host_organisation_id": uuid.uuid4()}, "agreement_not_a_party"),
        ({"begins_on": date(2016, 4, 1), "ends_on": date(2016, 3, 31)}, "agreement_ends_before_it_begins"),
        ({"matters": (*TERMS.matters, TERMS.matters[0])}, "agreement_matter_unknown"),
    ],
)
def test_terms_that_contradict_themselves_are_refused(change, code):
    with pytest.raises(Refusal) as caught:
        an_agreement(terms=replace(TERMS, **change))
    assert caught.value.code == code


def test_only_a_party_consents_to_the_shadow_and_once_is_enough():
    consented = rules.consent_to_shadow(an_agreement(), CCG)
    assert consented.shadow_consents == (CCG,)
    assert rules.consent_to_shadow(consented, CCG) is consented
    refused("agreement_not_a_party", rules.consent_to_shadow, consented, uuid.uuid4())
    amended = rules.amend(consented, replace(TERMS, title="New"), [])
    assert amended.shadow_consents == (CCG,)


@pytest.mark.row("S1-B05")
def test_integration_comes_in_dated_stages():
    stages = plan(
        [
            StageFrom(IntegrationStage.ALIGNED_MANAGEMENT, date(2014, 7, 16)),
            StageFrom(IntegrationStage.POOLED_SAME_EMPLOYERS, date(2015, 3, 31)),
            StageFrom(IntegrationStage.NEW_ENTITY, date(2016, 4, 1)),
        ]
    )
    assert stage_on(stages, date(2014, 7, 15)) is None
    assert stage_on(stages, date(2015, 3, 30)) is IntegrationStage.ALIGNED_MANAGEMENT
    assert stage_on(stages, date(2015, 3, 31)) is IntegrationStage.POOLED_SAME_EMPLOYERS
    assert stage_on(stages, date(2020, 1, 1)) is IntegrationStage.NEW_ENTITY
    refused("integration_stages_out_of_order", plan, [stages[1], stages[0]])
    refused("integration_stages_out_of_order", plan, [stages[0], stages[0]])


def test_the_owner_is_a_party():
    assert an_agreement(partnership_id=PARTNERSHIP).owner_organisation_id == PCC
