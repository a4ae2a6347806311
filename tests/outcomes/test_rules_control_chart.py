"""Charts of accepted series: gaps, breaks, settings that wait for their points, and one figure for a period."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from services.outcomes.renderings.control_chart_svg import Dot, Drawing, draw, escaped
from services.outcomes.rules.chart_description import in_words
from services.outcomes.rules.control_chart import ChartQuestion, SeriesFigure, control_chart, ordered
from services.outcomes.rules.indicator import Frequency, Placing, Polarity
from services.outcomes.rules.measure import MeasureStatus
from services.outcomes.rules.sequence import SeriesFacts, chart_of
from services.outcomes.rules.spc import RuleSet, Variation
from services.outcomes.rules.spc_setting import (
    BreakKind,
    Rebasing,
    SpcSettings,
    check_settings,
    next_edition,
    settings_in_force,
)
from shared.errors import Refusal
from tests.outcomes.figures import CONTRACT, OWNER, PARTNERSHIP, PROVIDER, UP, a_target, an_indicator

MONTHLY = an_indicator(frequency=Frequency.MONTHLY)
ASKED = ChartQuestion(RuleSet.MDC_2019, None, date(2030, 1, 1), None)
SVG = "{http://www.w3.org/2000/svg}"


def figure(number: int, value: str | None, status=None, **changes) -> SeriesFigure:
    known = MeasureStatus.ACTUAL if value is not None else MeasureStatus.SUPPRESSED
    return SeriesFigure(
        **{
            "obligation_id": uuid.UUID(int=9),
            "contract_id": CONTRACT,
            "provider_organisation_id": PROVIDER,
            "period": f"{2014 + number // 12}{number % 12 + 1:02d}",
            "value": None if value is None else Decimal(value),
            "status": status or known,
            "revision": 1,
            "recorded_at": datetime(2015, 1, 1, tzinfo=UTC),
            **changes,
        }
    )


def settings(*days: date, frozen_after=None, **changes) -> SpcSettings:
    return SpcSettings(
        **{
            "id": uuid.uuid4(),
            "partnership_id": PARTNERSHIP,
            "owner_organisation_id": OWNER,
            "indicator_id": MONTHLY.id,
            "contract_id": None,
            "edition": 1,
            "replaces_id": None,
            "rebasings": tuple(Rebasing(day, BreakKind.BOUNDARY_CHANGE, "The area grew.") for day in days),
            "frozen_after": frozen_after,
            "reason": "As agreed",
            "set_by_organisation_id": OWNER,
            "set_by_client_id": uuid.uuid4(),
            **changes,
        }
    )


def charted(figures, found=None, asked=ASKED, indicator=MONTHLY, target=None):
    return control_chart(indicator, ordered(figures), found, target, asked)


def test_a_period_without_a_known_figure_is_a_gap_and_no_zero():
    figures = [figure(0, "10"), figure(1, None), figure(3, "12"), figure(4, "11")]
    made = charted(figures)
    assert [(each.period, each.value, each.status) for each in made.points] == [
        ("201401", 10, MeasureStatus.ACTUAL),
        ("201402", None, MeasureStatus.SUPPRESSED),
        ("201403", None, None),
        ("201404", 12, MeasureStatus.ACTUAL),
        ("201405", 11, MeasureStatus.ACTUAL),
    ]
    assert (made.complete, made.stretches[0].points, made.stretches[0].centre) == (False, 3, 11)
    assert made.points[1].upper is None
    assert charted(figures[2:]).complete


def test_an_empty_series_makes_an_empty_chart():
    made = charted([])
    assert (made.points, made.stretches, made.variation, made.complete) == ((), (), None, True)
    assert "may be shown" in in_words(made)


def test_two_returns_for_one_period_are_refused_and_named():
    other = figure(0, "3", obligation_id=uuid.UUID(int=8))
    with pytest.raises(Refusal) as refused:
        ordered([figure(0, "10"), other])
    assert refused.value.code == "spc_series_ambiguous"
    assert refused.value.facts["period"] == "201401"
    assert len(refused.value.facts["obligation_ids"]) == 2


def test_a_series_that_another_provider_continues_says_so():
    later = {"provider_organisation_id": OWNER, "obligation_id": uuid.UUID(int=7)}
    made = charted([figure(0, "10"), figure(1, "11"), figure(2, "12", **later)])
    (found,) = made.breaks
    assert (found.on, found.kind, found.reason, found.rebased) == (
        date(2014, 3, 1),
        BreakKind.ORGANISATION_CHANGE,
        None,
        False,
    )
    assert (found.from_provider_organisation_id, found.to_provider_organisation_id) == (PROVIDER, OWNER)
    assert "break at 2014-03-01" in in_words(made)


def test_a_recorded_break_makes_new_limits_and_keeps_its_reason():
    figures = [figure(n, str(10 + n % 2)) for n in range(12)] + [
        figure(n, str(30 + n % 2)) for n in range(12, 24)
    ]
    made = charted(figures, settings(date(2015, 1, 1)))
    (found,) = made.breaks
    assert (found.reason, found.rebased, [each.points for each in made.stretches]) == (
        "The area grew.",
        True,
        [12, 12],
    )
    assert made.variation is Variation.COMMON_CAUSE
    assert charted(figures).variation is not Variation.COMMON_CAUSE


def test_limits_begin_anew_at_the_first_known_figure_after_a_break():
    figures = [figure(0, "10"), figure(1, "11"), figure(2, None), figure(3, "12")]
    made = charted(figures, settings(date(2014, 3, 1)))
    assert [each.stretch for each in made.points] == [0, 0, None, 1]


@pytest.mark.parametrize("day", [date(2013, 1, 1), date(2014, 1, 1), date(2020, 1, 1)])
def test_a_break_outside_the_series_is_named_and_makes_no_limits(day):
    made = charted([figure(0, "10"), figure(1, "11")], settings(day))
    assert ([each.rebased for each in made.breaks], len(made.stretches)) == ([False], 1)


def test_limits_freeze_once_there_are_points_enough():
    figures = [figure(n, str(10 + n % 2)) for n in range(12)]
    frozen = settings(frozen_after=12)
    assert charted(figures[:11], frozen).frozen_after is None
    assert charted(figures, frozen).frozen_after == 12
    grown = charted([*figures, figure(12, "90")], frozen)
    assert grown.stretches[0].centre == Decimal("10.5")
    assert grown.variation is Variation.CONCERN


def test_a_framework_says_which_way_is_good():
    framework = uuid.uuid4()
    both = replace(MONTHLY, frameworks=(Placing(framework, "1A", UP),))
    figures = [figure(n, str(10 + n % 2)) for n in range(12)] + [figure(12, "90")]
    assert charted(figures, indicator=both).variation is Variation.CONCERN
    asked = replace(ASKED, framework_id=framework)
    made = charted(figures, asked=asked, indicator=both)
    assert (made.variation, made.polarity) == (Variation.IMPROVEMENT, Polarity.HIGH_IS_GOOD)


def test_the_target_in_force_assures_or_not():
    figures = [figure(n, str(10 + n % 2)) for n in range(12)]
    own = a_target(MONTHLY, value="20", contract_id=CONTRACT)
    all_ = a_target(MONTHLY, value="1")
    for targets, says in (((all_, own), "consistent_pass"), ((all_,), "consistent_fail"), ((), None)):
        assert chart_of(SeriesFacts(MONTHLY, tuple(figures), targets), ASKED).assurance == says


@pytest.mark.parametrize(
    ("asked", "code", "pointer"),
    [
        (settings(date(2014, 3, 2)), "spc_rebase_not_first_day", "/rebasings/0/on"),
        (settings(date(2014, 3, 1), date(2014, 3, 1)), "spc_rebasings_disordered", "/rebasings/1/on"),
        (settings(date(2014, 3, 1), date(2014, 2, 1)), "spc_rebasings_disordered", "/rebasings/1/on"),
        (settings(frozen_after=11), "spc_freeze_out_of_range", "/frozen_after"),
        (settings(frozen_after=501), "spc_freeze_out_of_range", "/frozen_after"),
    ],
)
def test_settings_that_no_chart_could_follow_are_refused(asked, code, pointer):
    with pytest.raises(Refusal) as refused:
        check_settings(asked, MONTHLY)
    assert (refused.value.code, refused.value.faults[0].pointer) == (code, pointer)


def test_an_edition_replaces_the_one_that_holds():
    first = settings()
    assert (next_edition(None, None), next_edition(first.id, first)) == (1, 2)
    for named, holding in ((None, first), (first.id, None), (uuid.uuid4(), first)):
        with pytest.raises(Refusal) as refused:
            next_edition(named, holding)
        assert refused.value.code == "spc_settings_stale"


def test_a_contracts_own_settings_come_before_the_partnerships():
    all_, own = settings(), settings(contract_id=CONTRACT)
    assert settings_in_force([all_, own], {CONTRACT}) is own
    assert settings_in_force([all_, own], {CONTRACT, uuid.uuid4()}) is all_
    assert settings_in_force([all_, own], {uuid.uuid4()}) is all_
    assert settings_in_force([own], set()) is None


HOSTILE = "</title><script>alert('x')</script>&\x00\ufffe\""


def test_the_drawing_escapes_every_text_and_breaks_its_line_at_a_gap():
    dots = [
        Dot(
            HOSTILE,
            None if n == 3 else Decimal(n),
            "worse" if n == 5 else "common",
            None,
            None,
            None,
            None if n == 3 else 0,
        )
        for n in range(7)
    ]
    text = draw(Drawing(HOSTILE, HOSTILE, HOSTILE, tuple(dots), Decimal("2.50"), ((4, HOSTILE),)))
    tree = ElementTree.fromstring(text)
    assert "<script" not in text
    assert tree.find(f"{SVG}title").text == "</title><script>alert('x')</script>&\""
    assert tree.attrib["aria-labelledby"] == "title desc"
    assert tree.find(f"{SVG}desc").text
    lines = [each.attrib["points"].split() for each in tree.iter(f"{SVG}polyline")]
    assert [len(each) for each in lines] == [3, 3]
    assert (len(list(tree.iter(f"{SVG}circle"))), len(list(tree.iter(f"{SVG}polygon")))) == (5, 1)
    assert "Target 2.5" in "".join(tree.itertext())


def test_an_empty_or_level_series_can_be_drawn():
    empty = draw(Drawing("t", "d", None, (), None, ()))
    assert "No figure has been accepted" in ElementTree.fromstring(empty).findall(f"{SVG}text")[1].text
    level = (Dot("2014", Decimal(5), "common", Decimal(5), Decimal(5), Decimal(5), 0),) * 3
    ElementTree.fromstring(draw(Drawing("t", "d", "days", level, None, ())))


def test_what_xml_cannot_hold_is_left_out():
    assert escaped("a\x0b\ud800\uffffb") == "ab"
