"""An underspend and a reserve are settled once, a year as at its last day, and a reversal opens a settlement again."""

from shared.migrate import run_sql

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    run_sql(_DRAWN)
    run_sql(_ONCE)
    run_sql(_RESERVE)
    run_sql(_REOPENED)


# The second lock on rules/settlement_claim.py. `facts` and `outcome` never change, so what was approved can be asked.
_DRAWN = """
create function settlement_drawn(which uuid, of_pool uuid) returns bigint language sql stable begin atomic
    select coalesce(sum(
               case when s.pool_id = of_pool and s.outcome ->> 'direction' = 'underspend'
                    then (step ->> 'taken_pence')::bigint else 0 end
               + (select coalesce(sum((part ->> 'amount_pence')::bigint), 0)
                    from jsonb_array_elements(step -> 'taken' -> 'from_pools') part
                   where (part ->> 'pool_id')::uuid = of_pool)), 0)::bigint
      from budget.settlements s, jsonb_array_elements(s.outcome -> 'steps') step
     where s.id = which and not exists (
        select from budget.settlement_disputes d
         where d.settlement_id = s.id and d.outcome = 'steps_fall' and (step ->> 'number')::smallint = any (d.steps));
end;
grant execute on function settlement_drawn(uuid, uuid) to budget_app;
"""
_ONCE = """
create function settlement_underspend_once() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtextextended(
        'settling ' || new.partnership_id::text || ' ' || new.financial_year, 0));
    if exists (
        select from (
            select (left_over ->> 'pool_id')::uuid as pool,
                   coalesce((left_over -> 'amount' ->> 'amount_pence')::bigint, 0)
                   + coalesce((left_over ->> 'taken_elsewhere_pence')::bigint, 0) as pence
              from jsonb_array_elements(new.facts -> 'pool_underspends') left_over
            union all
            select new.pool_id, (new.outcome ->> 'variance_pence')::bigint
                   + coalesce((new.facts ->> 'taken_elsewhere_pence')::bigint, 0)) held
         where budget.settlement_drawn(new.id, held.pool) > 0
           and budget.settlement_drawn(new.id, held.pool) > held.pence - (
                select coalesce(sum(budget.settlement_drawn(o.id, held.pool)), 0) from budget.settlements o
                 where o.partnership_id = new.partnership_id and o.financial_year = new.financial_year
                   and o.state in ('approved', 'part_posted', 'posted') and o.pool_id <> new.pool_id)) then
        raise exception 'settlement % takes what another took', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'settlement_underspend_once';
    end if;
    return new;
end $$;
create trigger settlements_underspend_once before update on settlements for each row
    when (old.state = 'proposed' and new.state = 'approved') execute function settlement_underspend_once();

create function settlement_of_whole_year() returns trigger language plpgsql as $$
begin
    if new.source = 'position'
       and new.as_at is distinct from make_date(left(new.financial_year, 4)::integer + 1, 3, 31) then
        raise exception 'a year is settled as at its last day'
            using errcode = 'integrity_constraint_violation', constraint = 'settlement_of_whole_year';
    end if;
    return new;
end $$;
create trigger settlements_of_whole_year before insert on settlements
    for each row execute function settlement_of_whole_year();
"""
_RESERVE = """
create function settlement_reserve_there() returns trigger language plpgsql as $$
declare
    of_pool uuid := (select s.pool_id from budget.settlements s where s.id = new.settlement_id);
begin
    perform pg_advisory_xact_lock(hashtextextended('reserve of ' || of_pool::text, 0));
    if exists (select from budget.entries e join budget.accounts a on a.id = e.account_id
                where e.journal_id = new.journal_id and a.kind = 'reserve' and e.amount_pence < 0)
       and (select coalesce(sum(s.amount_pence), 0)
              from budget.ledger_sums(new.partnership_id, '-infinity',
                       make_date(left(new.financial_year, 4)::integer + 1, 3, 31), 'infinity') s
              join budget.accounts a on a.id = s.account_id
             where a.pool_id = of_pool and a.kind = 'reserve' and a.organisation_id is null and a.line_id is null
               and s.book = 'actual') < 0 then
        raise exception 'journal % takes more than the reserve holds', new.journal_id
            using errcode = 'integrity_constraint_violation', constraint = 'settlement_reserve_there';
    end if;
    return new;
end $$;
create trigger settlement_postings_reserve_there after insert on settlement_postings
    for each row execute function settlement_reserve_there();
"""
# The one way back is a reversal; who succeeded a party, and keeps its pool's books now, may be the one who reverses.
_REOPENED = """
do $$
declare
    body text := pg_get_functiondef('settlement_moves()'::regprocedure);
    last constant text := '(''posted'', ''withdrawn'')) then';
begin
    if position(last in body) = 0 then
        raise exception 'settlement_moves is not what it was';
    end if;
    execute replace(body, last, '(''posted'', ''withdrawn''), (''posted'', ''approved''),
        (''posted'', ''part_posted''), (''part_posted'', ''approved''))
        or (old.state in (''posted'', ''part_posted'') and new.state in (''approved'', ''part_posted'')
            and old.state <> new.state and not exists (
                select from budget.settlement_postings p join budget.journals r on r.reverses_journal_id = p.journal_id
                 where p.settlement_id = new.id)) then');
end $$;
alter policy settlements_move on settlements
    using (partnership_id = any ((select budget.ctx_in('commissioner'))::uuid[])
           and party_ids && (select budget.ctx_organisations())::uuid[]);
"""
