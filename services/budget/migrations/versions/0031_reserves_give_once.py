"""A supplementary estimate is met from what a reserve has: no more than it holds, and nothing of it twice."""

from shared.migrate import run_sql

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    run_sql(_RESERVES)


# What it holds, and no more than was ever put into it less the estimates that it met: what was drawn for one of them is
# counted once.
_RESERVES = """
create function reserve_free(account uuid) returns bigint language sql stable parallel safe begin atomic
    select least(
        coalesce(sum(b.amount_pence) filter (where b.book = 'actual'), 0),
        coalesce(sum((select sum(pence) from unnest(b.day_pence) pence where pence > 0))
            filter (where b.book = 'actual'), 0)
            + coalesce(sum(b.amount_pence) filter (where b.book = 'budget'), 0))::bigint
      from budget.balances b where b.account_id = account;
end;
grant execute on function reserve_free(uuid) to budget_app;

create function estimate_from_what_is_there() returns trigger language plpgsql as $$
begin
    if exists (
        select from budget.entries e join budget.accounts a on a.id = e.account_id
         where e.journal_id = new.id and a.kind = 'reserve' and e.amount_pence < 0
           and (budget.reserve_free(a.id) < 0 or -e.amount_pence > (
                select coalesce(sum(b.amount_pence), 0) from budget.balances b
                 where b.account_id = a.id and b.book = 'actual'))) then
        raise exception 'estimate % takes more than the reserve has', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'estimate_from_what_is_there';
    end if;
    return null;
end $$;
create constraint trigger journals_estimate_from_reserve after insert on journals deferrable initially deferred
    for each row when (new.kind = 'supplementary_estimate') execute function estimate_from_what_is_there();
"""
