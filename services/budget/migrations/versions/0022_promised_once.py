"""Of contributions that replace each other, one counts on any day, in whatever order they were varied."""

from shared.migrate import run_sql

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    run_sql(_ONE)


# One that takes its place counts from its own day; so does one that takes the place of that, though it is for an earlier
# day. Until now the first of three counted beside the last until the one between took effect.
_ONE = """
create or replace function contributions_at(partnership uuid, year text, as_at date, recorded timestamptz)
    returns setof contributions language sql stable parallel safe begin atomic
    select c.* from budget.contributions c
     where c.partnership_id = partnership and c.financial_year = year and c.recorded_at <= recorded
       and (c.effective_from is null or c.effective_from <= as_at)
       and not exists (
            with recursive later as (
                select l.id, l.effective_from from budget.contributions l
                 where l.replaces_contribution_id = c.id and l.recorded_at <= recorded
                union all
                select l.id, l.effective_from from later before
                  join budget.contributions l on l.replaces_contribution_id = before.id
                 where l.recorded_at <= recorded)
            select from later where later.effective_from is null or later.effective_from <= as_at);
end;
"""
