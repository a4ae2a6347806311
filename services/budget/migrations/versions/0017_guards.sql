-- The second lock on what rules/succession.py and rules/late_entry.py decide.

-- The books of a pool are those of its host and of the hosts before: what one of them closed is shut.
create or replace function hold_books(account_ids uuid[], earliest text) returns jsonb language plpgsql as $$
declare
    held record;
    shut jsonb := '{}';
begin
    for held in
        select distinct a.partnership_id as place, keeper as owner,
               case when a.arrangement = 'aligned' then 'aligned' else 'pooled' end as books
          from budget.accounts a left join budget.pools p on p.id = a.pool_id,
               unnest(coalesce(p.owner_organisation_id, a.owner_organisation_id) || coalesce(p.kept_before, '{}')) keeper
         where a.id = any (account_ids) order by 1, 2, 3
    loop
        perform pg_advisory_xact_lock_shared(2005, budget.books_key(held.place, held.owner, held.books));
        shut := shut || (
            select coalesce(jsonb_object_agg(p.period, p.state), '{}') from budget.periods p
             where p.partnership_id = held.place and p.owner_organisation_id = held.owner and p.books = held.books
               and p.period >= earliest
               and (p.state = 'closed' or p.state = 'soft_closed'
                    and p.owner_organisation_id <> all (budget.ctx_organisations())));
    end loop;
    return shut;
end $$;

-- A year's periods are closed by whoever hosted the pool then.
do $$
declare
    body text := pg_get_functiondef('year_end_moves()'::regprocedure);
    counted constant text := '(select count(*) from budget.periods p
            where p.partnership_id = new.partnership_id and p.owner_organisation_id = new.owner_organisation_id
              and p.books = ''pooled''';
begin
    if position(counted in body) = 0 then
        raise exception 'year_end_moves is not what it was';
    end if;
    execute replace(body, counted, '(select count(distinct p.period) from budget.periods p
            where p.partnership_id = new.partnership_id
              and p.owner_organisation_id = any ((select array_append(o.kept_before, new.owner_organisation_id)
                    from budget.pools o where o.id = new.pool_id)::uuid[])
              and p.books = ''pooled''');
end $$;

-- The parties change by succession alone, or by a version that takes over.
create function agreement_succeeds(old agreements, new agreements) returns boolean language sql stable as $$
    select new.state = old.state and new.edition = old.edition and new.party_ids <> old.party_ids
       and new.terms - 'parties' - 'host_organisation_id' = old.terms - 'parties' - 'host_organisation_id'
       and not exists (select from unnest(old.party_ids) party
            where party <> all (new.party_ids) and not exists (
                select from budget.successions s
                 where s.partnership_id = new.partnership_id and s.predecessor_organisation_id = party
                   and s.owner_organisation_id = any (new.party_ids)))
       and not exists (select from unnest(new.party_ids) party
            where party <> all (old.party_ids) and not exists (
                select from budget.successions s
                 where s.partnership_id = new.partnership_id and s.owner_organisation_id = party
                   and s.predecessor_organisation_id = any (old.party_ids)))
$$;
grant execute on function agreement_succeeds(agreements, agreements) to budget_app;
do $$
declare
    body text := pg_get_functiondef('agreement_moves()'::regprocedure);
    first constant text := 'if new.version <> old.version + 1
       or (not taken_over';
begin
    if position(first in body) = 0 then
        raise exception 'agreement_moves is not what it was';
    end if;
    execute replace(body, first, 'taken_over := taken_over or budget.agreement_succeeds(old, new);
    ' || first);
end $$;

-- Whose shadow is open goes for those whom it succeeded.
create function with_predecessors(keys text[]) returns text[] language sql stable parallel safe
    set search_path = budget, pg_temp as $$
    with recursive every as (
        select unnest(keys) as key
        union
        select s.partnership_id::text || '/' || s.predecessor_organisation_id::text
          from every e join successions s
            on s.partnership_id::text || '/' || s.owner_organisation_id::text = e.key)
    select case when exists (select from successions) then (select array_agg(key) from every) else keys end
$$;
grant execute on function with_predecessors(text[]) to budget_app, budget_totals;
do $$
declare
    opened text;
    body text;
begin
    foreach opened in array array['open_shadows()', 'open_shadows_at(timestamptz)'] loop
        body := pg_get_functiondef(opened::regprocedure);
        if position('coalesce(array_agg(distinct a.partnership_id::text || ''/'' || party::text), ''{}'')' in body) = 0 then
            raise exception '% is not what it was', opened;
        end if;
        execute replace(body, 'coalesce(array_agg(distinct a.partnership_id::text || ''/'' || party::text), ''{}'')',
            'with_predecessors(coalesce(array_agg(distinct a.partnership_id::text || ''/'' || party::text), ''{}''))');
    end loop;
end $$;

-- The parties of an agreement on a day: before a succession, those whom its present parties succeeded.
create function parties_as_at(agreement uuid, place uuid, parties uuid[], as_at date) returns uuid[]
    language sql stable parallel safe set search_path = budget, pg_temp as $$
    with recursive back as (
        select unnest(parties) as party
        union
        select s.predecessor_organisation_id from back b join successions s
            on s.partnership_id = place and s.owner_organisation_id = b.party and s.effective_on > as_at)
    select case when not exists (select from successions s where s.partnership_id = place) then parties else (
        select coalesce(array_agg(b.party order by b.party), '{}') from back b
         where not exists (
            select from successions s
             where s.partnership_id = place and s.owner_organisation_id = b.party and s.effective_on > as_at
               and not exists (select from agreement_versions v
                                where v.agreement_id = agreement and b.party = any (v.party_ids)
                                  and v.recorded_at < s.recorded_at))) end
$$;
grant execute on function parties_as_at(uuid, uuid, uuid[], date) to budget_app, budget_totals;
do $$
declare
    body text := pg_get_functiondef('observed_totals(uuid, text, date, date, timestamptz)'::regprocedure);
    asked constant text := 'a.agreement_id = p.agreement_id, unnest(a.party_ids) party';
begin
    if position(asked in body) = 0 then
        raise exception 'observed_totals is not what it was';
    end if;
    execute 'set role budget_totals';
    execute 'drop function observed_totals(uuid, text, date, date, timestamptz)';
    execute 'set role budget_owner';
    execute replace(body, asked, 'a.agreement_id = p.agreement_id,
               unnest(parties_as_at(a.agreement_id, a.partnership_id, a.party_ids, as_at)) party');
    execute 'alter function observed_totals(uuid, text, date, date, timestamptz) owner to budget_totals';
    execute 'set role budget_totals';
    execute 'grant execute on function observed_totals(uuid, text, date, date, timestamptz) to budget_app';
    execute 'set role budget_owner';
end $$;

-- What stood before a succession takes what was before it, from who succeeded; and opening balances come by it alone.
create function journal_keeps_to_succession(journal journals) returns void language plpgsql as $$
begin
    if journal.kind::text = 'succession' then
        if not exists (select from budget.successions s
                        where s.id = journal.succession_id and s.partnership_id = journal.partnership_id) then
            raise exception 'journal % is of no succession', journal.id
                using errcode = 'integrity_constraint_violation', constraint = 'journal_of_a_succession';
        end if;
        return;
    end if;
    if exists (select from budget.successions s
                where s.partnership_id = journal.partnership_id
                  and s.predecessor_organisation_id = journal.posted_by_organisation_id
                  and s.effective_on <= (now() at time zone 'Europe/London')::date) then
        raise exception 'journal % is posted by who was succeeded', journal.id
            using errcode = 'integrity_constraint_violation', constraint = 'journal_by_who_succeeded';
    end if;
    if exists (select from budget.entries e join budget.accounts a on a.id = e.account_id
                 left join budget.lines l on l.id = a.line_id
                 join budget.successions s on s.partnership_id = a.partnership_id
                  and s.predecessor_organisation_id in (l.owner_organisation_id,
                      case when a.arrangement = 'pooled' then a.organisation_id else a.owner_organisation_id end)
                where e.journal_id = journal.id and journal.effective_date >= s.effective_on) then
        raise exception 'journal % is dated after a succession', journal.id
            using errcode = 'integrity_constraint_violation', constraint = 'journal_before_succession';
    end if;
end $$;
grant execute on function journal_keeps_to_succession(journals) to budget_app;
do $$
declare
    body text := pg_get_functiondef('journal_in_its_year()'::regprocedure);
    last constant text := 'return null;';
begin
    execute replace(body, last, 'if new.kind::text = ''succession'' or exists (
        select from budget.successions s where s.partnership_id = new.partnership_id) then
        perform budget.journal_keeps_to_succession(new);
    end if;
    return null;');
end $$;

-- Who succeeded keeps the books and pays the contributions of those before it.
do $$
declare
    body text := pg_get_functiondef('journal_by_a_partner()'::regprocedure);
    opening constant text := 'if new.book = ''budget'' and exists';
    theirs constant text := 'a.organisation_id is distinct from new.posted_by_organisation_id or';
begin
    if position(opening in body) = 0 or position(theirs in body) = 0 then
        raise exception 'journal_by_a_partner is not what it was';
    end if;
    body := replace(body, opening, 'if new.kind::text = ''succession'' or exists (
        select from budget.successions s
         where s.partnership_id = new.partnership_id and s.predecessor_organisation_id = new.owner_organisation_id
           and s.owner_organisation_id = any (budget.ctx_organisations())) then
        return null;
    end if;
    ' || opening);
    execute replace(body, theirs, 'a.organisation_id <> all (budget.ctx_organisations()) or');
end $$;
