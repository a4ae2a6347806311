"""What was spent for each contract in a year, and what of the spending that is seen was for none."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.budget.rules.line import Arrangement
from services.budget.rules.position import LineFigures, Missing, Position, without_figures


class UnseenBecause(StrEnum):
    """Why another organisation's spending for a contract is not in the figures."""

    SHADOW_CONSENT_MISSING = "shadow_consent_missing"
    NOT_IN_AUDIT = "not_in_audit"
    ALIGNED_LINES_CLOSED = "aligned_lines_closed"


@dataclass(frozen=True, slots=True)
class Unseen:
    """An organisation whose spending for contracts the asker does not see, and why."""

    organisation_id: UUID
    because: UnseenBecause


@dataclass(frozen=True, slots=True)
class ContractSpend:
    """What was spent for a contract, in pence: `spend_pence` is the sum of the three arrangements, null where unused."""

    contract_id: UUID
    spend_pence: int
    pooled_pence: int | None
    aligned_pence: int | None
    shadow_pence: int | None


@dataclass(frozen=True, slots=True)
class ContractSpendReport:
    """The contracts for which money was spent. What an entry does not say of its contract is in `without_contract_pence`.

    `seen_pence` is the spending of all lines whose entries the asker sees, null where nothing was posted to any;
    the contracts and `without_contract_pence` come to it exactly. Another partner's aligned money is in none of it.
    """

    partnership_id: UUID
    financial_year: str
    as_at: date
    as_recorded: datetime | None
    complete: bool
    missing_contributors: tuple[Missing, ...]
    withheld_contributors: tuple[Unseen, ...]
    seen_pence: int | None
    without_contract_pence: int | None
    contracts: tuple[ContractSpend, ...]


def contract_spend(
    position: Position,
    spent: Mapping[tuple[UUID, Arrangement], int],
    own: Collection[UUID],
    closed: Iterable[UUID],
    partner: bool,
) -> ContractSpendReport:
    """The report beside a position of the same instant.

    `spent` is what entries say that they were for; `own` the asker's organisations, `closed` those whose aligned
    money it sees as totals alone.
    """
    seen = _sum(each.actual_pence for each in position.lines if not partner or _entries_seen(each, own))
    contracts = _contracts(spent)
    for_contracts = sum(each.spend_pence for each in contracts)
    withheld = _unseen(position, closed)
    return ContractSpendReport(
        position.partnership_id,
        position.financial_year,
        position.as_at,
        position.as_recorded,
        complete=not withheld,
        missing_contributors=position.missing_contributors,
        withheld_contributors=withheld,
        seen_pence=seen,
        without_contract_pence=None if seen is None else seen - for_contracts,
        contracts=contracts,
    )


def _entries_seen(line: LineFigures, own: Collection[UUID]) -> bool:
    """Another's aligned line may be open as a line; its entries are not."""
    return line.arrangement is not Arrangement.ALIGNED or line.owner_organisation_id in own


def _contracts(spent: Mapping[tuple[UUID, Arrangement], int]) -> tuple[ContractSpend, ...]:
    of = {
        contract: {kind: spent.get((contract, kind)) for kind in Arrangement}
        for contract in sorted({contract for contract, _ in spent})
    }
    return tuple(
        ContractSpend(
            contract,
            sum(pence for pence in by.values() if pence is not None),
            by[Arrangement.POOLED],
            by[Arrangement.ALIGNED],
            by[Arrangement.SHADOW],
        )
        for contract, by in of.items()
    )


def _unseen(position: Position, closed: Iterable[UUID]) -> tuple[Unseen, ...]:
    found = {
        Unseen(each.organisation_id, UnseenBecause(each.because.value))
        for each in without_figures(position.withheld_contributors)
    } | {Unseen(each, UnseenBecause.ALIGNED_LINES_CLOSED) for each in closed}
    return tuple(sorted(found, key=lambda each: (each.organisation_id, each.because)))


def _sum(amounts: Iterable[int | None]) -> int | None:
    known: Sequence[int] = [each for each in amounts if each is not None]
    return sum(known) if known else None
