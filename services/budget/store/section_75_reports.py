"""The pool manager's report, read from positions, contributions and what stands on record of the pools."""

from __future__ import annotations

from services.budget.rules.category import Category
from services.budget.rules.contribution_standing import stand
from services.budget.rules.funding_requirement import FundingAsked
from services.budget.rules.position import Asked
from services.budget.rules.report_period import Report, ReportAsked
from services.budget.rules.section_75_report import ReportedPool, Section75Report, report
from services.budget.store import (
    contributions,
    funding_requirements,
    positions,
    report_requirements,
    report_statements,
)
from services.budget.store.visibility import scope
from shared.db import Prepared, Transaction
from shared.errors import NOT_FOUND

# As it was on record: who hosted, and the pool manager whom the text names that held on the day. Of agreements whose
# earlier versions did not note it, the host is the present one.
_POOLS = Prepared(
    """
select p.id as pool_id, p.name, p.category::text,
       coalesce(v.host_organisation_id, p.owner_organisation_id) as host_organisation_id,
       a.id as agreement_id, a.reference as agreement_reference, t.terms ->> 'pool_manager' as pool_manager
  from pools p
  join agreements a on a.id = p.agreement_id
  left join agreements_at(coalesce($4::timestamptz, 'infinity')) v on v.agreement_id = a.id
  left join lateral (
    select x.terms from agreement_texts x
     where x.agreement_id = a.id and x.recorded_at <= coalesce($4, 'infinity')
       and x.edition <= coalesce(v.edition, x.edition)
     order by (x.holds_from <= $3::date) is true desc, x.edition desc
     limit 1) t on true
 where p.partnership_id = $1::uuid and ($2::uuid is null or p.id = $2)
   and p.recorded_at <= coalesce($4, 'infinity')
   and (p.partnership_id = any ($5::uuid[]) or p.partnership_id::text || '/*/*' = any ($6::text[]))
 order by p.name, p.id
""",
    ("partnership", "pool", "as_at", "recorded", "partnerships", "audits"),
    {},
)


async def read(tx: Transaction, asked: ReportAsked) -> Section75Report:
    """The report as this caller may see it. What it may not see at all is not found, nor is it an observer's."""
    place = asked.partnership_id
    if not tx.caller.holds(place, "commissioner", "host") and not _audits(tx, asked):
        raise NOT_FOUND()
    position = await positions.read(
        tx, Asked(place, asked.pool_id, asked.financial_year, asked.as_at, asked.as_recorded)
    )
    pools = await of_partnership(tx, asked)
    if asked.pool_id is not None and not pools:
        raise NOT_FOUND()
    funding = FundingAsked(place, asked.pool_id, asked.financial_year, asked.as_at, asked.as_recorded)
    promises = await contributions.standing(tx, funding)
    received = await funding_requirements.received(tx, funding)
    return report(
        asked,
        position,
        pools,
        stand(promises, received, asked.as_at),
        await report_statements.of_report(tx, Report.SECTION_75, asked),
        await report_requirements.of_report(tx, Report.SECTION_75, asked),
    )


async def of_partnership(tx: Transaction, asked: ReportAsked) -> list[ReportedPool]:
    """The pools that stood by the instant, by name."""
    seen = scope(tx)
    rows = await tx.all(
        _POOLS,
        partnership=asked.partnership_id,
        pool=asked.pool_id,
        as_at=asked.as_at,
        recorded=asked.as_recorded,
        partnerships=seen["partnerships"],
        audits=seen["audits"],
    )
    return [ReportedPool(**{**row, "category": Category(row["category"])}) for row in rows]


def _audits(tx: Transaction, asked: ReportAsked) -> bool:
    return f"{asked.partnership_id}/*/{asked.financial_year}" in scope(tx)["audits"]
