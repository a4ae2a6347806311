create table data_sharing_agreements (
    id uuid primary key,
    partnership_id uuid not null references partnerships (id),
    owner_organisation_id uuid not null references organisations (id),
    reference text not null,
    purpose text not null,
    legal_basis text not null,
    categories text[] not null check (cardinality(categories) > 0
        and categories <@ array['placements', 'personal_data', 'aligned_line_detail']),
    party_ids uuid[] not null,
    from_date date not null,
    to_date date,
    end_reason text,
    version integer not null default 1,
    recorded_at timestamptz not null default clock_timestamp(),
    constraint data_sharing_agreements_reference unique (owner_organisation_id, reference),
    constraint data_sharing_agreements_dates check (to_date >= from_date),
    constraint data_sharing_agreements_parties
        check (cardinality(party_ids) >= 2 and owner_organisation_id = any (party_ids))
);
create index data_sharing_agreements_parties_of on data_sharing_agreements using gin (party_ids);
create index data_sharing_agreements_recorded on data_sharing_agreements (recorded_at, id);

create table data_sharing_signatures (
    agreement_id uuid not null references data_sharing_agreements (id),
    organisation_id uuid not null,
    signed_on date not null,
    signatory text not null,
    signed_by_client_id uuid not null,
    recorded_at timestamptz not null default clock_timestamp(),
    constraint data_sharing_signatures_pkey primary key (agreement_id, organisation_id)
);

alter table data_sharing_agreements enable row level security;
alter table data_sharing_agreements force row level security;
alter table data_sharing_signatures enable row level security;
alter table data_sharing_signatures force row level security;

-- The parties read it, and who audits one of them. A party alone draws up, signs and ends.
create policy data_sharing_agreements_read on data_sharing_agreements for select to gateway_app using (
    party_ids && (select gateway.ctx_organisations())::uuid[]
    or exists (select from unnest(party_ids) party where gateway.ctx_audited(partnership_id, party, '*')));
create policy data_sharing_agreements_add on data_sharing_agreements for insert to gateway_app with check (
    owner_organisation_id = (select gateway.ctx_organisation())
    and partnership_id = any ((select gateway.ctx_partnerships())::uuid[]));
create policy data_sharing_agreements_end on data_sharing_agreements for update to gateway_app
    using ((select gateway.ctx_organisation()) = any (party_ids))
    with check ((select gateway.ctx_organisation()) = any (party_ids));
create policy data_sharing_signatures_read on data_sharing_signatures for select to gateway_app using (
    agreement_id in (select a.id from gateway.data_sharing_agreements a));
create policy data_sharing_signatures_add on data_sharing_signatures for insert to gateway_app with check (
    organisation_id = (select gateway.ctx_organisation())
    and signed_by_client_id = (select gateway.ctx_client())
    and agreement_id in (select a.id from gateway.data_sharing_agreements a
                          where (select gateway.ctx_organisation()) = any (a.party_ids)));
grant select, insert on data_sharing_agreements, data_sharing_signatures to gateway_app;
grant update (to_date, end_reason, version) on data_sharing_agreements to gateway_app;

create policy data_sharing_agreements_admission on data_sharing_agreements for select to gateway_totals using (true);
create policy data_sharing_signatures_admission on data_sharing_signatures for select to gateway_totals using (true);
grant select on data_sharing_agreements, data_sharing_signatures to gateway_totals;

-- The second lock on the rules: an end is brought forward and never put off, and a signature stays.
create function sharing_ends_earlier() returns trigger language plpgsql as $$
begin
    if new.to_date is null or (old.to_date is not null and new.to_date > old.to_date) then
        if (new.to_date, new.end_reason) is distinct from (old.to_date, old.end_reason) then
            raise exception 'the end of a data-sharing agreement is never put off'
                using errcode = 'check_violation', constraint = 'sharing_ends_earlier';
        end if;
    end if;
    return new;
end $$;
create trigger data_sharing_agreements_end before update on data_sharing_agreements
    for each row execute function sharing_ends_earlier();
create trigger data_sharing_signatures_append_only before update or delete on data_sharing_signatures
    for each row execute function refuse_change();
create trigger data_sharing_signatures_no_truncate before truncate on data_sharing_signatures
    for each statement execute function refuse_change();

-- What others share with the body that a client acts for, today: agreements that all parties have signed and that
-- are in their period, of parties that are still members. A sub-unit's client gets nothing of it (rules/standing.py).
create function shares_for_admission(client uuid) returns jsonb
    language sql stable security definer set search_path = gateway, pg_temp as $$
    with today as (select (now() at time zone 'Europe/London')::date as day),
    body as (select c.owner_organisation_id as id from clients c where c.id = client),
    present as (
        select distinct m.partnership_id, m.organisation_id from members m, today
         where m.from_date <= today.day and (m.to_date is null or m.to_date >= today.day)),
    shared as (
        select a.partnership_id, party as organisation_id, category
          from data_sharing_agreements a, body, today, unnest(a.party_ids) party, unnest(a.categories) category
         where body.id = any (a.party_ids) and party <> body.id
           and a.from_date <= today.day and (a.to_date is null or a.to_date >= today.day)
           and (select count(*) from data_sharing_signatures s
                 where s.agreement_id = a.id and s.organisation_id = any (a.party_ids)) = cardinality(a.party_ids)
           and (a.partnership_id, party) in (select p.partnership_id, p.organisation_id from present p)
           and (a.partnership_id, body.id) in (select p.partnership_id, p.organisation_id from present p))
    select coalesce(jsonb_agg(jsonb_build_object('partnership_id', g.partnership_id,
               'organisation_id', g.organisation_id, 'categories', g.categories)), '[]')
      from (select partnership_id, organisation_id, jsonb_agg(distinct category order by category) as categories
              from shared group by partnership_id, organisation_id
             order by partnership_id, organisation_id) g
$$;
grant execute on function shares_for_admission(uuid) to gateway_app;
alter function shares_for_admission(uuid) owner to gateway_totals;
