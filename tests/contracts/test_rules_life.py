"""Suspension, withdrawal, part-termination and ends; and random lives that keep what holds in every life."""

import random
import uuid
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest

from services.contracts.rules import life
from services.contracts.rules.contract import Contract, EndStatus, checked
from services.contracts.rules.expiry import ended_by
from services.contracts.rules.life import TerminationReason
from services.contracts.rules.move import activate, give_notice
from services.contracts.rules.notice import Notice, ServedBy
from services.contracts.rules.party import Role, of_role
from services.contracts.rules.state import MOVES, State
from services.contracts.rules.step import KeptStep, Move, is_private, rebuild, state_before
from shared.errors import Refusal
from shared.money import Money
from tests.contracts.things import LEAD, contract

NOTICE = Notice(
    uuid.UUID(int=5), date(2014, 9, 1), ServedBy.PROVIDER, date(2015, 3, 31), "Hands back", "Letter to users"
)
DAY = date(2014, 10, 1)


def refused(act, *arguments) -> Refusal:
    with pytest.raises(Refusal) as caught:
        act(*arguments)
    return caught.value


def kept(version: int, move: Move, before: State | None, after: State) -> KeptStep:
    return KeptStep(
        uuid.UUID(int=99), version, None, LEAD, move, before, after, None, None, None, None, None,
        None, None, LEAD, LEAD, None, datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip


def test_before_the_award() -> None:
    planned = contract(state=State.PIPELINE)
    standing = life.start_standstill(life.start_procurement(planned), date(2013, 1, 1), date(2013, 1, 11))
    assert (standing.state, standing.standstill_ends_on) == (State.STANDSTILL, date(2013, 1, 11))
    wrong = refused(life.start_standstill, contract(state=State.PROCUREMENT), DAY, date(2014, 9, 30))
    assert (wrong.code, wrong.faults[0].pointer) == ("standstill_ends_before_start", "/ends_on")
    assert life.abandon(standing).state is State.ABANDONED
    assert refused(life.abandon, contract(state=State.ACTIVE)).code == "move_not_open"


def test_a_suspension_ends_where_it_began() -> None:
    suspended = life.suspend(contract(state=State.PART_TERMINATED), DAY)
    assert life.resume(suspended, State.PART_TERMINATED, DAY).state is State.PART_TERMINATED
    assert (
        refused(life.resume, contract(state=State.ACTIVE), State.ACTIVE, DAY).code == "contract_not_suspended"
    )
    outside = refused(life.suspend, contract(state=State.ACTIVE), date(2016, 4, 1))
    assert (outside.code, outside.faults[0].pointer) == ("move_outside_term", "/on")
    assert (
        refused(life.suspend, contract(state=State.NOTICE_GIVEN, notice=NOTICE), DAY).code
        == "contract_paused"
    )


@pytest.mark.row("S1-C07")
def test_a_withdrawn_notice_and_an_activation_leave_no_notice_behind() -> None:
    under = give_notice(contract(state=State.RECORDED_AS_ACTIVE), NOTICE)
    back = life.withdraw_notice(under, State.RECORDED_AS_ACTIVE, DAY)
    assert (back.state, back.notice, back.ends_on) == (State.RECORDED_AS_ACTIVE, None, date(2016, 3, 31))
    for day in (date(2014, 8, 31), date(2015, 4, 1)):
        assert refused(life.withdraw_notice, under, State.ACTIVE, day).code == "notice_withdrawn_too_late"
    assert refused(activate, under, DAY).code == "activation_held"
    assert refused(activate, contract(state=State.SUSPENDED), DAY).code == "activation_held"
    assert refused(life.withdraw_notice, back, State.ACTIVE, DAY).code == "no_notice_runs"


def test_the_way_back_is_read_from_the_history() -> None:
    steps = [
        kept(1, Move.REGISTRATION, None, State.RECORDED_AS_ACTIVE),
        kept(2, Move.SUSPENSION, State.RECORDED_AS_ACTIVE, State.SUSPENDED),
        kept(3, Move.NOTICE, State.SUSPENDED, State.NOTICE_GIVEN),
        kept(4, Move.NOTICE_WITHDRAWAL, State.NOTICE_GIVEN, State.SUSPENDED),
    ]
    assert state_before(steps, State.NOTICE_GIVEN) is State.SUSPENDED
    assert state_before(steps, State.SUSPENDED) is State.RECORDED_AS_ACTIVE
    assert refused(state_before, steps[:1], State.SUSPENDED).code == "state_before_unknown"
    assert rebuild(steps) is State.SUSPENDED
    assert rebuild([*steps[:2], steps[3]]) is None


def test_a_part_ends_and_the_rest_is_worth_no_more() -> None:
    whole = contract(state=State.ACTIVE, value=Money(100))
    assert life.part_terminate(whole, DAY, Money(60)).value == Money(60)
    assert life.part_terminate(whole, DAY, None).value == Money(100)
    for more in (Money(101), Money(-1)):
        refusal = refused(life.part_terminate, whole, DAY, more)
        assert (refusal.code, refusal.faults[0].pointer) == ("part_termination_adds_value", "/value")


def test_a_contract_ends_once_on_one_day() -> None:
    running, under = contract(state=State.ACTIVE), give_notice(contract(state=State.ACTIVE), NOTICE)
    agreed = life.terminate(running, DAY, TerminationReason.AGREED)
    assert (agreed.state, agreed.ended_on, agreed.ends_on) == (State.TERMINATED, DAY, DAY)
    assert refused(life.terminate, agreed, DAY, TerminationReason.AGREED).code == "move_not_open"
    assert refused(life.terminate, running, DAY, TerminationReason.NOTICE).code == "no_notice_runs"
    assert refused(life.terminate, under, DAY, TerminationReason.NOTICE).code == "notice_still_runs"
    assert (
        refused(life.terminate, running, date(2016, 4, 1), TerminationReason.AGREED).code
        == "move_outside_term"
    )
    assert refused(life.complete, running, date(2016, 3, 30)).code == "contract_term_runs"
    assert life.complete(running, date(2016, 5, 1)).ended_on == date(2016, 3, 31)
    endless = contract(state=State.ACTIVE, end_date=None, end_status=EndStatus.OPEN_ENDED)
    assert refused(life.complete, endless, DAY).code == "contract_end_unknown"


def test_held_over_begins_after_the_end_and_can_be_given_notice() -> None:
    over = life.complete(contract(state=State.ACTIVE), date(2016, 3, 31))
    assert refused(life.hold_over, over, date(2016, 3, 31)).code == "held_over_within_term"
    held = life.hold_over(over, date(2016, 4, 1))
    assert (held.state, held.ended_on) == (State.HELD_OVER, None)
    notice = Notice(
        uuid.uuid4(), date(2016, 5, 1), ServedBy.COMMISSIONER, date(2016, 11, 1), "New contract", "Letter"
    )
    assert give_notice(held, notice).ends_on == date(2016, 11, 1)
    assert life.complete(held, date(2016, 9, 30)).ended_on == date(2016, 9, 30)


def test_what_is_over_by_a_day_ends_on_its_own_last_day() -> None:
    leap = contract(state=State.ACTIVE, end_date=date(2016, 2, 29))
    under = give_notice(contract(state=State.ACTIVE), NOTICE)
    held, awarded = contract(state=State.HELD_OVER), contract(state=State.AWARDED)
    assert ended_by([leap], date(2016, 2, 29)) == ()
    found = ended_by([leap, under, held, awarded], date(2016, 5, 1))
    assert [(each.after.state, each.after.ended_on) for each in found] == [
        (State.EXPIRED, date(2016, 2, 29)),
        (State.TERMINATED, date(2015, 3, 31)),
    ]
    assert ended_by([each.after for each in found], date(2099, 1, 1)) == ()


def a_move(chance: random.Random, it: Contract, history: list[KeptStep]) -> tuple[Move, Contract]:
    """Any move at all, on a day around the term; most are refused."""
    day = date(2013, 1, 1) + timedelta(days=chance.randrange(1500))
    notice = Notice(
        uuid.uuid4(), day, ServedBy.PROVIDER, day + timedelta(days=chance.randrange(400)), "x", "y"
    )
    worth = Money(chance.randrange(120))
    moves = {
        Move.PROCUREMENT: lambda: life.start_procurement(it),
        Move.STANDSTILL: lambda: life.start_standstill(
            it, day, day + timedelta(days=chance.randrange(-3, 12))
        ),
        Move.ACTIVATION: lambda: activate(it, day),
        Move.NOTICE: lambda: give_notice(it, notice),
        Move.SUSPENSION: lambda: life.suspend(it, day),
        Move.RESUMPTION: lambda: life.resume(it, state_before(history, State.SUSPENDED), day),
        Move.NOTICE_WITHDRAWAL: lambda: life.withdraw_notice(
            it, state_before(history, State.NOTICE_GIVEN), day
        ),
        Move.PART_TERMINATION: lambda: life.part_terminate(it, day, worth),
        Move.TERMINATION: lambda: life.terminate(it, day, chance.choice(list(TerminationReason))),
        Move.COMPLETION: lambda: life.complete(it, day),
        Move.HOLD_OVER: lambda: life.hold_over(it, day),
        Move.ABANDONMENT: lambda: life.abandon(it),
    }
    name = chance.choice(sorted(moves))
    return name, moves[name]()


@pytest.mark.parametrize("seed", range(20))
def test_random_lives_keep_one_lead_their_value_and_their_history(seed: int) -> None:
    """100 lives of 40 attempts a seed: 2,000 in all."""
    chance, reached = random.Random(seed), set()
    for _ in range(100):
        first = chance.choice([State.PIPELINE, State.AWARDED, State.RECORDED_AS_ACTIVE, State.ACTIVE])
        it = contract(state=first, value=Money(100), max_end_date=date(2017, 3, 31))
        history = [kept(1, Move.REGISTRATION, None, first)]
        for _ in range(40):
            with suppress(Refusal):
                name, after = a_move(chance, it, history)
                assert after.state in MOVES[it.state]
                history.append(kept(len(history) + 1, name, it.state, after.state))
                lost = it.value.amount_pence - after.value.amount_pence
                assert lost >= 0 if name is Move.PART_TERMINATION else lost == 0
                it = after
            checked(it)
            assert len(of_role(it.parties, Role.LEAD_COMMISSIONER)) == 1
            assert rebuild(history) is it.state
            assert (it.state in (State.EXPIRED, State.TERMINATED)) == (it.ended_on is not None)
            held = any(step.to_state is State.HELD_OVER for step in history)
            assert it.ended_on is None or held or it.start_date <= it.ended_on <= it.end_date
            if it.state is not State.NOTICE_GIVEN:
                assert it.notice is None or not MOVES[it.state] or it.state is State.EXPIRED
        reached.add(it.state)
    assert {State.TERMINATED, State.EXPIRED, State.ABANDONED} <= reached


def test_what_comes_before_an_award_is_for_commissioners() -> None:
    assert [state for state in State if is_private(state)] == [
        State.PIPELINE,
        State.PROCUREMENT,
        State.STANDSTILL,
        State.ABANDONED,
    ]
