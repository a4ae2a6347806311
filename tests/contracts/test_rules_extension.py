"""Extensions: options in order, in full or in part, never past the latest end, with the clock that follows."""

from datetime import date

import pytest

from services.contracts.rules.contract import Contract, checked
from services.contracts.rules.due_date import DueKind, clock
from services.contracts.rules.extension import Extension, extend
from services.contracts.rules.extension_option import ExtensionOption, extended_by, options_left
from services.contracts.rules.state import State
from tests.contracts.test_rules_life import NOTICE, refused
from tests.contracts.things import contract

DECIDED = date(2015, 9, 1)
TWO_YEARS = (ExtensionOption(12, date(2015, 9, 30)), ExtensionOption(12))


def running(**changes) -> Contract:
    return checked(contract(state=State.ACTIVE, extension_options=TWO_YEARS, **changes))


def test_a_term_is_counted_from_the_day_after_its_end() -> None:
    assert extended_by(date(2016, 3, 31), 12) == date(2017, 3, 31)
    assert extended_by(date(2015, 9, 30), 6) == date(2016, 3, 31)
    assert extended_by(date(2015, 2, 28), 12) == date(2016, 2, 29)
    assert extended_by(date(2016, 2, 29), 12) == date(2017, 2, 28)


@pytest.mark.row("S1-C02", "S2-C01")
def test_options_are_exercised_one_after_the_other_to_the_latest_end() -> None:
    first = running()
    assert first.max_end_date == date(2018, 3, 31)
    due = {each.kind: each.on for each in clock(first)}
    assert due[DueKind.EXTENSION_DECISION] == date(2015, 9, 30)
    longer = extend(first, Extension(DECIDED))
    assert (longer.end_date, longer.max_end_date) == (date(2017, 3, 31), date(2018, 3, 31))
    assert len(options_left(longer.extension_options)) == 1
    due = {each.kind: each.on for each in clock(longer)}
    assert due[DueKind.ENDS] == date(2017, 3, 31)
    assert due[DueKind.LAST_DAY_TO_SERVE_NOTICE] == date(2016, 9, 30)
    last = extend(longer, Extension(date(2016, 9, 1), ends_on=date(2017, 9, 30)))
    assert (last.end_date, options_left(last.extension_options)) == (date(2017, 9, 30), ())
    assert DueKind.EXTENSION_DECISION not in {each.kind for each in clock(last)}
    assert refused(extend, last, Extension(date(2017, 1, 1))).code == "extension_none_left"
    both = extend(first, Extension(DECIDED, options=2))
    assert both.end_date == date(2018, 3, 31)


def test_nothing_goes_past_the_latest_end() -> None:
    far = refused(extend, running(), Extension(DECIDED, ends_on=date(2017, 4, 1)))
    assert (far.code, far.facts["latest_end"]) == ("extension_past_maximum", "2017-03-31")
    far = refused(extend, running(), Extension(DECIDED, options=2, ends_on=date(2018, 4, 1)))
    assert far.code == "extension_past_maximum"
    wide = contract(extension_options=TWO_YEARS, max_end_date=date(2018, 3, 30))
    assert refused(checked, wide).code == "extension_option_past_maximum"
    turned = contract(extension_options=(ExtensionOption(12), ExtensionOption(12, exercised_on=DECIDED)))
    assert refused(checked, turned).code == "extension_options_out_of_order"
    plain = contract(state=State.RECORDED_AS_ACTIVE, max_end_date=date(2017, 3, 31))
    assert extend(plain, Extension(DECIDED)).end_date == date(2017, 3, 31)
    assert refused(extend, contract(state=State.ACTIVE), Extension(DECIDED)).code == "extension_none_left"


def test_an_extension_is_decided_in_time_on_a_contract_that_runs() -> None:
    assert refused(extend, running(), Extension(date(2015, 10, 1))).code == "extension_decided_late"
    assert refused(extend, running(), Extension(date(2016, 4, 1))).code == "extension_after_end"
    back = refused(extend, running(), Extension(DECIDED, ends_on=date(2016, 3, 31)))
    assert back.code == "extension_not_later"
    for state in (State.NOTICE_GIVEN, State.SUSPENDED, State.HELD_OVER, State.EXPIRED):
        assert refused(extend, contract(state=state), Extension(DECIDED)).code == "extension_not_open"
    under = contract(state=State.PART_TERMINATED, notice=NOTICE, max_end_date=date(2018, 3, 31))
    assert refused(extend, under, Extension(DECIDED)).code == "extension_not_open"
