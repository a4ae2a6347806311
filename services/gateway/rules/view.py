"""A view of a partnership: as whom a caller sees it, what of it is closed to that, and whose figures are withheld."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.gateway.rules.partnership import Member, Role
from services.gateway.rules.policy import Row
from shared.calendar import FinancialYear
from shared.caller import Caller

# Whose money a fund is; contracts and what they report can be led by an associate as well.
_PARTNERS = frozenset({Role.COMMISSIONER, Role.HOST})
_LEADS = _PARTNERS | {Role.ASSOCIATE}
_SEES_ALL_LEADS = _PARTNERS | {Role.OBSERVER}


class WithheldBecause(StrEnum):
    """Why a source is withheld: no role of yours opens it, the audit does not cover it, or it shows you nothing."""

    NOT_FOR_ROLE = "not_for_role"
    NOT_IN_AUDIT = "not_in_audit"
    NOT_SHOWN = "not_shown"


@dataclass(frozen=True, slots=True)
class WithheldContributor:
    """An organisation whose figures a source leaves out because the caller may not see them, and why.

    `because` is that of the source, or where the budget leaves out some of a fund, the budget's own:
    `shadow_consent_missing` or `not_in_audit`.
    """

    service: str
    organisation_id: UUID
    because: str


@dataclass(frozen=True, slots=True)
class Sight:
    """As whom a caller sees one year of a partnership. `audited` are the bodies that it audits for that year."""

    own: frozenset[UUID]
    roles: tuple[Role, ...]
    audited: frozenset[UUID]

    def closed(self, row: Row) -> WithheldBecause | None:
        """Why what this operation answers is not for these roles; None where it is open to one of them."""
        if not self.roles:
            return WithheldBecause.NOT_IN_AUDIT
        if not row.roles & {*self.roles, "organisation"}:
            return WithheldBecause.NOT_FOR_ROLE
        return None

    @property
    def bodies_alone(self) -> bool:
        """Whether of contracts and outcomes only the audited bodies' are shown: an auditor who is nothing more."""
        return Role.AUDITOR in self.roles and _SEES_ALL_LEADS.isdisjoint(self.roles)


# Withheld for want of a data-sharing agreement are lines alone: what they come to is in every total (the budget's rule).
_LINES_ALONE = frozenset({"sharing_agreement_missing"})


def figures_withheld(withheld: Iterable[WithheldContributor]) -> bool:
    """Whether anybody's figures are left out of totals, and not only lines."""
    return any(each.because not in _LINES_ALONE for each in withheld)


def sight_of(caller: Caller, partnership_id: UUID, year: FinancialYear) -> Sight:
    """The sight of a member. An auditor holds its role in the years of its appointment only (domain, section 2)."""
    audited = frozenset(
        body
        for audit in caller.audits
        if audit.partnership_id == partnership_id and year.label in audit.financial_years
        for body in audit.organisation_ids
    )
    roles = tuple(
        role for role in Role if caller.holds(partnership_id, role) and (role is not Role.AUDITOR or audited)
    )
    return Sight(frozenset(caller.organisations), roles, audited)


def withheld_bodies(
    service: str,
    because: WithheldBecause | None,
    sight: Sight,
    members: Iterable[Member],
    year: FinancialYear,
) -> Sequence[WithheldContributor]:
    """Whose figures a source leaves out: everybody's where it is closed, else those that the audit does not name.

    The budget names those that it leaves out itself. An organisation's own figures are never withheld from it.
    """
    if because is None and (service == "budget" or not sight.bodies_alone):
        return ()
    roles = _PARTNERS if service == "budget" else _LEADS
    shown = sight.own if because else sight.own | sight.audited
    bodies = {each.organisation_id for each in members if each.role in roles and _in_year(each, year)}
    return [
        WithheldContributor(service, body, because or WithheldBecause.NOT_IN_AUDIT)
        for body in sorted(bodies - shown)
    ]


def _in_year(member: Member, year: FinancialYear) -> bool:
    ended = member.to_date is not None and member.to_date < year.first_day
    return member.from_date <= year.last_day and not ended
