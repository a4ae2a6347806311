"""A contract as each role sees it: the whole, what a provider sees, and what is published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from services.contracts.rules.activity import ActivityLine
from services.contracts.rules.classification import AgreementForm, Category, Regime, TenderType, ValueBasis
from services.contracts.rules.contract import Contract, EndStatus, Origin, View
from services.contracts.rules.extension_option import ExtensionOption
from services.contracts.rules.notice import Notice, NoticePeriod
from services.contracts.rules.party import Identifier, Party, ProviderKind, Role, of_role
from services.contracts.rules.publication import Withheld, WithheldField
from services.contracts.rules.site import Site, StaffTransfer
from services.contracts.rules.state import PUBLISHED, State
from services.contracts.rules.supplier import published_identifiers, published_kind, published_name
from services.contracts.rules.visibility import Sight
from shared.money import NOT_STATED, Money


@dataclass(frozen=True, slots=True)
class PublishedProvider:
    """A provider as it is published: an individual without the name, numbers of public registers only."""

    organisation_id: UUID | None
    name: str | None
    identifiers: tuple[Identifier, ...]
    kind: ProviderKind | None
    sme: bool | None
    vcse: bool | None


@dataclass(frozen=True, slots=True)
class PublishedContract:
    """What the Transparency Code's register says of a contract."""

    id: UUID
    partnership_id: UUID | None
    owner_organisation_id: UUID
    reference: str
    occurrence: int
    title: str
    description: str | None
    category: Category | None
    service: str | None
    procurement_category: str | None
    department: str | None
    state: State
    agreement_form: AgreementForm
    award_regime: Regime | None
    tender_type: TenderType
    start_date: date | None
    end_date: date | None
    end_status: EndStatus
    max_end_date: date | None
    ended_on: date | None
    review_date: date | None
    value: Money
    value_basis: ValueBasis
    irrecoverable_vat: Money
    providers: tuple[PublishedProvider, ...]
    version: int
    withheld: tuple[Withheld, ...] = ()
    view: View = View.PUBLISHED


@dataclass(frozen=True, slots=True)
class ProviderContract:
    """What a provider sees: the contract with each commissioner's share; no pools, sources or plans."""

    id: UUID
    partnership_id: UUID | None
    owner_organisation_id: UUID
    reference: str
    occurrence: int
    title: str
    description: str | None
    category: Category | None
    service: str | None
    procurement_category: str | None
    department: str | None
    state: State
    parties: tuple[Party, ...]
    agreement_form: AgreementForm
    award_regime: Regime | None
    modification_regime: Regime | None
    tender_type: TenderType
    start_date: date | None
    end_date: date | None
    end_status: EndStatus
    max_end_date: date | None
    extension_options: tuple[ExtensionOption, ...]
    ended_on: date | None
    notice_period: NoticePeriod | None
    review_date: date | None
    responsible_post: str | None
    value: Money
    value_basis: ValueBasis
    irrecoverable_vat: Money
    scope: str | None
    activity_plan: tuple[ActivityLine, ...]
    indicator_ids: tuple[UUID, ...]
    sites: tuple[Site, ...]
    staff_transfers: tuple[StaffTransfer, ...]
    awarded_on: date | None
    active_from: date | None
    notice: Notice | None
    origin: Origin
    version: int
    recorded_at: datetime | None
    changed_at: datetime | None
    view: View = View.PROVIDER


@dataclass(frozen=True, slots=True)
class ListedContract:
    """A contract in a list, the same for every role but for what is not published: associates, and a notice.

    `ends_on` is the day on which it ends as things stand: by notice, or else as agreed.
    """

    id: UUID
    partnership_id: UUID | None
    owner_organisation_id: UUID
    associate_organisation_ids: Sequence[UUID]
    reference: str
    occurrence: int
    title: str
    category: Category | None
    service: str | None
    procurement_category: str | None
    state: State
    start_date: date | None
    end_date: date | None
    end_status: EndStatus
    ends_on: date | None
    review_date: date | None
    value: Money
    value_basis: ValueBasis
    providers: Sequence[PublishedProvider]
    origin: Origin
    version: int
    changed_at: datetime


def view_for(
    contract: Contract,
    sight: Sight,
    providers: tuple[PublishedProvider, ...],
    withheld: tuple[Withheld, ...] = (),
) -> Contract | ProviderContract | PublishedContract:
    """The contract in the shape of a sight. Which funding lines a whole contract shows, the store decides."""
    if sight is Sight.PROVIDER:
        return ProviderContract(**_shared(ProviderContract, contract))
    if sight is Sight.OBSERVER:
        made = _shared(PublishedContract, contract)
        published = PublishedContract(
            **{**made, "state": PUBLISHED[contract.state], "providers": providers, "withheld": withheld}
        )
        return without(published, [each.field for each in withheld])
    return contract


WITHHELD_TITLE = "Title withheld"
_BLANK: dict[WithheldField, dict[str, Any]] = {
    WithheldField.TITLE: {"title": WITHHELD_TITLE},
    WithheldField.DESCRIPTION: {"description": None},
    WithheldField.SERVICE: {"service": None, "category": None, "procurement_category": None},
    WithheldField.DEPARTMENT: {"department": None},
    WithheldField.VALUE: {
        "value": NOT_STATED,
        "irrecoverable_vat": NOT_STATED,
        "value_basis": ValueBasis.TOTAL,
    },
    WithheldField.SUPPLIER: {"providers": ()},
    WithheldField.START: {"start_date": None},
    WithheldField.END: {
        "end_date": None,
        "end_status": EndStatus.NOT_STATED,
        "max_end_date": None,
        "ended_on": None,
        "ends_on": None,
    },
    WithheldField.REVIEW: {"review_date": None},
    WithheldField.TENDER: {"tender_type": TenderType.NOT_STATED, "award_regime": None},
}
Shape = TypeVar("Shape", PublishedContract, ListedContract)


def without(view: Shape, withheld: Sequence[WithheldField]) -> Shape:
    """What is published of a contract, without these fields: as if nobody had stated them.

    A contract whose reference is withheld goes by its id.
    """
    names = {each.name for each in fields(view)}
    blank = {
        name: value for each in withheld for name, value in _BLANK.get(each, {}).items() if name in names
    }
    if WithheldField.REFERENCE in withheld:
        blank["reference"] = str(view.id)
    return replace(view, **blank)


def published_providers(parties: Sequence[Party]) -> tuple[PublishedProvider, ...]:
    return tuple(
        PublishedProvider(
            organisation_id=party.organisation_id,
            name=published_name(party),
            identifiers=published_identifiers(party),
            kind=published_kind(party),
            sme=party.sme,
            vcse=party.vcse,
        )
        for party in of_role(parties, Role.PROVIDER)
    )


def _shared(shape: type[Any], contract: Contract) -> dict[str, Any]:
    """The fields that a view takes as they are; `view` itself is the shape's own."""
    names = {each.name for each in fields(shape)} - {"view"}
    return {name: getattr(contract, name) for name in names if hasattr(contract, name)}
