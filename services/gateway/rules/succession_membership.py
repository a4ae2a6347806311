"""What a succession does in the directory: memberships end and go on with the successor, codes get a last day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID, uuid5

from services.gateway.rules.identifier import overlap
from services.gateway.rules.organisation import Organisation
from services.gateway.rules.partnership import Member, Role
from services.gateway.rules.succession import Succession

OTHER_YEARS = "The body that was succeeded audited the same books for other years. Enter those years with this appointment."


@dataclass(frozen=True, slots=True)
class Remark:
    """What a person should look at afterwards."""

    thing: str
    thing_id: UUID
    detail: str


@dataclass(frozen=True, slots=True)
class DirectoryPart:
    """What goes over in the directory: memberships that end, those that begin, and bodies whose codes end."""

    ended: tuple[Member, ...]
    begun: tuple[Member, ...]
    coded: tuple[Organisation, ...]
    remarks: tuple[Remark, ...]

    @property
    def counts(self) -> dict[str, int]:
        return {
            "memberships_ended": len(self.ended),
            "memberships_begun": len(self.begun),
            "organisations_with_codes_ended": len(self.coded),
        }


def directory_part(
    succession: Succession, members: Sequence[Member], predecessors: Sequence[Organisation]
) -> DirectoryPart:
    """From the effective date the successors hold the roles that their predecessors held the day before, on the days on
    which they do not hold them in their own right.

    `members` are all memberships of the partnerships concerned. Two roles that become one body's are held once.
    """
    first = succession.effective_date
    last = first - timedelta(days=1)
    ended: list[Member] = []
    begun: list[Member] = []
    remarks: list[Remark] = []
    for member in members:
        if member.organisation_id not in succession.predecessors:
            remarks += _audited(member, succession)
            continue
        if member.to_date is not None and member.to_date < first:
            continue  # it had ended before
        if member.from_date > last:
            remarks.append(
                Remark(
                    "member",
                    member.id,
                    "This membership begins after the body has ended. Enter the successor instead.",
                )
            )
            continue
        ended.append(replace(member, to_date=last, version=member.version + 1))
        carried, unsure = _carried_on(member, succession, [*members, *begun])
        begun += carried
        remarks += unsure
    coded = tuple(found for each in predecessors if (found := _with_codes_ended(each, succession)) != each)
    return DirectoryPart(tuple(ended), tuple(begun), coded, tuple(remarks))


def _carried_on(
    member: Member, succession: Succession, others: Sequence[Member]
) -> tuple[list[Member], list[Remark]]:
    """The memberships that the successors begin: of this one what they do not hold in their own right."""
    found: list[Member] = []
    remarks: list[Remark] = []
    for successor in succession.successors:
        moves = (successor, member.organisation_id)
        if not any((each.successor_id, each.predecessor_id) == moves for each in succession.moves):
            continue
        new = replace(
            member,
            id=uuid5(succession.id, f"{member.id}/{successor}"),
            organisation_id=successor,
            from_date=succession.effective_date,
            version=1,
        )
        left = [new]
        for other in (*others, *found):
            if _alike(new, other) and _audits_other_years(new, other):
                remarks.append(Remark("member", other.id, OTHER_YEARS))
            left = [piece for each in left for piece in _without(each, other)]
        found += [each if each == new else _numbered(each, new) for each in left]
    return found, remarks


def _alike(new: Member, other: Member) -> bool:
    """Whether both are the same role of one body on some of the days; an auditor's, to some body that both audit."""
    return (
        (other.partnership_id, other.organisation_id, other.role)
        == (new.partnership_id, new.organisation_id, new.role)
        and overlap(new.from_date, new.to_date, other.from_date, other.to_date)
        and (
            new.role is not Role.AUDITOR
            or bool(set(new.audited_organisation_ids) & set(other.audited_organisation_ids))
        )
    )


def _audits_other_years(new: Member, other: Member) -> bool:
    return new.role is Role.AUDITOR and not set(new.financial_years) <= set(other.financial_years)


def _without(new: Member, other: Member) -> list[Member]:
    """What is left of a membership beside another of the same body: the days, and for an auditor the bodies, that the
    other does not cover."""
    if not _alike(new, other):
        return [new]
    left: list[Member] = []
    audited = set(other.audited_organisation_ids)
    kept = tuple(each for each in new.audited_organisation_ids if each not in audited)
    if kept:
        left.append(replace(new, audited_organisation_ids=kept))
    both = replace(
        new, audited_organisation_ids=tuple(each for each in new.audited_organisation_ids if each in audited)
    )
    if new.from_date < other.from_date:
        left.append(replace(both, to_date=other.from_date - timedelta(days=1)))
    if other.to_date is not None and (new.to_date is None or other.to_date < new.to_date):
        left.append(replace(both, from_date=other.to_date + timedelta(days=1)))
    return left


def _numbered(piece: Member, whole: Member) -> Member:
    """A part of a membership under an id of its own, the same whenever it is worked out again."""
    bodies = ",".join(str(each) for each in piece.audited_organisation_ids)
    return replace(piece, id=uuid5(whole.id, f"{piece.from_date}/{bodies}"))


def _audited(member: Member, succession: Succession) -> list[Remark]:
    named = set(member.audited_organisation_ids) & set(succession.predecessors)
    if not named or (member.to_date is not None and member.to_date < succession.effective_date):
        return []
    detail = "This auditor is appointed to a body that has ended. Appoint it to the successor for the years to come."
    return [Remark("member", member.id, detail)]


def _with_codes_ended(body: Organisation, succession: Succession) -> Organisation:
    """Its codes get a last day: they answer for its history, and can live on in another role."""
    last = succession.effective_date - timedelta(days=1)
    identifiers = tuple(
        replace(each, to_date=last)
        if each.to_date is None and (each.from_date is None or each.from_date <= last)
        else each
        for each in body.identifiers
    )
    if identifiers == body.identifiers:
        return body
    return replace(body, identifiers=identifiers, version=body.version + 1)
