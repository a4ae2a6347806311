"""What a statement changes is checked and kept as one set when it commits, and indexes for large registers."""

from shared.migrate import run_sql

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    run_sql(_TABLE)
    run_sql(_FITS)
    run_sql(_EDITIONS)
    run_sql(_TRIGGERS)
    run_sql(_STEPS)
    run_sql(_INDEXES)


# A deferred trigger is called for a row at a time. So each statement leaves one row here, with the contracts that it
# touched, and the trigger on that row looks at all of them; then the row goes again. The trigger comes with the row, so
# that taking the row out before does not take the check out. `whole`: the contracts themselves, not only their parts.
_TABLE = """
create table changed_contracts (
    id uuid primary key default gen_random_uuid(),
    owner_organisation_id uuid not null,
    contract_ids uuid[] not null,
    whole boolean not null
);
alter table changed_contracts enable row level security;
alter table changed_contracts force row level security;
create policy changed_contracts_read on changed_contracts for select to contracts_app using (
    owner_organisation_id = any ((select contracts.ctx_organisations())::uuid[]));
create policy changed_contracts_add on changed_contracts for insert to contracts_app with check (
    owner_organisation_id = any ((select contracts.ctx_organisations())::uuid[]));
create policy changed_contracts_remove on changed_contracts for delete to contracts_app using (
    owner_organisation_id = any ((select contracts.ctx_organisations())::uuid[]));
grant select, insert, delete on changed_contracts to contracts_app;
"""

# The same rule as before (0002), of many contracts at once.
_FITS = """
create function contracts_fit(ids uuid[]) returns void language plpgsql as $$
declare
    wrong uuid;
begin
    select asked.id into wrong
      from unnest(ids) asked (id)
      left join contracts.contracts c on c.id = asked.id
      left join (
        select p.contract_id,
               count(*) filter (where p.role = 'lead_commissioner') as leads,
               min(p.organisation_id::text) filter (where p.role = 'lead_commissioner') as lead,
               count(*) filter (where p.role = 'provider') as providers,
               coalesce(array_agg(p.organisation_id order by p.position)
                   filter (where p.role = 'associate_commissioner'), '{}') as associate_ids,
               coalesce(array_agg(p.organisation_id order by p.position)
                   filter (where p.role = 'provider' and p.organisation_id is not null), '{}') as provider_ids,
               sum(p.share_percent) as shares
          from contracts.contract_parties p where p.contract_id = any (ids) group by p.contract_id
      ) found on found.contract_id = asked.id
     where found.leads is distinct from 1 or found.lead is distinct from c.owner_organisation_id::text
        or found.associate_ids <> c.associate_ids or found.provider_ids <> c.provider_ids or found.shares <> 100
        or (found.providers = 0 and c.state not in ('pipeline', 'procurement', 'standstill', 'abandoned'))
     limit 1;
    if wrong is not null then
        raise exception 'the parties of contract % do not fit together', wrong
            using errcode = 'integrity_constraint_violation', constraint = 'contract_is_whole';
    end if;
    select f.contract_id into wrong from contracts.contract_funding f
     where f.contract_id = any (ids) group by f.contract_id having sum(f.share_percent) <> 100 limit 1;
    if wrong is not null then
        raise exception 'the funding of contract % is not whole', wrong
            using errcode = 'integrity_constraint_violation', constraint = 'contract_funding_is_whole';
    end if;
end $$;
grant execute on function contracts_fit(uuid[]) to contracts_app;
"""

# As keep_edition did (0009, 0012): a publication where there is none, an edition where what could be published of a
# contract has changed, and whether it is shown. What is carried over is looked up only where there is a line.
_EDITIONS = """
create function keep_editions(ids uuid[]) returns void language plpgsql as $$
begin
    insert into contracts.publications (contract_id, owner_organisation_id, open, decided, from_stage, withheld,
                                        particulars, version)
    select c.id, c.owner_organisation_id,
           not coalesce(carried.closed, false) and coalesce((
               select p.open_by_default from contracts.publishers p
                where p.owner_organisation_id = c.owner_organisation_id), false),
           coalesce(carried.closed, false), coalesce(carried.from_stage, 'award'),
           coalesce(carried.withheld, '[]'), '{}', 1
      from contracts.contracts c
      left join contracts.contract_plans plan on plan.contract_id = c.id
      left join lateral (
        select * from contracts.carried_publication(c) where plan.related <> '[]' offset 0) carried on true
     where c.id = any (ids)
       and not exists (select from contracts.publications p where p.contract_id = c.id);

    insert into contracts.contract_editions (contract_id, number, owner_organisation_id, stage, contract_version,
                                             content, move, reason)
    select now.id, coalesce(now.number, 0) + 1, now.owner_organisation_id, now.stage, now.version, now.content,
           step.move, step.reason
      from (
        select c.id, c.version, c.owner_organisation_id, newest.number, newest.content as was,
               newest.owner_organisation_id as was_of,
               contracts.edition_content(c, publication.particulars, plan.related) as content,
               contracts.edition_stage(c, newest.stage) as stage
          from contracts.contracts c
          join contracts.publications publication on publication.contract_id = c.id
          left join contracts.contract_plans plan on plan.contract_id = c.id
          left join lateral (
            select e.number, e.content, e.owner_organisation_id, e.stage from contracts.contract_editions e
             where e.contract_id = c.id order by e.number desc limit 1) newest on true
         where c.id = any (ids)) now
      left join contracts.contract_steps step on step.contract_id = now.id and step.version = now.version
     where now.was is distinct from now.content or now.was_of is distinct from now.owner_organisation_id;

    update contracts.publications p set shown = p.open and (now.stage >= p.from_stage or exists (
               select from contracts.contract_editions e
                where e.contract_id = p.contract_id and e.stage >= p.from_stage))
      from (
        select c.id, contracts.edition_stage(c, (
            select e.stage from contracts.contract_editions e
             where e.contract_id = c.id order by e.number desc limit 1)) as stage
          from contracts.contracts c where c.id = any (ids)) now
     where p.contract_id = now.id and p.shown is distinct from (p.open and now.stage >= p.from_stage)
       and not (p.shown and p.open);
end $$;

create function edition_stage(of contracts, before release_stage) returns release_stage language sql stable as $$
    select case
        when of.state = 'pipeline' then 'planning'
        when of.state in ('procurement', 'standstill') then 'tender'
        when of.state = 'abandoned' and of.awarded_on is null then coalesce(before, 'planning')
        when of.state in ('awarded', 'abandoned') then 'award'
        else 'contract' end::contracts.release_stage
$$;
grant execute on function keep_editions(uuid[]), edition_stage(contracts, release_stage) to contracts_app;

create or replace function contract_edition_of_publication() returns trigger language plpgsql as $$
begin
    update contracts.publications p set shown = p.open and exists (
        select from contracts.contract_editions e where e.contract_id = p.contract_id and e.stage >= p.from_stage)
     where p.contract_id = new.contract_id;
    perform contracts.keep_editions(array[new.contract_id]);
    if new.open then
        update contracts.contract_editions set released_at = clock_timestamp() where contract_id = new.contract_id;
    end if;
    return null;
end $$;
"""

_TRIGGERS = """
create function note_contracts() returns trigger language plpgsql as $$
begin
    insert into contracts.changed_contracts (owner_organisation_id, contract_ids, whole)
    select owner_organisation_id, array_agg(id), true from changed group by owner_organisation_id;
    return null;
end $$;

-- A contract that this transaction wrote is noted by its own statement, once for all its parties and lines.
create function note_parts() returns trigger language plpgsql as $$
begin
    insert into contracts.changed_contracts (owner_organisation_id, contract_ids, whole)
    select c.owner_organisation_id, array_agg(c.id), false
      from contracts.contracts c
     where c.id in (select contract_id from changed) and c.xmin <> pg_current_xact_id()::xid
     group by c.owner_organisation_id;
    return null;
end $$;

create function changed_contracts_fit() returns trigger language plpgsql as $$
begin
    if new.whole then
        perform contracts.keep_editions(new.contract_ids);
    end if;
    perform contracts.contracts_fit(new.contract_ids);
    delete from contracts.changed_contracts where id = new.id;
    return null;
end $$;

drop trigger contracts_whole on contracts;
drop trigger contracts_edition on contracts;
drop trigger contract_parties_whole on contract_parties;
drop trigger contract_funding_whole on contract_funding;
drop function contract_is_whole();
drop function contract_edition_of_contract();
drop function keep_edition(contracts);

create constraint trigger changed_contracts_fit after insert on changed_contracts deferrable initially deferred
    for each row execute function changed_contracts_fit();
create trigger contracts_added after insert on contracts referencing new table as changed
    for each statement execute function note_contracts();
create trigger contracts_changed after update on contracts referencing new table as changed
    for each statement execute function note_contracts();
create trigger contract_parties_added after insert on contract_parties referencing new table as changed
    for each statement execute function note_parts();
create trigger contract_parties_removed after delete on contract_parties referencing old table as changed
    for each statement execute function note_parts();
create trigger contract_funding_added after insert on contract_funding referencing new table as changed
    for each statement execute function note_parts();
create trigger contract_funding_removed after delete on contract_funding referencing old table as changed
    for each statement execute function note_parts();
"""

_STEPS = """
create or replace function contract_step_of_owner() returns trigger language plpgsql as $$
declare
    wrong uuid;
begin
    select added.contract_id into wrong from added
     where not exists (select from contracts.contracts c
                        where c.id = added.contract_id and c.owner_organisation_id = added.owner_organisation_id)
     limit 1;
    if wrong is not null then
        raise exception 'a step is recorded of the owner that contract % has then', wrong
            using errcode = 'integrity_constraint_violation', constraint = 'contract_step_of_owner';
    end if;
    return null;
end $$;
drop trigger contract_steps_of_owner on contract_steps;
create trigger contract_steps_of_owner after insert on contract_steps referencing new table as added
    for each statement execute function contract_step_of_owner();
"""

# Who is party to contracts that another body leads, and a commissioner's people with one provider.
_INDEXES = """
create index contract_parties_joined on contract_parties (organisation_id, contract_id)
    where role <> 'lead_commissioner';
create index placements_care_with on placements (provider_organisation_id, owner_organisation_id)
    where state in ('active', 'reviewed');
"""
