"""A revised budget undercuts nothing that is used, empties no ring-fence, and moves no money without a decision."""

from shared.migrate import run_sql

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    run_sql(_FIGURES)
    run_sql(_LOCK)


_FIGURES = """
-- The last approved figure that is known, of those up to a number.
create function approved_at_last(line uuid, until integer) returns bigint language sql stable begin atomic
    select coalesce(
        (select b.amount_pence from budget.line_budgets b
          where b.line_id = line and b.number <= until and b.kind in ('original', 'revised')
            and b.amount_pence is not null
          order by b.effective_from desc, b.number desc limit 1),
        (select l.budget_pence from budget.lines l where l.id = line));
end;
grant execute on function approved_at_last(uuid, integer) to budget_app;

-- What revisions without a decision did to the owner's other lines of the same books and year. What a succession
-- divided is no revision of anybody's.
create function undecided_revisions(line uuid, out raised bigint, out lowered bigint) language sql stable begin atomic
    select coalesce(sum(greatest(by_line.change, 0)), 0)::bigint, coalesce(sum(greatest(-by_line.change, 0)), 0)::bigint
      from budget.lines here
      join budget.lines other on other.partnership_id = here.partnership_id
       and other.owner_organisation_id = here.owner_organisation_id and other.financial_year = here.financial_year
       and other.arrangement = here.arrangement and other.pool_id is not distinct from here.pool_id
       and other.id <> here.id
     cross join lateral (
        select sum(budget.approved_at_last(other.id, b.number) - budget.approved_at_last(other.id, b.number - 1))
                   as change
          from budget.line_budgets b
         where b.line_id = other.id and b.kind = 'revised' and b.decision_id is null
           and not exists (select from budget.lines heir
                            where heir.succeeds_line_id = other.id and heir.counts_from <= b.effective_from)) by_line
     where here.id = line;
end;
grant execute on function undecided_revisions(uuid) to budget_app;
"""
_LOCK = """
create function line_budget_is_allowed() returns trigger language plpgsql as $$
declare
    was bigint := budget.approved_at_last(new.line_id, new.number - 1);
    becomes bigint := budget.approved_at_last(new.line_id, new.number);
    fenced boolean;
    limited boolean;
    have bigint;
    used bigint;
    others record;
begin
    if becomes is null or becomes is not distinct from was
       or exists (select from budget.lines heir
                   where heir.succeeds_line_id = new.line_id and heir.counts_from <= new.effective_from) then
        return null;
    end if;
    select l.nature ->> 'ring_fence' is not null into fenced from budget.lines l where l.id = new.line_id;
    limited := coalesce((select k.basis <> 'none' from budget.commitment_limits k
                          where k.line_id = new.line_id order by k.recorded_at desc limit 1), false);
    if (was is null or becomes < was) and (fenced or limited) then
        select becomes + coalesce(sum(b.amount_pence) filter (where b.book = 'budget'), 0),
               coalesce(sum(b.amount_pence) filter (where b.book = 'actual'), 0)
                   + (select coalesce(sum(c.amount_pence), 0) from budget.commitment_balances c
                       where c.line_id = new.line_id)
          into have, used
          from budget.accounts a join budget.balances b on b.account_id = a.id
         where a.line_id = new.line_id and a.kind in ('expenditure', 'income');
        if have < used then
            raise exception 'budget % of a line is below what is used', new.id
                using errcode = 'integrity_constraint_violation', constraint = 'line_budget_below_used';
        end if;
        if fenced and have <= 0 then
            raise exception 'budget % empties a ring-fence', new.id
                using errcode = 'integrity_constraint_violation', constraint = 'line_budget_fence_emptied';
        end if;
    end if;
    if was is null or new.decision_id is not null then
        return null;
    end if;
    -- One after another: of two that revise two lines at once, the second sees the first.
    perform pg_advisory_xact_lock(hashtextextended(
        'revisions/' || new.partnership_id || '/' || new.owner_organisation_id || '/' || new.financial_year, 0));
    others := budget.undecided_revisions(new.line_id);
    if becomes < was and (fenced or others.raised > 0) or becomes > was and others.lowered > 0 then
        raise exception 'budget % moves money that nobody decided on', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'line_budget_needs_decision';
    end if;
    return null;
end $$;
create constraint trigger line_budgets_allowed after insert on line_budgets deferrable initially deferred
    for each row when (new.kind = 'revised' and new.amount_pence is not null)
    execute function line_budget_is_allowed();
"""
