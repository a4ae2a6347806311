"""Where money comes from: an open list of codes, with the names that are known for some of them."""

from __future__ import annotations

from shared.text import fold_key

CORE_BUDGET = "core_budget"
BETTER_CARE_FUND = "bcf"

# Open-ended (S2-B21): a source that is not here keeps its own code. Codes are written small, with underscores.
KNOWN_AS: dict[str, tuple[str, ...]] = {
    CORE_BUDGET: ("core budget", "base budget"),
    BETTER_CARE_FUND: ("better care fund",),
    "ibcf": ("improved better care fund",),
    "dfg": ("disabled facilities grant",),
    "dwp": ("work and pensions", "department for work and pensions"),
    "transformation_fund": ("transformation fund", "seed funding"),
}
_CODES = {fold_key(name): code for code, names in KNOWN_AS.items() for name in (code, *names)}


def read_funding_source(text: str) -> str:
    """The code of a source, whatever its case, spacing or look-alike letters; an unknown one as it is, folded."""
    key = fold_key(text)
    return _CODES.get(key, key.replace(" ", "_"))
