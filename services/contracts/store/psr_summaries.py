"""What the annual summary of the Provider Selection Regime counts: the contracts, notices and representations of a body."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Uuid, any_, bindparam, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.contracts.rules.classification import AgreementForm
from services.contracts.rules.psr_summary import HealthContract, PsrSummary, Representation, summarise
from services.contracts.rules.published_notice import SelectionProcess
from services.contracts.store.published_notice_tables import published_notices
from services.contracts.store.tables import contract_plans, contract_terms, contracts
from shared.calendar import FinancialYear
from shared.db import Transaction, prepare
from shared.text import fold_key

_OWN = contracts.c.owner_organisation_id == bindparam("owner", type_=Uuid)
_OURS = contracts.c.owner_organisation_id == any_(bindparam("organisations", type_=ARRAY(Uuid)))
_PSR: ColumnElement[str] = literal_column("'psr'")
_AWARD = published_notices.c.kind.in_(
    [literal_column("'psr_award_notice'"), literal_column("'psr_intention_notice'")]
)
_LAST_PROCESS = (
    select(published_notices.c.process)
    .where(published_notices.c.contract_id == contracts.c.id, _AWARD)
    .order_by(published_notices.c.published_on.desc(), published_notices.c.recorded_at.desc())
    .limit(literal_column("1"))
    .correlate(contracts)
    .scalar_subquery()
)
_URGENT = (
    select(func.bool_or(published_notices.c.urgent))
    .where(published_notices.c.contract_id == contracts.c.id, _AWARD)
    .correlate(contracts)
    .scalar_subquery()
)
_CONTRACTS = prepare(
    select(
        contracts.c.id,
        contracts.c.reference,
        contracts.c.agreement_form,
        contracts.c.award_regime,
        contracts.c.awarded_on,
        contracts.c.start_date,
        contracts.c.ended_on,
        contracts.c.end_date,
        contracts.c.providers,
        contract_plans.c.related,
        contract_plans.c.carried_over,
        _LAST_PROCESS.label("process"),
        _URGENT.label("urgent"),
    )
    .outerjoin(contract_terms, contract_terms.c.contract_id == contracts.c.id)
    .outerjoin(contract_plans, contract_plans.c.contract_id == contracts.c.id)
    .where(
        _OWN,
        _OURS,
        contracts.c.disclosed,
        contracts.c.state != literal_column("'abandoned'"),
        or_(contracts.c.award_regime == _PSR, contract_terms.c.modification_regime == _PSR),
    )
    .order_by(contracts.c.reference, contracts.c.id)
)
_NOTICES = prepare(
    select(
        published_notices.c.kind,
        published_notices.c.published_on,
        published_notices.c.urgent,
        published_notices.c.representations,
        published_notices.c.representations_summary,
    )
    .join(contracts, contracts.c.id == published_notices.c.contract_id)
    .where(
        _OWN,
        _OURS,
        published_notices.c.published_on >= bindparam("first", type_=Date),
        published_notices.c.published_on <= bindparam("last", type_=Date),
        or_(published_notices.c.urgent, published_notices.c.representations > literal_column("0")),
    )
    .order_by(published_notices.c.published_on, published_notices.c.id)
)


async def summary_of(tx: Transaction, owner: UUID, year: FinancialYear) -> PsrSummary:
    """The summary of a year of one of the caller's organisations; of anybody else's everything is nought."""
    whose = {"owner": owner, "organisations": list(tx.caller.organisations)}
    rows = await tx.all(_CONTRACTS, **whose)
    notices = await tx.all(_NOTICES, first=year.first_day, last=year.last_day, **whose)
    urgent = sum(row["urgent"] and row["kind"] == "psr_modification_notice" for row in notices)
    told = [
        Representation(row["published_on"], row["representations"], row["representations_summary"])
        for row in notices
        if row["representations"]
    ]
    return summarise(owner, year, [_contract(row) for row in rows], urgent, told)


def _contract(row: Mapping[str, Any]) -> HealthContract:
    psr = row["award_regime"] == "psr" and not row["carried_over"]
    return HealthContract(
        id=row["id"],
        reference=row["reference"],
        agreement_form=AgreementForm(row["agreement_form"]),
        from_framework=any(each["relation"] == "framework" for each in row["related"] or ()),
        awarded_on=row["awarded_on"],
        awarded_under_psr=psr,
        held_from=row["start_date"] or row["awarded_on"],
        held_until=_earlier(row["ended_on"], row["end_date"]),
        providers=frozenset(_keys(row["providers"])),
        process=None if row["process"] is None else SelectionProcess(row["process"]),
        urgent=bool(row["urgent"]),
    )


def _earlier(ended: date | None, agreed: date | None) -> date | None:
    return ended or agreed


def _keys(providers: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    for each in providers:
        numbers = [f"{one['scheme']}-{one['id']}" for one in each.get("identifiers") or ()]
        name = fold_key(each.get("name") or "")
        yield each.get("organisation_id") or next(iter(sorted(numbers)), name)
