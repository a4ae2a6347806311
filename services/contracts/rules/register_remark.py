"""What can be said about a row of a register: why it cannot be taken, or what was noticed on the way."""

from __future__ import annotations

from dataclasses import dataclass

from shared.text import forbidden_character, personal_detail


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to say about a row: why it cannot be taken, or what was noticed while it was."""

    code: str
    detail: str
    rejects: bool


REFERENCE_MISSING = Remark("register_reference_missing", "The row has no contract reference.", rejects=True)
TITLE_MISSING = Remark("register_title_missing", "The row has no title.", rejects=True)
SUPPLIER_MISSING = Remark("register_supplier_missing", "The row names no supplier.", rejects=True)
DATE_UNREADABLE = Remark(
    "register_date_unreadable", "This is not a date like 31/03/2015 or 31-Mar-2015.", rejects=True
)
YEAR_SHORT = Remark(
    "register_year_of_two_digits",
    "The year has two digits. Up to 69 it is read as of this century, else as of the last. Write all four.",
    rejects=False,
)
MONEY_UNREADABLE = Remark("register_money_unreadable", "This is not an amount in pounds.", rejects=True)
TEXT_UNFIT = Remark(
    "register_text_unfit", "The cell holds a character that no record may hold.", rejects=True
)
TEXT_PERSONAL = Remark(
    "register_text_personal",
    "The cell holds what looks like an NHS number, a national insurance number or a person's date of birth.",
    rejects=True,
)
TEXT_TOO_LONG = Remark("register_text_too_long", "The cell is longer than the register keeps.", rejects=True)
ENDS_BEFORE_START = Remark(
    "register_ends_before_start", "The row states an end that lies before the start.", rejects=True
)
COLUMNS_SHIFTED = Remark(
    "register_columns_shifted",
    "There is a cell beyond the last heading, so cells may stand under wrong headings.",
    rejects=True,
)
COLUMNS_DIFFER = Remark(
    "register_columns_differ", "Two columns have this heading and say different things.", rejects=True
)
VALUE_NEGATIVE = Remark(
    "register_value_negative",
    "The value is negative. It is kept as published, and no total counts it as known; ask the publisher.",
    rejects=False,
)
VALUE_BASIS_UNREADABLE = Remark(
    "register_value_basis_unreadable",
    "A value is the total of the contract or annual, due for each year. Write total or annual.",
    rejects=True,
)
EXTENSION_BEFORE_END = Remark(
    "register_extension_before_end", "The last extension lies before the end. It is left out.", rejects=False
)
COMPANY_NUMBER_UNREADABLE = Remark(
    "register_company_number_unreadable", "This is no company number. It is left out.", rejects=False
)
CHARITY_NUMBER_UNREADABLE = Remark(
    "register_charity_number_unreadable", "This is no charity number. It is left out.", rejects=False
)
SUPPLIER_IS_PERSON = Remark(
    "register_supplier_individual",
    "The supplier seems to be one or more persons. The name is withheld from published output.",
    rejects=False,
)
SUPPLIERS_UNREADABLE = Remark(
    "register_suppliers_unreadable",
    "This is no list of suppliers as an export of this service writes it. Empty the cell to take the supplier's columns.",
    rejects=True,
)
CODE_UNREADABLE = Remark(
    "register_code_unreadable",
    "This is none of the codes that an export of this service writes here.",
    rejects=True,
)
ANSWER_UNREADABLE = Remark(
    "register_answer_unreadable", "This is neither yes nor no. It is left out.", rejects=False
)


@dataclass(frozen=True, slots=True)
class Finding:
    """A remark at a column. `read` is the cell as it was read, null where it may hold a person's name."""

    column: str
    read: str | None
    code: str
    detail: str


def found(column: str, remark: Remark, read: str | None = None) -> Finding:
    """A remark at a column, with the start of what was read there: a report is kept, and shown to many.

    Nothing is repeated of what may be one person's, and a character that no record may hold is named by its code.
    """
    if read is not None and personal_detail(read) is not None:
        read = None
    if read is not None:
        read = forbidden_character(read) or read[:80]
    return Finding(column, read, remark.code, remark.detail)


ROW_REPEATED = Remark(
    "register_row_repeated",
    "The row is the same as an earlier row of the file, and counts once.",
    rejects=False,
)
REFERENCE_REUSED = Remark(
    "register_reference_reused",
    "The file uses this reference for several contracts. Each is kept, and they are told apart by what they say.",
    rejects=False,
)
REFERENCE_OVERUSED = Remark(
    "register_reference_overused",
    "More than 500 rows of the file stand under this reference. Is another column headed as the reference?",
    rejects=True,
)
REGISTERED_BY_HAND = Remark(
    "register_registered_by_hand",
    "This contract was registered directly. The file does not change it.",
    rejects=False,
)
STATE_KEPT = Remark(
    "register_state_kept",
    "By its dates the contract would be in another state. It keeps the one that it was moved to.",
    rejects=False,
)
ENDED_BEFORE_REGISTER = Remark(
    "register_ended_before_register",
    "The contract ended before the date of the register. It is taken as expired.",
    rejects=False,
)
PARTNERSHIP_LEFT = Remark(
    "register_partnership_left",
    "The contract belongs to a partnership in which your organisation commissions no longer, so the file changes nothing.",
    rejects=True,
)
CONTENT_UNFIT = Remark(
    "register_content_unfit",
    "What the row changes does not fit the contract as it stands now. Change the contract, or ask the publisher.",
    rejects=True,
)
