"""Whether a partner has set its share of a contract aside in its own books, which says yes or no and shows no row."""

from shared.migrate import run_sql

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    run_sql(_FUNCTION)


_FUNCTION = """
create policy commitments_totals on commitments for select to budget_totals using (
    partnership_id = any ((select budget.ctx_in('commissioner'))::uuid[]));
grant select on commitments to budget_totals;
create function own_share_is_set_aside(partnership uuid, contract uuid, body uuid, year text, pence bigint)
    returns boolean language sql stable security definer set search_path = budget, pg_temp as $$
    select coalesce(sum(c.reserved_pence - c.released_pence), 0) >= pence
      from commitments c join lines l on l.id = c.line_id
     where c.contract_id = contract and c.partnership_id = partnership and c.level = 'service'
       and c.owner_organisation_id = body and c.financial_year = year
       and l.pool_id is null and l.arrangement = 'aligned'
       and partnership = any (ctx_in('commissioner'))
$$;
alter function own_share_is_set_aside(uuid, uuid, uuid, text, bigint) owner to budget_totals;
set role budget_totals;
grant execute on function own_share_is_set_aside(uuid, uuid, uuid, text, bigint) to budget_app;
set role budget_owner;
"""
