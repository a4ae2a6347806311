"""The life of a return: its moves, who makes them, its revisions, and what is checked on submission."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from services.outcomes.rules.indicator import ValueType
from services.outcomes.rules.kpi_return import (
    MOVES,
    FieldReason,
    ReturnState,
    ReturnValue,
    amend,
    check_lead,
    check_open,
    check_provider,
    submit,
)
from services.outcomes.rules.measure import MeasureStatus
from services.outcomes.rules.return_decision import accept, accepted, lock, reopen, send_back
from services.outcomes.rules.submission import AskedValue, check_submission
from shared.errors import Refusal
from tests.outcomes.figures import OWNER, PROVIDER, a_return, an_indicator, dec, percentage

NOON = datetime(2014, 7, 15, 12, tzinfo=UTC)
ASKED = uuid.uuid4()
VALUES = {ASKED: ReturnValue(Decimal("8.1"))}
WHY = (FieldReason(f"/values/{ASKED}/value", "Please check against the ward list."),)


def refusal(do, *arguments) -> Refusal:
    with pytest.raises(Refusal) as caught:
        do(*arguments)
    return caught.value


def test_the_moves_are_those_of_the_table_and_no_state_is_out_of_reach():
    assert set(MOVES) == set(ReturnState)
    reached = set().union(*MOVES.values()) | {ReturnState.DRAFT}
    assert reached == set(ReturnState)


def test_a_return_goes_there_and_back_and_each_submission_is_a_new_revision():
    first = submit(a_return(), NOON, date(2014, 7, 15), explained=False)
    assert (first.state, first.revision, first.days_late) == (ReturnState.VALIDATED, 1, 0)
    back = send_back(first, WHY, VALUES)
    assert (back.state, back.reasons, back.revision) == (ReturnState.RETURNED, WHY, 1)
    second = submit(back, NOON, date(2014, 8, 30), explained=False)
    assert (second.state, second.revision, second.reasons) == (ReturnState.VALIDATED, 2, ())
    assert accept(second, False) == (ReturnState.ACCEPTED,)
    taken = accepted(second)
    assert (taken.state, taken.accepted_revision, taken.version) == (ReturnState.ACCEPTED, 2, 5)
    locked = lock(taken)
    assert locked.state is ReturnState.LOCKED
    again = reopen(locked, WHY, VALUES)
    assert (again.state, again.accepted_revision) == (ReturnState.RETURNED, 2)


@pytest.mark.parametrize(
    ("due", "sent", "days"),
    [(date(2014, 7, 20), date(2014, 7, 20), 0), (date(2014, 7, 20), date(2014, 7, 23), 3)],
)
def test_late_is_flagged_and_not_refused_and_the_first_submission_decides(due, sent, days):
    first = submit(a_return(due_on=due), NOON, sent, explained=False)
    assert first.days_late == days
    again = submit(send_back(first, WHY, VALUES), NOON, date(2015, 1, 1), explained=False)
    assert again.days_late == days


def test_explained_figures_wait_for_the_lead_to_read_them():
    waiting = submit(a_return(), NOON, date(2014, 7, 15), explained=True)
    assert waiting.state is ReturnState.SUBMITTED
    assert refusal(accept, waiting, False).code == "return_warnings_unread"
    assert accept(waiting, True) == (ReturnState.VALIDATED, ReturnState.ACCEPTED)
    assert send_back(waiting, WHY, VALUES).state is ReturnState.RETURNED


@pytest.mark.parametrize(
    ("state", "act"),
    [
        ("submitted", "submit"),
        ("validated", "submit"),
        ("accepted", "submit"),
        ("locked", "submit"),
        ("draft", "accept"),
        ("returned", "accept"),
        ("accepted", "accept"),
        ("locked", "accept"),
        ("draft", "send_back"),
        ("returned", "send_back"),
        ("accepted", "send_back"),
        ("locked", "send_back"),
        ("draft", "lock"),
        ("submitted", "lock"),
        ("validated", "lock"),
        ("returned", "lock"),
        ("locked", "lock"),
        ("draft", "reopen"),
        ("submitted", "reopen"),
        ("validated", "reopen"),
        ("returned", "reopen"),
    ],
)
def test_every_move_that_is_not_in_the_table_is_refused(state, act):
    found = a_return(state=ReturnState(state), revision=1)
    acts = {
        "submit": lambda: submit(found, NOON, date(2014, 7, 15), False),
        "accept": lambda: accept(found, False),
        "send_back": lambda: send_back(found, WHY, VALUES),
        "lock": lambda: lock(found),
        "reopen": lambda: reopen(found, WHY, VALUES),
    }
    refused = refusal(acts[act])
    assert refused.code == "return_move_not_possible"
    assert refused.facts["state"] == state


def test_only_the_provider_writes_and_only_the_lead_decides():
    found = a_return()
    check_provider(found, (PROVIDER,))
    check_lead(found, (OWNER,))
    assert refusal(check_provider, found, (OWNER,)).code == "return_not_provider"
    assert refusal(check_lead, found, (PROVIDER,)).code == "return_not_lead"


def test_figures_change_only_while_the_return_is_with_its_provider():
    for state in ReturnState:
        found = a_return(state=state)
        if state in {ReturnState.DRAFT, ReturnState.RETURNED}:
            check_open(found)
        else:
            assert refusal(check_open, found).code == "return_move_not_possible"


@pytest.mark.parametrize(
    ("reasons", "code"),
    [
        ((), "return_reasons_missing"),
        ((FieldReason("/values/nowhere/value", "x"),), "return_reason_nowhere"),
        ((FieldReason(f"/values/{ASKED}/colour", "x"),), "return_reason_nowhere"),
        ((FieldReason(f"/values/{ASKED}/value/0", "x"),), "return_reason_nowhere"),
        ((FieldReason("/period", "x"),), "return_reason_nowhere"),
    ],
)
def test_a_reason_points_at_a_field_of_the_return(reasons, code):
    found = a_return(state=ReturnState.VALIDATED, revision=1)
    assert refusal(send_back, found, reasons, VALUES).code == code


@pytest.mark.parametrize("pointer", ["/values", f"/values/{ASKED}", f"/values/{ASKED}/numerator"])
def test_a_reason_may_be_about_all_figures_or_one_or_a_field(pointer):
    found = a_return(state=ReturnState.VALIDATED, revision=1)
    assert send_back(found, (FieldReason(pointer, "x"),), VALUES).state is ReturnState.RETURNED


def test_a_patch_merges_field_by_field():
    other = uuid.uuid4()
    form = {ASKED: True, other: False}
    start = {ASKED: ReturnValue(Decimal(8), numerator=Decimal(4), explanation="estimated")}
    merged = amend(start, {ASKED: {"value": Decimal(9), "explanation": None}}, form)
    assert merged[ASKED] == ReturnValue(Decimal(9), numerator=Decimal(4))
    assert amend(merged, {other: {"status": MeasureStatus.MISSING}}, form).keys() == {ASKED, other}
    assert amend(merged, {ASKED: None}, form) == {}
    assert start[ASKED].value == 8
    refused = refusal(amend, start, {uuid.UUID(int=9): {}}, form)
    assert refused.faults[0].pointer == f"/values/{uuid.UUID(int=9)}"


# What is checked on submission.

DAYS = an_indicator(ValueType.DAYS, warn_above_change_percent="50")
SHARE = percentage()
COUNT = an_indicator(ValueType.COUNT)
RATE = an_indicator(ValueType.RATE, unit="per 100,000")
WHOLE = an_indicator(ValueType.RATE, unit="per 100,000")
PART = an_indicator(ValueType.RATE, unit="per 100,000", part_of_indicator_id=WHOLE.id)


def given(value=None, numerator=None, denominator=None, **more) -> ReturnValue:
    return ReturnValue(dec(value), numerator=dec(numerator), denominator=dec(denominator), **more)


def asked_for(indicator, compulsory=True, previous=None):
    return {indicator.id: AskedValue(indicator, compulsory, dec(previous))}


@pytest.mark.parametrize(
    ("indicator", "value", "code", "field"),
    [
        (DAYS, None, "return_value_required", ""),
        (DAYS, given(), "return_value_required", ""),
        (DAYS, given("8", status=MeasureStatus.SUPPRESSED), "return_value_status_mismatch", "/status"),
        (DAYS, given(status=MeasureStatus.ESTIMATE), "return_value_status_mismatch", "/value"),
        (DAYS, given("-1"), "value_outside_scale", "/value"),
        (SHARE, given("101"), "value_outside_scale", "/value"),
        (SHARE, given("50", "12", "10"), "return_numerator_exceeds_denominator", "/numerator"),
        (SHARE, given("50", "5"), "return_parts_incomplete", "/denominator"),
        (SHARE, given("50", None, "5"), "return_parts_incomplete", "/numerator"),
        (SHARE, given("50", "5", "0"), "return_denominator_not_positive", "/denominator"),
        (SHARE, given("50", "-5", "10"), "return_numerator_negative", "/numerator"),
        (COUNT, given("4.5"), "return_count_not_whole", "/value"),
        (SHARE, given("50", "4", "10"), "return_value_differs_from_parts", "/value"),
        (RATE, given("13.1", "34", "270000"), "return_value_differs_from_parts", "/value"),
        (DAYS, given(status=MeasureStatus.MISSING), "return_gap_unexplained", "/status"),
        (DAYS, given(status=MeasureStatus.NOT_APPLICABLE), "return_gap_unexplained", "/status"),
    ],
)
def test_a_submission_is_blocked_with_a_pointer(indicator, value, code, field):
    values = {} if value is None else {indicator.id: value}
    refused = refusal(check_submission, asked_for(indicator), values)
    assert refused.code == "return_not_submittable"
    assert [(fault.code, fault.pointer) for fault in refused.faults] == [
        (code, f"/values/{indicator.id}{field}")
    ]
    assert refused.facts["indicators"] == [indicator.code]


@pytest.mark.parametrize(
    ("indicator", "value"),
    [
        (DAYS, given("8.1")),
        (DAYS, given("0")),
        (DAYS, given(status=MeasureStatus.NOT_YET_AVAILABLE)),
        (SHARE, given("33.3", "1", "3")),
        (SHARE, given("33.33", "1", "3")),
        (RATE, given("13.1", "34", "259542")),
        (COUNT, given("4.0")),
        (SHARE, given("0.0", "0", "12")),
    ],
)
def test_a_good_figure_passes_without_a_warning(indicator, value):
    assert check_submission(asked_for(indicator), {indicator.id: value}) == ()


def test_what_is_not_compulsory_may_be_blank():
    assert check_submission(asked_for(DAYS, compulsory=False), {}) == ()


def test_a_warning_passes_with_its_explanation_and_is_kept():
    form = asked_for(DAYS, previous="8")
    assert check_submission(form, {DAYS.id: given("12")}) == ()
    assert refusal(check_submission, form, {DAYS.id: given("12.1")}).faults[0].code == (
        "return_value_far_from_previous"
    )
    warned = check_submission(form, {DAYS.id: given("12.1", explanation="Two wards closed in May.")})
    assert [(each.code, each.pointer, each.explanation) for each in warned] == [
        ("return_value_far_from_previous", f"/values/{DAYS.id}/value", "Two wards closed in May.")
    ]


@pytest.mark.parametrize(("value", "warned"), [("500", True), ("0.1", True), ("0", False)])
def test_any_change_from_nought_is_warned_of_since_it_has_no_percentage(value, warned):
    form = asked_for(DAYS, previous="0")
    explained = given(value, explanation="The ward reopened in May.")
    assert [each.code for each in check_submission(form, {DAYS.id: explained})] == [
        "return_value_far_from_previous"
    ] * warned


def test_an_indicator_without_a_limit_and_a_first_figure_warn_of_no_change():
    assert check_submission(asked_for(RATE, previous="0"), {RATE.id: given("500")}) == ()
    assert check_submission(asked_for(DAYS), {DAYS.id: given("500")}) == ()


def test_no_explanation_makes_an_error_pass():
    value = replace(given("101"), explanation="It is so.")
    assert (
        refusal(check_submission, asked_for(SHARE), {SHARE.id: value}).faults[0].code == "value_outside_scale"
    )


def test_every_fault_is_named_at_once():
    form = {**asked_for(DAYS), **asked_for(SHARE), **asked_for(COUNT)}
    refused = refusal(check_submission, form, {SHARE.id: given("101"), COUNT.id: given("1.5")})
    assert {fault.code for fault in refused.faults} == {
        "return_value_required",
        "value_outside_scale",
        "return_count_not_whole",
    }


@pytest.mark.row("S2-O02")
def test_a_part_is_not_more_than_its_whole_in_one_return():
    form = {**asked_for(WHOLE), **asked_for(PART)}
    assert check_submission(form, {WHOLE.id: given("13.1"), PART.id: given("5.2")}) == ()
    refused = refusal(check_submission, form, {WHOLE.id: given("5.1"), PART.id: given("5.2")})
    assert [(f.code, f.pointer) for f in refused.faults] == [
        ("part_exceeds_whole", f"/values/{PART.id}/value")
    ]
