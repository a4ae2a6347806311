create table successions (
    id uuid primary key,
    kind text not null check (kind in ('merger', 'division', 'transfer')),
    effective_date date not null,
    instrument text not null,
    -- Who ends or takes over by it, and may read it.
    party_ids uuid[] not null check (cardinality(party_ids) > 1),
    recorded_by_client_id uuid not null,
    recorded_by_person text,
    approved_by_client_id uuid,
    approved_by_person text,
    parts jsonb not null default '{}',
    state text not null default 'recorded' check (state in ('recorded', 'approved', 'applied', 'withdrawn')),
    version integer not null default 1,
    recorded_at timestamptz not null default clock_timestamp(),
    constraint successions_approved check ((state in ('approved', 'applied')) = (approved_by_client_id is not null)),
    constraint successions_apart check (approved_by_client_id <> recorded_by_client_id),
    constraint successions_whole check (state <> 'applied' or parts ?& array['directory', 'budget', 'contracts', 'outcomes'])
);
create index successions_recorded on successions (recorded_at, id);

create table succession_moves (
    succession_id uuid not null references successions (id),
    predecessor_id uuid not null references organisations (id),
    successor_id uuid not null references organisations (id),
    share numeric not null check (share > 0 and share <= 1),
    primary key (succession_id, predecessor_id, successor_id),
    constraint succession_moves_other check (predecessor_id <> successor_id)
);
create index succession_moves_predecessor on succession_moves (predecessor_id);
create index succession_moves_successor on succession_moves (successor_id);

alter table successions enable row level security;
alter table successions force row level security;
alter table succession_moves enable row level security;
alter table succession_moves force row level security;
-- The operator records and applies; who ends or takes over by it reads it whole.
create policy successions_read on successions for select to gateway_app using (
    (select gateway.ctx_operator()) or party_ids && (select gateway.ctx_organisations())::uuid[]);
create policy succession_moves_read on succession_moves for select to gateway_app using (
    succession_id in (select s.id from gateway.successions s));
create policy succession_moves_add on succession_moves for insert to gateway_app
    with check ((select gateway.ctx_operator()));
create policy successions_add on successions for insert to gateway_app
    with check ((select gateway.ctx_operator()) and recorded_by_client_id = (select gateway.ctx_client()));
create policy successions_change on successions for update to gateway_app
    using ((select gateway.ctx_operator())) with check ((select gateway.ctx_operator()));
grant select, insert on successions, succession_moves to gateway_app;
grant update (approved_by_client_id, approved_by_person, parts, state, version) on successions to gateway_app;
create policy successions_admission on successions for select to gateway_totals using (true);
create policy succession_moves_admission on succession_moves for select to gateway_totals using (true);
grant select on successions, succession_moves to gateway_totals;

-- The second lock on rules/succession.py: it moves forward, and what a part answered stays.
create function succession_moves_on() returns trigger language plpgsql as $$
begin
    if new.version <> old.version + 1 or not new.parts @> old.parts
       or (old.state, new.state) not in (('recorded', 'approved'), ('recorded', 'withdrawn'),
                                         ('approved', 'approved'), ('approved', 'applied'))
       or (old.state = 'approved' and new.approved_by_client_id <> old.approved_by_client_id)
    then
        raise exception 'succession % does not move so', old.id
            using errcode = 'integrity_constraint_violation', constraint = 'succession_moves_on';
    end if;
    return new;
end $$;
create trigger successions_move_on before update on successions
    for each row execute function succession_moves_on();
create trigger succession_moves_append_only before update or delete on succession_moves
    for each row execute function refuse_change();

-- Whom the body of a client has succeeded by today, however far back, and since when it has a successor itself. What a
-- predecessor's clients may write ends with the day on which an approved succession takes effect; what the successor
-- reads begins when the directory's part is applied.
create function successions_for_admission(client uuid) returns jsonb
    language sql stable security definer set search_path = gateway, pg_temp as $$
    with recursive today as (select (now() at time zone 'Europe/London')::date as day),
    body as (select c.owner_organisation_id as id from clients c where c.id = client),
    effected as (
        select m.predecessor_id, m.successor_id, s.effective_date, s.parts ? 'directory' as applied
          from succession_moves m join successions s on s.id = m.succession_id, today
         where s.state in ('approved', 'applied') and s.effective_date <= today.day),
    earlier (id) as (
        select e.predecessor_id from effected e, body where e.applied and e.successor_id = body.id
        union
        select e.predecessor_id from effected e join earlier on e.successor_id = earlier.id where e.applied)
    select jsonb_build_object(
        'predecessors', coalesce((select jsonb_agg(id order by id) from earlier), '[]'),
        'succeeded_on', (select min(e.effective_date) from effected e, body where e.predecessor_id = body.id))
$$;
grant execute on function successions_for_admission(uuid) to gateway_app;
alter function successions_for_admission(uuid) owner to gateway_totals;
