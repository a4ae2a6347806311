"""Sums that a position is made of, from the balances; and the totals that a role sees without the rows."""

from shared.migrate import run_sql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    run_sql(_SUMS)
    run_sql(_TOTALS)
    run_sql(_GRANTS)


_SUMS = """
-- What accounts hold for a year up to a day, as recorded up to an instant: whole months and, of the last one, the days
-- from the balances, and at most one month of entries, those recorded in the month of the instant. How many entries
-- there are is told for whole months alone.
create function ledger_sums(partnership uuid, first_day date, as_at date, recorded timestamptz)
    returns table (account_id uuid, book book, amount_pence bigint, entries bigint)
    language sql stable parallel safe begin atomic
    select part.account_id, part.book, sum(part.amount_pence)::bigint, sum(part.entries)::bigint from (
        select b.account_id, b.book, b.amount_pence, b.entries from budget.balances b
         where b.partnership_id = partnership and b.effective_month >= first_day
           and b.effective_month < date_trunc('month', as_at + 1)::date
           and b.recorded_month < date_trunc('month', recorded at time zone 'UTC')::date
        union all
        select e.account_id, e.book, e.amount_pence, 1 from budget.entries e
         where e.partnership_id = partnership and e.effective_date >= first_day and e.effective_date <= as_at
           and e.recorded_at >= date_trunc('month', recorded at time zone 'UTC') at time zone 'UTC'
           and e.recorded_at <= recorded
        union all
        select b.account_id, b.book, day.pence, 0 from budget.balances b,
               unnest(b.day_pence[:extract(day from as_at)::integer]) day (pence)
         where b.partnership_id = partnership and b.effective_month = date_trunc('month', as_at + 1)::date
           and b.effective_month <= as_at and day.pence is not null
           and b.recorded_month < date_trunc('month', recorded at time zone 'UTC')::date
    ) part group by part.account_id, part.book;
end;

-- The same by line: what was moved in the budget book, what was spent less income, and whether anything was posted.
create function line_sums(partnership uuid, first_day date, as_at date, recorded timestamptz)
    returns table (line_id uuid, moved_pence bigint, actual_pence bigint)
    language sql stable parallel safe begin atomic
    select a.line_id, coalesce(sum(s.amount_pence) filter (where s.book = 'budget'), 0)::bigint,
           sum(s.amount_pence) filter (where s.book = 'actual')::bigint
      from budget.ledger_sums(partnership, first_day, as_at, recorded) s
      join budget.accounts a on a.id = s.account_id
     where a.line_id is not null and a.kind in ('expenditure', 'income')
     group by a.line_id;
end;

-- Contributions that stand at an instant: recorded by then and not replaced by then.
create function contributions_at(partnership uuid, year text, recorded timestamptz) returns setof contributions
    language sql stable parallel safe begin atomic
    select c.* from budget.contributions c
     where c.partnership_id = partnership and c.financial_year = year and c.recorded_at <= recorded
       and not exists (select from budget.contributions later
                        where later.replaces_contribution_id = c.id and later.recorded_at <= recorded);
end;
"""

# The definer functions belong to budget_totals, which has policies of its own: whatever a function asks for,
# it finds partnerships only in which the caller is a commissioner or an observer.
_TOTALS = """
-- The other partners' aligned lines of one partnership: by category, or line by line where the agreement says so.
create function aligned_totals(partnership uuid, year text, first_day date, as_at date, recorded timestamptz)
    returns table (owner_organisation_id uuid, category category, line_id uuid, name text, budget_pence bigint,
        budget_status money_status, budget_qualifier money_qualifier, budget_unknown boolean,
        moved_pence bigint, actual_pence bigint, actual_unknown boolean)
    language sql stable security definer set search_path = budget, pg_temp as $$
    select l.owner_organisation_id, l.category, opened.id, opened.name, sum(l.budget_pence)::bigint,
           case when opened.id is not null then min(l.budget_status) end,
           case when opened.id is not null then min(l.budget_qualifier) end, bool_or(l.budget_pence is null),
           coalesce(sum(s.moved_pence) filter (where l.budget_pence is not null), 0)::bigint,
           sum(s.actual_pence)::bigint, bool_or(s.actual_pence is null)
      from lines l
      left join line_sums(partnership, first_day, as_at, recorded) s on s.line_id = l.id
      left join lines opened on opened.id = l.id and partnership = any (open_aligned_at(recorded))
     where l.partnership_id = partnership and l.financial_year = year and l.recorded_at <= recorded
       and l.arrangement = 'aligned' and partnership = any (ctx_in('commissioner'))
       and l.owner_organisation_id <> all (ctx_organisations())
     group by l.owner_organisation_id, l.category, opened.id, opened.name
$$;

-- Whose shadow is left out of what an observer is told: the parties of agreements with a pool, and if theirs is open.
create function observed_parties(partnership uuid, recorded timestamptz) returns table (party uuid, open boolean)
    language sql stable security definer set search_path = budget, pg_temp as $$
    select each, bool_or(a.partnership_id::text || '/' || each::text = any (shown.keys))
      from agreements_at(recorded) a, unnest(a.party_ids) each, (select open_shadows_at(recorded) as keys) shown
     where a.partnership_id = partnership and partnership = any (ctx_in('observer'))
       and exists (select from pools p where p.agreement_id = a.agreement_id and p.recorded_at <= recorded)
     group by each
$$;

-- What an observer may know: totals of each arrangement, and whose figures are missing from them.
create function observed_totals(partnership uuid, year text, first_day date, as_at date, recorded timestamptz)
    returns table (arrangement arrangement, budget_pence bigint, budget_missing uuid[], moved_pence bigint,
        actual_pence bigint, actual_missing uuid[], due_pence bigint, due_missing uuid[], received_pence bigint)
    language sql stable security definer set search_path = budget, pg_temp as $$
    with shown as materialized (select open_shadows_at(recorded) as keys),
    lined as (
        select l.arrangement, l.owner_organisation_id as owner, l.pool_id, l.budget_pence, s.moved_pence, s.actual_pence
          from lines l left join line_sums(partnership, first_day, as_at, recorded) s on s.line_id = l.id
         where l.partnership_id = partnership and l.financial_year = year and l.recorded_at <= recorded
           and (l.arrangement <> 'shadow'
                or partnership::text || '/' || l.owner_organisation_id::text = any ((select keys from shown)::text[]))),
    promised as (
        select c.arrangement, c.owner_organisation_id as owner, c.pool_id, c.amount_pence
          from contributions_at(partnership, year, recorded) c
         where c.arrangement <> 'shadow'
            or partnership::text || '/' || c.owner_organisation_id::text = any ((select keys from shown)::text[])),
    running as (
        select pool_id, min(arrangement) as arrangement
          from (select pool_id, arrangement from promised union select pool_id, arrangement from lined
                 where pool_id is not null) either group by pool_id),
    silent as (
        select r.arrangement, party as owner from running r join pools p on p.id = r.pool_id
          join agreements_at(recorded) a on a.agreement_id = p.agreement_id, unnest(a.party_ids) party
         where not exists (select from promised c where c.pool_id = r.pool_id and c.owner = party)
           and (r.arrangement <> 'shadow'
                or partnership::text || '/' || party::text = any ((select keys from shown)::text[]))),
    received as (
        select a.arrangement, -sum(s.amount_pence)::bigint as pence
          from ledger_sums(partnership, first_day, as_at, recorded) s join accounts a on a.id = s.account_id
         where a.kind = 'contribution' and s.book = 'actual'
           and (a.arrangement <> 'shadow'
                or partnership::text || '/' || a.owner_organisation_id::text = any ((select keys from shown)::text[]))
         group by a.arrangement)
    select kind.arrangement,
           (select sum(budget_pence)::bigint from lined l where l.arrangement = kind.arrangement),
           (select array_agg(distinct owner order by owner) from lined l
             where l.arrangement = kind.arrangement and budget_pence is null),
           (select coalesce(sum(moved_pence), 0)::bigint from lined l
             where l.arrangement = kind.arrangement and budget_pence is not null),
           (select sum(actual_pence)::bigint from lined l where l.arrangement = kind.arrangement),
           (select array_agg(distinct owner order by owner) from lined l
             where l.arrangement = kind.arrangement and actual_pence is null),
           (select sum(amount_pence)::bigint from promised c where c.arrangement = kind.arrangement),
           (select array_agg(distinct owner order by owner) from (
                select owner from promised c where c.arrangement = kind.arrangement and amount_pence is null
                union select owner from silent where silent.arrangement = kind.arrangement) unsaid),
           (select pence from received where received.arrangement = kind.arrangement)
      from unnest(enum_range(null::arrangement)) kind (arrangement)
     where partnership = any (ctx_in('observer'))
       and (exists (select from lined l where l.arrangement = kind.arrangement)
            or exists (select from promised c where c.arrangement = kind.arrangement))
$$;
"""

_TABLES = ("pools", "lines", "accounts", "entries", "balances", "contributions", "agreement_versions")
_GRANTS = (
    """
grant execute on function ledger_sums(uuid, date, date, timestamptz), line_sums(uuid, date, date, timestamptz),
    contributions_at(uuid, text, timestamptz) to budget_app, budget_totals;
-- For its proof that the positions of all years hold each entry once.
grant execute on function ledger_sums(uuid, date, date, timestamptz) to budget_backup;
alter function aligned_totals(uuid, text, date, date, timestamptz) owner to budget_totals;
alter function observed_totals(uuid, text, date, date, timestamptz) owner to budget_totals;
alter function observed_parties(uuid, timestamptz) owner to budget_totals;
"""
    + "".join(
        f"""
create policy {table}_totals on {table} for select to budget_totals using (
    partnership_id = any ((select budget.ctx_in('commissioner'))::uuid[])
    or partnership_id = any ((select budget.ctx_in('observer'))::uuid[]));
grant select on {table} to budget_totals;"""
        for table in _TABLES
    )
    + """
set role budget_totals;
grant execute on function aligned_totals(uuid, text, date, date, timestamptz),
    observed_totals(uuid, text, date, date, timestamptz), observed_parties(uuid, timestamptz) to budget_app;
set role budget_owner;
"""
)
