"""Extensions: which options a contract permits, which were exercised, and the day past which nothing goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.contracts.rules.contract import Contract, EndStatus, checked
from services.contracts.rules.extension_option import ExtensionOption, extended_by, options_left
from services.contracts.rules.state import State
from shared.errors import Kind, reason

EXTENSION_NOT_OPEN = reason(
    "extension_not_open",
    Kind.CONFLICT,
    "Only a contract in force is extended. End a notice or suspension first; after its last day agree a new contract.",
)
EXTENSION_NONE_LEFT = reason(
    "extension_none_left",
    Kind.CONFLICT,
    "The contract permits no further extension. A longer term needs a variation, and passes the modification test.",
)
EXTENSION_PAST_MAXIMUM = reason(
    "extension_past_maximum", Kind.INVALID, "The contract cannot be extended past its latest end."
)
EXTENSION_NOT_LATER = reason(
    "extension_not_later", Kind.INVALID, "An extension ends later than the contract does now."
)
EXTENSION_DECIDED_LATE = reason(
    "extension_decided_late",
    Kind.CONFLICT,
    "The day by which this extension had to be decided is over. To go on, agree a variation.",
)
EXTENSION_AFTER_END = reason(
    "extension_after_end",
    Kind.CONFLICT,
    "The contract had ended on the day of the decision. An ended contract is not extended.",
)

EXTENDABLE = frozenset({State.ACTIVE, State.RECORDED_AS_ACTIVE, State.PART_TERMINATED})


@dataclass(frozen=True, slots=True)
class Extension:
    """A decision to extend. `options` is how many of the options that are left are taken together."""

    decided_on: date
    options: int = 1
    ends_on: date | None = None


def extend(contract: Contract, decision: Extension) -> Contract:
    """Exercise the next option, or so many together, up to the latest end that was agreed (S1-C02, S2-C01).

    An option can be taken for less than its length, and is used up by that. A contract of which only the latest
    end is recorded, as registers have it, is extended to a day up to that end.
    """
    if contract.state not in EXTENDABLE or contract.notice is not None:
        raise EXTENSION_NOT_OPEN(state=contract.state.value)
    if contract.end_date is None:
        raise EXTENSION_NONE_LEFT()
    if decision.decided_on > contract.end_date:
        raise EXTENSION_AFTER_END("/decided_on", ended_on=contract.end_date.isoformat())
    left = options_left(contract.extension_options)
    taken = left[: decision.options]
    if contract.extension_options and len(taken) < decision.options:
        raise EXTENSION_NONE_LEFT(options_left=len(left))
    furthest = _furthest(contract, contract.end_date, taken)
    late = [each for each in taken if each.decide_by is not None and decision.decided_on > each.decide_by]
    if late and late[0].decide_by is not None:
        raise EXTENSION_DECIDED_LATE("/decided_on", decide_by=late[0].decide_by.isoformat())
    ends_on = furthest if decision.ends_on is None else decision.ends_on
    if ends_on > furthest:
        raise EXTENSION_PAST_MAXIMUM("/ends_on", latest_end=furthest.isoformat())
    if ends_on <= contract.end_date:
        raise EXTENSION_NOT_LATER("/ends_on", ends_on=contract.end_date.isoformat())
    options = tuple(
        replace(each, exercised_on=decision.decided_on) if each in taken else each
        for each in contract.extension_options
    )
    return checked(
        replace(contract, end_date=ends_on, end_status=EndStatus.STATED, extension_options=options)
    )


def _furthest(contract: Contract, end: date, taken: Sequence[ExtensionOption]) -> date:
    """The latest end that the options taken reach, cut at the latest end of the contract."""
    if not contract.extension_options:
        if contract.max_end_date is None or contract.max_end_date <= end:
            raise EXTENSION_NONE_LEFT()
        return contract.max_end_date
    reached = end
    for option in taken:
        reached = extended_by(reached, option.months)
    if contract.max_end_date is not None and reached > contract.max_end_date:
        # The options were counted from an end that has since moved: the latest end holds.
        reached = contract.max_end_date
    return reached
