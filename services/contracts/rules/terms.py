"""The terms that a contract's parties agree, as far as a change of them is kept: before, and after."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date

from services.contracts.rules.activity import ActivityLine
from services.contracts.rules.classification import ValueBasis
from services.contracts.rules.contract import Contract, EndStatus
from services.contracts.rules.extension_option import ExtensionOption
from services.contracts.rules.notice import NoticePeriod
from services.contracts.rules.party import Party
from shared.money import Money


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms of a contract, before or after a change. What is None was not part of it, or was not there."""

    value: Money | None = None
    value_basis: ValueBasis | None = None
    start_date: date | None = None
    end_date: date | None = None
    end_status: EndStatus | None = None
    max_end_date: date | None = None
    extension_options: tuple[ExtensionOption, ...] | None = None
    notice_period: NoticePeriod | None = None
    review_date: date | None = None
    scope: str | None = None
    parties: tuple[Party, ...] | None = None
    activity_plan: tuple[ActivityLine, ...] | None = None


NAMES = tuple(each.name for each in fields(Terms))


def difference(before: Contract, after: Contract) -> tuple[Terms, Terms] | None:
    """What changed in the terms, before and after; None where nothing did."""
    changed = [name for name in NAMES if getattr(before, name) != getattr(after, name)]
    if not changed:
        return None
    old, new = (Terms(**{name: getattr(each, name) for name in changed}) for each in (before, after))
    return old, new
