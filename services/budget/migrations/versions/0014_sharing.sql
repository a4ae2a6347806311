-- `partnership/organisation` whose aligned lines the caller may see one by one: the partnership's agreement opens
-- aligned lines, and the organisation shares them with the caller (domain, section 2).
create function open_aligned_lines() returns text[] language sql stable parallel safe
    set search_path = budget, pg_temp as $$
    select coalesce(array_agg(shared), '{}')
      from unnest(ctx_shares('aligned_line_detail')) shared
     where split_part(shared, '/', 1)::uuid = any (open_aligned())
$$;
-- The same by the agreement as it was on record at an instant; what is shared is what is shared today.
create function open_aligned_lines_at(instant timestamptz) returns text[] language sql stable parallel safe
    set search_path = budget, pg_temp as $$
    select coalesce(array_agg(shared), '{}')
      from unnest(ctx_shares('aligned_line_detail')) shared
     where split_part(shared, '/', 1)::uuid = any (open_aligned_at(instant))
$$;
grant execute on function open_aligned_lines(), open_aligned_lines_at(timestamptz) to budget_app, budget_totals;

-- Every policy that opened aligned lines by the agreement alone now asks for the sharing as well.
do $$
declare
    each record;
    changed integer := 0;
    asked constant text := '\(partnership_id = ANY \(\( SELECT (budget\.)?open_aligned\(\) AS open_aligned\)(::uuid\[\])?\)\)';
begin
    for each in select tablename, policyname, qual from pg_policies
                 where schemaname = 'budget' and qual like '%open_aligned()%' loop
        if each.qual !~ asked then
            raise exception 'the policy % of % opens aligned lines in another way', each.policyname, each.tablename;
        end if;
        execute format('alter policy %I on budget.%I using (%s)', each.policyname, each.tablename,
            regexp_replace(each.qual, asked,
                '(partnership_id::text || ''/'' || owner_organisation_id::text'
                ' = any ((select budget.open_aligned_lines())::text[]))'));
        changed := changed + 1;
    end loop;
    if changed < 5 then
        raise exception 'of the policies that open aligned lines only % were found', changed;
    end if;
end $$;

-- And so do the sums, which give a line of its own to what is open.
do $$
declare
    sums text;
    body text;
begin
    foreach sums in array array['aligned_totals(uuid, text, date, date, timestamptz)',
        'aligned_outlook(uuid, text, date, timestamptz)']
    loop
        body := replace(pg_get_functiondef(sums::regprocedure),
            'partnership = any (open_aligned_at(recorded))',
            'partnership::text || ''/'' || l.owner_organisation_id::text'
            ' = any ((select open_aligned_lines_at(recorded))::text[])');
        if body !~ 'open_aligned_lines_at' then
            raise exception '% does not say what is open', sums;
        end if;
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
