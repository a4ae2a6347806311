"""A line that took another's place takes nothing that is dated before it."""

from shared.migrate import run_sql

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    run_sql(_SINCE)


_SINCE = """
do $$
declare
    body text := pg_get_functiondef('journal_in_its_year()'::regprocedure);
    asked constant text := 'and l.financial_year <> new.financial_year)';
begin
    if position(asked in body) = 0 then
        raise exception 'journal_in_its_year is not what it was';
    end if;
    execute replace(body, asked, 'and (l.financial_year <> new.financial_year
                       or l.made_by_move_id is not null and new.effective_date < l.counts_from))');
end $$;
"""
