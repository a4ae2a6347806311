-- Addresses of organisations that are told of changes, their secrets, how far each was told, and what is on its way.
create table webhooks (
    id uuid primary key,
    owner_organisation_id uuid not null references organisations (id),
    client_id uuid not null,
    url text not null check (length(url) <= 2000),
    types text[] not null default '{}' check (cardinality(types) <= 100),
    description text,
    state text not null check (state in ('pending', 'active', 'disabled', 'failed')),
    failing_since timestamptz,
    version integer not null default 1,
    recorded_at timestamptz not null default clock_timestamp(),
    constraint webhooks_owned unique (id, owner_organisation_id),
    -- What is told is what the client may read, so it is one of the owner's.
    constraint webhooks_client foreign key (client_id, owner_organisation_id)
        references clients (id, owner_organisation_id)
);
create index webhooks_owner on webhooks (owner_organisation_id, recorded_at, id);

create table webhook_secrets (
    id uuid primary key default gen_random_uuid(),
    webhook_id uuid not null,
    owner_organisation_id uuid not null,
    secret bytea not null check (octet_length(secret) = 32),
    counts_until timestamptz,
    recorded_at timestamptz not null default clock_timestamp(),
    foreign key (webhook_id, owner_organisation_id) references webhooks (id, owner_organisation_id)
);
create index webhook_secrets_webhook on webhook_secrets (webhook_id);

create table webhook_places (
    webhook_id uuid not null,
    service text not null,
    owner_organisation_id uuid not null,
    position bigint not null,
    primary key (webhook_id, service),
    foreign key (webhook_id, owner_organisation_id) references webhooks (id, owner_organisation_id)
);

create table webhook_deliveries (
    id uuid primary key default gen_random_uuid(),
    webhook_id uuid not null,
    owner_organisation_id uuid not null,
    service text not null,
    position bigint not null,
    type text not null,
    state text not null default 'pending' check (state in ('pending', 'delivered', 'dead', 'withheld')),
    attempts integer not null default 0,
    last_status integer,
    last_error text,
    queued boolean not null default false,
    attempted_at timestamptz,
    version integer not null default 1,
    recorded_at timestamptz not null default clock_timestamp(),
    -- An event goes to a webhook once, whoever dispatches it.
    constraint webhook_deliveries_once unique (webhook_id, service, position),
    foreign key (webhook_id, owner_organisation_id) references webhooks (id, owner_organisation_id)
);
create index webhook_deliveries_webhook on webhook_deliveries (webhook_id, recorded_at, id);
create index webhook_deliveries_queue on webhook_deliveries (recorded_at) where not queued and state = 'pending';

do $$
declare
    name text;
begin
    foreach name in array array['webhooks', 'webhook_secrets', 'webhook_places', 'webhook_deliveries'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy %I on %I for select to gateway_app'
            ' using (owner_organisation_id = (select gateway.ctx_organisation()))', name || '_read', name);
        execute format('create policy %I on %I for insert to gateway_app'
            ' with check (owner_organisation_id = (select gateway.ctx_organisation()))', name || '_add', name);
        execute format('create policy %I on %I for update to gateway_app'
            ' using (owner_organisation_id = (select gateway.ctx_organisation()))'
            ' with check (owner_organisation_id = (select gateway.ctx_organisation()))', name || '_change', name);
    end loop;
end $$;
create policy webhooks_deliver on webhooks for select to gateway_totals using (true);
create policy webhook_deliveries_deliver on webhook_deliveries for select to gateway_totals using (true);
create policy webhook_deliveries_queue on webhook_deliveries for update to gateway_totals
    using (not queued) with check (queued);
grant select, insert on webhooks, webhook_secrets, webhook_places, webhook_deliveries to gateway_app;
grant update (state, failing_since, version) on webhooks to gateway_app;
grant update (counts_until) on webhook_secrets to gateway_app;
grant update (position) on webhook_places to gateway_app;
grant update (state, attempts, last_status, last_error, queued, attempted_at, version) on webhook_deliveries to gateway_app;
grant select on webhooks, webhook_deliveries to gateway_totals;
grant update (queued) on webhook_deliveries to gateway_totals;

-- What the worker must know before it acts in somebody's name: which webhooks are told, and by which client.
create function webhooks_to_tell() returns table (webhook_id uuid, told_client_id uuid)
    language sql stable security definer set search_path = gateway, pg_temp as $$
    select id, client_id from webhooks where state = 'active' order by recorded_at, id
$$;
create function delivery_to_make(delivery uuid) returns table (webhook_id uuid, told_client_id uuid)
    language sql stable security definer set search_path = gateway, pg_temp as $$
    select w.id, w.client_id from webhook_deliveries d join webhooks w on w.id = d.webhook_id where d.id = delivery
$$;
create function take_deliveries(most integer) returns table (delivery_id uuid)
    language sql volatile security definer set search_path = gateway, pg_temp as $$
    update webhook_deliveries set queued = true where id in (
        select id from webhook_deliveries where not queued and state = 'pending'
         order by recorded_at limit most for update skip locked)
    returning id
$$;
grant execute on function webhooks_to_tell(), delivery_to_make(uuid), take_deliveries(integer) to gateway_app;
alter function webhooks_to_tell() owner to gateway_totals;
alter function delivery_to_make(uuid) owner to gateway_totals;
alter function take_deliveries(integer) owner to gateway_totals;
