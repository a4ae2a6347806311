"""Proofs over what stands beside the ledger: each question gives one `broken` text per break, and so should give none."""

# The names are what the report calls the checks.
QUESTIONS = {
    "every change has its audit row and its event": """
        select coalesce(a.what, e.what) || ' ' || coalesce(a.thing_id, e.thing_id) || ': '
               || coalesce(a.rows, 0) || ' audit rows, ' || coalesce(e.rows, 0) || ' events' as broken
          from (select what, thing_id, count(*) as rows from audit_events group by 1, 2) a
          full join (select what, thing_id, count(*) as rows from events group by 1, 2) e using (what, thing_id)
         where a.rows is distinct from e.rows
    """,
    "every commitment is what its moves add up to": """
        select c.id::text || ': ' || c.reserved_pence || ' reserved, ' || c.drawn_pence || ' drawn, '
               || c.released_pence || ' released, its ' || c.version || ' moves say ' || m.reserved || ', ' || m.drawn
               || ', ' || m.released as broken
          from commitments c
          join lateral (
              select coalesce(sum(amount_pence) filter (where kind in ('reserved', 'varied')), 0) as reserved,
                     -coalesce(sum(amount_pence) filter (where kind in ('drawn_down', 'restored')), 0) as drawn,
                     -coalesce(sum(amount_pence) filter (where kind = 'released'), 0) as released,
                     count(*) as moves, max(number) as last
                from commitment_moves where commitment_id = c.id) m on true
         where (c.reserved_pence, c.drawn_pence, c.released_pence) <> (m.reserved, m.drawn, m.released)
            or m.moves <> c.version or m.last is distinct from c.version
    """,
    "every sum of commitments is the sum of their moves": """
        select coalesce(b.line_id, m.line_id)::text || ' ' || coalesce(b.day, m.day) || ' recorded '
               || coalesce(b.recorded_month, m.recorded_month) || ': sum ' || coalesce(b.pence::text, 'none')
               || ', moves ' || coalesce(m.pence::text, 'none') as broken
          from (select line_id, (effective_month + number::integer - 1) as day, recorded_month, pence
                  from commitment_balances, unnest(day_pence) with ordinality days (pence, number)
                 where pence is not null) b
          full join (
              select line_id, effective_date as day,
                     date_trunc('month', recorded_at at time zone 'UTC')::date as recorded_month,
                     sum(amount_pence) as pence
                from commitment_moves group by 1, 2, 3) m using (line_id, day, recorded_month)
         where b.pence is distinct from m.pence
        union all
        select line_id::text || ' ' || effective_month || ' recorded ' || recorded_month || ': sum ' || amount_pence
               || ', days ' || (select coalesce(sum(pence), 0) from unnest(day_pence) days (pence))
          from commitment_balances
         where amount_pence <> (select coalesce(sum(pence), 0) from unnest(day_pence) days (pence))
    """,
    # One that draws a commitment down pays at least as much on its line, whatever else it draws down.
    "every draw-down was paid by its journal": """
        select m.journal_id::text || ' on line ' || m.line_id || ': drew ' || m.drawn || ' pence, charged '
               || coalesce(paid.pence, 0) as broken
          from (select journal_id, line_id, sum(paid_pence) as drawn
                  from commitment_moves where kind = 'drawn_down' group by 1, 2) m
          left join lateral (
              select sum(e.amount_pence) as pence from entries e join accounts a on a.id = e.account_id
               where e.journal_id = m.journal_id and a.line_id = m.line_id and a.kind in ('expenditure', 'income')) paid
            on true
         where m.drawn > coalesce(paid.pence, 0)
    """,
    # From the line that gives to the line that takes, and no other journal moves budget.
    "every virement that was posted is its journal": """
        select coalesce(v.id::text || ': journal ' || coalesce(v.journal_id::text, 'none') || ', moved '
               || coalesce(j.pence::text, 'nothing') || ' of ' || v.amount_pence, j.id || ': of no virement') as broken
          from (select * from virements where state = 'posted' or journal_id is not null) v
          full join (
              select o.id, o.financial_year, max(e.amount_pence) as pence, count(*) as sides,
                     (array_agg(a.line_id) filter (where e.amount_pence > 0))[1] as to_line_id,
                     (array_agg(a.line_id) filter (where e.amount_pence < 0))[1] as from_line_id,
                     (array_agg(a.id) filter (where e.amount_pence < 0))[1] as from_account_id
                from journals o join entries e on e.journal_id = o.id join accounts a on a.id = e.account_id
               where o.book = 'budget' and o.kind in ('virement', 'supplementary_estimate')
               group by o.id, o.financial_year) j on j.id = v.journal_id
         where v.id is null or j.id is null or v.state <> 'posted' or j.sides <> 2 or j.pence <> v.amount_pence
            or j.financial_year <> v.financial_year or j.to_line_id is distinct from v.to_line_id
            or (v.from_line_id is not null and j.from_line_id is distinct from v.from_line_id)
            or (v.from_account_id is not null and j.from_account_id <> v.from_account_id)
    """,
    "every settlement posted what its steps took": """
        select p.settlement_id::text || ': journal ' || p.journal_id || ' moved ' || coalesce(j.pence, 0)
               || ', its steps took ' || coalesce(taken.pence, 0) as broken
          from settlement_postings p
          join settlements s on s.id = p.settlement_id
          left join lateral (
              select sum(coalesce((step #>> '{taken,from_reserve_pence}')::numeric, 0)
                         + (select coalesce(sum((each ->> 'amount_pence')::numeric), 0)
                              from jsonb_array_elements(step #> '{taken,from_pools}') each)
                         + (select coalesce(sum((each ->> 'amount_pence')::numeric), 0)
                              from jsonb_array_elements(step #> '{taken,borne}') each)) as pence
                from jsonb_array_elements(s.outcome -> 'steps') step
               where (step ->> 'number')::smallint = any (p.steps)) taken on true
          left join lateral (
              select sum(e.amount_pence) filter (where e.amount_pence > 0) as pence
                from entries e where e.journal_id = p.journal_id) j on true
         where j.pence is distinct from taken.pence
        union all
        select s.id::text || ': ' || s.state || ' with step ' || step || ' in ' || count(*) || ' journals that stand'
          from settlements s join settlement_postings p on p.settlement_id = s.id, unnest(p.steps) step
         where not exists (select from journals r where r.reverses_journal_id = p.journal_id)
         group by s.id, step having count(*) > 1 or s.state not in ('part_posted', 'posted')
        union all
        select s.id::text || ': ' || s.state || ' without a journal' from settlements s
         where s.state in ('part_posted', 'posted')
           and not exists (select from settlement_postings p where p.settlement_id = s.id)
    """,
    # All seals, not the last alone: what a partner wrote down of an earlier one must be found again.
    "every seal is the root of its branches": """
        select s.id::text || ': seal ' || s.number || ' of ' || s.period as broken
          from seals s
          left join lateral (
              select string_agg(convert_to(name || E'\\n', 'UTF8') || digest, ''::bytea order by name collate "C") as parts
                from (select b.arrangement || '/' || b.owner_organisation_id as name, b.digest
                        from seal_branches b where b.seal_id = s.id) branch) branches on true
         where s.root <> sha256('\\x02'::bytea || convert_to(concat_ws('/', s.partnership_id, s.owner_organisation_id,
                   s.books, s.period, s.number) || E'\\n', 'UTF8') || coalesce(branches.parts, ''::bytea))
    """,
    "every period stands where its last move left it": """
        select p.id::text || ' ' || p.period || ': ' || p.state || ' at version ' || p.version || ', last moved to '
               || coalesce(m.state || ' at version ' || m.version, 'nothing') || ', ' || coalesce(m.moves, 0) || ' moves'
               as broken
          from periods p
          left join lateral (
              select (array_agg(state order by version desc))[1] as state, max(version) as version, count(*) as moves
                from period_moves where period_id = p.id) m on true
         where (m.state, m.version, m.moves) is distinct from (p.state, p.version, p.version::bigint)
    """,
    # What left the account is what it held, and came to where the shares say; no other journal carries anything.
    "every balance was carried forward once": """
        select coalesce(y.id::text || ': of ' || y.balance_pence || ' pence ' || coalesce(j.out::text, 'nothing')
               || ' left the account, ' || coalesce(j.arrived::text, 'nothing') || ' arrived',
               j.id || ': of no year-end') as broken
          from (select * from year_ends where state = 'posted' or journal_id is not null) y
          full join (
              select o.id, o.kind, -sum(e.amount_pence) filter (where e.account_id = n.account_id) as out,
                     sum(e.amount_pence) filter (where e.account_id <> n.account_id) as arrived
                from journals o join entries e on e.journal_id = o.id left join year_ends n on n.journal_id = o.id
               where o.kind = 'carry_forward' group by o.id, o.kind) j on j.id = y.journal_id
         where y.id is null or j.id is null or j.out is distinct from y.balance_pence
            or j.arrived is distinct from y.balance_pence
        union all
        select account_id::text || ' ' || financial_year || ': carried forward ' || count(*) || ' times'
          from year_ends where state = 'posted' group by account_id, financial_year having count(*) > 1
    """,
    "every line that was moved left what it held": """
        select m.id::text || ': ' || m.kind || ' of ' || coalesce(m.before_pence::text, 'not known') || ' into '
               || coalesce(made.pence::text, 'not known') || ', ' || made.lines || ' lines made, ' || ended.lines
               || ' ended' as broken
          from line_moves m
          join lateral (
              select count(*) as lines, case when count(budget_pence) = count(*) then sum(budget_pence) end as pence
                from lines where made_by_move_id = m.id) made on true
          join lateral (select count(*) as lines from lines where ended_by_move_id = m.id) ended on true
         where made.lines <> cardinality(m.to_line_ids) or ended.lines <> cardinality(m.from_line_ids)
            or made.pence is distinct from m.after_pence or m.before_pence is distinct from m.after_pence
    """,
    # What left the predecessors' accounts came to their successors', and nothing is left behind.
    "every succession carried what was held": """
        select i.from_id::text || ': was succeeded and holds ' || sum(b.amount_pence) || ' pence' as broken
          from (select distinct from_id from succession_items where thing = 'account') i
          join balances b on b.account_id = i.from_id and b.book = 'actual'
         group by i.from_id having sum(b.amount_pence) <> 0
        union all
        select s.succession_id::text || ': carries ' || s.pence || ' pence more than it took' from (
            select j.succession_id, sum(e.amount_pence) as pence
              from journals j join entries e on e.journal_id = j.id
             where j.kind::text = 'succession'
               and (e.account_id in (select from_id from succession_items where thing = 'account')
                    or e.account_id in (select to_id from succession_items where thing = 'account'))
             group by j.succession_id) s
         where s.pence <> 0
    """,
    "every batch posted what it answered": """
        select b.id::text || ': ' || (item ->> 'journal_id') || ' is in no book' as broken
          from journal_batches b, jsonb_array_elements(b.items) item
         where item ->> 'status' = 'posted'
           and not exists (select from journals j where j.id::text = item ->> 'journal_id')
    """,
}
