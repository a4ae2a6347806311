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
        "ccg",
        "NHS Northern, Eastern and Western Devon CCG",
        "nhs_commissioner",
        (("ods", "99P"),),
        ("NEW Devon CCG",),
    ),
    Organisation("kernow", "NHS Kernow CCG", "nhs_commissioner", (("ods", "11N"),), ("Kernow CCG",)),
    Organisation(
        "pch", "Plymouth Community Healthcare", "independent_provider", (), ("PCH", "Livewell Southwest")
    ),
    Organisation("phnt", "Plymouth Hospitals NHS Trust", "nhs_provider", (("ods", "RK9"),), ("PHNT",)),
    Organisation("torbay", "Torbay Council", "local_authority", (("gss", "E06000027"),)),
    Organisation("auditor", "External auditor (invented)", "audit_firm"),
)

MEMBERS = (
    ("pcc", "host"),
    ("ccg", "commissioner"),
    ("kernow", "associate"),
    ("pch", "provider"),
    ("phnt", "provider"),
    ("auditor", "auditor"),
)
# Whom the auditor was appointed to, and for which years (invented).
AUDITED = ("pcc", "ccg")
AUDITED_YEARS = ("2014/15", "2015/16")

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
    PrintedLine(
        "pcc", "wellness", "Children and young people: wellness", 11_011_687, "estimate", "S2 section 4.2"
    ),
    PrintedLine(
        "pcc",
        "community_intervention",
        "Children and young people: community",
        11_405_628,
        "estimate",
        "S2 section 4.2",
    ),
    PrintedLine("pcc", "complex_bed_based", "Complex and bed based care", None, "not_stated", "S1 section 8"),
    PrintedLine("ccg", "wellness", "CCG wellness", None, "tbc", "S1 section 8"),
    PrintedLine("ccg", "community_intervention", "CCG community based care", None, "tbc", "S1 section 8"),
    PrintedLine(
        "ccg", "complex_bed_based", "CCG complex care (excluding acute)", None, "tbc", "S1 section 8"
    ),
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
