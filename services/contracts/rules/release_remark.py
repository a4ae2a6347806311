"""What is said of a place in a package of releases that somebody else published."""

from __future__ import annotations

from services.contracts.rules.register_remark import Remark

RELEASE_UNREADABLE = Remark(
    "release_unreadable", "This is not a release: it has no ocid, no date, or another shape.", rejects=True
)
NOTHING_AWARDED = Remark(
    "release_awards_nothing",
    "The process has awarded nothing, so there is no contract to take.",
    rejects=True,
)
AWARD_FELL = Remark(
    "release_award_fell", "The award was cancelled or unsuccessful, so there is no contract.", rejects=True
)
CONTRACT_CANCELLED = Remark(
    "release_contract_cancelled", "The contract was cancelled before it was signed.", rejects=True
)
OTHER_CURRENCY = Remark(
    "release_other_currency", "The value is not in pounds sterling. It is left out.", rejects=False
)
TEXT_CUT = Remark("release_text_cut", "The text is longer than the register keeps. It is cut.", rejects=False)
