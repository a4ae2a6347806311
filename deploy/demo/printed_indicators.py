"""The indicator table of the savings paper (2014, section 3.2): 21 rows, baselines of 2012/13, targets of 2016/17."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

TARGET_PERIOD = "2016April"


def _relative(change: str, direction: str, stated: str) -> dict[str, Any]:
    return {
        "kind": "relative_change",
        "change": change,
        "direction": direction,
        "period": TARGET_PERIOD,
        "stated": stated,
    }


def _deferred(stated: str) -> dict[str, Any]:
    return {"kind": "deferred", "stated": stated}


def _halt(change: str, stated: str) -> dict[str, Any]:
    return {
        "kind": "halt_then_reduce",
        "change": change,
        "direction": "decrease",
        "reading": "relative",
        "period": "2021April",
        "stated": stated,
    }


@dataclass(frozen=True, slots=True)
class PrintedIndicator:
    """A row of the table. `target` is in the API's own words; None where the paper prints none.

    A percentage change of a percentage can be read in two ways and the paper does not say which: the
    demonstration says `relative`, as somebody must.
    """

    code: str
    title: str
    value_type: str
    polarity: str
    baseline: str | None
    target: dict[str, Any] | None
    unit: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    part_of: str | None = None


_PER_100K = {"multiplier": "100000"}
_PERCENT = {"scale_low": "0", "scale_high": "100"}

INDICATORS = (
    PrintedIndicator(
        "2C-1",
        "Delayed transfers of care, per 100,000 population",
        "rate",
        "low_is_good",
        "13.1",
        {"kind": "comparator_equal", "stated": "Return to national average"},
        "per 100,000",
        _PER_100K,
    ),
    PrintedIndicator(
        "2C-2",
        "Delayed transfers of care due to adult social care, per 100,000 population",
        "rate",
        "low_is_good",
        "5.2",
        {"kind": "comparator_equal", "stated": "Return to average of comparator group"},
        "per 100,000",
        _PER_100K,
    ),
    PrintedIndicator(
        "2A-2",
        "Long-term admissions to care homes, aged 65 and over, per 100,000",
        "rate",
        "low_is_good",
        "697",
        {"kind": "not_set"},
        "per 100,000",
        _PER_100K,
    ),
    PrintedIndicator(
        "EA-1",
        "Emergency admissions: not in need of admission",
        "count",
        "low_is_good",
        None,
        _relative("5", "decrease", "5% reduction in admissions"),
        "admissions",
    ),
    PrintedIndicator("BB-1", "Use of bed-based care", "count", "low_is_good", None, None, "admissions"),
    PrintedIndicator(
        "BB-1-EA",
        "Use of bed-based care: emergency admissions",
        "count",
        "low_is_good",
        None,
        _relative("5", "decrease", "5% reduction in emergency admissions"),
        "admissions",
        part_of="BB-1",
    ),
    PrintedIndicator(
        "BB-1-CH",
        "Use of bed-based care: community hospital admissions",
        "count",
        "low_is_good",
        None,
        _relative("5", "decrease", "5% reduction in community hospital admissions"),
        "admissions",
        part_of="BB-1",
    ),
    PrintedIndicator(
        "LOS-A",
        "Length of stay, acute (PHNT)",
        "days",
        "low_is_good",
        "8.31",
        _relative("5", "decrease", "5% reduction in average length of stay"),
        "days",
    ),
    PrintedIndicator(
        "LOS-C",
        "Length of stay, non-acute (PCH)",
        "days",
        "low_is_good",
        "33.05",
        _relative("5", "decrease", "5% reduction"),
        "days",
    ),
    PrintedIndicator(
        "RA-30",
        "Readmissions within 30 days",
        "count",
        "low_is_good",
        None,
        _relative("10", "decrease", "10% reduction in 30 day readmissions"),
        "readmissions",
    ),
    PrintedIndicator(
        "PYLL-C",
        "Potential years of life lost, amenable to health care, children and young people",
        "rate",
        "low_is_good",
        None,
        _deferred("Above average (measurements yet to be carried out nationally)"),
        "per 100,000",
        _PER_100K,
    ),
    PrintedIndicator(
        "2B-1",
        "At home 91 days after discharge into reablement, aged 65 and over",
        "percentage",
        "high_is_good",
        "89.30",
        _relative("2", "increase", "2% improvement"),
        "%",
        _PERCENT,
    ),
    PrintedIndicator(
        "CA-1",
        "Community activity levels",
        "count",
        "none",
        None,
        _deferred("Dependant on project intervention"),
        "contacts",
    ),
    PrintedIndicator(
        "EC-R",
        "Elderly care activity ratio",
        "ratio",
        "none",
        None,
        _deferred("National average ratio"),
        "ratio",
        {"numerator": "Community care", "denominator": "Residential care and nursing care"},
    ),
    PrintedIndicator(
        "EOL-1",
        "Deaths in usual place of residence",
        "percentage",
        "high_is_good",
        None,
        _relative("2", "increase", "2% increase"),
        "%",
        _PERCENT,
    ),
    PrintedIndicator(
        "DQM",
        "Care homes with the Dementia Quality Mark",
        "count",
        "high_is_good",
        None,
        {"kind": "not_set"},
        "care homes",
    ),
    PrintedIndicator(
        "1A",
        "Social care related quality of life",
        "score",
        "high_is_good",
        "19.4",
        _relative("5", "increase", "5% improvement"),
        "score",
        {"scale_low": "0", "scale_high": "24"},
    ),
    PrintedIndicator(
        "1B",
        "Control over daily life",
        "percentage",
        "high_is_good",
        "83.4",
        _relative("5", "increase", "5% improvement"),
        "%",
        _PERCENT,
    ),
    PrintedIndicator(
        "2.06ii",
        "Excess weight in year 6",
        "percentage",
        "low_is_good",
        "32",
        _halt("15.3", "Halt the rise, then decrease it by 15.3% by 2021/22"),
        "%",
        _PERCENT,
    ),
    PrintedIndicator(
        "2.06i",
        "Excess weight in reception",
        "percentage",
        "low_is_good",
        "25",
        _halt("5.4", "Halt the rise, then decrease it by 5.4% by 2021/22"),
        "%",
        _PERCENT,
    ),
    PrintedIndicator(
        "CMH",
        "Young people with complex mental health needs",
        "count",
        "low_is_good",
        None,
        _relative("5", "decrease", "5% reduction by 2017"),
        "young people",
    ),
    PrintedIndicator(
        "3B",
        "Carer satisfaction",
        "percentage",
        "high_is_good",
        "48",
        _relative("5", "increase", "5% improvement"),
        "%",
        _PERCENT,
    ),
    PrintedIndicator(
        "I-ST",
        "Patient and service user experience: Plymouth I statements",
        "survey_score",
        "high_is_good",
        None,
        {
            "kind": "absolute",
            "value": "70",
            "period": TARGET_PERIOD,
            "stated": "70% score on Plymouth I Statements",
        },
        "%",
        {**_PERCENT, "instrument": "Plymouth I statements", "instrument_version": "2014"},
    ),
)
