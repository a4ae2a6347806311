"""The columns of files of ledger lines and of published spend, under the headings that are really used."""

from __future__ import annotations

LINE_COLUMNS: dict[str, tuple[str, ...]] = {
    "reference": (
        "reference",
        "journal reference",
        "journal",
        "journal no",
        "journal number",
        "journal ref",
        "client reference",
        "doc no",
        "document number",
    ),
    "effective_date": ("effective date", "date", "transaction date", "posting date", "document date"),
    "posting_period": ("posting period", "period", "ledger period"),
    "kind": ("kind", "journal kind", "journal type"),
    "account": ("account", "account id", "account name", "ledger account"),
    "amount": ("amount", "amount £", "amount gbp", "amount pounds", "value"),
    "amount_pence": ("amount pence", "pence"),
    "debit": ("debit", "dr", "debit £", "debit amount"),
    "credit": ("credit", "cr", "credit £", "credit amount"),
    "vat_regime": ("vat regime",),
    "vat_organisation_id": ("vat organisation id", "vat organisation"),
    "vat_tax_point": ("vat tax point", "tax point"),
    "vat_net": ("vat net", "net", "net amount"),
    "vat_recoverable": ("vat recoverable", "recoverable vat"),
    "vat_irrecoverable": ("vat irrecoverable", "irrecoverable vat"),
    "contract_id": ("contract id", "contract"),
    "provider_organisation_id": ("provider organisation id", "provider id", "provider"),
    "service_code": ("service code", "service"),
    "locality_code": ("locality code", "locality", "ward"),
    "narrative": ("narrative", "description", "details", "text"),
}
LINE_NEEDED = ("reference", "effective_date", "kind", "account")
AMOUNTS = ("amount", "amount_pence", "debit", "credit")

# As four publishers head their lists (a clinical commissioning group, a county, a city and a metropolitan council), and
# as the Transparency Code's spend scheme does. `Catergory` is how one of them spells it.
SPEND_COLUMNS: dict[str, tuple[str, ...]] = {
    "effective_date": (
        "date",
        "paid date",
        "payment date",
        "date paid",
        "date completed",
        "transaction date",
        "invoice date",
        "posting date",
    ),
    "amount": (
        "amount",
        "ap amount",
        "amount calculated",
        "net amount",
        "amount paid",
        "invoice amount",
        "transaction amount",
    ),
    "type": (
        "expense type",
        "expenditure category",
        "expenditure catergory",
        "trans type",
        "service category label",
        "category",
        "purpose",
    ),
    "area": (
        "expense area",
        "service area",
        "service",
        "directorate",
        "organisational unit",
        "department name",
    ),
    "supplier": ("supplier", "supplier name", "beneficiary name", "creditor", "vendor name", "payee"),
    "number": (
        "transaction number",
        "trans no",
        "transaction no",
        "payment number",
        "voucher number",
        "nwod id",
    ),
}
SPEND_NEEDED = ("effective_date", "amount")
