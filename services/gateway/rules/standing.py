"""Where a client stands on a day: which organisation it acts for and which roles that holds where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.gateway.rules.organisation import Organisation, OrganisationKind
from services.gateway.rules.partnership import Member, Role
from services.gateway.rules.succession import kept_by_predecessor
from shared.caller import Audit, Caller, Grant, Share


@dataclass(frozen=True, slots=True)
class Directory:
    """What the directory says about one client: its organisation, its body's memberships, what is open to it.

    `predecessors` are the bodies that its body has succeeded by today; `last_day` is the last one before a successor took over.
    """

    organisation: Organisation
    memberships: tuple[Member, ...]
    shares: tuple[Share, ...] = ()
    grants: tuple[Grant, ...] = ()
    predecessors: tuple[UUID, ...] = ()
    last_day: date | None = None


def caller_of(client_id: UUID, scopes: Iterable[str], directory: Directory, today: date) -> Caller:
    """The caller that a client is on this day.

    A client of a sub-unit acts for the body that the unit is part of, and sees that unit's records alone: it
    has none of the body's standing, and of the services' rows, which carry no unit yet, it sees none.
    A client of a successor has its predecessors' rows as its own. One of a body that was succeeded reads its history
    and writes no more. A host counts as a commissioner as well. An auditor's appointment goes along with its bodies and years.
    """
    organisation = directory.organisation
    body = organisation.parent_id or organisation.id
    # A body that was succeeded reads what it could on its last day.
    day = min(today, directory.last_day) if directory.last_day else today
    holding = [
        each
        for each in directory.memberships
        if each.organisation_id == organisation.id and each.counts_on(day)
    ]
    return Caller(
        client_id=client_id,
        organisation_id=body,
        organisations=(organisation.id, *(() if organisation.parent_id else directory.predecessors)),
        scopes=kept_by_predecessor(scopes) if directory.last_day else frozenset(scopes),
        standing=_standing(holding),
        audits=tuple(
            Audit(each.partnership_id, each.audited_organisation_ids, each.financial_years)
            for each in holding
            if each.role is Role.AUDITOR
        ),
        shares=() if organisation.parent_id else directory.shares,
        grants=() if organisation.parent_id else directory.grants,
        sub_unit_id=organisation.id if organisation.parent_id else None,
        operator=organisation.kind is OrganisationKind.OPERATOR,
    )


def held_roles(caller: Caller) -> frozenset[str]:
    """Every role that the caller's organisation holds anywhere. It is `operator`, or else `organisation`."""
    roles = {role for role, partnerships in caller.standing.items() if partnerships}
    return frozenset({*roles, "operator" if caller.operator else "organisation"})


def _standing(memberships: Sequence[Member]) -> dict[str, tuple[UUID, ...]]:
    found: dict[str, set[UUID]] = defaultdict(set)
    for each in memberships:
        found[each.role].add(each.partnership_id)
        if each.role is Role.HOST:
            found[Role.COMMISSIONER].add(each.partnership_id)
    return {str(role): tuple(sorted(partnerships)) for role, partnerships in sorted(found.items())}
