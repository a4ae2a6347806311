"""Fields that several outcome bodies share: figures, periods, codes, and figures by indicator."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import BeforeValidator, Field, WithJsonSchema

from services.outcomes.rules.measure import MeasureStatus
from shared.calendar import read_financial_year
from shared.errors import Refusal
from shared.web.fields import Body, Out, Paragraph, text

_FIGURE = r"^-?\d{1,14}(\.\d{1,6})?$"


def left_out() -> None:
    """The value of a field of a merge patch that was not sent: the document names no default, which a client would send."""


def _figure(value: Any) -> Any:
    """A figure comes as a plain decimal string: no binary fraction, no exponent, at most six decimals."""
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str) or re.fullmatch(_FIGURE, value, re.ASCII) is None:
        raise ValueError('Write the figure as a decimal string, like "13.1", with at most six decimals.')
    return value


Figure = Annotated[
    Decimal,
    BeforeValidator(_figure),
    WithJsonSchema({"type": "string", "pattern": _FIGURE, "examples": ["13.1"]}),
]
_FROM_ZERO = r"^\d{1,14}(\.\d{1,6})?$"


def _not_negative(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("-"):
        raise ValueError("The figure cannot be below 0.")
    return value


FigureFromZero = Annotated[
    Figure,
    BeforeValidator(_not_negative),
    WithJsonSchema({"type": "string", "pattern": _FROM_ZERO, "examples": ["5"]}),
]
PeriodId = Annotated[
    str,
    Field(
        max_length=12,
        pattern=r"^\d{4}(\d{2}|Q[1-4]|April(S[12])?)?$",
        examples=["2014Q2"],
        description="DHIS2 period id. 2014Q2 is April to June 2014, the first quarter of 2014/15.",
    ),
]
YearQuery = Annotated[
    str, Query(pattern=r"^\d{4}-\d{2}$", description="A financial year.", examples=["2014-15"])
]
PeriodOut = Annotated[str, Field(examples=["2014Q2"])]
YearOut = Annotated[str, Field(examples=["2014/15"])]
IndicatorCode = text(80)
Pointer = text(200)  # may hold any id, also one with ten digits in a row
Label = Annotated[Paragraph, Field(max_length=200)]  # short, and as impersonal as a paragraph


def label_of(year: str | None) -> str | None:
    """The year of a query as bodies write it, or a refusal that names the query parameter."""
    if year is None:
        return None
    try:
        return read_financial_year(year).label
    except Refusal as refusal:
        raise refusal.reason("?financial_year", **refusal.facts) from None


def _plain_keys(schema: dict[str, Any]) -> None:
    """Keys are indicator ids; OpenAPI 3.0 has no word for that."""
    schema.pop("propertyNames", None)


def by_indicator(kind: Any, longest: int = 200) -> Any:
    """An object from indicator ids to values of a kind."""
    return Annotated[
        dict[UUID, kind],
        Field(max_length=longest, json_schema_extra=_plain_keys, description="By indicator id."),
    ]


class ReturnValueIn(Body):
    """A figure of a return. In a draft anything may be left out; what is left out of a change stays as it is."""

    value: Figure | None = Field(default=None, examples=["8.1"])
    status: MeasureStatus | None = Field(default=None, examples=["actual"])
    numerator: Figure | None = None
    denominator: Figure | None = None
    explanation: Paragraph | None = None

    def given(self) -> dict[str, Any]:
        """The fields that were sent, so that null clears a field and silence leaves it."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class ReturnValueOut(Out):
    """A figure of a return."""

    value: Figure | None
    status: MeasureStatus | None
    numerator: Figure | None
    denominator: Figure | None
    explanation: str | None = Field(examples=["Two wards closed in May."])
