"""What a partner paid, what it gave in kind and what settlements moved are told apart on its contribution account."""

from shared.migrate import run_sql

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    run_sql(_OF_KIND)
    run_sql(_OBSERVED)


# Few journals are of these kinds; a position asks for them every time.
_OF_KIND = """
create index journals_told_apart on journals (partnership_id, kind)
    where kind in ('risk_share_adjustment', 'in_kind');

-- What journals of one kind, less their reversals, brought in on each contribution account: days and instant as in
-- ledger_sums. `of_kind` is one of those that the index holds.
create function receipts_of_kind(partnership uuid, first_day date, as_at date, recorded timestamptz, of_kind text)
    returns table (account_id uuid, pence bigint) language sql stable parallel safe begin atomic
    select e.account_id, -sum(e.amount_pence)::bigint from (
        select j.id from budget.journals j
         where j.partnership_id = partnership and j.kind in ('risk_share_adjustment', 'in_kind')
           and j.kind = of_kind::budget.journal_kind
        union all
        select r.id from budget.journals j join budget.journals r on r.reverses_journal_id = j.id
         where j.partnership_id = partnership and j.kind in ('risk_share_adjustment', 'in_kind')
           and j.kind = of_kind::budget.journal_kind) apart
      join budget.entries e on e.journal_id = apart.id
      join budget.accounts a on a.id = e.account_id and a.kind = 'contribution'
     where e.book = 'actual' and e.effective_date >= first_day and e.effective_date <= as_at
       and e.recorded_at <= recorded
     group by e.account_id;
end;
-- An observer's totals ask it too; of other kinds of journals they learn nothing here.
create policy journals_settled on journals for select to budget_totals using (
    kind in ('risk_share_adjustment', 'reversal')
    and partnership_id = any ((select budget.ctx_in('observer'))::uuid[]));
grant execute on function receipts_of_kind(uuid, date, date, timestamptz, text) to budget_app, budget_totals;
"""
_OBSERVED = """
do $$
declare
    body text := pg_get_functiondef('observed_totals(uuid, text, date, date, timestamptz)'::regprocedure);
    sum_of constant text := 'select a.arrangement, -sum(s.amount_pence)::bigint as pence';
    rows_of constant text :=
        'from ledger_sums(partnership, first_day, as_at, recorded) s join accounts a on a.id = s.account_id';
begin
    if position(sum_of in body) = 0 or position(rows_of in body) = 0 then
        raise exception 'observed_totals is not what it was';
    end if;
    body := replace(body, sum_of,
        'select a.arrangement, (-sum(s.amount_pence) - coalesce(sum(k.pence), 0))::bigint as pence');
    body := replace(body, rows_of, rows_of || '
          left join receipts_of_kind(partnership, first_day, as_at, recorded, ''risk_share_adjustment'') k
            on k.account_id = a.id');
    execute 'set role budget_totals';
    execute 'drop function observed_totals(uuid, text, date, date, timestamptz)';
    execute 'set role budget_owner';
    execute body;
    execute 'alter function observed_totals(uuid, text, date, date, timestamptz) owner to budget_totals';
    execute 'set role budget_totals';
    execute 'grant execute on function observed_totals(uuid, text, date, date, timestamptz) to budget_app';
    execute 'set role budget_owner';
end $$;
"""
