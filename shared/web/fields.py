"""Fields of request and response bodies: strict text, money, years, and bodies that take nothing extra."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
)

from shared.calendar import FinancialYear, read_financial_year
from shared.errors import Refusal
from shared.money import LARGEST_PENCE, Money, Qualifier, Status
from shared.text import forbidden_character, personal_detail, personal_reference


class Body(BaseModel):
    """A request body: what is not named in it is refused, and text is taken as it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Out(BaseModel):
    """A response body, for the documentation: answers are written from the frozen things themselves."""

    model_config = ConfigDict(frozen=True)


def _clean(text: str) -> str:
    if (character := forbidden_character(text)) is not None:
        raise ValueError(f"The text holds the character {character}, which no record may hold.")
    if not text.strip():
        raise ValueError("The text is empty.")
    return text.strip()


_PERSONAL = {
    "nhs_number": "The text holds what looks like an NHS number. Take it out: records here name nobody.",
    "national_insurance_number": "The text holds a national insurance number. Take it out: records here name nobody.",
    "date_of_birth": "The text holds what looks like a person's date of birth. Take it out: records here name nobody.",
}


def _impersonal(text: str) -> str:
    """Free text without a number or a date of birth that stands for one person."""
    cleaned = _clean(text)
    if (found := personal_detail(cleaned)) is not None:
        raise ValueError(_PERSONAL[found])
    return cleaned


def text(longest: int) -> Any:
    """A text field of at most `longest` characters, without control characters, not empty."""
    return Annotated[str, Field(max_length=longest), AfterValidator(_clean)]


def _reference(text: str) -> str:
    """A reference: it may hold any ten digits, but no birth date of anybody, and no national insurance number."""
    cleaned = _clean(text)
    if (found := personal_reference(cleaned)) is not None:
        raise ValueError(_PERSONAL[found])
    return cleaned


Line = Annotated[str, Field(max_length=200), AfterValidator(_clean)]
Reference = Annotated[str, Field(max_length=200), AfterValidator(_reference)]
Title = Annotated[str, Field(max_length=200), AfterValidator(_impersonal)]
Paragraph = Annotated[str, Field(max_length=4000), AfterValidator(_impersonal)]
Code = Annotated[str, Field(max_length=80, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:/-]*$")]


def _day(value: Any) -> Any:
    """Only ISO dates: pydantic would also read a number as seconds since 1970."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str) or len(value) != 10:
        raise ValueError("Write a date like 2014-04-01.")
    day = date.fromisoformat(value)
    if not 1900 <= day.year <= 2199:
        raise ValueError("The date lies outside 1900 to 2199.")
    return day


Day = Annotated[date, BeforeValidator(_day)]


def _instant(value: Any) -> Any:
    """Only RFC 3339: pydantic would also read a number, as text too, as seconds since 1970."""
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or value[10:11] not in {"T", "t"}:
        raise ValueError("Write an instant like 2014-04-01T09:00:00Z.")
    if not "1900" <= value[:4] <= "2199":
        raise ValueError("The instant lies outside 1900 to 2199.")
    return value


Instant = Annotated[AwareDatetime, BeforeValidator(_instant)]


def _year(value: Any) -> FinancialYear:
    if isinstance(value, FinancialYear):
        return value
    try:
        return read_financial_year(value if isinstance(value, str) else "")
    except Refusal as refusal:
        raise ValueError(refusal.reason.sentence) from None


FinancialYearField = Annotated[
    FinancialYear,
    BeforeValidator(_year),
    WithJsonSchema({"type": "string", "pattern": r"^\d{4}[/-]\d{2}$", "examples": ["2014/15"]}),
]


_DECIMAL = r"^-?\d{1,20}(\.\d{1,10})?$"


def _decimal(value: Any) -> Any:
    """Measures come as plain decimal strings: no binary fraction, no power of ten, no other script's digits."""
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str) or re.fullmatch(_DECIMAL, value, re.ASCII) is None:
        raise ValueError('Write the number as a decimal string, like "13.1".')
    return value


Measure = Annotated[
    Decimal,
    BeforeValidator(_decimal),
    Field(max_digits=20, decimal_places=10, allow_inf_nan=False),
    WithJsonSchema({"type": "string", "pattern": _DECIMAL, "examples": ["13.1"]}),
]

Pence = Annotated[int, Field(strict=True, ge=-LARGEST_PENCE, le=LARGEST_PENCE)]


class MoneyIn(Body):
    """An amount in whole pence with its status; null pence for `tbc` and `not_stated`."""

    amount_pence: Pence | None = Field(examples=[9080000])
    status: Status = Field(default=Status.ACTUAL, examples=["actual"])
    qualifier: Qualifier | None = None

    def to_money(self, pointer: str = "") -> Money:
        """The amount as the rules know it; refuses pence with an unknown status and the reverse."""
        try:
            return Money(self.amount_pence, self.status, self.qualifier)
        except Refusal as refusal:
            raise refusal.reason(pointer, **refusal.facts) from None


class MoneyOut(Out):
    """An amount in whole pence with its status; null pence where it is not known."""

    amount_pence: int | None
    status: Status
    qualifier: Qualifier | None


class TotalOut(Out):
    """A sum: the known part, whether that is the whole, and whose part is missing."""

    known_pence: int | None
    complete: bool
    missing_contributors: list[UUID]
