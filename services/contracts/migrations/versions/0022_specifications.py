"""Specifications in versions that never overlap, and the version that a contract names from a day."""

from shared.migrate import run_sql

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    run_sql(_TABLES)
    run_sql(_WALLS)
    run_sql(_GUARDS)


_TABLES = """
create table specifications (
    id uuid primary key,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    code text not null,
    code_key text not null,
    number integer not null check (number > 0),
    title text not null,
    holds_from date not null,
    holds_until date,
    url text,
    sha256 text check (sha256 ~ '^[0-9a-f]{64}$'),
    recorded_at timestamptz not null default clock_timestamp(),
    changed_at timestamptz not null default clock_timestamp(),
    constraint specifications_ordered check (holds_until >= holds_from),
    constraint specifications_number unique (owner_organisation_id, code_key, number)
);
create index specifications_partnership on specifications (partnership_id, changed_at, id);
create index specifications_owner on specifications (owner_organisation_id, changed_at, id);

-- The version's own number and title stand here too: whoever is party to the contract reads them without the catalogue.
create table contract_specifications (
    id uuid primary key,
    contract_id uuid not null references contracts (id),
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    specification_id uuid not null references specifications (id),
    code text not null,
    number integer not null,
    title text not null,
    holds_from date not null,
    recorded_at timestamptz not null default clock_timestamp(),
    constraint contract_specifications_once unique (owner_organisation_id, contract_id, code, holds_from)
);
create index contract_specifications_contract on contract_specifications (contract_id, recorded_at, id);
create index contract_specifications_owner on contract_specifications (owner_organisation_id, recorded_at, id);
create index contract_specifications_partnership on contract_specifications (partnership_id, recorded_at, id);
create index contract_specifications_specification on contract_specifications (specification_id);
"""

_OURS = "(select contracts.ctx_organisations())::uuid[]"
_COMMISSIONED = "partnership_id = any ((select contracts.ctx_in('commissioner'))::uuid[])"
_WALLS = """
alter table specifications enable row level security;
alter table specifications force row level security;
alter table contract_specifications enable row level security;
alter table contract_specifications force row level security;
create policy specifications_read on specifications for select to contracts_app using ({commissioned});
create policy specifications_add on specifications for insert to contracts_app with check (
    owner_organisation_id = (select contracts.ctx_organisation()) and {commissioned});
create policy specifications_end on specifications for update to contracts_app
    using (owner_organisation_id = any ({ours})) with check (owner_organisation_id = any ({ours}));
grant select, insert on specifications to contracts_app;
grant update (holds_until, changed_at) on specifications to contracts_app;

create policy contract_specifications_read on contract_specifications for select to contracts_app using (
    exists (select from contracts.contracts c where c.id = contract_specifications.contract_id and (
        c.owner_organisation_id = any ({ours})
        or c.partnership_id = any ((select contracts.ctx_in('commissioner'))::uuid[])
        or c.associate_ids && {ours}
        or (c.disclosed and c.provider_ids && {ours})
        or (c.partnership_id = any ((select contracts.ctx_audited_in())::uuid[]) and exists (
            select from contracts.ctx_audited_years() audit where audit.partnership_id = c.partnership_id
               and audit.body_id = any (c.owner_organisation_id || c.associate_ids)
               and audit.first_day <= coalesce(c.runs_until, 'infinity'::date)
               and audit.last_day >= coalesce(c.start_date, '-infinity'::date))))));
create policy contract_specifications_add on contract_specifications for insert to contracts_app with check (
    owner_organisation_id = any ({ours})
    and exists (select from contracts.contracts c where c.id = contract_specifications.contract_id
        and c.owner_organisation_id = contract_specifications.owner_organisation_id
        and c.partnership_id = contract_specifications.partnership_id));
grant select, insert on contract_specifications to contracts_app;
""".replace("{ours}", _OURS).replace("{commissioned}", _COMMISSIONED)

# No two versions for the same day, whoever writes them at the same moment; a version only ever gains its last day.
_GUARDS = """
create function specifications_are_apart() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and (old.holds_until is not null
            or (to_jsonb(new) - 'holds_until' - 'changed_at') <> (to_jsonb(old) - 'holds_until' - 'changed_at')) then
        raise exception 'version % stays as it was', old.id using errcode = 'restrict_violation';
    end if;
    perform pg_advisory_xact_lock(hashtextextended(new.owner_organisation_id::text || '/' || new.code_key, 11));
    if exists (
        select from contracts.specifications s
         where s.owner_organisation_id = new.owner_organisation_id and s.code_key = new.code_key and s.id <> new.id
           and daterange(s.holds_from, s.holds_until, '[]') && daterange(new.holds_from, new.holds_until, '[]')
    ) then
        raise exception 'version % overlaps another', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'specifications_apart';
    end if;
    return new;
end $$;
create trigger specifications_apart before insert or update on specifications
    for each row execute function specifications_are_apart();

create function contract_specification_is_in_force() returns trigger language plpgsql as $$
begin
    if not exists (
        select from contracts.specifications s
         where s.id = new.specification_id and s.partnership_id = new.partnership_id
           and (s.code, s.number, s.title) = (new.code, new.number, new.title)
           and daterange(s.holds_from, s.holds_until, '[]') @> new.holds_from
    ) then
        raise exception 'the version of contract % does not hold on that day', new.contract_id
            using errcode = 'integrity_constraint_violation', constraint = 'contract_specifications_in_force';
    end if;
    return new;
end $$;
create trigger contract_specifications_in_force before insert on contract_specifications
    for each row execute function contract_specification_is_in_force();

create trigger specifications_no_delete before delete on specifications
    for each row execute function refuse_change();
create trigger specifications_no_truncate before truncate on specifications
    for each statement execute function refuse_change();
create trigger contract_specifications_append_only before update or delete on contract_specifications
    for each row execute function refuse_change();
create trigger contract_specifications_no_truncate before truncate on contract_specifications
    for each statement execute function refuse_change();
"""
