"""The law on which an arrangement rests: a list to choose from, each Act with the day of its Royal Assent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from shared.errors import Kind, reason

LAW_TO_COME = reason(
    "legal_basis_to_come",
    Kind.INVALID,
    "The Act had not been passed on the day of the paper. Correct the day, or name the law that held then.",
)
LAW_TWICE = reason("legal_basis_twice", Kind.INVALID, "The same law is named twice.")


class Statute(StrEnum):
    """Acts, and the sections on which partnerships of councils and the NHS rest."""

    LGA_1972_S101 = "lga_1972_s101"
    LGA_1972_S113 = "lga_1972_s113"
    CHILDREN_ACT_2004_S10 = "children_act_2004_s10"
    NHS_ACT_2006_S75 = "nhs_act_2006_s75"
    NHS_ACT_2006_S76 = "nhs_act_2006_s76"
    NHS_ACT_2006_S256 = "nhs_act_2006_s256"
    NHS_ACT_2006_S65Z5 = "nhs_act_2006_s65z5"
    EQUALITY_ACT_2010 = "equality_act_2010"
    LOCALISM_ACT_2011 = "localism_act_2011"
    HEALTH_AND_SOCIAL_CARE_ACT_2012 = "health_and_social_care_act_2012"
    CARE_ACT_2014 = "care_act_2014"
    HEALTH_AND_CARE_ACT_2022 = "health_and_care_act_2022"


_NHS_ACT_2006 = date(2006, 11, 8)
# The day on which each was passed. Section 65Z5 was put into the Act of 2006 by that of 2022.
PASSED = {
    Statute.LGA_1972_S101: date(1972, 10, 26),
    Statute.LGA_1972_S113: date(1972, 10, 26),
    Statute.CHILDREN_ACT_2004_S10: date(2004, 11, 15),
    Statute.NHS_ACT_2006_S75: _NHS_ACT_2006,
    Statute.NHS_ACT_2006_S76: _NHS_ACT_2006,
    Statute.NHS_ACT_2006_S256: _NHS_ACT_2006,
    Statute.NHS_ACT_2006_S65Z5: date(2022, 4, 28),
    Statute.EQUALITY_ACT_2010: date(2010, 4, 8),
    Statute.LOCALISM_ACT_2011: date(2011, 11, 15),
    Statute.HEALTH_AND_SOCIAL_CARE_ACT_2012: date(2012, 3, 27),
    Statute.CARE_ACT_2014: date(2014, 5, 14),
    Statute.HEALTH_AND_CARE_ACT_2022: date(2022, 4, 28),
}


def check_laws(laws: Sequence[Statute], day: date) -> None:
    """Refuse a law that was not passed yet on a day, or named twice."""
    for at, law in enumerate(laws):
        if law in laws[:at]:
            raise LAW_TWICE(f"/legal_bases/{at}")
        if PASSED[law] > day:
            raise LAW_TO_COME(f"/legal_bases/{at}", passed_on=PASSED[law])
