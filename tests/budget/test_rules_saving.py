"""Savings of the 2014 business case: every printed figure recomputed, and what differs said."""

from datetime import date
from decimal import Decimal

import pytest

from services.budget.rules import saving as rules
from services.budget.rules.saving import Assumption, Cause, PlannedYear, Rates, SavingRange, in_thousands
from shared.errors import Refusal
from shared.money import NOT_STATED, TBC, Money, Total

K = 1_000_00
STAFFING = Money(1_629 * K)
COMMISSIONING = Money(22_167 * K)
STAFFING_RATES = {
    "2014/15": Rates(Decimal("0.02"), Decimal("0.05")),
    "2015/16": Rates(Decimal("0.05"), Decimal("0.08")),
    "2016/17": Rates(Decimal("0.07"), Decimal("0.10")),
}
OTHER_RATES = {
    "2014/15": Rates(Decimal("0.01"), Decimal("0.02")),
    "2015/16": Rates(Decimal("0.03"), Decimal("0.07")),
    "2016/17": Rates(Decimal("0.08"), Decimal("0.12")),
}
YEARS = tuple(STAFFING_RATES)


def ranges(base, rates):
    return {year: rules.saving_range(year, [("PCC", base, rates[year])]) for year in YEARS}


@pytest.mark.row("S1-B08", "S1-B10")
def test_the_six_commissioning_figures_reproduce():
    found = ranges(COMMISSIONING, OTHER_RATES)
    printed = {"2014/15": (222, 443), "2015/16": (665, 1_552), "2016/17": (1_773, 2_660)}
    for year, (lower, higher) in printed.items():
        assert in_thousands(found[year].lower.known_pence) == lower
        assert in_thousands(found[year].higher.known_pence) == higher


@pytest.mark.row("S1-B08", "S1-B09")
def test_the_staffing_table_cuts_one_figure_off_and_rounds_another():
    found = ranges(STAFFING, STAFFING_RATES)
    ours = [
        in_thousands(part.known_pence) for year in YEARS for part in (found[year].lower, found[year].higher)
    ]
    assert ours == [33, 81, 81, 130, 114, 163]
    first = found["2014/15"].lower.known_pence
    assert first == 32_580_00
    assert rules.differs_from_printed(first, 32) is Cause.TRUNCATED
    assert rules.differs_from_printed(found["2016/17"].higher.known_pence, 163) is None
    assert rules.differs_from_printed(first, 40) is Cause.UNEXPLAINED


@pytest.mark.row("S1-B11")
def test_the_other_partner_s_base_leaves_the_total_row_open():
    rates = STAFFING_RATES["2014/15"]
    both = rules.saving_range("2014/15", [("PCC", STAFFING, rates), ("CCG", TBC, rates)])
    assert both.lower == Total(32_580_00, complete=False, missing_contributors=("CCG",))
    none = rules.saving_range("2014/15", [("CCG", TBC, rates)])
    assert none.higher.known_pence is None


PRINTED = {"2014/15": (254, 524), "2015/16": (746, 1_682), "2016/17": (1_887, 2_823)}
PLAN = {"2014/15": Money(1_500 * K), "2015/16": Money(5_900 * K), "2016/17": Money(9_500 * K)}


@pytest.mark.row("S1-B12")
def test_the_range_is_a_fifth_to_a_third_of_the_plan_and_the_rest_is_found_elsewhere():
    percent = {}
    for year in YEARS:
        both = rules.saving_range(
            year, [("staffing", STAFFING, STAFFING_RATES[year]), ("other", COMMISSIONING, OTHER_RATES[year])]
        )
        lower, higher = PRINTED[year]
        assert in_thousands(both.lower.known_pence) == lower
        # The printed parts add up to 524 in the first year; unrounded they come to 524.79.
        assert in_thousands(both.higher.known_pence) == higher + (year == "2014/15")
        printed = SavingRange(year, Total(lower * K, complete=True), Total(higher * K, complete=True))
        percent[year] = rules.against_plan(printed, PLAN[year])
    assert [round(each.lower_percent) for each in percent.values()] == [17, 13, 20]
    assert [round(each.higher_percent) for each in percent.values()] == [35, 29, 30]
    middle = percent["2015/16"]
    assert (middle.lower_percent, middle.higher_percent) == (Decimal("12.64"), Decimal("28.51"))
    assert middle.least_to_find_pence == (5_900 - 1_682) * K
    strand = rules.against_plan(
        SavingRange("2014/15", Total(254 * K, complete=True), Total(524 * K, complete=True)), Money(325 * K)
    )
    assert (round(strand.lower_percent), round(strand.higher_percent)) == (78, 161)
    assert strand.least_to_find_pence == -199 * K
    open_range = rules.saving_range("2014/15", [("CCG", TBC, STAFFING_RATES["2014/15"])])
    assert rules.against_plan(open_range, PLAN["2014/15"]).lower_percent is None


@pytest.mark.row("S1-B07")
def test_the_plan_adds_up_and_blank_strands_are_not_stated():
    years = [
        PlannedYear("2014/15", PLAN["2014/15"], Money(325 * K)),
        PlannedYear("2015/16", PLAN["2015/16"], NOT_STATED),
        PlannedYear("2016/17", PLAN["2016/17"], NOT_STATED),
    ]
    plan, strand = rules.check_plan(years)
    assert plan == Total(16_900 * K, complete=True)
    assert strand == Total(325 * K, complete=False, missing_contributors=("2015/16", "2016/17"))
    with pytest.raises(Refusal) as caught:
        rules.check_plan([PlannedYear("2014/15", Money(100), Money(101))])
    assert caught.value.facts["over_by_pence"] == 1


@pytest.mark.row("S1-B13")
def test_rates_have_versions_and_the_difference_between_two_is_shown():
    first = Assumption(date(2014, 7, 16), STAFFING_RATES)
    revised = {**STAFFING_RATES, "2015/16": Rates(Decimal("0.06"), Decimal("0.08"))}
    second = Assumption(date(2014, 11, 1), revised)
    assert rules.assumption_on([second, first], date(2014, 10, 31)) is first
    assert rules.assumption_on([first, second], date(2014, 11, 1)) is second
    assert rules.changed_rates(first, second) == {"2015/16": (STAFFING_RATES["2015/16"], revised["2015/16"])}
    with pytest.raises(Refusal) as caught:
        rules.assumption_on([first], date(2014, 7, 15))
    assert caught.value.code == "saving_no_assumption"


def test_crossed_rates_are_refused():
    with pytest.raises(Refusal) as caught:
        rules.saving_range("2014/15", [("PCC", STAFFING, Rates(Decimal("0.05"), Decimal("0.02")))])
    assert caught.value.code == "saving_rates_crossed"
