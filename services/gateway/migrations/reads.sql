-- What was read, by whom and on whose behalf. Rows come in batches, each of which the audit names with its hash.
create table reads (
    id uuid primary key default gen_random_uuid(),
    recorded_at timestamptz not null default clock_timestamp(),
    batch_id uuid not null,
    owner_organisation_id uuid not null,
    client_id uuid not null,
    on_behalf_of text,
    operation text not null,
    target text not null,
    status smallint not null,
    request_id uuid not null
);
create index reads_owner on reads (owner_organisation_id, recorded_at, id);
create index reads_batch on reads (batch_id);
alter table reads enable row level security;
alter table reads force row level security;
create policy reads_read on reads for select to gateway_app
    using (owner_organisation_id = any ((select gateway.ctx_organisations())::uuid[]));
-- The gateway itself records what all its callers read, in the name of none of them.
create policy reads_add on reads for insert to gateway_app
    with check ((select gateway.ctx_client()) = '00000000-0000-0000-0000-000000000000'::uuid);
grant select, insert on reads to gateway_app;
create trigger reads_append_only before update or delete on reads for each row execute function refuse_change();
create trigger reads_no_truncate before truncate on reads for each statement execute function refuse_change();
