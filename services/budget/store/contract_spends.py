"""What entries say that they were for, summed by contract, beside the position of the same instant."""

from __future__ import annotations

from services.budget.rules.contract_spend import ContractSpendReport, contract_spend
from services.budget.rules.line import Arrangement
from services.budget.rules.position import Asked
from services.budget.store import positions
from services.budget.store.visibility import scope, scoped_sql
from shared.calendar import read_financial_year
from shared.db import Prepared, Transaction
from shared.errors import NOT_FOUND

_RECORDED = "coalesce($3::timestamptz, 'infinity')"
# Of what was said of an entry the latest counts. A reversal is for what the journal that it undoes was for, whatever
# was said of it then or since, so that the two always come to nothing: an accrual at the year's end over two years.
_SPENT = Prepared(
    f"""
with said as (
    select d.journal_id, d.position, d.contract_id, d.arrangement, d.financial_year from entry_dimensions d
     where d.partnership_id = $1::uuid and d.contract_id is not null
       and (d.financial_year = $2::text or d.journal_id in (
            select r.reverses_journal_id from journals r
             where r.partnership_id = $1::uuid and r.financial_year = $2::text and r.reverses_journal_id is not null))
       and d.recorded_at <= {_RECORDED} and {scoped_sql("d", "d.owner_organisation_id", "d.financial_year")}
       and not exists (select from entry_dimensions later
                        where later.journal_id = d.journal_id and later.position = d.position
                          and later.version > d.version and later.recorded_at <= {_RECORDED})
       and not exists (select from journals j where j.id = d.journal_id and j.reverses_journal_id is not null)),
counted as (
    select journal_id, position, contract_id, arrangement from said where financial_year = $2::text
    union all
    select r.id, s.position, s.contract_id, s.arrangement
      from said s join journals r on r.reverses_journal_id = s.journal_id where r.financial_year = $2::text)
select c.contract_id, c.arrangement, sum(e.amount_pence)::bigint as spend_pence
  from counted c
  join entries e on e.journal_id = c.journal_id and e.position = c.position
  join accounts a on a.id = e.account_id
 where e.book = 'actual' and e.effective_date <= $4::date and e.recorded_at <= {_RECORDED}
   and a.line_id is not null and a.kind in ('expenditure', 'income')
 group by c.contract_id, c.arrangement
""",  # noqa: S608 fixed pieces; every value is bound
    ("partnership", "year", "recorded", "as_at", "partner", "organisations", "audits"),
    {},
)
_CLOSED = Prepared(
    "select distinct owner_organisation_id from aligned_totals($1::uuid, $2::text, $3::date, $4::date,"
    " coalesce($5::timestamptz, 'infinity'))",
    ("partnership", "year", "first_day", "as_at", "recorded"),
    {},
)


async def read(tx: Transaction, asked: Asked) -> ContractSpendReport:
    """The report as this caller may see it: a commissioner, or an auditor of the year. In the snapshot of a position."""
    partner = tx.caller.holds(asked.partnership_id, "commissioner", "host")
    audits = scope(tx)["audits"]
    if not partner and f"{asked.partnership_id}/*/{asked.financial_year}" not in audits:
        raise NOT_FOUND()
    position = await positions.read(tx, asked)
    of = {
        "partnership": asked.partnership_id,
        "year": asked.financial_year,
        "as_at": asked.as_at,
        "recorded": asked.as_recorded,
    }
    own = list(tx.caller.organisations)
    rows = await tx.all(_SPENT, **of, partner=partner, organisations=own, audits=audits)
    spent = {(row["contract_id"], Arrangement(row["arrangement"])): row["spend_pence"] for row in rows}
    first_day = read_financial_year(asked.financial_year).first_day
    closed = await tx.all(_CLOSED, **of, first_day=first_day) if partner else []
    return contract_spend(position, spent, own, [row["owner_organisation_id"] for row in closed], partner)
