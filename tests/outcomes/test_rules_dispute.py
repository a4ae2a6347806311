"""Associates' word and silence, and disputes: stages with a last day, the undisputed part, and how they end."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from services.outcomes.rules.associate_decision import (
    AssociateDecision,
    Decision,
    Standing,
    deciding,
    standings,
)
from services.outcomes.rules.dispute import (
    Dispute,
    DisputeOutcome,
    DisputeStage,
    DisputeStep,
    check_mover,
    check_until,
    disputed,
    enter,
    settle,
)
from services.outcomes.rules.kpi_return import FieldReason, ReturnState, ReturnValue
from shared.errors import Refusal
from tests.outcomes.figures import ASSOCIATE, OWNER, PARTNERSHIP, PROVIDER, a_return

NOW = datetime(2014, 8, 1, tzinfo=UTC)
STAYS, DEATHS = uuid.UUID(int=21), uuid.UUID(int=22)
HELD = a_return(
    state=ReturnState.ACCEPTED,
    revision=2,
    accepted_revision=2,
    values={STAYS: ReturnValue(), DEATHS: ReturnValue()},
)


@pytest.mark.parametrize(
    ("days", "today", "said", "standing"),
    [
        (10, date(2014, 8, 11), None, Standing.AWAITED),
        (10, date(2014, 8, 12), None, Standing.DEEMED_ACCEPTED),
        (None, date(2199, 1, 1), None, Standing.AWAITED),
        (10, date(2014, 8, 30), Decision.OBJECTED, Standing.OBJECTED),
        (10, date(2014, 8, 2), Decision.ACCEPTED, Standing.ACCEPTED),
    ],
)
def test_silence_counts_from_the_day_after_its_last_day(days, today, said, standing):
    decisions = [] if said is None else [AssociateDecision(ASSOCIATE, 2, said, NOW)]
    (made,) = standings(HELD, date(2014, 8, 1), days, decisions, today)
    assert made.standing is standing
    assert made.until == (None if days is None else date(2014, 8, 11))


def test_what_was_said_of_an_earlier_revision_says_nothing_of_this_one():
    (made,) = standings(
        HELD,
        date(2014, 8, 1),
        None,
        [AssociateDecision(ASSOCIATE, 1, Decision.OBJECTED, NOW)],
        date(2014, 8, 2),
    )
    assert made.standing is Standing.AWAITED
    assert standings(a_return(), None, 10, [], date(2014, 8, 2)) == ()


@pytest.mark.parametrize(
    ("who", "days", "code"),
    [
        ([OWNER], None, "return_not_associate"),
        ([PROVIDER], None, "return_not_associate"),
        ([ASSOCIATE], 1, "associate_decided_already"),
    ],
)
def test_only_an_associate_that_is_awaited_decides(who, days, code):
    made = standings(HELD, date(2014, 8, 1), days, [], date(2014, 8, 20))
    with pytest.raises(Refusal) as refused:
        deciding(HELD, who, made)
    assert refused.value.code == code


def test_who_succeeded_two_associates_decides_for_both():
    heir, other = uuid.uuid4(), uuid.uuid4()
    found = replace(HELD, associate_organisation_ids=(ASSOCIATE, other))
    awaited = standings(found, date(2014, 8, 1), None, (), date(2014, 8, 2))
    assert deciding(found, [heir, ASSOCIATE, other], awaited) == (ASSOCIATE, other)
    said = [AssociateDecision(ASSOCIATE, found.accepted_revision or 0, Decision.OBJECTED, NOW)]
    one_left = standings(found, date(2014, 8, 1), None, said, date(2014, 8, 2))
    assert deciding(found, [heir, ASSOCIATE, other], one_left) == (other,)


def test_an_associate_decides_for_one_that_it_succeeded():
    made = standings(HELD, date(2014, 8, 1), None, [], date(2014, 8, 20))
    assert deciding(HELD, [uuid.uuid4(), ASSOCIATE], made) == (ASSOCIATE,)
    with pytest.raises(Refusal) as refused:
        deciding(HELD, [ASSOCIATE], ())
    assert refused.value.code == "return_nothing_accepted"


def test_what_nobody_disputes_stands():
    points = (FieldReason(f"/values/{STAYS}/value", "Twice"), FieldReason(f"/values/{STAYS}", "Too"))
    assert disputed(HELD, points) == ((STAYS,), (DEATHS,))


@pytest.mark.parametrize(
    "pointer", ["", "/values", "/state", f"/values/{uuid.UUID(int=99)}", f"/values/{STAYS}/value/x"]
)
def test_a_dispute_points_at_figures(pointer):
    with pytest.raises(Refusal) as refused:
        disputed(HELD, (FieldReason(pointer, "x"),))
    assert (refused.value.code, refused.value.faults[0].pointer) == (
        "return_dispute_point_nowhere",
        "/points/0/pointer",
    )
    with pytest.raises(Refusal) as refused:
        disputed(HELD, ())
    assert refused.value.code == "return_dispute_without_points"


def a_dispute(stage=DisputeStage.NEGOTIATION) -> Dispute:
    step = DisputeStep(stage, date(2014, 9, 1), None, NOW, ASSOCIATE, uuid.uuid4())
    return Dispute(
        id=uuid.uuid4(),
        return_id=HELD.id,
        revision=2,
        partnership_id=PARTNERSHIP,
        raised_by_organisation_id=ASSOCIATE,
        points=(),
        disputed_indicator_ids=(),
        undisputed_indicator_ids=(),
        stage=stage,
        stage_until=step.until,
        steps=(step,),
        outcome=None,
        resolution=None,
        raised_at=NOW,
        resolved_at=None,
        version=1,
    )


def test_a_dispute_goes_forward_through_its_stages_with_a_last_day_each():
    found = a_dispute()
    later = replace(found.steps[0], stage=DisputeStage.MEDIATION, until=date(2014, 10, 1))
    moved = enter(found, DisputeStage.MEDIATION, later)
    assert (moved.stage_until, len(moved.steps), moved.version) == (date(2014, 10, 1), 2, 2)
    longer = enter(moved, DisputeStage.MEDIATION, replace(later, until=date(2014, 11, 1)))
    assert longer.stage_until == date(2014, 11, 1)
    for wrong, code in (
        (lambda: enter(moved, DisputeStage.NEGOTIATION, later), "return_dispute_stage_backwards"),
        (lambda: check_until(date(2014, 7, 31), date(2014, 8, 1)), "return_dispute_day_passed"),
    ):
        with pytest.raises(Refusal) as refused:
            wrong()
        assert refused.value.code == code
    check_until(date(2014, 8, 1), date(2014, 8, 1))


def test_a_resolved_dispute_stays_as_it_is():
    done = settle(a_dispute(), DisputeOutcome.UPHELD, "It was counted twice", NOW)
    assert (done.outcome, done.resolved_at) == (DisputeOutcome.UPHELD, NOW)
    for again in (
        lambda: settle(done, DisputeOutcome.REJECTED, "x", NOW),
        lambda: enter(done, DisputeStage.MEDIATION, done.steps[0]),
    ):
        with pytest.raises(Refusal) as refused:
            again()
        assert refused.value.code == "return_dispute_resolved_already"


@pytest.mark.parametrize(
    ("who", "outcome", "may"),
    [
        (OWNER, None, True),
        (OWNER, DisputeOutcome.UPHELD, True),
        (OWNER, DisputeOutcome.WITHDRAWN, False),
        (ASSOCIATE, DisputeOutcome.WITHDRAWN, True),
        (ASSOCIATE, DisputeOutcome.UPHELD, False),
        (PROVIDER, DisputeOutcome.WITHDRAWN, False),
    ],
)
def test_the_lead_resolves_and_who_raised_it_withdraws(who, outcome, may):
    if may:
        check_mover(a_dispute(), OWNER, [who], outcome)
        return
    with pytest.raises(Refusal) as refused:
        check_mover(a_dispute(), OWNER, [who], outcome)
    assert refused.value.code == "return_dispute_not_yours"
