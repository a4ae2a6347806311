-- What numbers and hashes every change of a schema once it is committed. {service} is replaced by the service's name.

-- An event is the audit row's other half and bears its id. What was recorded before is paired here; no row is left over.
-- The owner is under row-level security as well, so it is lifted for the pairing and forced again after it.
alter table {service}.events no force row level security;
alter table {service}.audit_events no force row level security;
alter table {service}.events disable trigger events_append_only;
do $$
declare
    told bigint; audited bigint; paired bigint;
begin
    select count(*) into told from {service}.events;
    select count(*) into audited from {service}.audit_events;
    with a as (
        select id, what, thing, thing_id, owner_organisation_id, row_number() over (
                   partition by what, thing, thing_id, owner_organisation_id order by recorded_at, id) as nth
          from {service}.audit_events),
    e as (
        select id, what, thing, thing_id, owner_organisation_id, row_number() over (
                   partition by what, thing, thing_id, owner_organisation_id order by recorded_at, id) as nth
          from {service}.events),
    moved as (
        update {service}.events set id = a.id
          from e join a using (what, thing, thing_id, owner_organisation_id, nth)
         where events.id = e.id returning 1)
    select count(*) into paired from moved;
    if paired <> told or paired <> audited then
        raise exception 'of % events and % audit rows only % belong together', told, audited, paired;
    end if;
end $$;
alter table {service}.events enable trigger events_append_only;
alter table {service}.events force row level security;
alter table {service}.audit_events force row level security;

-- Feeds are read by position, so an owner's events need no order of their own; the sealer looks by time.
drop index {service}.events_owner;
create index audit_events_recorded on {service}.audit_events (recorded_at);

-- One link for each audit row, in one order without gaps. `leaf` is the hash of the row's canonical form, `hash` that of
-- the link before it, this position and the leaf; so whoever keeps one hash holds everything before it.
create table {service}.chain_links (
    position bigint primary key check (position > 0),
    id uuid not null constraint chain_links_once unique references {service}.audit_events (id),
    leaf bytea not null check (octet_length(leaf) = 32),
    hash bytea not null check (octet_length(hash) = 32),
    recorded_at timestamptz not null default clock_timestamp()
);

-- Who may be told of a change at all: an organisation (owner or reader), or a partnership, whose commissioners, observers
-- and auditors may. Whether they are is decided when they ask, by whether they may see the thing itself.
create table {service}.feed_entries (
    audience_id uuid not null,
    position bigint not null,
    id uuid not null,
    primary key (audience_id, position)
);

-- How far the sealer is: the end of the chain, and the instant before which every row is sealed. One row, and nobody may
-- add another.
create table {service}.sealing (
    id uuid primary key default gen_random_uuid(),
    position bigint not null,
    hash bytea not null,
    settled_until timestamptz not null
);
insert into {service}.sealing (position, hash, settled_until)
    values (0, sha256('{service}'::bytea), '-infinity');

alter table {service}.chain_links enable row level security;
alter table {service}.chain_links force row level security;
alter table {service}.feed_entries enable row level security;
alter table {service}.feed_entries force row level security;
alter table {service}.sealing enable row level security;
alter table {service}.sealing force row level security;

create function {service}.ctx_audiences() returns uuid[] language sql stable parallel safe return
    {service}.ctx_organisations() || {service}.ctx_in('commissioner') || {service}.ctx_in('host')
    || {service}.ctx_in('observer') || {service}.ctx_in('auditor');
create function {service}.ctx_told_partnerships() returns uuid[] language sql stable parallel safe return
    {service}.ctx_in('commissioner') || {service}.ctx_in('host')
    || {service}.ctx_in('observer') || {service}.ctx_in('auditor');
grant execute on function {service}.ctx_audiences(), {service}.ctx_told_partnerships() to {service}_app;

create policy feed_entries_read on {service}.feed_entries for select to {service}_app
    using (audience_id = any ((select {service}.ctx_audiences())::uuid[]));
create policy events_told on {service}.events for select to {service}_app
    using (partnership_id = any ((select {service}.ctx_told_partnerships())::uuid[]));
create policy audit_events_seal on {service}.audit_events for select to {service}_totals using (true);
create policy events_seal on {service}.events for select to {service}_totals using (true);
create policy chain_links_seal on {service}.chain_links for all to {service}_totals using (true) with check (true);
create policy feed_entries_seal on {service}.feed_entries for all to {service}_totals using (true) with check (true);
create policy sealing_seal on {service}.sealing for all to {service}_totals using (true) with check (true);
grant select on {service}.feed_entries to {service}_app;
grant select on {service}.audit_events, {service}.events to {service}_totals;
grant select, insert on {service}.chain_links, {service}.feed_entries to {service}_totals;
grant select, update on {service}.sealing to {service}_totals;

create trigger chain_links_append_only before update or delete on {service}.chain_links
    for each row execute function {service}.refuse_change();
create trigger chain_links_no_truncate before truncate on {service}.chain_links
    for each statement execute function {service}.refuse_change();
create trigger feed_entries_append_only before update or delete on {service}.feed_entries
    for each row execute function {service}.refuse_change();
create trigger feed_entries_no_truncate before truncate on {service}.feed_entries
    for each statement execute function {service}.refuse_change();
create trigger sealing_stays before delete on {service}.sealing
    for each row execute function {service}.refuse_change();

-- Rows that no link holds, oldest first, from the instant before which all are sealed.
create function {service}.unsealed(most integer) returns setof {service}.audit_events
    language sql stable security definer set search_path = {service}, pg_temp as $$
    select a.* from audit_events a
     where a.recorded_at >= (select settled_until from sealing)
       and not exists (select from chain_links l where l.id = a.id)
     order by a.recorded_at, a.id limit most
$$;

-- How many rows have waited longer than that for their link.
create function {service}.count_unsealed(age interval) returns bigint
    language sql stable security definer set search_path = {service}, pg_temp as $$
    select count(*) from audit_events a
     where a.recorded_at >= (select settled_until from sealing) and a.recorded_at < clock_timestamp() - age
       and not exists (select from chain_links l where l.id = a.id)
$$;

-- Adds links to the end of the chain, as the caller computed them: each is recomputed here from its leaf, so that no
-- link can be added that does not follow. Tells the audiences of each change.
create function {service}.seal(ids uuid[], leaves bytea[], settled timestamptz) returns bigint
    language plpgsql volatile security definer set search_path = {service}, pg_temp as $$
declare
    at_position bigint; at_hash bytea;
begin
    select position, hash into at_position, at_hash from sealing for update;
    for nth in 1 .. cardinality(ids) loop
        at_position := at_position + 1;
        at_hash := sha256(at_hash || int8send(at_position) || leaves[nth]);
        insert into chain_links (position, id, leaf, hash) values (at_position, ids[nth], leaves[nth], at_hash);
    end loop;
    insert into feed_entries (audience_id, position, id)
        select audience, l.position, e.id
          from chain_links l join events e on e.id = l.id
         cross join lateral (
             select e.owner_organisation_id union select unnest(e.reader_organisation_ids)
             union select e.partnership_id) told (audience)
         where l.position > at_position - cardinality(ids) and audience is not null;
    update sealing set position = at_position, hash = at_hash, settled_until = greatest(settled_until, settled);
    return at_position;
end $$;

-- The end of the chain, and its links after a place: hashes, of which any caller may check the whole line.
create function {service}.chain_head() returns table (link bigint, sealed bytea)
    language sql stable security definer set search_path = {service}, pg_temp as $$
    select position, hash from sealing
$$;
create function {service}.links_after(place bigint, upto bigint, most integer)
    returns table (link bigint, audit_id uuid, leaf bytea, sealed bytea)
    language sql stable security definer set search_path = {service}, pg_temp as $$
    select l.position, l.id, l.leaf, l.hash from chain_links l
     where l.position > place and l.position <= upto order by l.position limit most
$$;

-- The table that holds a thing's rows, by its name in the plural; null where there is none that the app may read.
create function {service}.table_of(thing text) returns regclass language sql stable as $$
    select t.oid::regclass from (values (case
        when thing ~ '[^aeiou]y$' then left(thing, -1) || 'ies' when thing ~ 's$' then thing else thing || 's' end)) n (name)
      join pg_class t on t.relname = n.name and t.relkind = 'r' and t.relnamespace = '{service}'::regnamespace
     where exists (select from pg_attribute c where c.attrelid = t.oid and c.attname = 'id' and not c.attisdropped)
       and has_column_privilege(t.oid, 'id', 'select')
$$;

-- Of these things those whose own rows the caller may see: the policies of their table decide, as for every read.
create function {service}.seen_things(thing text, ids uuid[]) returns setof uuid language plpgsql stable as $$
declare
    place regclass := {service}.table_of(thing);
begin
    if place is not null then
        return query execute format('select id from %s where id = any ($1)', place) using ids;
    end if;
end $$;
grant execute on function {service}.unsealed(integer), {service}.count_unsealed(interval),
    {service}.seal(uuid[], bytea[], timestamptz), {service}.table_of(text), {service}.seen_things(text, uuid[])
    to {service}_app;
grant execute on function {service}.chain_head(), {service}.links_after(bigint, bigint, integer) to {service}_app;
alter function {service}.chain_head() owner to {service}_totals;
alter function {service}.links_after(bigint, bigint, integer) owner to {service}_totals;
alter function {service}.unsealed(integer) owner to {service}_totals;
alter function {service}.count_unsealed(interval) owner to {service}_totals;
alter function {service}.seal(uuid[], bytea[], timestamptz) owner to {service}_totals;
