-- What is committed on each line up to a day, as recorded up to an instant; read as ledger_sums reads balances.
create function commitment_sums(partnership uuid, as_at date, recorded timestamptz)
    returns table (line_id uuid, committed_pence bigint)
    language sql stable parallel safe begin atomic
    select part.line_id, sum(part.amount_pence)::bigint from (
        select b.line_id, b.amount_pence from budget.commitment_balances b
         where b.partnership_id = partnership and b.effective_month < date_trunc('month', as_at + 1)::date
           and b.recorded_month < date_trunc('month', recorded at time zone 'UTC')::date
        union all
        select m.line_id, m.amount_pence from budget.commitment_moves m
         where m.partnership_id = partnership and m.effective_date <= as_at
           and m.recorded_at >= date_trunc('month', recorded at time zone 'UTC') at time zone 'UTC'
           and m.recorded_at <= recorded
        union all
        select b.line_id, day.pence from budget.commitment_balances b,
               unnest(b.day_pence[:extract(day from as_at)::integer]) day (pence)
         where b.partnership_id = partnership and b.effective_month = date_trunc('month', as_at + 1)::date
           and b.effective_month <= as_at and day.pence is not null
           and b.recorded_month < date_trunc('month', recorded at time zone 'UTC')::date
    ) part group by part.line_id;
end;

-- The forecast that stands for each line: the last one made by that day that was on record at that instant.
create function forecasts_at(partnership uuid, year text, as_at date, recorded timestamptz)
    returns table (line_id uuid, outturn_pence bigint)
    language sql stable parallel safe begin atomic
    select distinct on (f.line_id) f.line_id, f.outturn_pence from budget.forecasts f
     where f.partnership_id = partnership and f.financial_year = year and f.made_on <= as_at
       and f.recorded_at <= recorded
     order by f.line_id, f.made_on desc, f.edition desc;
end;
grant execute on function commitment_sums(uuid, date, timestamptz), forecasts_at(uuid, text, date, timestamptz)
    to budget_app, budget_totals;

-- The other partners' aligned lines: by category, or line by line where the agreement opens them.
create function aligned_outlook(partnership uuid, year text, as_at date, recorded timestamptz)
    returns table (owner_organisation_id uuid, category category, line_id uuid, committed_pence numeric,
        forecast_pence numeric, forecast_unknown boolean)
    language sql stable security definer set search_path = budget, pg_temp as $$
    select l.owner_organisation_id, l.category, opened.id, sum(c.committed_pence),
           sum(f.outturn_pence), bool_or(f.outturn_pence is null)
      from lines l
      left join commitment_sums(partnership, as_at, recorded) c on c.line_id = l.id
      left join forecasts_at(partnership, year, as_at, recorded) f on f.line_id = l.id
      left join lines opened on opened.id = l.id and partnership = any (open_aligned_at(recorded))
     where l.partnership_id = partnership and l.financial_year = year and l.recorded_at <= recorded
       and l.arrangement = 'aligned' and partnership = any (ctx_in('commissioner'))
       and l.owner_organisation_id <> all (ctx_organisations())
     group by l.owner_organisation_id, l.category, opened.id
$$;
alter function aligned_outlook(uuid, text, date, timestamptz) owner to budget_totals;

-- What an observer may know of the same: totals of each arrangement, and whose forecast is missing.
create function observed_outlook(partnership uuid, year text, as_at date, recorded timestamptz)
    returns table (arrangement arrangement, committed_pence numeric, forecast_pence numeric, forecast_missing uuid[])
    language sql stable security definer set search_path = budget, pg_temp as $$
    with shown as materialized (select open_shadows_at(recorded) as keys)
    select l.arrangement, sum(c.committed_pence), sum(f.outturn_pence),
           array_agg(distinct l.owner_organisation_id order by l.owner_organisation_id)
               filter (where f.outturn_pence is null)
      from lines l
      left join commitment_sums(partnership, as_at, recorded) c on c.line_id = l.id
      left join forecasts_at(partnership, year, as_at, recorded) f on f.line_id = l.id
     where l.partnership_id = partnership and l.financial_year = year and l.recorded_at <= recorded
       and partnership = any (ctx_in('observer'))
       and (l.arrangement <> 'shadow'
            or partnership::text || '/' || l.owner_organisation_id::text = any ((select keys from shown)::text[]))
     group by l.arrangement
$$;
alter function observed_outlook(uuid, text, date, timestamptz) owner to budget_totals;
set role budget_totals;
grant execute on function aligned_outlook(uuid, text, date, timestamptz),
    observed_outlook(uuid, text, date, timestamptz) to budget_app;
set role budget_owner;
