"""Plymouth 2014 as its published papers give it. What they do not print is marked as invented.

Sources: the Cabinet report and business case of 15 July 2014, and the summary of savings projects of 2014.
"""

from __future__ import annotations

from dataclasses import dataclass

from deploy.demo.ids import id_of

INVENTED = "Invented for the demonstration: the papers print no date."


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation of the directory, with the identifiers that a published file confirms."""

    key: str
    name: str
    kind: str
    identifiers: tuple[tuple[str, str], ...] = ()
    aliases: tuple[str, ...] = ()


ORGANISATIONS = (
    Organisation("pcc", "Plymouth City Council", "local_authority", (("gss", "E06000026"),), ("PCC",)),
    Organisation(
        "ccg", "NHS Northern, Eastern and Western Devon CCG", "nhs_commissioner", (("ods", "99P"),), ("NEW Devon CCG",)
    ),
    Organisation("kernow", "NHS Kernow CCG", "nhs_commissioner", (("ods", "11N"),), ("Kernow CCG",)),
    Organisation("pch", "Plymouth Community Healthcare", "independent_provider", (), ("PCH", "Livewell Southwest")),
    Organisation(
        "phnt", "Plymouth Hospitals NHS Trust", "nhs_provider", (("ods", "RK9"),), ("PHNT", "Derriford Hospital")
    ),
    Organisation("torbay", "Torbay Council", "local_authority", (("gss", "E06000027"),)),
)

MEMBERS = (
    ("pcc", "host"),
    ("ccg", "commissioner"),
    ("kernow", "associate"),
    ("pch", "provider"),
    ("phnt", "provider"),
)

# Programme areas as the business case orders them. The papers leave acute care out of the third pool.
POOLS = (
    ("wellness", "Wellness"),
    ("community_intervention", "Community Based Care"),
    ("complex_bed_based", "Complex / Bed Based Care (excluding acute)"),
)


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A budget line of 2014/15: pounds where a paper prints them, None where it says tbc or nothing."""

    organisation: str
    category: str
    name: str
    pounds: int | None
    status: str
    source: str


LINES = (
    PrintedLine("pcc", "wellness", "Children and young people: wellness", 11_011_687, "estimate", "S2 section 4.2"),
    PrintedLine(
        "pcc", "community_intervention", "Children and young people: community", 11_405_628, "estimate", "S2 section 4.2"
    ),
    PrintedLine("pcc", "complex_bed_based", "Complex and bed based care", None, "not_stated", "S1 section 8"),
    PrintedLine("ccg", "wellness", "CCG wellness", None, "tbc", "S1 section 8"),
    PrintedLine("ccg", "community_intervention", "CCG community based care", None, "tbc", "S1 section 8"),
    PrintedLine("ccg", "complex_bed_based", "CCG complex care (excluding acute)", None, "tbc", "S1 section 8"),
)

YEAR = "2014/15"
CABINET_DATE = "2014-07-15"
GOVERNING_BODY_DATE = "2014-07-16"
COMMENCEMENT = "2015-04-01"
SIGNED = "2015-03-27"  # invented
SECTION_75_CABINET = "2014-11-11"  # the road map says November; the day is invented
SECTION_75_GOVERNING_BODY = "2014-11-12"  # invented

PARTNERSHIP = id_of("partnership")
AGREEMENT = id_of("agreement")


def organisation_id(key: str) -> str:
    return str(id_of("organisation", key))


@dataclass(frozen=True, slots=True)
class PrintedIndicator:
    """A row of the indicator table (S2 section 3.2): baseline of 2012/13 and target of 2016/17 as printed."""

    code: str
    name: str
    unit: str
    polarity: str
    baseline: str | None
    target: str | None


INDICATORS = (
    PrintedIndicator(
        "2C-1", "Delayed transfers of care", "per_100000", "low_is_good", "13.1", "Return to national average"
    ),
    PrintedIndicator(
        "2C-2",
        "Delayed transfers of care due to adult social care",
        "per_100000",
        "low_is_good",
        "5.2",
        "Return to average of comparator group",
    ),
    PrintedIndicator(
        "2A-2", "Long-term admissions to care homes, aged 65 and over", "per_100000", "low_is_good", "697", None
    ),
    PrintedIndicator(
        "EA-1", "Emergency admissions not in need of admission", "count", "low_is_good", None, "5% reduction"
    ),
    PrintedIndicator("BB-1", "Use of bed-based care", "count", "low_is_good", None, "5% reduction, two measures"),
    PrintedIndicator("LOS-A", "Length of stay, acute", "days", "low_is_good", "8.31", "5% reduction"),
    PrintedIndicator("LOS-C", "Length of stay, community", "days", "low_is_good", "33.05", "5% reduction"),
    PrintedIndicator("RA-30", "Readmissions within 30 days", "count", "low_is_good", None, "10% reduction"),
    PrintedIndicator(
        "PYLL-C", "Potential years of life lost, children", "rate", "low_is_good", None, "Above average, not yet collected"
    ),
    PrintedIndicator(
        "2B-1", "At home 91 days after discharge, aged 65 and over", "percent", "high_is_good", "89.30", "2% improvement"
    ),
    PrintedIndicator("CA-1", "Community activity levels", "count", "none", None, "Depends on project intervention"),
    PrintedIndicator("EC-R", "Elderly care activity ratio", "ratio", "none", None, "National average ratio"),
    PrintedIndicator("EOL-1", "Deaths in usual place of residence", "percent", "high_is_good", None, "2% increase"),
    PrintedIndicator("DQM", "Care homes with the Dementia Quality Mark", "count", "high_is_good", None, None),
    PrintedIndicator("1A", "Social care related quality of life", "score", "high_is_good", "19.4", "5% improvement"),
    PrintedIndicator("1B", "Control over daily life", "percent", "high_is_good", "83.4", "5% improvement"),
    PrintedIndicator(
        "2.06ii", "Excess weight, year 6", "percent", "low_is_good", "32", "Halt, then 15.3% less by 2021/22"
    ),
    PrintedIndicator(
        "2.06i", "Excess weight, reception", "percent", "low_is_good", "25", "Halt, then 5.4% less by 2021/22"
    ),
    PrintedIndicator(
        "CMH", "Young people with complex mental health needs", "count", "low_is_good", None, "5% reduction by 2017"
    ),
    PrintedIndicator("3B", "Carer satisfaction", "percent", "high_is_good", "48", "5% improvement"),
    PrintedIndicator(
        "I-ST", "Patient and service user experience (I statements)", "percent", "high_is_good", None, "70% score"
    ),
)
