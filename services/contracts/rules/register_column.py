"""The columns of a published contract register, under the names that councils and the LGTC scheme give them."""

from __future__ import annotations

from collections.abc import Mapping

# Field -> headings. First the heading of the council layout, then the field name and title of the Local
# Government Transparency Code scheme, then what other registers say. Nominated contact points (name, email)
# are persons and no column of ours, except that some registers keep the class of procurement in the first.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "organisation": ("Organisation name", "OrganisationLabel"),
    "effective_date": ("Effective Date", "EffectiveDate", "Register date"),
    "reference": (
        "Contract Reference number / ID",
        "ContractReference",
        "Reference number",
        "Contract reference",
        "Contract ID",
        "reference_number",
    ),
    "title": ("Title of the Agreement", "ContractTitle", "Title of agreement", "Contract title", "Title"),
    "contract_type": ("Contract type", "ContractType"),
    "department": (
        "Directorate / service responsible",
        "OrganisationalUnit",
        "Local authority directorate/service responsible",
        "Department responsible",
        "Department",
    ),
    "description": (
        "Description of goods and services",
        "Description",
        "Description of the goods and/or services being provided",
    ),
    "procurement_category": (
        "Procurement classification: Councils procurement category label",
        "ProcurementCategory",
        "Procurement classification: Council's procurement category label",
    ),
    "start_date": ("Contract start date", "StartDate", "Start date"),
    "end_date": ("End date", "EndDate", "Contract end date"),
    "review_date": ("Review date", "ReviewDate"),
    "max_end_date": ("Last extension date", "LastExtensionDate", "Extension Period"),
    "value": ("Contract value", "ContractValue", "Value of contract", "Value"),
    "estimated": ("Fixed cost / estimated cost", "FixedCost"),
    "irrecoverable_vat": ("Irrecoverable VAT", "IrrecoverableVAT", "VAT that cannot be recovered"),
    "supplier": ("Supplier name", "SupplierName", "Supplier"),
    "company_number": (
        "Supplier registered company number",
        "CompaniesHouseRegistrationNumber",
        "Registration number",
    ),
    "charity_number": ("Supplier registered charity number", "CharityCommissionNumber"),
    "supplier_id": ("Other supplier ID", "OtherSupplierID", "Other IDs"),
    "all_suppliers": ("AllSuppliers",),
    "award_regime": ("AwardRegime",),
    "tender_code": ("TenderTypeCode",),
    "sme": ("SME supplier", "SMESupplier", "SME"),
    "vcse": ("VCSE supplier", "VCSESupplier", "VCSE"),
    "tender_type": ("Tender process type", "ProcessType", "Tender type", "Process type"),
    "value_status": ("ContractValueStatus",),
    "value_basis": ("ContractValueBasis",),
    "end_status": ("EndDateStatus",),
    "open_contracting_id": ("OpenContractingID", "Open Contracting ID", "OCID"),
    "service_category_label": ("ServiceCategoryLabel", "Service Category label"),
    "service_category_uri": ("ServiceCategoryURI", "Service category URI"),
    "cpv_label": ("CPVLabel", "Procurement classification: CPV label"),
    "cpv_code": ("CPVCode", "Procurement classification: CPV code"),
    "proclass_label": ("ProclassLabel", "Procurement classification: Proclass label"),
    "proclass_code": ("ProclassCode", "Procurement classification: Proclass code"),
    "vcse_supplier_type": ("VCSESupplierType", "VCSE supplier type"),
    "tender_document_url": ("TenderDocumentURL", "Original tender document"),
    "contract_document_url": ("ContractDocumentURL", "Contract document URL"),
    "performance_information_url": ("PerformanceInformationURL", "Performance information URL"),
    "area_served_label": ("AreaServedLabel", "Location served label"),
    "area_served_uri": ("AreaServedURI", "Location served URI"),
    "procurement_class": ("Nominated contact point: name", "ContactName"),
}
NEEDED = ("reference", "title", "supplier")

# The only content of the contact-name column that is read. Anything else there may be a person, and is neither
# kept nor repeated in a report.
PART_B = "part b services"
# What goes into the publication of a contract. Contact points are left out: they may be persons.
PARTICULARS = (
    "open_contracting_id",
    "service_category_label",
    "service_category_uri",
    "cpv_label",
    "cpv_code",
    "proclass_label",
    "proclass_code",
    "vcse_supplier_type",
    "tender_document_url",
    "contract_document_url",
    "performance_information_url",
    "area_served_label",
    "area_served_uri",
)
REFERENCES = frozenset(
    {"reference", "supplier_id"}
)  # ten digits there are as often a number of the body's own
LONGEST: Mapping[str, int] = {
    "reference": 200,
    "title": 500,
    "description": 4000,
    "department": 200,
    "procurement_category": 300,
    "supplier": 300,
    "supplier_id": 100,
    **dict.fromkeys(PARTICULARS, 500),
}
