-- What every schema starts with. {service} is replaced by the service's name.
-- Context functions read transaction-local settings; unset means nobody, so nothing is visible.

create function {service}.ctx_client() returns uuid language sql stable parallel safe
    return nullif(current_setting('app.client', true), '')::uuid;
create function {service}.ctx_organisation() returns uuid language sql stable parallel safe
    return nullif(current_setting('app.organisation', true), '')::uuid;
create function {service}.ctx_organisations() returns uuid[] language sql stable parallel safe
    return coalesce(nullif(current_setting('app.organisations', true), '')::uuid[], '{}'::uuid[]);
create function {service}.ctx_in(role text) returns uuid[] language sql stable parallel safe
    return coalesce(nullif(current_setting('app.in_' || role, true), '')::uuid[], '{}'::uuid[]);
create function {service}.ctx_operator() returns boolean language sql stable parallel safe
    return coalesce(current_setting('app.operator', true) = 'yes', false);
-- An auditor's named bodies and years; organisation null for pooled money, year '*' for things of no single year.
create function {service}.ctx_audited(partnership uuid, organisation uuid, financial_year text)
    returns boolean language sql stable parallel safe
    return partnership::text || '/' || coalesce(organisation::text, '*') || '/' || financial_year = any
        (coalesce(nullif(current_setting('app.audits', true), '')::text[], '{}'::text[]));

-- One row for each change, written in the change's own transaction. Read by the organisation that acted,
-- the one whose record it is, and those named as readers.
create table {service}.audit_events (
    id uuid primary key default gen_random_uuid(),
    recorded_at timestamptz not null default clock_timestamp(),
    what text not null,
    thing text not null,
    thing_id uuid not null,
    partnership_id uuid,
    owner_organisation_id uuid not null,
    reader_organisation_ids uuid[] not null default '{}',
    actor_organisation_id uuid not null,
    actor_client_id uuid not null,
    on_behalf_of text,
    request_id text,
    facts jsonb not null default '{}'
);
create index audit_events_thing on {service}.audit_events (thing_id, recorded_at);
create index audit_events_owner on {service}.audit_events (owner_organisation_id, recorded_at);

-- The change feed's raw rows: one for each change, for readers to follow.
create table {service}.events (
    id uuid primary key default gen_random_uuid(),
    recorded_at timestamptz not null default clock_timestamp(),
    what text not null,
    thing text not null,
    thing_id uuid not null,
    partnership_id uuid,
    owner_organisation_id uuid not null,
    reader_organisation_ids uuid[] not null default '{}'
);
create index events_owner on {service}.events (owner_organisation_id, recorded_at);

-- Answers already given, by client, operation and key. Only a success is kept.
create table {service}.idempotency_keys (
    owner_client_id uuid not null,
    operation text not null,
    key text not null,
    digest bytea not null,
    status smallint not null,
    etag text,
    body bytea not null,
    recorded_at timestamptz not null default clock_timestamp(),
    primary key (owner_client_id, operation, key)
);
-- Answers come in the order of time, so that a block of the table knows how old it is.
create index idempotency_keys_recorded on {service}.idempotency_keys using brin (recorded_at);

-- Takes the lock of a key, then looks for its answer. A function, because each of its statements sees what was
-- committed before it: one statement that does both could look before the first request's commit and lock after it.
create function {service}.find_answer(lock_key bigint, client uuid, asked_operation text, asked_key text)
    returns table (mine boolean, digest bytea, status smallint, etag text, body bytea) language plpgsql as $$
begin
    mine := pg_try_advisory_xact_lock(lock_key);
    select kept.digest, kept.status, kept.etag, kept.body into digest, status, etag, body
      from {service}.idempotency_keys kept
     where kept.owner_client_id = client and kept.operation = asked_operation and kept.key = asked_key;
    return next;
end $$;

alter table {service}.audit_events enable row level security;
alter table {service}.audit_events force row level security;
alter table {service}.events enable row level security;
alter table {service}.events force row level security;
alter table {service}.idempotency_keys enable row level security;
alter table {service}.idempotency_keys force row level security;

create policy audit_events_read on {service}.audit_events for select to {service}_app using (
    owner_organisation_id = any ((select {service}.ctx_organisations())::uuid[])
    or actor_organisation_id = any ((select {service}.ctx_organisations())::uuid[])
    or reader_organisation_ids && (select {service}.ctx_organisations())::uuid[]
);
create policy audit_events_write on {service}.audit_events for insert to {service}_app with check (
    actor_organisation_id = (select {service}.ctx_organisation())
    and actor_client_id = (select {service}.ctx_client())
);
create policy events_read on {service}.events for select to {service}_app using (
    owner_organisation_id = any ((select {service}.ctx_organisations())::uuid[])
    or reader_organisation_ids && (select {service}.ctx_organisations())::uuid[]
);
-- An event is about somebody else's record as often as not, so any caller may tell one; without a caller nobody may.
create policy events_write on {service}.events for insert to {service}_app
    with check ((select {service}.ctx_client()) is not null);
create policy idempotency_keys_own on {service}.idempotency_keys for all to {service}_app
    using (owner_client_id = (select {service}.ctx_client()))
    with check (owner_client_id = (select {service}.ctx_client()));

grant select, insert on {service}.audit_events, {service}.events, {service}.idempotency_keys to {service}_app;

-- Answers are forgotten by age (shared/forget.py), and none that is younger than 30 days by anybody.
create policy idempotency_keys_old on {service}.idempotency_keys for all to {service}_totals
    using (recorded_at < now() - interval '30 days') with check (false);
grant select, delete on {service}.idempotency_keys to {service}_totals;
create function {service}.forget_answers(age interval, most integer) returns bigint
    language sql volatile security definer set search_path = {service}, pg_temp as $$
    with forgotten as (
        delete from idempotency_keys where ctid = any (array(
            select ctid from idempotency_keys where recorded_at < now() - age limit most))
        returning 1)
    select count(*) from forgotten
$$;
grant execute on function {service}.forget_answers(interval, integer) to {service}_app;
alter function {service}.forget_answers(interval, integer) owner to {service}_totals;

-- What is recorded is never edited: not even by its owner.
create function {service}.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;
-- What can change says when it last did, whatever statement changed it (see shared/schema.py).
create function {service}.note_change() returns trigger language plpgsql as $$
begin
    new.updated_at := clock_timestamp();
    return new;
end $$;
create trigger audit_events_append_only before update or delete on {service}.audit_events
    for each row execute function {service}.refuse_change();
create trigger audit_events_no_truncate before truncate on {service}.audit_events
    for each statement execute function {service}.refuse_change();
create trigger events_append_only before update or delete on {service}.events
    for each row execute function {service}.refuse_change();
create trigger events_no_truncate before truncate on {service}.events
    for each statement execute function {service}.refuse_change();

grant execute on function {service}.ctx_client(), {service}.ctx_organisation(), {service}.ctx_organisations(),
    {service}.ctx_in(text), {service}.ctx_operator(), {service}.ctx_audited(uuid, uuid, text)
    to {service}_app, {service}_totals;
grant execute on function {service}.find_answer(bigint, uuid, text, text) to {service}_app;
