"""Contracts as the caller may know them, to be counted and added up: what is withheld from it is as if nobody stated it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Text,
    any_,
    case,
    cast,
    func,
    literal_column,
    null,
    select,
)

from services.contracts.rules.classification import ValueBasis
from services.contracts.rules.view import WITHHELD_TITLE
from services.contracts.store.contract_lists import hidden, shown_end, shown_state
from services.contracts.store.publication_tables import publications
from services.contracts.store.tables import CATEGORY, contract_terms, contracts
from services.contracts.store.visibility import commissioning, inside, visible

# Left out of what is known where the caller may not see it: an observer is not told of terms.
TERMS_KNOWN = {
    "notice_period": contract_terms.c.notice_count.is_not(None),
    "responsible_post": contract_terms.c.responsible_post.is_not(None),
    "outcome_indicator": func.cardinality(contract_terms.c.indicator_ids) > literal_column("0"),
}
_NOBODY: Any = literal_column("'{}'::uuid[]")


def shown(*asked: ColumnElement[bool], name: str = "mine") -> Any:
    """The visible contracts that fit what is asked, each with what the caller may know of it.

    An observer's sum, count and order never rest on a field that is withheld, so that no two of its answers differ by
    one. `whole`: a commissioner's sight. The statement takes the arguments of `scope` and `today`.
    """
    raw = (
        select(
            *(
                contracts.c[each]
                for each in (
                    "id",
                    "partnership_id",
                    "owner_organisation_id",
                    "associate_ids",
                    "provider_ids",
                    "reference",
                    "title",
                    "category",
                    "service",
                    "start_date",
                    "end_date",
                    "end_status",
                    "review_date",
                    "value_pence",
                    "value_status",
                    "value_basis",
                )
            ),
            hidden().label("hidden"),
            shown_state().label("state"),
            func.nullif(shown_end(), literal_column("'infinity'::date", Date)).label("ends_on"),
            inside().label("inside"),
            commissioning().label("whole"),
            *(known.label(f"has_{term}") for term, known in TERMS_KNOWN.items()),
        )
        .select_from(contracts)
        .outerjoin(contract_terms, (contract_terms.c.contract_id == contracts.c.id) & inside())
        .outerjoin(publications, publications.c.contract_id == contracts.c.id)
        .where(visible(), *asked)
        .cte(f"{name}_raw")
        .prefix_with("materialized")
    )

    def told(field: str, column: Any, otherwise: Any = None) -> Any:
        hides = literal_column(f"'{field}'", Text) == any_(raw.c.hidden)
        return case((hides, null() if otherwise is None else otherwise), else_=column)

    total = literal_column(f"'{ValueBasis.TOTAL.value}'", Text)
    # What a register prints in brackets is kept as published, but taken off no total: it is not known.
    known = case((raw.c.value_pence >= literal_column("0"), raw.c.value_pence))
    pence = cast(told("value", known), BigInteger)
    end_known = raw.c.end_status.in_([literal_column("'stated'"), literal_column("'open_ended'")])
    false: Any = literal_column("false")
    return (
        select(
            raw.c.id,
            raw.c.partnership_id,
            raw.c.owner_organisation_id,
            # Who joins a contract is the parties' business.
            case((raw.c.inside, raw.c.associate_ids), else_=_NOBODY).label("associate_ids"),
            told("supplier", raw.c.provider_ids, _NOBODY).label("provider_ids"),
            # One whose reference is withheld goes by its id.
            told("reference", raw.c.reference, cast(raw.c.id, Text)).label("reference"),
            told("title", raw.c.title, literal_column(f"'{WITHHELD_TITLE}'", Text)).label("title"),
            cast(told("service", raw.c.category), CATEGORY).label("category"),
            told("service", raw.c.service).label("service"),
            told("start", raw.c.start_date).label("start_date"),
            told("end", raw.c.end_date).label("end_date"),
            told("review", raw.c.review_date).label("review_date"),
            pence.label("value_pence"),
            told("value", cast(raw.c.value_status, Text), literal_column("'not_stated'", Text)).label(
                "value_status"
            ),
            told("value", cast(raw.c.value_basis, Text), total).label("value_basis"),
            raw.c.state,
            raw.c.ends_on,
            raw.c.inside,
            raw.c.whole,
            (told("start", raw.c.start_date).is_not(None)).label("has_start_date"),
            told("end", end_known, false).label("has_end_date"),
            (told("review", raw.c.review_date).is_not(None)).label("has_review_date"),
            pence.is_not(None).label("has_value"),
            (func.cardinality(told("supplier", raw.c.provider_ids, _NOBODY)) > literal_column("0")).label(
                "has_provider_in_directory"
            ),
            (told("service", raw.c.category).is_not(None)).label("has_category"),
            *(raw.c[f"has_{term}"] for term in TERMS_KNOWN),
        )
        .cte(name)
        .prefix_with("materialized")
    )


# Of how many running contracts each of these is known, as told of everybody's.
KNOWN = ("start_date", "end_date", "review_date", "value", "provider_in_directory", "category")
