"""The register of contracts: parties, funding, terms, plans, notices, due dates, and what imports said."""

from shared.migrate import run_sql
from shared.schema import shared_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    run_sql(shared_tables("contracts"))
    run_sql(_TYPES)
    run_sql(_TABLES)


_TYPES = """
create type category as enum ('wellness', 'community_intervention', 'complex_bed_based');
create type contract_state as enum (
    'pipeline', 'procurement', 'standstill', 'awarded', 'active', 'recorded_as_active', 'suspended', 'notice_given',
    'part_terminated', 'held_over', 'expired', 'terminated', 'abandoned', 'novated', 'consolidated');
create type agreement_form as enum (
    'single_award', 'multiple_award', 'framework', 'dynamic_purchasing_system', 'grant_agreement',
    'nhs_standard_contract', 'prime_provider', 'alliance', 'mcp', 'pacs', 'service_level_agreement', 'other',
    'not_stated');
create type regime as enum (
    'pcr2006_part_b', 'nhs2013', 'pcr2015', 'pa2023', 'pa2023_light_touch', 'psr', 'below_threshold',
    'exempt_horizontal', 'exempt_vertical');
create type tender_type as enum ('itq', 'itt', 'other', 'not_stated');
create type end_status as enum ('stated', 'not_stated', 'open_ended', 'tbc');
create type value_basis as enum ('total', 'annual');
create type money_status as enum ('actual', 'estimate', 'provisional', 'tbc', 'not_stated');
create type money_qualifier as enum ('more_than', 'almost', 'up_to', 'approximately');
create type origin as enum ('registered', 'register_import');
create type party_role as enum (
    'lead_commissioner', 'associate_commissioner', 'provider', 'subcontractor', 'sub_commissioner');
create type provider_kind as enum (
    'nhs_trust', 'nhs_foundation_trust', 'gp_practice', 'local_authority', 'social_enterprise', 'voluntary_sector',
    'company', 'individual', 'other');
create type notice_unit as enum ('months', 'days');
create type served_by as enum ('commissioner', 'provider');
create type due_kind as enum (
    'last_day_to_serve_notice', 'review', 'extension_decision', 'recommission_by', 'ends');
"""

_TABLES = """
-- What a published register may say, and what policies need: no policy of this table reads another table.
-- `providers` holds them as published: individuals without names.
create table contracts (
    id uuid primary key,
    partnership_id uuid,
    owner_organisation_id uuid not null,
    associate_ids uuid[] not null,
    provider_ids uuid[] not null,
    providers jsonb not null,
    reference text not null,
    reference_key text not null,
    occurrence integer not null check (occurrence > 0),
    title text not null,
    description text,
    category category,
    service text,
    procurement_category text,
    department text,
    state contract_state not null,
    agreement_form agreement_form not null,
    award_regime regime,
    tender_type tender_type not null,
    start_date date,
    end_date date,
    end_status end_status not null,
    max_end_date date,
    review_date date,
    value_pence bigint,
    value_status money_status not null,
    value_qualifier money_qualifier,
    value_basis value_basis not null,
    irrecoverable_vat_pence bigint,
    irrecoverable_vat_status money_status not null,
    irrecoverable_vat_qualifier money_qualifier,
    awarded_on date,
    origin origin not null,
    version integer not null,
    recorded_at timestamptz not null default clock_timestamp(),
    changed_at timestamptz not null default clock_timestamp(),
    ends_sort date not null generated always as (coalesce(end_date, 'infinity'::date)) stored,
    disclosed boolean not null generated always as (
        awarded_on is not null or state not in ('pipeline', 'procurement', 'standstill', 'abandoned')) stored,
    constraint contracts_reference unique (owner_organisation_id, reference_key, occurrence),
    constraint contracts_end_known check ((end_date is not null) = (end_status = 'stated')),
    constraint contracts_ends_after_start check (end_date >= start_date),
    constraint contracts_extends_after_end check (max_end_date >= coalesce(end_date, start_date)),
    constraint contracts_value_known check ((value_pence is null) = (value_status in ('tbc', 'not_stated'))),
    constraint contracts_vat_known check (
        (irrecoverable_vat_pence is null) = (irrecoverable_vat_status in ('tbc', 'not_stated')))
);
create index contracts_partnership_ends on contracts (partnership_id, ends_sort, id);
create index contracts_partnership_changed on contracts (partnership_id, changed_at, id);
create index contracts_owner_ends on contracts (owner_organisation_id, ends_sort, id);
create index contracts_owner_changed on contracts (owner_organisation_id, changed_at, id);
create index contracts_associates on contracts using gin (associate_ids);
create index contracts_providers on contracts using gin (provider_ids);

-- What all parties of a contract know and the public does not.
create table contract_terms (
    contract_id uuid primary key references contracts (id),
    modification_regime regime,
    notice_count integer check (notice_count between 1 and 3650),
    notice_unit notice_unit,
    responsible_post text,
    indicator_ids uuid[] not null,
    sites jsonb not null,
    staff_transfers jsonb not null,
    active_from date,
    notice_id uuid,
    constraint contract_terms_notice_whole check ((notice_count is null) = (notice_unit is null))
);

-- What only commissioners know: on what grounds they award, what they plan next, what they have not linked.
create table contract_plans (
    contract_id uuid primary key references contracts (id),
    award_basis text,
    standstill_ends_on date,
    no_indicator_reason text,
    related jsonb not null,
    stated_dates jsonb not null
);

create table contract_parties (
    contract_id uuid not null references contracts (id),
    position smallint not null,
    role party_role not null,
    organisation_id uuid,
    name text,
    identifiers jsonb not null,
    kind provider_kind,
    sme boolean,
    vcse boolean,
    share_percent numeric check (share_percent > 0 and share_percent <= 100 and scale(share_percent) <= 10),
    primary key (contract_id, position),
    constraint contract_parties_known check (organisation_id is not null or name is not null)
);
create index contract_parties_organisation on contract_parties (organisation_id, contract_id);

-- `organisation_id` is the body whose money the line is: an associate sees its own lines only.
create table contract_funding (
    contract_id uuid not null references contracts (id),
    position smallint not null,
    pool_id uuid not null,
    organisation_id uuid not null,
    share_percent numeric not null
        check (share_percent > 0 and share_percent <= 100 and scale(share_percent) <= 10),
    funding_source text,
    primary key (contract_id, position)
);
create index contract_funding_pool on contract_funding (pool_id);

create table notices (
    id uuid primary key default gen_random_uuid(),
    contract_id uuid not null references contracts (id),
    served_on date not null,
    served_by served_by not null,
    ends_on date not null check (ends_on >= served_on),
    reason text not null,
    consultation text not null,
    recorded_at timestamptz not null default clock_timestamp()
);
create index notices_contract on notices (contract_id, recorded_at);
alter table contract_terms add constraint contract_terms_notice foreign key (notice_id) references notices (id);

-- Worked out from the contract whenever it changes (rules/due_date.py). `private`: for commissioners only.
create table due_dates (
    contract_id uuid not null references contracts (id),
    kind due_kind not null,
    partnership_id uuid,
    due_on date not null,
    because text not null,
    private boolean not null,
    primary key (contract_id, kind)
);
create index due_dates_partnership on due_dates (partnership_id, due_on, contract_id, kind);

create table register_imports (
    id uuid primary key,
    owner_organisation_id uuid not null,
    partnership_id uuid,
    register_date date not null,
    counts jsonb not null,
    recorded_at timestamptz not null default clock_timestamp()
);
create index register_imports_owner on register_imports (owner_organisation_id, recorded_at);

-- What the last import said of a contract: a later one changes only what the register itself changed.
create table register_entries (
    contract_id uuid primary key references contracts (id),
    owner_organisation_id uuid not null,
    reference_key text not null,
    register_import_id uuid not null references register_imports (id),
    line integer not null,
    content jsonb not null
);
create index register_entries_reference on register_entries (owner_organisation_id, reference_key);
"""
