"""What of two services does not fit together, and the last day that a planned time may mean."""

import uuid
from datetime import date

import pytest

from services.gateway.rules.joined_finding import (
    ENDED,
    RUNNING,
    Held,
    JoinedFindingKind,
    Owed,
    Promised,
    owed_for_ended,
    without_running_contract,
)
from services.gateway.rules.planned_time import last_day_of

CONTRACT, OWNER = uuid.uuid4(), uuid.uuid4()


def promised(rest: int = 100, contract: uuid.UUID = CONTRACT) -> Promised:
    return Promised(uuid.uuid4(), OWNER, contract, "Reablement beds", rest)


def held(state: str, ends_on: date | None = None) -> dict[uuid.UUID, Held]:
    return {CONTRACT: Held("PCC-1 Reablement", state, ends_on)}


@pytest.mark.parametrize("state", sorted(RUNNING))
def test_money_promised_to_a_running_contract_is_no_finding(state):
    assert list(without_running_contract([promised()], held(state), True)) == []


@pytest.mark.parametrize("state", [*sorted(ENDED), "awarded", "pipeline"])
def test_money_left_on_a_contract_that_does_not_run_is_one(state):
    (found,) = without_running_contract([promised()], held(state), True)
    assert found.kind is JoinedFindingKind.COMMITMENT_WITHOUT_RUNNING_CONTRACT
    assert found.organisation_id == OWNER
    assert state.replace("_", " ") in found.because
    assert "release" in found.what_to_do


def test_money_that_is_all_drawn_or_released_is_none():
    assert list(without_running_contract([promised(0)], held("terminated"), True)) == []


def test_a_contract_that_is_not_in_the_register_is_told_only_where_the_register_was_read_whole():
    stray = promised(contract=uuid.uuid4())
    (found,) = without_running_contract([stray], held("active"), True)
    assert found.kind is JoinedFindingKind.COMMITMENT_TO_UNKNOWN_CONTRACT
    assert list(without_running_contract([stray], held("active"), False)) == []


@pytest.mark.parametrize(
    ("state", "ended", "until", "told"),
    [
        ("expired", date(2016, 3, 31), date(2016, 3, 31), False),
        ("expired", date(2016, 3, 31), date(2016, 4, 1), True),
        ("terminated", None, date(2016, 3, 31), True),
        ("held_over", date(2016, 3, 31), date(2017, 3, 31), False),
        ("active", None, date(2017, 3, 31), False),
    ],
)
def test_returns_are_owed_no_longer_than_the_contract_lasts(state, ended, until, told):
    owed = Owed(uuid.uuid4(), OWNER, CONTRACT, "Community services, monthly", until)
    found = list(owed_for_ended([owed], held(state, ended)))
    assert [each.kind for each in found] == [JoinedFindingKind.RETURN_OWED_FOR_ENDED_CONTRACT] * told


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2015", date(2015, 12, 31)),
        ("2016-02", date(2016, 2, 29)),
        ("2015-02", date(2015, 2, 28)),
        ("2015-11", date(2015, 11, 30)),
        ("2015-04-01", date(2015, 4, 1)),
    ],
)
def test_a_planned_time_ends_with_the_last_day_that_it_may_mean(text, day):
    assert last_day_of(text) == day
