create table record_grants (
    id uuid primary key,
    partnership_id uuid not null references partnerships (id),
    owner_organisation_id uuid not null references organisations (id),
    grantee_organisation_id uuid not null references organisations (id),
    purpose text not null check (purpose in ('scrutiny', 'audit_sample')),
    records jsonb not null check (jsonb_array_length(records) between 1 and 100),
    reason text not null,
    state text not null check (state in ('asked', 'granted', 'refused')),
    decision_reason text,
    from_date date,
    to_date date,
    version integer not null default 1,
    recorded_at timestamptz not null default clock_timestamp(),
    check (owner_organisation_id <> grantee_organisation_id),
    constraint record_grants_days check (
        (state = 'granted') = (from_date is not null) and (state = 'granted') = (to_date is not null)
        and (from_date is null or to_date between from_date and from_date + 365))
);
create index record_grants_grantee on record_grants (grantee_organisation_id, recorded_at, id);
create index record_grants_owner on record_grants (owner_organisation_id, recorded_at, id);
alter table record_grants enable row level security;
alter table record_grants force row level security;

-- Who asks or was given, and whose records they are. A scrutiny body asks for itself; only the owner opens.
create policy record_grants_read on record_grants for select to gateway_app using (
    owner_organisation_id = any ((select gateway.ctx_organisations())::uuid[])
    or grantee_organisation_id = any ((select gateway.ctx_organisations())::uuid[]));
create policy record_grants_add on record_grants for insert to gateway_app with check (
    partnership_id = any ((select gateway.ctx_partnerships())::uuid[])
    and case when state = 'asked' then purpose = 'scrutiny'
                  and grantee_organisation_id = (select gateway.ctx_organisation())
             else purpose = 'audit_sample' and owner_organisation_id = (select gateway.ctx_organisation()) end);
create policy record_grants_decide on record_grants for update to gateway_app
    using (owner_organisation_id = (select gateway.ctx_organisation()))
    with check (owner_organisation_id = (select gateway.ctx_organisation()));
grant select, insert on record_grants to gateway_app;
grant update (state, decision_reason, from_date, to_date, version) on record_grants to gateway_app;
create policy record_grants_admission on record_grants for select to gateway_totals using (true);
grant select on record_grants to gateway_totals;

-- The second lock: decided once, and a last day only brought forward.
create function record_grant_moves() returns trigger language plpgsql as $$
begin
    if old.state <> 'asked' and (new.state, new.decision_reason, new.from_date)
           is distinct from (old.state, old.decision_reason, old.from_date)
       or old.state = 'granted' and new.to_date > old.to_date then
        raise exception 'the grant % is decided', new.id
            using errcode = 'check_violation', constraint = 'record_grant_moves';
    end if;
    return new;
end $$;
create trigger record_grants_move before update on record_grants
    for each row execute function record_grant_moves();

-- What is open today to the body that a client acts for, while it still holds the role for which it was opened.
create function grants_for_admission(client uuid) returns jsonb
    language sql stable security definer set search_path = gateway, pg_temp as $$
    with today as (select (now() at time zone 'Europe/London')::date as day),
    open as (
        select distinct g.owner_organisation_id, r.named ->> 'thing' as thing, r.named ->> 'id' as id
          from record_grants g join clients c on c.id = client and c.owner_organisation_id = g.grantee_organisation_id,
               today, jsonb_array_elements(g.records) r(named)
         where g.state = 'granted' and today.day between g.from_date and g.to_date
           and exists (select from members m
                        where m.partnership_id = g.partnership_id and m.organisation_id = g.grantee_organisation_id
                          and m.from_date <= today.day and (m.to_date is null or m.to_date >= today.day)
                          and case g.purpose when 'scrutiny' then m.role = 'observer'
                                   else m.role = 'auditor'
                                        and g.owner_organisation_id = any (m.audited_organisation_ids) end))
    select coalesce(jsonb_agg(jsonb_build_object('thing', o.thing, 'owner_organisation_id', o.owner_organisation_id,
               'record_ids', o.ids)), '[]')
      from (select thing, owner_organisation_id, jsonb_agg(id order by id) as ids from open
             group by thing, owner_organisation_id order by thing, owner_organisation_id) o
$$;
grant execute on function grants_for_admission(uuid) to gateway_app;
alter function grants_for_admission(uuid) owner to gateway_totals;
