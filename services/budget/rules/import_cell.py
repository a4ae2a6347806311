"""How one cell of a file of ledger lines is read: its value, nothing for a blank, or why it cannot be read."""

from __future__ import annotations

import re
from datetime import date
from uuid import UUID

from services.budget.rules.import_remark import (
    ACCRUAL_ALONE,
    AMOUNT_NOT_KNOWN,
    AMOUNT_TOO_LARGE,
    AMOUNT_UNREADABLE,
    CODE_UNFIT,
    DATE_UNREADABLE,
    ID_UNREADABLE,
    KIND_UNKNOWN,
    PART_PENNY,
    PERIOD_UNREADABLE,
    REFERENCE_UNFIT,
    REGIME_UNKNOWN,
    TEXT_PERSONAL,
    TEXT_TOO_LONG,
    TEXT_UNFIT,
    Remark,
)
from services.budget.rules.journal import JournalKind
from services.budget.rules.vat import VatRegime
from shared.calendar import read_ledger_period
from shared.day import read_day
from shared.errors import Refusal
from shared.money import LARGEST_PENCE, MONEY_TOO_LARGE, read_money
from shared.text import fold_key, forbidden_character, personal_detail

LONGEST_NAME = 200
LONGEST_NARRATIVE = 4000

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,79}", re.ASCII)
_PLAIN = re.compile(r"(-?)(\d{1,13})(?:\.(\d{2}))?", re.ASCII)
_PART_PENNY = re.compile(r"\.\d\d\d*[1-9]\d*\D*$", re.ASCII)
_PENCE = re.compile(r"\(\d[\d,]*\)|-?\d[\d,]*", re.ASCII)
_KINDS = frozenset(JournalKind)
_REGIMES = frozenset(VatRegime)


def read_reference(cell: str) -> str | Remark | None:
    text = cell.strip()
    return None if not text else text if _CODE.fullmatch(text) else REFERENCE_UNFIT


def read_code(cell: str) -> str | Remark | None:
    text = cell.strip()
    return None if not text else text if _CODE.fullmatch(text) else CODE_UNFIT


def read_date(cell: str) -> date | Remark | None:
    if not cell.strip():
        return None
    try:
        return read_day(cell)
    except Refusal:
        return DATE_UNREADABLE


def read_period(cell: str) -> str | Remark | None:
    text = cell.strip()
    if not text:
        return None
    try:
        return read_ledger_period(text).label
    except Refusal:
        return PERIOD_UNREADABLE


def read_kind(cell: str) -> str | Remark | None:
    word = fold_key(cell).replace(" ", "_").replace("-", "_")
    if not word:
        return None
    if word == JournalKind.ACCRUAL:
        return ACCRUAL_ALONE
    return word if word in _KINDS else KIND_UNKNOWN


def read_regime(cell: str) -> str | Remark | None:
    word = fold_key(cell).replace(" ", "_").replace("-", "_")
    return None if not word else word if word in _REGIMES else REGIME_UNKNOWN


def read_id(cell: str) -> str | Remark | None:
    text = cell.strip()
    if not text:
        return None
    return str(UUID(text)) if is_id(text) else ID_UNREADABLE


_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)


def is_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None


def read_account(cell: str) -> str | Remark | None:
    """An account by its id or its name. Which there are, the books say."""
    text = cell.strip()
    if not text:
        return None
    if len(text) > LONGEST_NAME:
        return TEXT_TOO_LONG
    if forbidden_character(text) is not None:
        return TEXT_UNFIT
    return text.lower() if is_id(text) else text


def read_narrative(cell: str) -> str | Remark | None:
    text = cell.strip()
    if not text:
        return None
    if len(text) > LONGEST_NARRATIVE:
        return TEXT_TOO_LONG
    if forbidden_character(text) is not None:
        return TEXT_UNFIT
    return TEXT_PERSONAL if personal_detail(text) is not None else text


def read_pounds(cell: str) -> int | Remark | None:
    """Pence of an amount as it is printed: `£1,234.00`, `(3728)`, ` -   ` for nil. Never rounded."""
    if found := _PLAIN.fullmatch(cell):
        pence = int(found[2]) * 100 + int(found[3] or 0)
        return AMOUNT_TOO_LARGE if pence > LARGEST_PENCE else -pence if found[1] else pence
    try:
        money = read_money(cell)
    except Refusal as refusal:
        return AMOUNT_TOO_LARGE if refusal.code == MONEY_TOO_LARGE.code else AMOUNT_UNREADABLE
    if _PART_PENNY.search(cell.strip()) and not cell.strip()[-1:].isalpha():
        return PART_PENNY
    if money.amount_pence is None:
        return None if not cell.strip() else AMOUNT_NOT_KNOWN
    return money.amount_pence


def read_pence(cell: str) -> int | Remark | None:
    """Whole pence, of a column that says so."""
    text = cell.strip()
    if not text:
        return None
    if not _PENCE.fullmatch(text):
        return AMOUNT_UNREADABLE
    digits = re.sub(r"\D", "", text)
    pence = int(digits[:20])
    if len(digits) > 16 or pence > LARGEST_PENCE:
        return AMOUNT_TOO_LARGE
    return -pence if text[0] in "(-" else pence
