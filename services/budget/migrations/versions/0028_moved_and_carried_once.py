"""Interim money is moved once, on whatever days; and a year that was carried forward stays shut, whoever hosted it."""

from shared.migrate import run_sql

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    run_sql(_INTERIM)
    run_sql(_CARRIED)


_INTERIM = """
-- What an account holds at the end of a day and of each day after it on which it moved: the least and the most of them.
create function interim_left(account uuid, since date) returns table (least_pence bigint, most_pence bigint)
    language sql stable parallel safe begin atomic
    with moved as (
        select since as on_day, 0::bigint as pence
        union all
        select greatest(since, b.effective_month + (day.at - 1)::integer), day.pence
          from budget.balances b cross join lateral unnest(b.day_pence) with ordinality day (pence, at)
         where b.account_id = account and b.book = 'actual' and day.pence is not null),
    running as (select sum(sum(pence)) over (order by on_day) as held from moved group by on_day)
    select min(held)::bigint, max(held)::bigint from running;
end;
grant execute on function interim_left(uuid, date) to budget_app;

create function interim_is_moved_once() returns trigger language plpgsql as $$
declare
    held record;
begin
    select l.* into held from budget.journals j cross join lateral budget.interim_left(
        new.interim_account_id, j.effective_date) l where j.id = new.journal_id;
    if (case when new.amount_pence > 0 then held.least_pence >= 0 else held.most_pence <= 0 end) is not true then
        raise exception 'more is moved out of interim account % than it holds', new.interim_account_id
            using errcode = 'integrity_constraint_violation', constraint = 'interim_is_moved_once';
    end if;
    return null;
end $$;
create constraint trigger reclassifications_moved_once after insert on reclassifications deferrable initially deferred
    for each row execute function interim_is_moved_once();
"""

# By the pool and all its hosts, where it was by the one host that posted it.
_CARRIED = """
create function year_is_carried(place uuid, keeper uuid, year text) returns boolean language sql stable
begin atomic
    select exists (
        select from budget.year_ends y join budget.pools p on p.id = y.pool_id
         where y.partnership_id = place and y.financial_year = year and y.state = 'posted'
           and keeper = any (array[y.owner_organisation_id, p.owner_organisation_id] || coalesce(p.kept_before, '{}')));
end;
grant execute on function year_is_carried(uuid, uuid, text) to budget_app;
do $$
declare
    body text := pg_get_functiondef('period_moves_on()'::regprocedure);
    asked constant text := 'exists (
        select from budget.year_ends y
         where y.partnership_id = new.partnership_id and y.owner_organisation_id = new.owner_organisation_id
           and y.financial_year = new.financial_year and y.state = ''posted'' and new.books = ''pooled'')';
begin
    if position(asked in body) = 0 then
        raise exception 'period_moves_on is not what it was';
    end if;
    execute replace(body, asked, 'new.books = ''pooled''
       and budget.year_is_carried(new.partnership_id, new.owner_organisation_id, new.financial_year)');
end $$;
"""
