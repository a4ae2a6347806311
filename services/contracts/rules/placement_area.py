"""Whether a placement is out of area: where the provider's site stands, and which area is responsible (S1-C04)."""

from __future__ import annotations

# Entities of the ONS Register of Geographic Codes. Areas of one tier never overlap, so that two codes tell.
_UNITARY = frozenset({"E06", "E08", "E09", "W06", "S12", "N09"})
_DISTRICT, _COUNTY = "E07", "E10"


def is_out_of_area(site: str | None, responsible: str | None) -> bool | None:
    """Whether the site lies outside the responsible area; None where the codes cannot tell.

    Takes nine-character GSS codes. A district may lie in a county, so one beside the other tells nothing; nor do
    codes of health bodies (E38, E54) beside those of councils.
    """
    if site is None or responsible is None:
        return None
    if site == responsible:
        return False
    mine, theirs = site[:3], responsible[:3]
    councils = _UNITARY | {_DISTRICT, _COUNTY}
    if mine in councils and theirs in councils:
        return None if {mine, theirs} == {_DISTRICT, _COUNTY} else True
    return True if mine == theirs else None
