"""Lists of the budget service that views join: milestones, reports due, commitments, and what waits for approval."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.gateway.clients.pages import WholeList, every
from services.gateway.clients.reading import Reader

AGREEMENTS = "/v1/agreements"
COMMITMENTS = "/v1/commitments"
MILESTONES = "/v1/milestones"
REPORTS_DUE = "/v1/report-requirements"
SETTLEMENTS = "/v1/settlements"
VIREMENTS = "/v1/virements"


@dataclass(frozen=True, slots=True)
class ListedMilestone:
    """Something planned under an agreement: to the day, the month or the year that its source says."""

    id: UUID
    owner_organisation_id: UUID
    name: str
    planned: str
    source: str
    reached: str | None


@dataclass(frozen=True, slots=True)
class MilestonePage:
    items: tuple[ListedMilestone, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class ReportDue:
    """When a report is due, and where that is laid down."""

    id: UUID
    owner_organisation_id: UUID
    report: str
    financial_year: str
    quarter: int | None
    due_on: date
    source: str


@dataclass(frozen=True, slots=True)
class ReportDuePage:
    items: tuple[ReportDue, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class ListedCommitment:
    """Money of a line that is promised to a contract, and what of it was drawn or released."""

    id: UUID
    owner_organisation_id: UUID
    contract_id: UUID | None
    financial_year: str
    description: str
    reserved_pence: int
    drawn_pence: int
    released_pence: int


@dataclass(frozen=True, slots=True)
class CommitmentPage:
    items: tuple[ListedCommitment, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class BodyApproval:
    """What one named body has said on an agreement; `counts_from` once it counts."""

    organisation_id: UUID
    body: str
    counts_from: date | None


@dataclass(frozen=True, slots=True)
class ListedAgreement:
    """An agreement with what its parties' bodies have said."""

    id: UUID
    owner_organisation_id: UUID
    reference: str
    state: str
    approvals: tuple[BodyApproval, ...]


@dataclass(frozen=True, slots=True)
class AgreementPage:
    items: tuple[ListedAgreement, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class VirementAsked:
    """An organisation whose limits of delegation ask for its approval."""

    organisation_id: UUID


@dataclass(frozen=True, slots=True)
class VirementGiven:
    """An organisation that has decided."""

    organisation_id: UUID


@dataclass(frozen=True, slots=True)
class ProposedVirement:
    """A virement that waits for an organisation's approval."""

    id: UUID
    financial_year: str
    amount_pence: int
    effective_date: date
    asked: tuple[VirementAsked, ...]
    given: tuple[VirementGiven, ...]


@dataclass(frozen=True, slots=True)
class VirementPage:
    items: tuple[ProposedVirement, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class SettlementApproval:
    """A party's approval; `approved_at` is null while it waits."""

    organisation_id: UUID
    approved_at: datetime | None


@dataclass(frozen=True, slots=True)
class ProposedSettlement:
    """A settlement that waits for its parties."""

    id: UUID
    financial_year: str
    approvals: tuple[SettlementApproval, ...]


@dataclass(frozen=True, slots=True)
class SettlementPage:
    items: tuple[ProposedSettlement, ...]
    next: str | None


async def milestones(reader: Reader, partnership_id: UUID, seconds: float) -> WholeList[ListedMilestone]:
    """What was planned under the partnership's agreements."""

    async def page(following: dict[str, str]) -> MilestonePage:
        query = {"partnership_id": str(partnership_id), **following}
        return await reader.read(MilestonePage, MILESTONES, query, seconds)

    return await every(page)


async def reports_due(reader: Reader, partnership_id: UUID, seconds: float) -> WholeList[ReportDue]:
    """Which reports are asked of the partnership, and when."""

    async def page(following: dict[str, str]) -> ReportDuePage:
        query = {"partnership_id": str(partnership_id), **following}
        return await reader.read(ReportDuePage, REPORTS_DUE, query, seconds)

    return await every(page)


async def commitments(reader: Reader, partnership_id: UUID, seconds: float) -> WholeList[ListedCommitment]:
    """What is promised against the partnership's lines."""

    async def page(following: dict[str, str]) -> CommitmentPage:
        query = {"partnership_id": str(partnership_id), **following}
        return await reader.read(CommitmentPage, COMMITMENTS, query, seconds)

    return await every(page)


async def agreements(reader: Reader, partnership_id: UUID, seconds: float) -> WholeList[ListedAgreement]:
    """The partnership's agreements."""

    async def page(following: dict[str, str]) -> AgreementPage:
        query = {"partnership_id": str(partnership_id), **following}
        return await reader.read(AgreementPage, AGREEMENTS, query, seconds)

    return await every(page)


async def proposed_virements(
    reader: Reader, partnership_id: UUID, seconds: float
) -> WholeList[ProposedVirement]:
    """Virements that are neither posted nor refused."""

    async def page(following: dict[str, str]) -> VirementPage:
        query = {"partnership_id": str(partnership_id), "state": "proposed", **following}
        return await reader.read(VirementPage, VIREMENTS, query, seconds)

    return await every(page)


async def proposed_settlements(
    reader: Reader, partnership_id: UUID, seconds: float
) -> WholeList[ProposedSettlement]:
    """Settlements that are neither posted nor withdrawn."""

    async def page(following: dict[str, str]) -> SettlementPage:
        query = {"partnership_id": str(partnership_id), "state": "proposed", **following}
        return await reader.read(SettlementPage, SETTLEMENTS, query, seconds)

    return await every(page)
