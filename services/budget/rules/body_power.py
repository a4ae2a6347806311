"""Which kind of body may decide what: meetings without power, matters for the sovereign bodies, urgent decisions."""

from __future__ import annotations

from services.budget.rules.body_type import BodyType
from services.budget.rules.decision_paper import ActionType
from shared.errors import Kind, reason

NO_POWER_OF_ITS_OWN = reason(
    "executive_meeting_has_no_power",
    Kind.INVALID,
    "An executive meeting decides nothing itself. Record the decision of the member's own organisation.",
)
ESCALATE = reason(
    "decision_for_the_governing_body",
    Kind.CONFLICT,
    "The decision affects other localities, so a locality board supports it and the Governing Body decides.",
)
POLICY_RESERVED = reason(
    "policy_is_reserved",
    Kind.CONFLICT,
    "Policies and long-term plans are for the organisation's own body: Cabinet, full council, board or Governing Body.",
)
MEETING_FOR_MEMBERS = reason(
    "meeting_is_for_members",
    Kind.INVALID,
    "At an executive meeting each member decides as an officer, under its own organisation's delegation.",
)

SOVEREIGN = frozenset({BodyType.CABINET, BodyType.FULL_COUNCIL, BodyType.GOVERNING_BODY, BodyType.BOARD})


def check_power(
    body: BodyType, approves: bool, only_notes: bool, action: ActionType | None, other_localities: bool
) -> None:
    """Refuse what this kind of body may not decide.

    An executive meeting notes (S3-G02); a decision that affects other localities goes from the locality board to the
    Governing Body (S1-G03); policy rests with the sovereign bodies, its implementation may be anybody's (S3-G05).
    """
    if body is BodyType.EXECUTIVE_MEETING and not only_notes:
        raise NO_POWER_OF_ITS_OWN("/body_type")
    if approves and body is BodyType.LOCALITY_BOARD and other_localities:
        raise ESCALATE("/body_type", decides="governing_body")
    if approves and action is ActionType.POLICY and body not in SOVEREIGN:
        raise POLICY_RESERVED("/body_type", reserved_to=sorted(SOVEREIGN))


def check_meeting(body: BodyType) -> None:
    """A decision made at a meeting is its member's."""
    if body is not BodyType.OFFICER:
        raise MEETING_FOR_MEMBERS("/at_meeting_id")
