"""Clauses by type of agreement, two names for one document, and the days of review."""

from dataclasses import replace
from datetime import date

import pytest

from services.budget.rules import agreement as rules
from services.budget.rules.agreement import AgreementType, State
from services.budget.rules.clause import CHECKLISTS
from services.budget.rules.section_75 import StatedMatter
from services.budget.rules.terms import KnownAs
from shared.errors import Refusal
from tests.budget.papers import (
    CCG,
    PCC,
    TERMS,
    TODAY,
    an_agreement,
    both_approve,
    signature,
    signed_by_both,
)

PLAIN = replace(
    TERMS,
    title="Memorandum of Agreement",
    arrangements=(),
    host_organisation_id=None,
    pool_manager=None,
    matters=(),
    scope_rules=(),
)
MOA = ("financial", "personnel", "accountability", "disagreements", "evaluation")


def stated(*codes, text="As schedule 1 says."):
    return tuple(StatedMatter(code, text) for code in codes)


@pytest.mark.row("S4-C10")
def test_a_memorandum_of_agreement_holds_what_the_paper_lists():
    bare = an_agreement(type=AgreementType.MOA, terms=PLAIN)
    assert bare.missing == MOA
    blank = replace(PLAIN, matters=stated(*MOA, text="  "))
    assert an_agreement(type=AgreementType.MOA, terms=blank).missing == MOA
    for left_out in MOA:
        kept = stated(*(each for each in MOA if each != left_out))
        lacking = an_agreement(type=AgreementType.MOA, terms=replace(PLAIN, matters=kept))
        assert lacking.missing == (left_out,)
        with pytest.raises(Refusal) as caught:
            rules.sign(lacking, signature(), TODAY)
        assert (caught.value.code, caught.value.facts["missing"]) == ("agreement_clauses_missing", [left_out])
    whole = an_agreement(type=AgreementType.MOA, terms=replace(PLAIN, matters=stated(*MOA)))
    approved = rules.settle_approval(whole, both_approve(), TODAY)
    assert signed_by_both(approved).state is State.EXECUTED


@pytest.mark.row("S4-C09")
def test_one_document_under_two_names_keeps_both_with_a_note():
    note = "Recommendation (v) says memorandum of understanding, para 30 memorandum of agreement."
    known = replace(PLAIN, known_as=(KnownAs("Memorandum of Understanding", note),))
    kept = an_agreement(type=AgreementType.MOA, terms=known)
    assert (kept.type, kept.terms.known_as[0].note) == (AgreementType.MOA, note)
    for again in ("memorandum of  AGREEMENT", "Memorandum of Understanding"):
        names = (KnownAs("Memorandum of Understanding", note), KnownAs(again, note))
        with pytest.raises(Refusal) as caught:
            an_agreement(terms=replace(PLAIN, known_as=names))
        assert caught.value.code == "agreement_name_repeated"


@pytest.mark.row("S4-C11")
def test_staff_under_section_113_are_named_by_post_and_were_consulted():
    assert an_agreement(type=AgreementType.S113, terms=PLAIN).missing == (
        "staff",
        "staff_terms",
        "staff_consultation",
    )
    said = replace(PLAIN, matters=stated("staff", "staff_terms", "staff_consultation"))
    assert an_agreement(type=AgreementType.S113, terms=said).missing == ()


def test_section_76_pays_for_no_function_that_its_regulations_leave_out():
    cut = an_agreement(type=AgreementType.S76, terms=replace(PLAIN, functions=("surgery", "adoption")))
    assert cut.missing == ("excluded_function_surgery",)


def test_types_without_a_list_of_their_own_lack_nothing():
    without = set(AgreementType) - {AgreementType.S75} - set(CHECKLISTS)
    assert {each.value for each in without} == {"s76", "s256", "s10_children_act", "s65z5", "MoU"}
    for each in without:
        assert an_agreement(type=each, terms=PLAIN).missing == ()


@pytest.mark.row("S4-G09")
def test_a_trial_and_the_review_fall_within_the_term():
    term = replace(TERMS, begins_on=date(2013, 10, 15), ends_on=date(2014, 10, 14))
    kept = an_agreement(
        terms=replace(term, trial_ends_on=date(2014, 4, 15), review_on=date(2014, 10, 14))
    ).terms
    assert (kept.trial_ends_on, kept.review_on) == (date(2014, 4, 15), date(2014, 10, 14))
    outside = {
        "/terms/review_on": replace(term, review_on=date(2014, 10, 15)),
        "/terms/trial_ends_on": replace(term, trial_ends_on=date(2013, 10, 14)),
    }
    for pointer, terms in outside.items():
        with pytest.raises(Refusal) as caught:
            an_agreement(terms=terms)
        assert (caught.value.code, caught.value.faults[0].pointer) == (
            "agreement_review_outside_term",
            pointer,
        )


def test_signatures_are_of_the_parties():
    approved = rules.settle_approval(an_agreement(), both_approve(), TODAY)
    assert {each.organisation_id for each in signed_by_both(approved).signatories} == {PCC, CCG}
