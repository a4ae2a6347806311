"""Succession of organisations in what is measured: nothing is rewritten, and this says what goes on under the successor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared.calendar import read_period
from shared.succession import Remark, Succession, SuccessionReport


@dataclass(frozen=True, slots=True)
class Duty:
    """An obligation that a predecessor is a party to, and that asks for returns on the day or later."""

    id: UUID
    lead_organisation_id: UUID
    provider_organisation_id: UUID


@dataclass(frozen=True, slots=True)
class Aim:
    """A target that a predecessor set. `period` is by when (DHIS2 id), of a trajectory its last; None: at all times."""

    id: UUID
    owner_organisation_id: UUID
    period: str | None


LEAD_DIVIDED = (
    "Its lead is divided, and each successor can act as lead. Agree which of them accepts its returns."
)
PROVIDER_DIVIDED = (
    "Its provider is divided, and each successor can send its returns. Agree which of them does."
)
KEEPER_DIVIDED = (
    "Who set it is divided, and each successor keeps the indicator. Agree which of them sets the next target."
)
ONE_BODY = (
    "Its lead and its provider become one body, which would accept its own returns. End it, or set it anew."
)


def goes_on(aim: Aim, effective_on: date) -> bool:
    """Whether a target is still to be met on the day or later."""
    return aim.period is None or read_period(aim.period).last_day >= effective_on


def going_on(
    succession: Succession,
    succession_id: UUID | None,
    duties: Sequence[Duty],
    open_returns: int,
    aims: Sequence[Aim],
) -> SuccessionReport:
    """What goes on under the successors, and where they have to agree among themselves (S3-G01).

    Successors act through the organisations that they carry, and history keeps who it was; so nothing is rewritten.
    """
    ahead = [each for each in aims if goes_on(each, succession.effective_on)]
    counts = {"obligations": len(duties), "open_returns": open_returns, "targets": len(ahead)}
    remarks = [
        *(Remark("obligation", each.id, said) for each in duties for said in _of_duty(each, succession)),
        *(
            Remark("target", each.id, KEEPER_DIVIDED)
            for each in ahead
            if each.owner_organisation_id in succession.divided
        ),
    ]
    return SuccessionReport(succession_id, counts, tuple(remarks))


def _of_duty(duty: Duty, succession: Succession) -> list[str]:
    lead, provider = duty.lead_organisation_id, duty.provider_organisation_id
    into = succession.into
    found = {
        LEAD_DIVIDED: lead in succession.divided,
        PROVIDER_DIVIDED: provider in succession.divided,
        ONE_BODY: into.get(lead, lead) == into.get(provider, provider),
    }
    return [said for said, holds in found.items() if holds]
