"""Proofs over the whole ledger: each check is a question whose answer is what is broken, and so should be empty."""

from __future__ import annotations

from typing import Any

from services.budget.rules.reconciliation import MOST_SHOWN, Check
from services.budget.store.record_proofs import QUESTIONS
from shared import chain_proof
from shared.db import Prepared, Transaction

_SEES_ALL = Prepared(
    "select rolbypassrls or rolsuper as all from pg_roles where rolname = current_user", (), {}
)

# Every question gives one `broken` text per break. The names are what the report calls the checks.
_QUESTIONS = {
    "every journal is whole and sums to zero": """
        select j.id::text || ': ' || count(e.account_id) || ' entries, out by ' || coalesce(sum(e.amount_pence), 0)
               || ' pence' as broken
          from journals j left join entries e on e.journal_id = j.id
         group by j.id having count(e.account_id) < 2 or coalesce(sum(e.amount_pence), 0) <> 0
    """,
    "every balance is the sum of its entries": """
        select coalesce(b.account_id, e.account_id)::text || ' ' || coalesce(b.book, e.book) || ' '
               || coalesce(b.effective_month, e.effective_month) || ' ' || coalesce(b.posting_period, e.posting_period)
               || ' recorded ' || coalesce(b.recorded_month, e.recorded_month) || ': balance '
               || coalesce(b.amount_pence::text, 'none') || ', entries ' || coalesce(e.amount_pence::text, 'none')
               as broken
          from balances b full join (
              select account_id, book, date_trunc('month', effective_date)::date as effective_month, posting_period,
                     date_trunc('month', recorded_at at time zone 'UTC')::date as recorded_month,
                     sum(amount_pence) as amount_pence, count(*) as entries
                from entries group by 1, 2, 3, 4, 5) e
            on (e.account_id, e.book, e.effective_month, e.posting_period, e.recorded_month)
             = (b.account_id, b.book, b.effective_month, b.posting_period, b.recorded_month)
         where b.amount_pence is distinct from e.amount_pence or b.entries is distinct from e.entries
    """,
    "every day of a balance is the sum of its entries": """
        select account_id::text || ' ' || book || ' ' || day || ' ' || posting_period || ' recorded '
               || recorded_month || ': balance ' || coalesce(b.pence::text, 'none')
               || ', entries ' || coalesce(e.pence::text, 'none') as broken
          from (select account_id, book, (effective_month + number::integer - 1) as day, posting_period, recorded_month,
                       pence
                  from balances, unnest(day_pence) with ordinality days (pence, number) where pence is not null) b
          full join (
              select account_id, book, effective_date as day, posting_period,
                     date_trunc('month', recorded_at at time zone 'UTC')::date as recorded_month,
                     sum(amount_pence) as pence
                from entries group by 1, 2, 3, 4, 5) e using (account_id, book, day, posting_period, recorded_month)
         where b.pence is distinct from e.pence
    """,
    # By its own door with a kept answer, in a batch as an item of one; what another record posted is answered there.
    "every journal was answered once": """
        select coalesce(j.id::text, k.id) || ': ' || coalesce(k.answers, 0) || ' kept answers, '
               || case when j.id is null then 'no journal' else 'one journal' end as broken
          from journals j
          join (select thing_id, min(facts ->> 'posted_with') as posted_with from audit_events
                 where what = 'journal_posted' group by 1) a on a.thing_id = j.id
          full join (
              select id, count(*) as answers from (
                  select convert_from(body, 'UTF8')::jsonb ->> 'id' as id from idempotency_keys
                   where operation in ('postJournal', 'reverseJournal')
                  union all
                  select item ->> 'journal_id' from journal_batches, jsonb_array_elements(items) item
                   where item ->> 'status' = 'posted') told group by 1) k on k.id = j.id::text
         where j.id is null or coalesce(k.answers, 0) <> (a.posted_with in ('its_door', 'batch'))::integer
    """,
    "every journal has its audit row and its event": """
        select j.id::text || ': ' || coalesce(a.rows, 0) || ' audit rows, ' || coalesce(e.rows, 0) || ' events'
               as broken
          from journals j
          left join (select thing_id, count(*) as rows from audit_events where what = 'journal_posted' group by 1) a
            on a.thing_id = j.id
          left join (select thing_id, count(*) as rows from events where what = 'journal_posted' group by 1) e
            on e.thing_id = j.id
         where a.rows is distinct from 1 or e.rows is distinct from 1
    """,
    "every reversal undoes its journal": """
        select r.id::text || ': account ' || e.account_id || ' is left with ' || sum(e.amount_pence) || ' pence'
               as broken
          from journals r join journals j on j.id = r.reverses_journal_id
          join entries e on e.journal_id in (r.id, j.id)
         where j.kind <> 'accrual' or j.financial_year = r.financial_year
         group by r.id, e.account_id having sum(e.amount_pence) <> 0
    """,
    # At a year's end on the accounts of the next year's lines, so it is held against the sum of its debits.
    "every accrual is undone": """
        select j.id::text || ': ' || coalesce(r.id::text, 'no reversal') as broken
          from journals j left join journals r on r.reverses_journal_id = j.id
         where j.kind = 'accrual' and (
             (select sum(e.amount_pence) from entries e where e.journal_id = j.id and e.amount_pence > 0)
             is distinct from
             (select -sum(e.amount_pence) from entries e where e.journal_id = r.id and e.amount_pence < 0))
    """,
    "every closed period holds what its last seal holds": """
        with last as (
            select s.*, p.state from periods p join seals s on s.period_id = p.id
             where s.number = (select max(number) from seals other where other.period_id = p.id)),
        now as (
            select last.id, l.arrangement, l.branch_owner,
                   sha256('\\x01'::bytea || convert_to(l.arrangement || '/' || l.branch_owner || E'\\n', 'UTF8')
                       || string_agg(l.digest, ''::bytea order by l.leaf collate "C")) as digest
              from last, period_leaves(last.partnership_id, last.owner_organisation_id, last.books, last.period,
                       case last.state when 'closed' then 'infinity' else last.sealed_until end, last.scheme) l
             group by last.id, l.arrangement, l.branch_owner)
        select last.period_id || ' ' || last.period || ': ' || coalesce(b.arrangement, now.arrangement) || ' of '
               || coalesce(b.owner_organisation_id, now.branch_owner) as broken
          from (select b.* from seal_branches b where b.books = 'aligned' or b.arrangement <> 'aligned') b
          full join now on (now.id, now.arrangement, now.branch_owner) = (b.seal_id, b.arrangement, b.owner_organisation_id)
          join last on last.id = coalesce(b.seal_id, now.id)
         where b.digest is distinct from now.digest
    """,
    # The ledger on one side, on the other what the positions of all years add up: each entry in one of them, once.
    "every actual entry on expenditure or income is in one year's position": """
        with placed as (
            select s.account_id, sum(s.amount_pence) as amount_pence, sum(s.entries) as entries
              from (select distinct partnership_id, financial_year, (left(financial_year, 4) || '-04-01')::date as first_day
                      from lines) y,
                   ledger_sums(y.partnership_id, y.first_day, (y.first_day + interval '1 year - 1 day')::date, 'infinity') s
              join accounts a on a.id = s.account_id
              join lines l on l.id = a.line_id
             where s.book = 'actual' and l.partnership_id = y.partnership_id and l.financial_year = y.financial_year
             group by s.account_id)
        select e.partnership_id::text || ' account ' || e.account_id || ': ' || e.entries || ' entries of '
               || e.amount_pence || ' pence, in positions ' || coalesce(p.entries, 0) || ' of '
               || coalesce(p.amount_pence, 0) as broken
          from (select e.partnership_id, e.account_id, count(*) as entries, sum(e.amount_pence) as amount_pence
                  from entries e join accounts a on a.id = e.account_id
                 where e.book = 'actual' and a.kind in ('expenditure', 'income') group by 1, 2) e
          left join placed p on p.account_id = e.account_id
         where p.entries is distinct from e.entries or p.amount_pence is distinct from e.amount_pence
    """,
    "every agreement has its whole history": """
        select a.id::text || ': version ' || a.version || ', ' || count(v.version) || ' kept' as broken
          from agreements a left join agreement_versions v on v.agreement_id = a.id
         group by a.id, a.version having count(v.version) <> a.version
    """,
}


def _counted(question: str) -> Prepared:
    """The number of breaks and the first of them, in one answer."""
    return Prepared(
        f"with found as materialized ({question}) select (select count(*) from found) as breaks,"  # noqa: S608 fixed
        f" coalesce((select array_agg(broken order by broken) from (select broken from found limit {MOST_SHOWN}) one),"
        " '{}') as shown",
        (),
        {},
    )


_CHECKS = {name: _counted(question) for name, question in (_QUESTIONS | QUESTIONS).items()}


async def sees_all(tx: Transaction) -> bool:
    """Whether this role sees every row. One that does not would find nothing broken, and prove nothing."""
    row = await tx.maybe(_SEES_ALL)
    return row is not None and bool(row["all"])


async def check_all(tx: Transaction) -> list[Check]:
    """Every check, in one snapshot of the ledger."""
    done = []
    for name, statement in _CHECKS.items():
        row: Any = await tx.one(statement)
        done.append(Check(name, row["breaks"], tuple(row["shown"])))
    audited = await chain_proof.prove(tx, "budget")
    return [*done, *(Check(each.name, each.breaks, each.shown) for each in audited)]
