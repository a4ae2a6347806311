"""What can be said about a row of a file of ledger lines: why it cannot be posted as it is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Remark:
    """Why a row is left out."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A remark at a place of the file. `line` counts physical lines from 1; `read` is null where it may name a person.

    `reference` is the journal's; with one row, all rows of its journal are left out.
    """

    line: int
    column: str
    read: str | None
    code: str
    detail: str
    reference: str | None = None


CELL_MISSING = Remark("import_cell_missing", "The row leaves this column empty.")
REFERENCE_UNFIT = Remark(
    "import_reference_unfit",
    "A journal reference has at most 80 letters, digits and the signs _ . : / - and starts with a letter or digit.",
)
CODE_UNFIT = Remark(
    "import_code_unfit",
    "A code has at most 80 letters, digits and the signs _ . : / - and starts with a letter or digit.",
)
DATE_UNREADABLE = Remark("import_date_unreadable", "This is not a date like 31/03/2015 or 31-Mar-2015.")
PERIOD_UNREADABLE = Remark("import_period_unreadable", "This is not a ledger period like 2014-15-M01.")
KIND_UNKNOWN = Remark(
    "import_kind_unknown", "This is not a kind of journal, like expenditure or contribution."
)
ACCRUAL_ALONE = Remark(
    "import_accrual_alone",
    "An accrual undoes itself in the next period. Post accruals one by one or as a batch of journals.",
)
AMOUNT_UNREADABLE = Remark(
    "import_amount_unreadable", "This is not an amount in pounds like 1,234.00 or (3,728)."
)
AMOUNT_NOT_KNOWN = Remark(
    "import_amount_not_known", "The amount is still to be confirmed. The ledger takes amounts that are known."
)
PART_PENNY = Remark(
    "import_part_penny", "The amount has part-pennies. Nothing is rounded here: send whole pennies."
)
AMOUNT_TOO_LARGE = Remark(
    "import_amount_too_large", "The amount is larger than any public budget. Is it in pence or thousands?"
)
AMOUNT_TWICE = Remark(
    "import_amount_twice", "The row states its amount in more than one column. Fill in one of them."
)
VAT_INCOMPLETE = Remark(
    "import_vat_incomplete", "A row that states VAT names its regime and its net amount, or neither."
)
REGIME_UNKNOWN = Remark(
    "import_vat_regime_unknown", "This is not a VAT regime, like s33, nhs_contracted_out or no_recovery."
)
ID_UNREADABLE = Remark("import_id_unreadable", "This is not an id of a record.")
TEXT_UNFIT = Remark("import_text_unfit", "The cell holds a character that no record may hold.")
TEXT_TOO_LONG = Remark("import_text_too_long", "The cell is longer than the ledger keeps.")
TEXT_PERSONAL = Remark(
    "import_text_personal",
    "The text holds what looks like an NHS number or a national insurance number. Records here name nobody.",
)
COLUMNS_SHIFTED = Remark(
    "import_columns_shifted",
    "There is a cell beyond the last heading, so cells may stand under wrong headings.",
)
COLUMNS_DIFFER = Remark("import_columns_differ", "Two columns have this heading and say different things.")
ROWS_DIFFER = Remark(
    "import_rows_differ",
    "The rows of this journal differ in date, kind or posting period. They must be the same, or be two journals.",
)
ROW_LEFT_OUT = Remark(
    "import_journal_row_unfit",
    "Another row of this journal cannot be read, so the whole journal is left out.",
)
TOO_MANY_ENTRIES = Remark(
    "import_journal_too_long", "A journal has at most 500 entries. Split it, each part adding up to zero."
)
REFERENCE_CHANGED = Remark(
    "import_reference_changed",
    "Your organisation has posted this reference before with other content. Reverse that journal, or give this another.",
)
REFERENCE_REVERSED = Remark(
    "import_reference_reversed",
    "Your organisation has posted this reference before, and that journal was reversed. Give what is right a reference"
    " of its own.",
)
NOT_MAPPED = Remark(
    "import_spend_not_mapped",
    "No account was named for spend of this area and type. Map it, or name an expenditure account for the rest.",
)
NIL_SPEND = Remark("import_spend_nil", "The row moves nothing, so there is nothing to post.")
TOTAL_DIFFERS = Remark(
    "import_stated_total_differs",
    "The total that the file states at its end is not the sum of its rows. Is a row missing?",
)
OTHER_PARTNERSHIP = Remark(
    "import_other_partnership", "This journal is of another partnership than the one that the import names."
)
