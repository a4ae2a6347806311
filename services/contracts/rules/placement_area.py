"""Whether a placement is out of area: where the provider's site stands, and which area is responsible (S1-C04)."""

from __future__ import annotations

# Entities of the ONS Register of Geographic Codes. Areas of one tier never overlap on one day, so that two codes tell,
# but for those that followed one another.
_UNITARY = frozenset({"E06", "E08", "E09", "W06", "S12", "N09"})
_DISTRICT, _COUNTY = "E07", "E10"
# Unitary councils from this code on were made of districts and counties that had codes (from 2019 on).
_FIRST_MADE_OF_OTHERS = "E06000058"
# Codes of one tier that were given up for others (ONS Code History Database). A code says nothing of its day, so a code
# beside the one that followed it may be one area.
_FOLLOWED_BY = {
    "E06000028": "E06000058", "E06000029": "E06000058",  # Bournemouth and Poole, 2019
    "E06000048": "E06000057",  # Northumberland, 2013
    "E07000097": "E07000242", "E07000101": "E07000243",  # East Hertfordshire and Stevenage, 2013
    "E07000100": "E07000240", "E07000104": "E07000241",  # St Albans, Welwyn Hatfield, 2012
    "E07000190": "E07000246", "E07000191": "E07000246",  # Taunton Deane and West Somerset, 2019
    "E07000201": "E07000245", "E07000204": "E07000245",  # West Suffolk, 2019
    "E07000205": "E07000244", "E07000206": "E07000244",  # East Suffolk, 2019
    "E08000020": "E08000037",  # Gateshead, 2013
    "E08000016": "E08000038", "E08000019": "E08000039",  # Barnsley and Sheffield, 2023
}  # fmt: skip


def is_out_of_area(site: str | None, responsible: str | None) -> bool | None:
    """Whether the site lies outside the responsible area; None where the codes cannot tell.

    Takes nine-character GSS codes. A district may lie in a county, so one beside the other tells nothing; nor does a
    unitary council of 2019 or later beside either (North Yorkshire was E10000023 to 2023 and is E06000065 since); nor a
    code beside the one that followed it; nor codes of health bodies (E38, E54) beside those of councils.
    """
    if site is None or responsible is None:
        return None
    if site == responsible:
        return False
    if responsible == _FOLLOWED_BY.get(site) or site == _FOLLOWED_BY.get(responsible):
        return None
    mine, theirs = site[:3], responsible[:3]
    councils = _UNITARY | {_DISTRICT, _COUNTY}
    if mine in councils and theirs in councils:
        if (
            {mine, theirs} == {_DISTRICT, _COUNTY}
            or _may_follow(site, theirs)
            or _may_follow(responsible, mine)
        ):
            return None
        return True
    return True if mine == theirs else None


def _may_follow(code: str, other: str) -> bool:
    """Whether an area is a unitary council that may have been made of one of this other tier."""
    return code.startswith("E06") and code >= _FIRST_MADE_OF_OTHERS and other in (_DISTRICT, _COUNTY)
