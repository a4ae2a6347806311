"""Notice, stated dates that conflict, and the duty clock."""

import random
import uuid
from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.contracts.rules.contract import EndStatus, Related, Relation, checked
from services.contracts.rules.due_date import DueKind, clock
from services.contracts.rules.notice import (
    Notice,
    NoticePeriod,
    NoticeUnit,
    ServedBy,
    check_notice,
    last_day_to_serve,
)
from services.contracts.rules.state import State
from services.contracts.rules.stated_date import Precision, StatedDate, StatedKind, conflicts, earliest
from shared.errors import Refusal
from tests.contracts.things import SIX_MONTHS, contract, lead


def due(made) -> dict[str, date]:
    return {each.kind.value: each.on for each in clock(made)}


def served(on: date, ends_on: date) -> Notice:
    return Notice(
        uuid.UUID(int=5), on, ServedBy.COMMISSIONER, ends_on, "Service redesigned", "Public, 12 weeks"
    )


@pytest.mark.row("S1-C07")
@pytest.mark.parametrize(
    ("ends_on", "period", "last"),
    [
        (date(2016, 3, 31), SIX_MONTHS, date(2015, 9, 30)),
        (date(2016, 3, 31), NoticePeriod(1, NoticeUnit.MONTHS), date(2016, 2, 29)),
        (date(2015, 3, 31), NoticePeriod(1, NoticeUnit.MONTHS), date(2015, 2, 28)),
        (date(2016, 3, 31), NoticePeriod(90, NoticeUnit.DAYS), date(2016, 1, 1)),
        (date(2016, 3, 31), NoticePeriod(12, NoticeUnit.MONTHS), date(2015, 3, 31)),
        (date(2015, 9, 30), SIX_MONTHS, date(2015, 3, 31)),
        (date(2015, 9, 29), SIX_MONTHS, date(2015, 3, 29)),
        (date(2015, 10, 1), SIX_MONTHS, date(2015, 4, 1)),
        (date(2015, 4, 30), NoticePeriod(1, NoticeUnit.MONTHS), date(2015, 3, 31)),
        (date(2015, 2, 28), NoticePeriod(1, NoticeUnit.MONTHS), date(2015, 1, 31)),
        (date(2016, 2, 28), NoticePeriod(1, NoticeUnit.MONTHS), date(2016, 1, 28)),
        (date(2016, 2, 29), NoticePeriod(1, NoticeUnit.MONTHS), date(2016, 1, 31)),
        (date(2016, 2, 29), NoticePeriod(12, NoticeUnit.MONTHS), date(2015, 2, 28)),
        (date(2015, 2, 28), NoticePeriod(36, NoticeUnit.MONTHS), date(2012, 2, 29)),
    ],
)
def test_the_last_day_to_serve_notice_is_the_latest_whose_notice_runs_out_by_the_end(
    ends_on, period, last
) -> None:
    assert last_day_to_serve(ends_on, period) == last


def test_a_notice_of_the_last_day_always_runs_out_by_the_end() -> None:
    """By days and months of all lengths; whoever is a day late has missed it, and their notice is refused."""
    chance = random.Random(75)
    for _ in range(2000):
        ends_on = date(2000, 1, 1) + timedelta(days=chance.randrange(20_000))
        period = NoticePeriod(chance.randrange(1, 40), chance.choice(list(NoticeUnit)))
        last = last_day_to_serve(ends_on, period)
        assert period.after(last) <= ends_on
        assert period.after(last + timedelta(days=1)) > ends_on
        check_notice(served(last, ends_on), period, ends_on)
        with pytest.raises(Refusal, match="before its notice period is over"):
            check_notice(served(last + timedelta(days=1), ends_on), period, ends_on)


@pytest.mark.row("S1-C07")
def test_a_notice_is_refused_that_is_too_short_too_late_or_of_unknown_length() -> None:
    end = date(2016, 3, 31)
    check_notice(served(date(2015, 9, 30), end), SIX_MONTHS, end)
    with pytest.raises(Refusal) as short:
        check_notice(served(date(2015, 9, 30), date(2016, 3, 1)), SIX_MONTHS, end)
    assert (short.value.code, short.value.facts) == ("notice_too_short", {"earliest_end": "2016-03-30"})
    with pytest.raises(Refusal) as late:
        check_notice(served(date(2015, 12, 1), date(2016, 6, 1)), SIX_MONTHS, end)
    assert late.value.code == "notice_after_end"
    with pytest.raises(Refusal) as unknown:
        check_notice(served(date(2015, 9, 30), end), None, end)
    assert unknown.value.code == "notice_period_missing"


MARCH = StatedDate(
    StatedKind.RECOMMISSION_BY, date(2016, 3, 1), Precision.MONTH, "Summary of projects 2014", "by March 2016"
)
APRIL = StatedDate(
    StatedKind.RECOMMISSION_BY, date(2016, 4, 1), Precision.MONTH, "Business case 2014", "by April 2016"
)


@pytest.mark.row("S1-C02", "S2-C01")
def test_two_documents_that_state_different_months_are_a_conflict_and_the_earlier_is_kept_to() -> None:
    pipeline = checked(
        contract(
            state=State.PIPELINE,
            parties=(lead(),),
            related=(Related(Relation.REPLACES, uuid.uuid4()),),
            stated_dates=(APRIL, MARCH),
        )
    )
    (conflict,) = pipeline.date_conflicts
    assert conflict.earliest == date(2016, 3, 31)
    assert [each.words for each in conflict.stated] == ["by April 2016", "by March 2016"]
    (only,) = clock(pipeline)
    assert (only.kind, only.on) == (DueKind.RECOMMISSION_BY, date(2016, 3, 31))
    assert "different dates" in only.because


def test_a_day_agrees_with_its_month_and_kinds_are_apart() -> None:
    day = replace(MARCH, on=date(2016, 3, 14), precision=Precision.DAY)
    assert conflicts((MARCH, day)) == ()
    assert conflicts((day, replace(day, on=date(2016, 3, 15)))) != ()
    assert conflicts((MARCH, replace(APRIL, kind=StatedKind.ENDS))) == ()
    assert earliest((MARCH, day), StatedKind.RECOMMISSION_BY) == date(2016, 3, 14)
    assert earliest((), StatedKind.ENDS) is None
    with pytest.raises(Refusal, match="first day of that month"):
        checked(contract(stated_dates=(replace(MARCH, on=date(2016, 3, 2)),)))


@pytest.mark.row("S1-C07", "S4-C01")
def test_the_clock_names_notice_review_extension_and_end() -> None:
    made = contract(
        state=State.ACTIVE,
        review_date=date(2015, 6, 1),
        max_end_date=date(2018, 3, 31),
        stated_dates=(MARCH,),
    )
    assert due(made) == {
        "review": date(2015, 6, 1),
        "last_day_to_serve_notice": date(2015, 9, 30),
        "extension_decision": date(2015, 9, 30),
        "recommission_by": date(2016, 3, 31),
        "ends": date(2016, 3, 31),
    }
    assert [each.on for each in clock(made)] == sorted(due(made).values())


@pytest.mark.parametrize(
    ("period", "said"), [(SIX_MONTHS, "before notice would be due"), (None, "before it ends")]
)
def test_an_extension_is_decided_before_notice_or_where_none_is_known_before_the_end(period, said) -> None:
    made = contract(state=State.ACTIVE, max_end_date=date(2018, 3, 31), notice_period=period)
    (decision,) = [each for each in clock(made) if each.kind is DueKind.EXTENSION_DECISION]
    assert decision.because == f"The contract can be extended: decide {said}."
    assert decision.on == (date(2015, 9, 30) if period else date(2016, 3, 31))


def test_a_notice_that_was_served_ends_the_contract_and_asks_for_no_other() -> None:
    made = contract(state=State.NOTICE_GIVEN, notice=served(date(2014, 6, 1), date(2014, 12, 1)))
    assert due(made) == {"ends": date(2014, 12, 1)}


def test_what_is_not_known_or_over_is_not_due() -> None:
    unknown = contract(end_date=None, end_status=EndStatus.NOT_STATED, state=State.RECORDED_AS_ACTIVE)
    assert due(unknown) == {}
    for over in (State.TERMINATED, State.EXPIRED, State.ABANDONED, State.NOVATED, State.CONSOLIDATED):
        assert due(contract(state=over, review_date=date(2015, 6, 1))) == {}
