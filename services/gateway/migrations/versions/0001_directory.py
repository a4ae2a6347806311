"""The directory: organisations, partnerships and members; clients with keys and secrets; outside issuers."""

from pathlib import Path

from shared.migrate import run_sql
from shared.schema import shared_tables

revision = "0001"
down_revision = None

_ADMISSION = Path(__file__).parents[1] / "admission.sql"


def upgrade() -> None:
    run_sql(shared_tables("gateway"))
    run_sql(_TABLES)
    run_sql(_WALLS)
    run_sql(_GUARDS)
    run_sql(_ADMISSION.read_text(encoding="utf-8"))


_TABLES = """
create type organisation_kind as enum (
    'local_authority', 'nhs_commissioner', 'nhs_provider', 'independent_provider', 'voluntary_provider',
    'audit_firm', 'other_public_body', 'sub_unit', 'operator');
create type identifier_scheme as enum ('ods', 'gss', 'company', 'charity', 'ppon');
create type member_role as enum ('commissioner', 'host', 'associate', 'provider', 'observer', 'auditor');
create type key_algorithm as enum ('RS256', 'RS512', 'PS256', 'ES256');

create table organisations (
    id uuid primary key,
    name text not null,
    kind organisation_kind not null,
    parent_id uuid references organisations (id),
    names jsonb not null default '[]',
    -- What a partnership can have as a member: a body, no part of one, and not the operator.
    is_body boolean not null generated always as (parent_id is null and kind <> 'operator') stored,
    version integer not null default 1,
    recorded_at timestamptz not null default clock_timestamp(),
    constraint organisations_sub_unit check ((kind = 'sub_unit') = (parent_id is not null)),
    constraint organisations_body unique (id, is_body)
);
create unique index organisations_one_operator on organisations (kind) where kind = 'operator';
create index organisations_recorded on organisations (recorded_at, id);
create index organisations_parent on organisations (parent_id) where parent_id is not null;

create table organisation_identifiers (
    organisation_id uuid not null references organisations (id),
    position smallint not null,
    scheme identifier_scheme not null,
    code text not null,
    role text,
    from_date date,
    to_date date,
    constraint organisation_identifiers_once
        unique nulls not distinct (organisation_id, scheme, code, role, from_date),
    constraint organisation_identifiers_dates check (to_date >= from_date)
);
create index organisation_identifiers_code on organisation_identifiers (scheme, code);

create table partnerships (
    id uuid primary key,
    name text not null,
    area text,
    currency text not null default 'GBP' check (currency = 'GBP'),
    from_date date not null,
    to_date date,
    version integer not null default 1,
    recorded_at timestamptz not null default clock_timestamp(),
    constraint partnerships_dates check (to_date >= from_date)
);
create index partnerships_recorded on partnerships (recorded_at, id);

create table members (
    id uuid primary key,
    partnership_id uuid not null references partnerships (id),
    organisation_id uuid not null,
    is_body boolean not null default true check (is_body),
    role member_role not null,
    from_date date not null,
    to_date date,
    audited_organisation_ids uuid[] not null default '{}',
    financial_years text[] not null default '{}',
    version integer not null default 1,
    recorded_at timestamptz not null default clock_timestamp(),
    constraint members_body foreign key (organisation_id, is_body) references organisations (id, is_body),
    constraint members_dates check (to_date >= from_date),
    constraint members_audit check (
        (role = 'auditor') = (cardinality(audited_organisation_ids) > 0)
        and (role = 'auditor') = (cardinality(financial_years) > 0))
);
create index members_partnership on members (partnership_id, recorded_at, id);
create index members_organisation on members (organisation_id);

-- The owner is the body for which the client acts; the organisation is that body or a sub-unit of it.
create table clients (
    id uuid primary key,
    owner_organisation_id uuid not null references organisations (id),
    organisation_id uuid not null references organisations (id),
    name text not null,
    scopes text[] not null check (cardinality(scopes) <= 100),
    disabled_at timestamptz,
    version integer not null default 1,
    recorded_at timestamptz not null default clock_timestamp(),
    constraint clients_owned unique (id, owner_organisation_id),
    constraint clients_name unique (owner_organisation_id, name)
);
create index clients_recorded on clients (owner_organisation_id, recorded_at, id);

create table client_keys (
    id uuid primary key,
    client_id uuid not null,
    owner_organisation_id uuid not null,
    kid text not null,
    algorithm key_algorithm not null check (algorithm <> 'RS256'),
    jwk jsonb not null check (not jwk ?| array['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']),
    retired_at timestamptz,
    version integer not null default 1,
    recorded_at timestamptz not null default clock_timestamp(),
    foreign key (client_id, owner_organisation_id) references clients (id, owner_organisation_id),
    constraint client_keys_kid unique (owner_organisation_id, client_id, kid)
);

create table client_secrets (
    id uuid primary key default gen_random_uuid(),
    client_id uuid not null,
    owner_organisation_id uuid not null,
    digest bytea not null check (octet_length(digest) = 32),
    expires_at timestamptz,
    retired_at timestamptz,
    version integer not null default 1,
    recorded_at timestamptz not null default clock_timestamp(),
    foreign key (client_id, owner_organisation_id) references clients (id, owner_organisation_id)
);
create index client_secrets_client on client_secrets (client_id);

create table issuers (
    id uuid primary key,
    owner_organisation_id uuid not null references organisations (id),
    issuer text not null,
    audience text not null,
    algorithm key_algorithm not null,
    keys jsonb not null,
    client_claim text not null,
    scope_claim text,
    longest_life_seconds integer not null check (longest_life_seconds between 60 and 86400),
    enabled boolean not null default true,
    version integer not null default 1,
    recorded_at timestamptz not null default clock_timestamp(),
    constraint issuers_owned unique (id, owner_organisation_id),
    constraint issuers_once unique (owner_organisation_id, issuer, audience)
);

-- An issuer's tokens can stand for clients of the issuer's own organisation and for no others.
create table issuer_clients (
    issuer_id uuid not null,
    owner_organisation_id uuid not null,
    claim_value text not null,
    client_id uuid not null,
    primary key (issuer_id, claim_value),
    foreign key (issuer_id, owner_organisation_id) references issuers (id, owner_organisation_id),
    constraint issuer_clients_own foreign key (client_id, owner_organisation_id)
        references clients (id, owner_organisation_id)
);

-- Ids of client assertions that were used, kept until the assertion has expired. No client may read them.
create table used_assertion_ids (
    client_id uuid not null,
    jti text not null,
    forget_at timestamptz not null,
    primary key (client_id, jti)
);
create index used_assertion_ids_forget on used_assertion_ids (forget_at);
"""

# The operator keeps the directory. An organisation reads itself, its units and its partners; its clients are its own.
_IN = "any ((select gateway.ctx_partnerships())::uuid[])"
_OPERATOR = "(select gateway.ctx_operator())"
_OWN = "(select gateway.ctx_operator()) or owner_organisation_id = (select gateway.ctx_organisation())"
_SEEN_ORGANISATION = f"""({_OPERATOR}
    or id = any ((select gateway.ctx_organisations())::uuid[])
    or parent_id = any ((select gateway.ctx_organisations())::uuid[])
    or exists (select from gateway.members m
                where m.organisation_id in (organisations.id, organisations.parent_id)
                  and m.partnership_id = {_IN}))"""  # noqa: S608 fixed names
_SEEN_IDENTIFIER = "organisation_id in (select o.id from gateway.organisations o)"
# table: (who reads, who adds and changes, columns that may change)
_RULES = {
    "organisations": (_SEEN_ORGANISATION, _OPERATOR, "name, names, version"),
    "organisation_identifiers": (_SEEN_IDENTIFIER, _OPERATOR, "position, to_date"),
    "partnerships": (f"{_OPERATOR} or id = {_IN}", _OPERATOR, "name, area, to_date, version"),
    "members": (f"{_OPERATOR} or partnership_id = {_IN}", _OPERATOR, "to_date, version"),
    "clients": (_OWN, _OWN, "name, scopes, disabled_at, version"),
    "client_keys": (_OWN, _OWN, "retired_at, version"),
    "client_secrets": (_OWN, _OWN, "retired_at, version"),
    "issuers": (
        _OWN,
        _OWN,
        "audience, algorithm, keys, client_claim, scope_claim, longest_life_seconds, enabled, version",
    ),
    "issuer_clients": (_OWN, _OWN, ""),
}
_SECRETS_WITHOUT_DIGEST = "id, client_id, owner_organisation_id, expires_at, retired_at, version, recorded_at"


def _walls() -> str:
    parts = [
        "create function ctx_partnerships() returns uuid[] language sql stable parallel safe return"
        + " || ".join(
            f" gateway.ctx_in('{role}')"
            for role in ("commissioner", "host", "associate", "provider", "observer", "auditor")
        )
        + ";",
        "grant execute on function ctx_partnerships() to gateway_app, gateway_totals;",
        "alter table used_assertion_ids enable row level security;",
        "alter table used_assertion_ids force row level security;",
    ]
    for table, (read, write, columns) in _RULES.items():
        seen = f"({_SECRETS_WITHOUT_DIGEST})" if table == "client_secrets" else ""
        parts += [
            f"alter table {table} enable row level security;",
            f"alter table {table} force row level security;",
            f"create policy {table}_read on {table} for select to gateway_app using ({read});",
            f"create policy {table}_add on {table} for insert to gateway_app with check ({write});",
            f"grant select {seen}, insert on {table} to gateway_app;",
            # Admission looks before there is a caller: through the functions below and in no other way.
            f"create policy {table}_admission on {table} for select to gateway_totals using (true);",
            f"grant select on {table} to gateway_totals;",
        ]
        if columns:
            parts += [
                f"create policy {table}_change on {table} for update to gateway_app using ({write})",
                f" with check ({write});",
                f"grant update ({columns}) on {table} to gateway_app;",
            ]
    parts += [
        f"create policy issuer_clients_drop on issuer_clients for delete to gateway_app using ({_OWN});",
        "grant delete on issuer_clients to gateway_app;",
        "create policy used_assertion_ids_admission on used_assertion_ids for all to gateway_totals using (true)",
        " with check (true);",
        # The update right is there to lock rows that are being forgotten, so that others skip them.
        "grant select, insert, update (forget_at), delete on used_assertion_ids to gateway_totals;",
    ]
    return "\n".join(parts)


_WALLS = _walls()

# The second lock on what the rules decide where a plain constraint cannot say it: dates that must not overlap.
_GUARDS = """
create function identifier_means_one_body() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtextextended(new.scheme || ' ' || new.code, 0));
    if exists (
        select from gateway.organisation_identifiers other
         where other.scheme = new.scheme and other.code = new.code
           and other.role is not distinct from new.role
           and (other.organisation_id, other.from_date) is distinct from (new.organisation_id, new.from_date)
           and daterange(other.from_date, other.to_date, '[]') && daterange(new.from_date, new.to_date, '[]'))
    then
        raise exception 'the code % means another body on some of these days', new.code
            using errcode = 'exclusion_violation', constraint = 'identifier_means_one_body';
    end if;
    return new;
end $$;
create trigger identifier_means_one_body before insert or update on organisation_identifiers
    for each row execute function identifier_means_one_body();

create function member_holds_role_once() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtextextended(new.partnership_id::text, 0));
    if exists (
        select from gateway.members other
         where other.partnership_id = new.partnership_id and other.organisation_id = new.organisation_id
           and other.role = new.role and other.id <> new.id
           and (new.role <> 'auditor' or other.audited_organisation_ids && new.audited_organisation_ids)
           and daterange(other.from_date, other.to_date, '[]') && daterange(new.from_date, new.to_date, '[]'))
    then
        raise exception 'the organisation holds this role on some of these days'
            using errcode = 'exclusion_violation', constraint = 'member_holds_role_once';
    end if;
    return new;
end $$;
create trigger member_holds_role_once before insert or update on members
    for each row execute function member_holds_role_once();

-- A client acts for its owner or for a sub-unit of it.
create function client_acts_for_its_owner() returns trigger language plpgsql as $$
begin
    if not exists (select from gateway.organisations o
                    where o.id = new.organisation_id and coalesce(o.parent_id, o.id) = new.owner_organisation_id)
    then
        raise exception 'client % does not act for its owner', new.id
            using errcode = 'foreign_key_violation', constraint = 'client_acts_for_its_owner';
    end if;
    return new;
end $$;
create trigger client_acts_for_its_owner before insert on clients
    for each row execute function client_acts_for_its_owner();
"""
