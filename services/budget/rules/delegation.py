"""Power that a body gives to one officer, and whether the officer used it as it was given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared.errors import Kind, reason
from shared.text import fold_key

NOT_DELEGATED_TO = reason(
    "not_delegated_to", Kind.CONFLICT, "That decision did not delegate this to the officer who is named."
)
NOT_YET_DELEGATED = reason(
    "not_yet_delegated",
    Kind.CONFLICT,
    "The delegation did not count yet on the day of the officer's decision.",
)
CONSULTATION_MISSING = reason(
    "consultation_missing",
    Kind.CONFLICT,
    "The delegation asks for consultation first. Record that each person it names was consulted.",
)


@dataclass(frozen=True, slots=True)
class Delegation:
    """Power given to one officer, to be used only after consulting the people named."""

    officer: str
    purpose: str
    after_consulting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Authority:
    """Under which delegating decision an officer decided, and whom the officer consulted."""

    decision_id: UUID
    consulted: tuple[str, ...] = ()


def check_use(
    officer: str, decided_on: date, authority: Authority, given: Delegation | None, counts_from: date | None
) -> None:
    """Refuse an officer's decision that its delegation does not carry (S4-G02).

    The delegating decision must name this officer and must count on the day (`counts_from`), and everyone
    whom it wants consulted must have been consulted.
    """
    if given is None or fold_key(given.officer) != fold_key(officer):
        raise NOT_DELEGATED_TO("/body")
    if counts_from is None or decided_on < counts_from:
        raise NOT_YET_DELEGATED("/decided_on", counts_from=counts_from)
    consulted = {fold_key(each) for each in authority.consulted}
    left_out = [each for each in given.after_consulting if fold_key(each) not in consulted]
    if left_out:
        raise CONSULTATION_MISSING("/authority/consulted", not_consulted=left_out)
