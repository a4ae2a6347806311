"""Obligations, due returns, returns with their revisions, and observations."""

from shared.migrate import run_sql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    run_sql(_RETURNS)


# reader_organisation_ids are the lead, the provider and the associates: the parties of the contract. Each table
# has the columns that its policy needs, and foreign keys over them hold that they agree with the table above.
_RETURNS = """
create type return_state as enum ('draft', 'submitted', 'validated', 'returned', 'accepted', 'locked');

create table obligations (
    id uuid primary key,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    contract_id uuid not null,
    lead_organisation_id uuid not null,
    provider_organisation_id uuid not null,
    associate_organisation_ids uuid[] not null,
    reader_organisation_ids uuid[] not null,
    title text not null,
    frequency frequency not null,
    begins_on date not null,
    ends_on date not null,
    due_days smallint not null check (due_days >= 0),
    recorded_at timestamptz not null default clock_timestamp(),
    constraint obligations_title unique (owner_organisation_id, contract_id, title),
    unique (id, partnership_id, contract_id, lead_organisation_id, provider_organisation_id, reader_organisation_ids),
    constraint obligations_dates check (begins_on <= ends_on),
    constraint obligations_led_by_owner check (lead_organisation_id = owner_organisation_id),
    constraint obligations_readers check (
        reader_organisation_ids = array[lead_organisation_id, provider_organisation_id] || associate_organisation_ids),
    constraint obligations_parties check (
        lead_organisation_id <> provider_organisation_id
        and not associate_organisation_ids && array[lead_organisation_id, provider_organisation_id])
);
create index obligations_partnership on obligations (partnership_id, recorded_at, id);
create index obligations_provider on obligations (provider_organisation_id);
create index obligations_contract on obligations (contract_id);
create index obligations_readers on obligations using gin (reader_organisation_ids);

-- Who reports which indicator. Observers see these rows too: they hold no period, state or figure.
create table obligation_indicators (
    obligation_id uuid not null,
    indicator_id uuid not null,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    contract_id uuid not null,
    provider_organisation_id uuid not null,
    reader_organisation_ids uuid[] not null,
    position smallint not null,
    compulsory boolean not null,
    recorded_at timestamptz not null default clock_timestamp(),
    primary key (obligation_id, indicator_id),
    foreign key (obligation_id, partnership_id, contract_id, owner_organisation_id, provider_organisation_id,
        reader_organisation_ids) references obligations (id, partnership_id, contract_id, lead_organisation_id,
        provider_organisation_id, reader_organisation_ids),
    foreign key (indicator_id, partnership_id) references indicators (id, partnership_id)
);
create index obligation_indicators_indicator on obligation_indicators (indicator_id);
create index obligation_indicators_readers on obligation_indicators using gin (reader_organisation_ids);

create table due_returns (
    obligation_id uuid not null,
    period text not null,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    contract_id uuid not null,
    provider_organisation_id uuid not null,
    reader_organisation_ids uuid[] not null,
    financial_year text not null,
    first_day date not null,
    last_day date not null,
    due_on date not null,
    primary key (obligation_id, period),
    unique (obligation_id, period, partnership_id, contract_id, owner_organisation_id, provider_organisation_id,
        reader_organisation_ids, financial_year, first_day, last_day, due_on),
    foreign key (obligation_id, partnership_id, contract_id, owner_organisation_id, provider_organisation_id,
        reader_organisation_ids) references obligations (id, partnership_id, contract_id, lead_organisation_id,
        provider_organisation_id, reader_organisation_ids)
);
create index due_returns_due on due_returns (partnership_id, due_on, obligation_id);
create index due_returns_provider on due_returns (provider_organisation_id, due_on, obligation_id);
create index due_returns_readers on due_returns using gin (reader_organisation_ids);

-- The owner of a return is the provider who writes it.
create table returns (
    id uuid primary key,
    obligation_id uuid not null,
    period text not null,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    contract_id uuid not null,
    lead_organisation_id uuid not null,
    associate_organisation_ids uuid[] not null,
    reader_organisation_ids uuid[] not null,
    financial_year text not null,
    first_day date not null,
    last_day date not null,
    due_on date not null,
    state return_state not null default 'draft',
    revision integer not null default 0,
    accepted_revision integer,
    submitted_at timestamptz,
    days_late integer,
    explained boolean not null default false,
    reasons jsonb not null default '[]',
    version integer not null default 1,
    recorded_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    constraint returns_period unique (obligation_id, period),
    unique (id, obligation_id, period, partnership_id, owner_organisation_id, lead_organisation_id,
        reader_organisation_ids, financial_year),
    constraint returns_submitted check ((revision = 0) = (state = 'draft') and (revision = 0) = (submitted_at is null)),
    constraint returns_accepted check (
        accepted_revision <= revision and (state not in ('accepted', 'locked') or accepted_revision = revision)),
    foreign key (obligation_id, period, partnership_id, contract_id, lead_organisation_id, owner_organisation_id,
        reader_organisation_ids, financial_year, first_day, last_day, due_on) references due_returns (
        obligation_id, period, partnership_id, contract_id, owner_organisation_id, provider_organisation_id,
        reader_organisation_ids, financial_year, first_day, last_day, due_on)
);
create index returns_partnership on returns (partnership_id, updated_at, id);
create index returns_owner on returns (owner_organisation_id, updated_at, id);
create index returns_readers on returns using gin (reader_organisation_ids);

-- What the provider is working on. Nobody else sees it.
create table return_drafts (
    return_id uuid not null references returns (id),
    indicator_id uuid not null references indicators (id),
    owner_organisation_id uuid not null,
    value numeric,
    status measure_status,
    numerator numeric,
    denominator numeric,
    explanation text,
    primary key (return_id, indicator_id)
);

-- What was submitted, revision by revision, as it was.
create table return_values (
    return_id uuid not null,
    revision integer not null check (revision > 0),
    indicator_id uuid not null,
    obligation_id uuid not null,
    period text not null,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    lead_organisation_id uuid not null,
    reader_organisation_ids uuid[] not null,
    financial_year text not null,
    value numeric,
    status measure_status not null,
    numerator numeric,
    denominator numeric,
    explanation text,
    primary key (return_id, revision, indicator_id),
    constraint return_values_known check (known_rightly(value, status)),
    constraint return_values_parts check (denominator > 0 and numerator >= 0),
    foreign key (obligation_id, indicator_id) references obligation_indicators (obligation_id, indicator_id),
    foreign key (return_id, obligation_id, period, partnership_id, owner_organisation_id, lead_organisation_id,
        reader_organisation_ids, financial_year) references returns (id, obligation_id, period, partnership_id,
        owner_organisation_id, lead_organisation_id, reader_organisation_ids, financial_year)
);

-- Every step in the life of a return. A submission is one row for each (obligation, period, revision).
create table return_moves (
    return_id uuid not null,
    position integer not null,
    revision integer not null check (revision > 0),
    obligation_id uuid not null,
    period text not null,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    lead_organisation_id uuid not null,
    reader_organisation_ids uuid[] not null,
    financial_year text not null,
    from_state return_state not null,
    to_state return_state not null,
    moved_at timestamptz not null,
    organisation_id uuid not null,
    client_id uuid not null,
    reasons jsonb not null,
    warnings jsonb not null,
    primary key (return_id, position),
    constraint return_moves_possible check ((from_state::text, to_state::text) in (
        ('draft', 'submitted'), ('submitted', 'validated'), ('submitted', 'returned'), ('validated', 'accepted'),
        ('validated', 'returned'), ('returned', 'submitted'), ('accepted', 'locked'), ('accepted', 'returned'),
        ('locked', 'returned'))),
    foreign key (return_id, obligation_id, period, partnership_id, owner_organisation_id, lead_organisation_id,
        reader_organisation_ids, financial_year) references returns (id, obligation_id, period, partnership_id,
        owner_organisation_id, lead_organisation_id, reader_organisation_ids, financial_year)
);
create unique index return_moves_revision on return_moves (obligation_id, period, revision)
    where to_state = 'submitted';

-- Accepted figures as they may be shown to those who see accepted values only: disclosure-controlled, without
-- numerator, denominator, explanation or history. The raw figure is in return_values under the same revision.
create table observations (
    id uuid primary key default gen_random_uuid(),
    return_id uuid not null,
    revision integer not null,
    indicator_id uuid not null,
    obligation_id uuid not null,
    period text not null,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    lead_organisation_id uuid not null,
    reader_organisation_ids uuid[] not null,
    financial_year text not null,
    contract_id uuid not null,
    last_day date not null,
    value numeric,
    status measure_status not null,
    recorded_at timestamptz not null default clock_timestamp(),
    unique (return_id, revision, indicator_id),
    constraint observations_known check (known_rightly(value, status)),
    foreign key (return_id, revision, indicator_id) references return_values (return_id, revision, indicator_id),
    foreign key (return_id, obligation_id, period, partnership_id, owner_organisation_id, lead_organisation_id,
        reader_organisation_ids, financial_year) references returns (id, obligation_id, period, partnership_id,
        owner_organisation_id, lead_organisation_id, reader_organisation_ids, financial_year)
);
create index observations_latest on observations (obligation_id, indicator_id, last_day desc, revision desc);
create index observations_partnership on observations (partnership_id, recorded_at, id);
create index observations_readers on observations using gin (reader_organisation_ids);
"""
