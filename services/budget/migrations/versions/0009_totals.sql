create policy line_budgets_totals on line_budgets for select to budget_totals using (
    partnership_id = any ((select budget.ctx_in('commissioner'))::uuid[])
    or partnership_id = any ((select budget.ctx_in('observer'))::uuid[]));
grant select on line_budgets to budget_totals;

-- The lines that count on a day, as recorded up to an instant, each with the approved budget in force then.
create function lines_at(partnership uuid, year text, as_at date, recorded timestamptz)
    returns table (id uuid, partnership_id uuid, owner_organisation_id uuid, pool_id uuid, name text,
        category category, arrangement arrangement, financial_year text, budget_pence bigint,
        budget_status money_status, budget_qualifier money_qualifier, recorded_at timestamptz, tags text[],
        nature jsonb)
    language sql stable parallel safe begin atomic
    select l.id, l.partnership_id, l.owner_organisation_id, l.pool_id, l.name, l.category, l.arrangement,
           l.financial_year, case when b.line_id is null then l.budget_pence else b.amount_pence end,
           coalesce(b.amount_status, l.budget_status),
           case when b.line_id is null then l.budget_qualifier else b.amount_qualifier end, l.recorded_at, l.tags,
           l.nature
      from budget.lines l
      left join (
        select distinct on (v.line_id) v.line_id, v.amount_pence, v.amount_status, v.amount_qualifier
          from budget.line_budgets v
         where v.partnership_id = partnership and v.financial_year = year and v.kind in ('original', 'revised')
           and v.effective_from <= as_at and v.recorded_at <= recorded
         order by v.line_id, v.effective_from desc, v.number desc) b on b.line_id = l.id
     where l.partnership_id = partnership and l.financial_year = year and l.recorded_at <= recorded
       and (l.counts_from is null or l.counts_from <= as_at)
       and not coalesce(l.ended_on <= as_at and l.ended_recorded_at <= recorded, false);
end;
grant execute on function lines_at(uuid, text, date, timestamptz) to budget_app, budget_totals;

-- What sums lines, sums from here on the lines that count on the day that is asked for.
do $$
declare
    sums text;
    body text;
begin
    foreach sums in array array['aligned_totals(uuid, text, date, date, timestamptz)',
        'observed_totals(uuid, text, date, date, timestamptz)', 'aligned_outlook(uuid, text, date, timestamptz)',
        'observed_outlook(uuid, text, date, timestamptz)']
    loop
        body := replace(replace(pg_get_functiondef(sums::regprocedure),
            'from lines l', 'from lines_at(partnership, year, as_at, recorded) l'),
            'contributions_at(partnership, year, recorded)', 'contributions_at(partnership, year, as_at, recorded)');
        execute 'set role budget_totals';
        execute 'drop function ' || sums;
        execute 'set role budget_owner';
        execute body;
        execute format('alter function %s owner to budget_totals', sums);
        execute 'set role budget_totals';
        execute format('grant execute on function %s to budget_app', sums);
        execute 'set role budget_owner';
    end loop;
end $$;
