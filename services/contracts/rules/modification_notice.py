"""Notices of modifications of contracts: which one a regime asks for, by when, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from services.contracts.rules.modification import NoticeDue
from services.contracts.rules.published_notice import PublishedNoticeKind


@dataclass(frozen=True, slots=True)
class ModificationNotice:
    """What is published of a change that takes effect on or after `since`: so many days after it takes effect.

    `because` is a sentence of the clock's own, without names."""

    kind: PublishedNoticeKind
    days: int
    since: date
    because: str


# Sources, by what the modification test of a variation found due (rules/modification_test.py):
# - Procurement Act 2023 s75(1): a contract change notice is published before the contract is modified; the Act is in
#   force since 24 February 2025 (SI 2024/716, as amended by SI 2024/959).
# - Public Contracts Regulations 2015 reg 72(3): a notice of a modification under (1)(b) or (c) is sent for publication.
#   The regulation names no number of days, so it is due at once. In force since 26 February 2015 (reg 1(2)).
# - Health Care Services (Provider Selection Regime) Regulations 2023 reg 13: a notice of the modification within 30 days
#   of it. In force since 1 January 2024 (reg 1(2)).
# The day on which a change is made is taken to be the day on which it takes effect: a clock may be early, and never late.
MODIFICATION_NOTICES: Mapping[NoticeDue, ModificationNotice] = {
    NoticeDue.CONTRACT_CHANGE_NOTICE: ModificationNotice(
        PublishedNoticeKind.CONTRACT_CHANGE_NOTICE,
        0,
        date(2025, 2, 24),
        "Procurement Act 2023, section 75: the change is published before it is made.",
    ),
    NoticeDue.MODIFICATION_NOTICE: ModificationNotice(
        PublishedNoticeKind.PCR_MODIFICATION_NOTICE,
        0,
        date(2015, 2, 26),
        "Public Contracts Regulations 2015, regulation 72(3): the modification is published; no days are named.",
    ),
    NoticeDue.PSR_MODIFICATION_NOTICE: ModificationNotice(
        PublishedNoticeKind.PSR_MODIFICATION_NOTICE,
        30,
        date(2024, 1, 1),
        "Provider Selection Regime, regulation 13: a modification is published within 30 days.",
    ),
}
