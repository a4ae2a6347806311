"""The duty clock: what is due on a contract, by when, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.contracts.rules.contract import Contract
from services.contracts.rules.extension_option import decided_by, options_left
from services.contracts.rules.notice import last_day_to_serve
from services.contracts.rules.published_notice import notices_due
from services.contracts.rules.state import BEFORE_AWARD, RUNNING, State
from services.contracts.rules.stated_date import StatedKind, earliest


class DueKind(StrEnum):
    """What falls due."""

    LAST_DAY_TO_SERVE_NOTICE = "last_day_to_serve_notice"
    REVIEW = "review"
    EXTENSION_DECISION = "extension_decision"
    RECOMMISSION_BY = "recommission_by"
    ENDS = "ends"
    CONTRACT_AWARD_NOTICE = "contract_award_notice"
    CONTRACT_DETAILS_NOTICE = "contract_details_notice"
    CONTRACT_COPY = "contract_copy"
    CONTRACT_TERMINATION_NOTICE = "contract_termination_notice"
    PCR_AWARD_NOTICE = "pcr_award_notice"
    PSR_AWARD_NOTICE = "psr_award_notice"
    CONTRACT_CHANGE_NOTICE = "contract_change_notice"
    PCR_MODIFICATION_NOTICE = "pcr_modification_notice"
    PSR_MODIFICATION_NOTICE = "psr_modification_notice"


# What is the commissioners' to publish.
TO_PUBLISH = frozenset(
    {
        DueKind.CONTRACT_AWARD_NOTICE,
        DueKind.CONTRACT_DETAILS_NOTICE,
        DueKind.CONTRACT_COPY,
        DueKind.CONTRACT_TERMINATION_NOTICE,
        DueKind.PCR_AWARD_NOTICE,
        DueKind.PSR_AWARD_NOTICE,
    }
)
# What only the commissioners know: that they look for another provider, whether they will extend, what they publish.
PRIVATE = frozenset({DueKind.RECOMMISSION_BY, DueKind.EXTENSION_DECISION, *TO_PUBLISH})


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that is due on a contract. `because` is a sentence of the clock's own, without names."""

    kind: DueKind
    on: date
    because: str


@dataclass(frozen=True, slots=True)
class DueDate:
    """One thing that is due, with the contract that it is due on, and the variation if it is due on one."""

    kind: DueKind
    on: date
    because: str
    overdue: bool
    contract_id: UUID
    partnership_id: UUID | None
    owner_organisation_id: UUID
    reference: str
    title: str
    variation_id: UUID | None = None


def clock(contract: Contract) -> tuple[Due, ...]:
    """Everything that is due on a contract as it stands, in order of date (S1-C07, S2-C01, S4-C01).

    A contract that is over has nothing due but notices to publish; one before its award only its re-commissioning.
    """
    found = (
        *_due(contract),
        *(Due(DueKind(kind.value), on, because) for kind, on, because in notices_due(contract)),
    )
    return tuple(sorted(found, key=lambda each: (each.on, each.kind)))


def _due(contract: Contract) -> Iterator[Due]:
    if contract.state not in {*RUNNING, *BEFORE_AWARD, State.AWARDED}:
        return
    by = earliest(contract.stated_dates, StatedKind.RECOMMISSION_BY)
    if by is not None:
        torn = any(each.kind is StatedKind.RECOMMISSION_BY for each in contract.date_conflicts)
        yield Due(
            DueKind.RECOMMISSION_BY,
            by,
            "Documents state different dates for the new procurement; the earliest is kept to."
            if torn
            else "The new procurement is to be done by this day.",
        )
    if contract.state in BEFORE_AWARD:
        return
    if contract.review_date is not None:
        yield Due(DueKind.REVIEW, contract.review_date, "The review date of the contract.")
    if contract.ends_on is not None:
        yield from _around_the_end(contract, contract.ends_on)


def _around_the_end(contract: Contract, ends_on: date) -> Iterator[Due]:
    if contract.notice is not None:
        yield Due(DueKind.ENDS, ends_on, "The contract ends by notice.")
        return
    yield Due(DueKind.ENDS, ends_on, "The contract ends.")
    decide_by, before = ends_on, "it ends"
    if contract.notice_period is not None:
        decide_by, before = last_day_to_serve(ends_on, contract.notice_period), "notice would be due"
        yield Due(
            DueKind.LAST_DAY_TO_SERVE_NOTICE,
            decide_by,
            "The end date less the notice period of the contract.",
        )
    agreed = decided_by(contract.extension_options)
    if agreed is not None:
        yield Due(
            DueKind.EXTENSION_DECISION,
            agreed,
            "The contract can be extended: decide by the day that it says.",
        )
    elif can_go_on(contract, ends_on):
        yield Due(
            DueKind.EXTENSION_DECISION,
            decide_by,
            f"The contract can be extended: decide before {before}.",
        )


def can_go_on(contract: Contract, ends_on: date) -> bool:
    """Whether an extension is left: an option, or where none was recorded a latest end past the end."""
    if contract.extension_options:
        return bool(options_left(contract.extension_options))
    return contract.max_end_date is not None and contract.max_end_date > ends_on
