"""How complete the register of a partnership is, counted by the database in one pass."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, Text, Uuid, and_, bindparam, cast, exists, func, literal_column, select

from services.contracts.rules.register_completeness import DETAILS, RegisterCompleteness, measure
from services.contracts.rules.state import RUNNING
from services.contracts.store.tables import contract_funding, contract_parties, contract_terms, contracts
from services.contracts.store.visibility import commissioned, scope
from shared.db import Transaction, prepare


def _provider(*of: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether every provider of the contract is so."""
    return ~exists().where(
        contract_parties.c.contract_id == contracts.c.id,
        cast(contract_parties.c.role, Text) == literal_column("'provider'"),
        ~and_(*of),
    )


_KNOWN: dict[str, ColumnElement[bool]] = {
    "responsible_post": contract_terms.c.responsible_post.is_not(None),
    "review_date": contracts.c.review_date.is_not(None),
    "start_date": contracts.c.start_date.is_not(None),
    "end_known": cast(contracts.c.end_status, Text).in_(
        [literal_column("'stated'"), literal_column("'open_ended'")]
    ),
    "notice_period": contract_terms.c.notice_count.is_not(None),
    "modification_regime": contract_terms.c.modification_regime.is_not(None),
    "category": contracts.c.category.is_not(None),
    "indicator": func.cardinality(contract_terms.c.indicator_ids) > literal_column("0"),
    "value": contracts.c.value_pence.is_not(None),
    "funding": exists().where(contract_funding.c.contract_id == contracts.c.id),
    "provider_in_directory": _provider(contract_parties.c.organisation_id.is_not(None)),
    "provider_public_number": _provider(
        func.jsonb_path_exists(
            contract_parties.c.identifiers, literal_column("'$[*] ? (@.scheme != \"local\")'::jsonpath")
        )
    ),
}
assert _KNOWN.keys() == DETAILS.keys()
_COUNT = prepare(
    select(
        func.count().label("contracts"),
        func.count().filter(*_KNOWN.values()).label("complete"),
        *(func.count().filter(known).label(name) for name, known in _KNOWN.items()),
    )
    .select_from(contracts)
    .join(contract_terms, contract_terms.c.contract_id == contracts.c.id)
    .where(
        commissioned(),
        contracts.c.partnership_id == bindparam("partnership_id", type_=Uuid),
        cast(contracts.c.state, Text).in_([literal_column(f"'{each.value}'") for each in sorted(RUNNING)]),
    )
)


async def of_partnership(tx: Transaction, partnership_id: UUID) -> RegisterCompleteness:
    """The completeness of the running contracts of a partnership that the caller commissions."""
    row = await tx.one(_COUNT, partnership_id=partnership_id, **scope(tx))
    return measure(partnership_id, row["contracts"], row["complete"], {name: row[name] for name in DETAILS})
