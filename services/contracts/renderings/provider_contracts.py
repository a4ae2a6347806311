"""The contracts of a provider as a table, a row for each contract that the reader may see."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

HEADINGS = (
    "reference",
    "title",
    "category",
    "service",
    "state",
    "lead_organisation_id",
    "associate_organisation_ids",
    "start_date",
    "end_date",
    "ends_on",
    "review_date",
    "value_pounds",
    "value_status",
    "value_basis",
    "providers",
    "contract_id",
)


def row_of(contract: Any) -> tuple[str | int | Decimal | date | None, ...]:
    """The cells of a listed contract in the order of the headings. A value that is not known is blank, with its status."""
    pence = contract.value.amount_pence
    return (
        contract.reference,
        contract.title,
        None if contract.category is None else contract.category.value,
        contract.service,
        contract.state.value,
        str(contract.owner_organisation_id),
        " ".join(str(each) for each in contract.associate_organisation_ids),
        contract.start_date,
        contract.end_date,
        contract.ends_on,
        contract.review_date,
        None if pence is None else Decimal(pence).scaleb(-2),
        contract.value.status.value,
        contract.value_basis.value,
        len(contract.providers),
        str(contract.id),
    )
