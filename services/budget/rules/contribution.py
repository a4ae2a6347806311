"""What a partner puts into a pool for a year: an amount, an estimate, or still to be confirmed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.budget.rules.instalment import VARIED_OUTSIDE_YEAR, Instalment, instal, vary
from services.budget.rules.line import Arrangement
from shared.calendar import read_financial_year
from shared.errors import Kind, reason
from shared.money import Money

NOT_A_PARTNER = reason(
    "contribution_not_a_party", Kind.CONFLICT, "Only a party to the pool's agreement contributes to the pool."
)
NEGATIVE_CONTRIBUTION = reason(
    "contribution_negative", Kind.INVALID, "A contribution is not negative. What is paid back is a journal."
)
REPLACES_ANOTHER_KIND = reason(
    "contribution_replaces_another",
    Kind.CONFLICT,
    "A contribution replaces one of the same partner, pool, financial year, form and funding source.",
)
REPLACES_UNKNOWN = reason(
    "contribution_replaces_unknown", Kind.INVALID, "There is no such contribution to replace."
)
POOL_ELSEWHERE = reason(
    "contribution_pool_elsewhere", Kind.INVALID, "The pool belongs to another partnership than the one named."
)
STANDS_ALREADY = reason(
    "contribution_stands_already",
    Kind.CONFLICT,
    "There is a contribution for this already. Send a new one that names it in replaces_contribution_id.",
)
REPLACED_ALREADY = reason(
    "contribution_replaced_already",
    Kind.CONFLICT,
    "That contribution has been replaced before. Replace the one that stands now.",
)


class Form(StrEnum):
    """Money, or something with a value: staff, goods, accommodation (reg 7(3)(e))."""

    CASH = "cash"
    IN_KIND = "in_kind"


@dataclass(frozen=True, slots=True)
class Contribution:
    """One partner's contribution to one pool for one year. Never edited: a later one replaces it.

    One with `effective_from` varies the one that it replaces from that day on: until then the former stands.
    """

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    pool_id: UUID
    arrangement: Arrangement
    financial_year: str
    amount: Money
    form: Form = Form.CASH
    funding_source: str = "core_budget"
    replaces_contribution_id: UUID | None = None
    effective_from: date | None = None
    instalments: tuple[Instalment, ...] = ()
    succession_id: UUID | None = None
    version: int = 1


def promise(
    contribution: Contribution,
    pool_partnership_id: UUID,
    parties: Iterable[UUID],
    replaced: Contribution | None,
    asked: Sequence[tuple[date, int | None]] | None = None,
) -> Contribution:
    """The contribution with its instalments, if its partner is a party and it replaces its own kind.

    An unknown amount is taken: it makes every total over it incomplete, and is never nil (S1-B11).
    """
    read_financial_year(contribution.financial_year)
    if contribution.partnership_id != pool_partnership_id:
        raise POOL_ELSEWHERE("/pool_id")
    if contribution.owner_organisation_id not in set(parties):
        raise NOT_A_PARTNER("/pool_id")
    if (contribution.amount.amount_pence or 0) < 0:
        raise NEGATIVE_CONTRIBUTION("/amount/amount_pence")
    if replaced is not None and _what(replaced) != _what(contribution):
        raise REPLACES_ANOTHER_KIND("/replaces_contribution_id")
    return replace(contribution, instalments=_instalments(contribution, replaced, asked))


def _instalments(
    contribution: Contribution, replaced: Contribution | None, asked: Sequence[tuple[date, int | None]] | None
) -> tuple[Instalment, ...]:
    """Whole from the beginning, or varied from a day on; what is given in kind falls due in no instalments."""
    year, amount = read_financial_year(contribution.financial_year), contribution.amount.amount_pence
    since = contribution.effective_from
    if since is not None and (replaced is None or since not in year):
        raise VARIED_OUTSIDE_YEAR("/effective_from", first_day=year.first_day, last_day=year.last_day)
    if asked is None and contribution.form is Form.IN_KIND:
        return ()
    if asked is None and since is not None and replaced is not None and replaced.instalments:
        return vary(replaced.instalments, year, since, amount)
    return instal(year, amount, asked)


def _what(one: Contribution) -> tuple[UUID, UUID, str, Form, str]:
    return one.owner_organisation_id, one.pool_id, one.financial_year, one.form, one.funding_source
