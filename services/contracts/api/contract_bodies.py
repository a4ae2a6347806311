"""What is sent about a contract: to register it, to amend it, and to move it."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from services.contracts.rules.activity import ActivityLine
from services.contracts.rules.classification import AgreementForm, Category, Regime, TenderType, ValueBasis
from services.contracts.rules.contract import Contract, EndStatus, Related, Relation
from services.contracts.rules.extension_option import ExtensionOption
from services.contracts.rules.funding import FundingLine
from services.contracts.rules.notice import NoticePeriod, NoticeUnit, ServedBy
from services.contracts.rules.party import Identifier, Party, ProviderKind, Role
from services.contracts.rules.site import Site, StaffTransfer
from services.contracts.rules.state import State
from services.contracts.rules.stated_date import Precision, StatedDate, StatedKind
from services.contracts.rules.supplier import identifier_fault
from shared.money import NOT_STATED
from shared.web.fields import (
    Body,
    Code,
    Day,
    FinancialYearField,
    Measure,
    MoneyIn,
    Paragraph,
    Reference,
    Title,
)

MOST_PARTIES = 200
MOST_LINES = 100


class IdentifierIn(Body):
    """An id in a scheme such as GB-COH, GB-CHC or ODS."""

    scheme: Code = Field(examples=["GB-COH"])
    id: Code = Field(examples=["07737247"])

    @field_validator("id")
    @classmethod
    def _of_its_register(cls, id_: str, info: ValidationInfo) -> str:
        fault = identifier_fault(Identifier(info.data["scheme"], id_)) if "scheme" in info.data else None
        if fault is not None:
            raise ValueError(fault)
        return id_

    def to_thing(self) -> Identifier:
        return Identifier(self.scheme, self.id)


class PartyIn(Body):
    """One organisation in one role. A commissioner by its id; a provider by id, or by name if not in the directory."""

    role: Role
    organisation_id: UUID | None = None
    name: Title | None = None
    identifiers: list[IdentifierIn] = Field(default=[], max_length=20)
    kind: ProviderKind | None = None
    sme: bool | None = None
    vcse: bool | None = None
    share_percent: Measure | None = Field(default=None, description="A commissioner's share of the value.")

    def to_thing(self) -> Party:
        return Party(**{**_fields(self), "identifiers": tuple(each.to_thing() for each in self.identifiers)})


class FundingLineIn(Body):
    """A share of the cost, and the body whose money it is. All shares come to 100 percent."""

    pool_id: UUID | None = Field(
        description="The pool that bears it; null where the body pays from lines of its own books."
    )
    organisation_id: UUID
    share_percent: Measure = Field(examples=["62.5"])
    funding_source: Title | None = None

    def to_thing(self) -> FundingLine:
        return FundingLine(**_fields(self))


class NoticePeriodIn(Body):
    """How much notice a contract asks for."""

    count: Annotated[int, Field(strict=True, ge=1, le=3650)] = Field(examples=[6])
    unit: NoticeUnit = Field(examples=["months"])

    def to_thing(self) -> NoticePeriod:
        return NoticePeriod(**_fields(self))


class ExtensionOptionIn(Body):
    """An option to extend by so many months, in the order in which they are exercised."""

    months: Annotated[int, Field(strict=True, ge=1, le=600)] = Field(examples=[12])
    decide_by: Day | None = None
    exercised_on: Day | None = Field(
        default=None, description="The day on which it was exercised, if it was."
    )

    def to_thing(self) -> ExtensionOption:
        return ExtensionOption(**_fields(self))


class ActivityLineIn(Body):
    """How much of a measure is planned in a financial year."""

    measure: Title = Field(examples=["Emergency bed days"])
    unit: Title = Field(examples=["days"])
    financial_year: FinancialYearField
    planned: Measure = Field(examples=["9800"])

    def to_thing(self) -> ActivityLine:
        return ActivityLine(self.measure, self.unit, self.financial_year.label, self.planned)


class RelatedIn(Body):
    """Another contract that this one points at: the one it replaces, a failed process before it, and so on."""

    relation: Relation
    contract_id: UUID

    def to_thing(self) -> Related:
        return Related(**_fields(self))


class StatedDateIn(Body):
    """A date as a document states it. A month is given by its first day with the precision `month`."""

    kind: StatedKind
    on: Day = Field(examples=["2016-03-01"])
    precision: Precision = Precision.DAY
    source: Title = Field(examples=["Transformation programme summary, 2014"])
    words: Title | None = Field(default=None, examples=["by March 2016"])

    def to_thing(self) -> StatedDate:
        return StatedDate(**_fields(self))


class SiteIn(Body):
    """A place where the service is given, and the provider that runs it."""

    name: Title = Field(examples=["Mount Gould Hospital"])
    operated_by_organisation_id: UUID
    code: Code | None = None

    def to_thing(self) -> Site:
        return Site(**_fields(self))


class StaffTransferIn(Body):
    """A headcount of staff who moved with a service, never names."""

    headcount: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] = Field(examples=[173])
    on: Day
    from_organisation_id: UUID
    to_organisation_id: UUID
    under: Title = Field(examples=["TUPE 2006"])

    def to_thing(self) -> StaffTransfer:
        return StaffTransfer(**_fields(self))


def _without_defaults(schema: dict[str, Any]) -> None:
    """What is left out stays as it is, so the document names no default that a client would send."""
    for field in schema.get("properties", {}).values():
        field.pop("default", None)


class ContractChange(Body):
    """What changes; what is left out stays. A list that is sent replaces the list that is there."""

    model_config = ConfigDict(json_schema_extra=_without_defaults)

    title: Title = Field(default_factory=str)
    description: Paragraph | None = None
    category: Category | None = None
    service: Title | None = None
    procurement_category: Title | None = None
    department: Title | None = None
    agreement_form: AgreementForm = AgreementForm.NOT_STATED
    award_regime: Regime | None = None
    award_basis: Paragraph | None = None
    modification_regime: Regime | None = None
    tender_type: TenderType = TenderType.NOT_STATED
    start_date: Day | None = Field(default=None, examples=["2013-04-01"])
    end_date: Day | None = Field(default=None, examples=["2016-03-31"])
    end_status: EndStatus = EndStatus.NOT_STATED
    max_end_date: Day | None = None
    extension_options: list[ExtensionOptionIn] = Field(default=[], max_length=20)
    notice_period: NoticePeriodIn | None = None
    review_date: Day | None = None
    responsible_post: Title | None = Field(default=None, description="A post, not a person.")
    value: MoneyIn = MoneyIn(amount_pence=None, status=NOT_STATED.status)
    value_basis: ValueBasis = ValueBasis.TOTAL
    irrecoverable_vat: MoneyIn = MoneyIn(amount_pence=None, status=NOT_STATED.status)
    scope: Paragraph | None = Field(default=None, description="What is bought under it, and what is not.")
    activity_plan: list[ActivityLineIn] = Field(default=[], max_length=MOST_LINES)
    parties: list[PartyIn] = Field(default=[], max_length=MOST_PARTIES)
    funding: list[FundingLineIn] = Field(default=[], max_length=MOST_LINES)
    indicator_ids: list[UUID] = Field(default=[], max_length=MOST_LINES)
    no_indicator_reason: Paragraph | None = None
    related: list[RelatedIn] = Field(default=[], max_length=MOST_LINES)
    stated_dates: list[StatedDateIn] = Field(default=[], max_length=MOST_LINES)
    sites: list[SiteIn] = Field(default=[], max_length=MOST_LINES)
    staff_transfers: list[StaffTransferIn] = Field(default=[], max_length=MOST_LINES)

    def to_changes(self) -> dict[str, Any]:
        """The fields that were sent, as the rules know them."""
        made = {name: _thing(name, getattr(self, name)) for name in self.model_fields_set}
        if "end_date" in made and "end_status" not in made:
            made["end_status"] = EndStatus.STATED if made["end_date"] is not None else EndStatus.NOT_STATED
        return made


class ContractIn(ContractChange):
    """A contract to register. Its lead commissioner is your own organisation."""

    reference: Reference = Field(examples=["NEW-0123"])
    title: Title = Field(examples=["Community health services"])
    state: State = Field(description="pipeline, procurement, standstill, awarded or recorded_as_active")
    partnership_id: UUID | None = None
    parties: list[PartyIn] = Field(max_length=MOST_PARTIES)
    awarded_on: Day | None = None
    standstill_ends_on: Day | None = None

    def to_draft(self, contract_id: UUID, owner: UUID) -> Contract:
        return Contract(id=contract_id, owner_organisation_id=owner, **self.to_changes())


class AwardIn(Body):
    """The decision to award."""

    awarded_on: Day = Field(examples=["2013-02-11"])
    award_regime: Regime = Field(examples=["pcr2006_part_b"])
    award_basis: Paragraph | None = Field(default=None, examples=["Open tender, highest score for quality"])
    standstill_ends_on: Day | None = Field(default=None, examples=["2013-02-08"])


class NoticeIn(Body):
    """A notice that was served, and how those affected were consulted."""

    served_on: Day = Field(examples=["2014-09-30"])
    served_by: ServedBy = Field(examples=["commissioner"])
    ends_on: Day = Field(examples=["2015-03-31"])
    reason: Paragraph = Field(examples=["Services are brought together in one contract"])
    consultation: Paragraph = Field(examples=["Twelve weeks with patients and staff"])


def _fields(body: Body) -> dict[str, Any]:
    return {name: getattr(body, name) for name in type(body).model_fields}


def _thing(name: str, sent: Any) -> Any:
    if isinstance(sent, MoneyIn):
        return sent.to_money(f"/{name}")
    if isinstance(sent, list):
        return tuple(_thing(name, each) for each in sent)
    return sent.to_thing() if hasattr(sent, "to_thing") else sent
