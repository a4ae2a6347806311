"""The Transparency Code's register as a table, under the field names of the Code's scheme and in its order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

# The field of an entry, and what the scheme calls it. The last four are ours: how far value and end are known, which
# a blank cell cannot say, whether the value is for a year or for the term, and what is withheld with its exemption and decider.
FIELDS: Sequence[tuple[str, str]] = (
    ("organisation_label", "OrganisationLabel"),
    ("organisation_uri", "OrganisationURI"),
    ("contract_reference", "ContractReference"),
    ("open_contracting_id", "OpenContractingID"),
    ("contract_title", "ContractTitle"),
    ("contract_type", "ContractType"),
    ("organisational_unit", "OrganisationalUnit"),
    ("service_category_label", "ServiceCategoryLabel"),
    ("service_category_uri", "ServiceCategoryURI"),
    ("description", "Description"),
    ("procurement_category", "ProcurementCategory"),
    ("cpv_label", "CPVLabel"),
    ("cpv_code", "CPVCode"),
    ("proclass_label", "ProclassLabel"),
    ("proclass_code", "ProclassCode"),
    ("start_date", "StartDate"),
    ("end_date", "EndDate"),
    ("review_date", "ReviewDate"),
    ("last_extension_date", "LastExtensionDate"),
    ("contract_value_pence", "ContractValue"),
    ("fixed_cost", "FixedCost"),
    ("irrecoverable_vat_pence", "IrrecoverableVAT"),
    ("supplier_name", "SupplierName"),
    ("companies_house_registration_number", "CompaniesHouseRegistrationNumber"),
    ("charity_commission_number", "CharityCommissionNumber"),
    ("other_supplier_id", "OtherSupplierID"),
    ("sme_supplier", "SMESupplier"),
    ("vcse_supplier", "VCSESupplier"),
    ("vcse_supplier_type", "VCSESupplierType"),
    ("contact_name", "ContactName"),
    ("contact_email", "ContactEmail"),
    ("contact_url", "ContactURL"),
    ("process_type", "ProcessType"),
    ("tender_document_url", "TenderDocumentURL"),
    ("contract_document_url", "ContractDocumentURL"),
    ("performance_information_url", "PerformanceInformationURL"),
    ("area_served_label", "AreaServedLabel"),
    ("area_served_uri", "AreaServedURI"),
    ("contract_value_status", "ContractValueStatus"),
    ("contract_value_basis", "ContractValueBasis"),
    ("end_date_status", "EndDateStatus"),
    ("withheld", "Withheld"),
)
HEADINGS = tuple(heading for _, heading in FIELDS)
# The owner's own copy, which loads back: every supplier where the scheme has room for one, and codes that it lacks.
WHOLE_HEADINGS = (*HEADINGS, "AllSuppliers", "AwardRegime", "TenderTypeCode")


def cells(entry: Any) -> list[str | int | Decimal | date | None]:
    """An entry as the cells of a row: pounds with pence, `true` and `false`, and blanks for what is not known."""
    return [_cell(name, getattr(entry, name)) for name, _ in FIELDS]


def _cell(name: str, value: Any) -> str | int | Decimal | date | None:
    if value is None:
        return None
    if name.endswith("_pence"):
        return Decimal(value).scaleb(-2).quantize(Decimal("0.01"))
    if isinstance(value, bool):
        return "true" if value else "false"
    if name == "withheld":
        return "; ".join(f"{each.field}: {each.exemption}, {each.decided_by}" for each in value) or None
    return value  # type: ignore[no-any-return]  # text and dates, as they are
