"""A file of placements: what each row does to the placements on record, and a report that adds up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.contracts.rules import placement_remark as said
from services.contracts.rules.contract import Contract
from services.contracts.rules.import_tally import Cause, ControlTotal, Counts, Outcome, RowTally, control
from services.contracts.rules.party import Party, Role, of_role
from services.contracts.rules.placement import Placement, ProviderSite, amend, register
from services.contracts.rules.placement_life import PlacementState
from services.contracts.rules.placement_row import PlacementContent, ReadPlacement
from services.contracts.rules.register_remark import Finding, Remark
from shared.errors import Kind, Refusal, reason
from shared.money import NOT_STATED
from shared.text import fold_key

CONTROL_TOTAL_DIFFERS = reason(
    "placement_control_total_differs",
    Kind.INVALID,
    "The weekly costs of the file do not come to the control total, so nothing was taken. See the dry run.",
)


@dataclass(frozen=True, slots=True)
class AskedPlacements:
    """How an import is asked for. `today`: what is past its retention on that day is not taken."""

    control_total_pence: int | None
    today: date


@dataclass(frozen=True, slots=True)
class OnRecord:
    """What rows are held against: contracts that the caller commissions, and its placements by their references."""

    contracts: Mapping[UUID, Contract]
    under: Mapping[str, Sequence[UUID]]  # contracts by the key of their reference
    placements: Mapping[str, Placement]


@dataclass(frozen=True, slots=True)
class PlacementRow:
    """What became of one row: nothing here stands for a person. `missing`: parts of a full placement not on record."""

    line: int
    outcome: Outcome
    placement_id: UUID | None
    missing: tuple[str, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class PlacementOutcome:
    """What became of a file, without its rows: as a list of imports has it."""

    placement_import_id: UUID | None
    dry_run: bool
    owner_organisation_id: UUID
    file_sha256: str
    file_bytes: int
    encoding: str
    heading_line: int
    columns_not_read: tuple[str, ...]
    counts: Counts
    complete: int
    missing: Mapping[str, int]
    control_total: ControlTotal
    rejected_because: tuple[Cause, ...]
    remarked_because: tuple[Cause, ...]
    recorded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PlacementReport(PlacementOutcome):
    """What became of a file. `rows` are all while they are few, else first those that need a look."""

    rows: tuple[PlacementRow, ...] = ()


@dataclass(frozen=True, slots=True)
class PlacementStep:
    """A row with the placement that comes of it, and the one it changes."""

    row: PlacementRow
    before: Placement | None = None
    after: Placement | None = None


class _Left(Exception):
    """A row that cannot be taken: why, and in which column."""

    def __init__(self, column: str, remark: Remark) -> None:
        super().__init__(remark.detail)
        self.finding = Finding(column, None, remark.code, remark.detail)


def decide(
    row: ReadPlacement, on_record: OnRecord, own: Collection[UUID], new_id: UUID, today: date
) -> PlacementStep:
    """What a row does. A blank cell leaves what is on record; a placement that is there is moved by no file."""
    if row.content is None:
        return PlacementStep(PlacementRow(row.line, Outcome.REJECTED, None, (), row.findings))
    try:
        return _decided(row, row.content, on_record, own, new_id, today)
    except _Left as left:
        return _rejected(row, left.finding)
    except Refusal as refusal:
        return _rejected(row, _finding_of(refusal))


def repeated(row: ReadPlacement) -> ReadPlacement:
    """A row of which nothing is taken, since another one has its reference too."""
    remark = said.REFERENCE_REPEATED
    finding = Finding("reference", None, remark.code, remark.detail)
    return replace(row, content=None, findings=(*row.findings, finding))


def _rejected(row: ReadPlacement, finding: Finding) -> PlacementStep:
    return PlacementStep(PlacementRow(row.line, Outcome.REJECTED, None, (), (*row.findings, finding)))


def _finding_of(refusal: Refusal) -> Finding:
    """A rule's refusal, at the column that its field stands in."""
    where = refusal.faults[0].pointer.strip("/").partition("/")[0] if refusal.faults else "reference"
    column = {"provider_organisation_id": "provider", "provider_site": "site_area_code"}.get(where, where)
    return Finding(column, None, refusal.code, refusal.reason.sentence)


def _decided(
    row: ReadPlacement,
    content: PlacementContent,
    on_record: OnRecord,
    own: Collection[UUID],
    new_id: UUID,
    today: date,
) -> PlacementStep:
    contract = _contract_of(content, on_record)
    provider = _provider_of(content, contract)
    before = on_record.placements.get(content.reference)
    if content.keep_until < today:
        raise _Left("keep_until", said.RETENTION_OVER)
    if before is None:
        after = register(_draft(content, contract, provider, new_id), contract, own)
        return _step(row, Outcome.TAKEN, None, after)
    if (before.contract_id, before.provider_organisation_id) != (contract.id, provider):
        raise _Left("contract" if before.contract_id != contract.id else "provider", said.UNDER_ANOTHER)
    kept = content.state is PlacementState.ACTIVE and before.state is PlacementState.PLANNED
    remarks = [Finding("state", None, said.STATE_KEPT.code, said.STATE_KEPT.detail)] if kept else []
    row = replace(row, findings=(*row.findings, *remarks))
    changes = {
        name: value for name, value in _stated(content, before).items() if getattr(before, name) != value
    }
    after = amend(before, changes, contract if "start_date" in changes else None) if changes else before
    if after == before:
        return _step(row, Outcome.UNCHANGED, before, before)
    return _step(row, Outcome.UPDATED, before, after)


def _step(row: ReadPlacement, outcome: Outcome, before: Placement | None, after: Placement) -> PlacementStep:
    return PlacementStep(
        PlacementRow(row.line, outcome, after.id, after.missing, row.findings), before, after
    )


def _contract_of(content: PlacementContent, on_record: OnRecord) -> Contract:
    if content.contract_id is not None:
        found = [content.contract_id] if content.contract_id in on_record.contracts else []
    else:
        found = list(on_record.under.get(fold_key(content.contract or ""), ()))
    column = "contract" if content.contract_id is None else "contract_id"
    if not found:
        raise _Left(column, said.CONTRACT_NOT_FOUND)
    if len(found) > 1:
        raise _Left(column, said.CONTRACT_AMBIGUOUS)
    return on_record.contracts[found[0]]


def _provider_of(content: PlacementContent, contract: Contract) -> UUID:
    listed = [each for each in of_role(contract.parties, Role.PROVIDER) if each.organisation_id is not None]
    fitting = (
        listed if content.provider is None else [each for each in listed if _named(each, content.provider)]
    )
    ids = {each.organisation_id for each in fitting if each.organisation_id is not None}
    if not ids:
        raise _Left("provider", said.PROVIDER_NOT_FOUND)
    if len(ids) > 1:
        raise _Left("provider", said.PROVIDER_NEEDED)
    return ids.pop()


def _named(party: Party, name: str) -> bool:
    key = fold_key(name)
    names = (str(party.organisation_id), party.name or "", *(each.id for each in party.identifiers))
    return key in {fold_key(each) for each in names if each}


def _draft(content: PlacementContent, contract: Contract, provider: UUID, new_id: UUID) -> Placement:
    blank = Placement(
        id=new_id,
        contract_id=contract.id,
        owner_organisation_id=contract.owner_organisation_id,
        provider_organisation_id=provider,
        reference=content.reference,
        person_reference=content.person_reference,
        service=content.service,
        unit=content.unit,
        keep_until=content.keep_until,
        state=content.state,
    )
    return replace(blank, **_stated(content, blank))


_AS_THEY_ARE = (
    "person_reference",
    "service",
    "unit",
    "unit_rate",
    "units_per_week",
    "funding_type",
    "start_date",
    "review_date",
    "end_date",
    "responsible_area_code",
    "keep_until",
)


def _stated(content: PlacementContent, before: Placement) -> dict[str, Any]:
    """The fields that a row states, as a placement has them."""
    stated = {name: value for name in _AS_THEY_ARE if (value := getattr(content, name)) is not None}
    if content.weekly_cost != NOT_STATED:
        stated["weekly_cost"] = content.weekly_cost
    if content.outcomes_expected:
        stated["outcomes_expected"] = content.outcomes_expected
    if content.site_name is not None or content.site_area_code is not None:
        site = before.provider_site
        stated["provider_site"] = ProviderSite(
            content.site_name or site.name, content.site_area_code or site.area_code
        )
    return stated


class PlacementTally:
    """Counts the steps of a file as they are decided."""

    def __init__(self) -> None:
        self.rows: RowTally[PlacementRow] = RowTally()
        self.complete = 0
        self.missing: Counter[str] = Counter()
        self.read_pence = 0

    def add(self, step: PlacementStep) -> None:
        self.rows.add(step.row)
        if step.after is not None:
            self.complete += not step.row.missing
            self.missing.update(step.row.missing)
            self.read_pence += step.after.weekly_cost.amount_pence or 0

    def fill(self, blank: PlacementReport) -> PlacementReport:
        """The report, once all rows were counted."""
        return replace(
            blank,
            counts=self.rows.counts,
            complete=self.complete,
            missing=dict(sorted(self.missing.items())),
            control_total=control(self.read_pence, blank.control_total.given_pence),
            rejected_because=self.rows.rejected_because,
            remarked_because=self.rows.remarked_because,
            rows=self.rows.shown,
        )
