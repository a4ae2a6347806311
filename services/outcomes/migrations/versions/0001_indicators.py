"""Frameworks, indicators, baselines, targets, comparators and populations."""

from shared.migrate import run_sql
from shared.schema import shared_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    run_sql(shared_tables("outcomes"))
    run_sql(_DEFINITIONS)


# Each row of a definition carries its partnership and owner; keys of human references carry the owner, and
# what hangs on an indicator has its owner, which the foreign key holds.
_DEFINITIONS = """
create type value_type as enum (
    'count', 'percentage', 'rate', 'score', 'survey_score', 'days', 'ratio', 'not_stated');
create type polarity as enum ('high_is_good', 'low_is_good', 'none');
create type frequency as enum ('monthly', 'quarterly', 'half_yearly', 'financial_yearly', 'calendar_yearly');
create type measure_status as enum (
    'actual', 'estimate', 'provisional', 'not_yet_available', 'suppressed', 'not_applicable', 'missing');
create type qualifier as enum ('more_than', 'almost', 'up_to', 'approximately');
create type comparator_kind as enum ('england', 'region', 'icb', 'area', 'nearest_neighbours', 'cluster');
create type target_kind as enum (
    'absolute', 'relative_change', 'point_change', 'trajectory', 'comparator_equal', 'comparator_better_than',
    'halt_then_reduce', 'deferred', 'not_set');
create type direction as enum ('increase', 'decrease', 'improve');
create type reading as enum ('relative', 'points');
create type side as enum ('above', 'below', 'better');
create type interpolation as enum ('none', 'linear');
create type basis as enum ('resident', 'registered');

create function known_rightly(value numeric, status measure_status) returns boolean
    language sql immutable parallel safe
    return (value is null) = (status in ('not_yet_available', 'suppressed', 'not_applicable', 'missing'));

create table frameworks (
    id uuid primary key,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    name text not null,
    edition text not null,
    publisher text,
    in_force_from date,
    in_force_until date,
    recorded_at timestamptz not null default clock_timestamp(),
    unique (id, partnership_id),
    constraint frameworks_name unique (owner_organisation_id, partnership_id, name, edition),
    constraint frameworks_dates check (in_force_until >= in_force_from)
);
create index frameworks_partnership on frameworks (partnership_id, recorded_at, id);

create table indicators (
    id uuid primary key,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    code text not null,
    title text not null,
    definition text not null,
    numerator text,
    denominator text,
    unit text,
    value_type value_type not null,
    multiplier numeric,
    scale_low numeric,
    scale_high numeric,
    polarity polarity not null,
    frequency frequency not null,
    source text,
    instrument text,
    instrument_version text,
    part_of_indicator_id uuid,
    counts_people boolean not null,
    warn_above_change_percent numeric,
    recorded_at timestamptz not null default clock_timestamp(),
    unique (id, partnership_id),
    unique (id, partnership_id, owner_organisation_id),
    constraint indicators_code unique (owner_organisation_id, partnership_id, code),
    constraint indicators_scale check (scale_low < scale_high),
    foreign key (part_of_indicator_id, partnership_id) references indicators (id, partnership_id)
);
create index indicators_partnership on indicators (partnership_id, recorded_at, id);

create table indicator_placings (
    indicator_id uuid not null,
    framework_id uuid not null,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    position smallint not null,
    code text not null,
    polarity polarity,
    primary key (indicator_id, framework_id),
    foreign key (indicator_id, partnership_id, owner_organisation_id)
        references indicators (id, partnership_id, owner_organisation_id),
    foreign key (framework_id, partnership_id) references frameworks (id, partnership_id)
);
create index indicator_placings_framework on indicator_placings (framework_id);

create table baselines (
    id uuid primary key,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    indicator_id uuid not null,
    contract_id uuid,
    period text not null,
    value numeric,
    status measure_status not null,
    numerator numeric,
    denominator numeric,
    qualifier qualifier,
    source text not null,
    recorded_at timestamptz not null default clock_timestamp(),
    constraint baselines_once unique nulls not distinct (owner_organisation_id, indicator_id, contract_id),
    constraint baselines_known check (known_rightly(value, status)),
    foreign key (indicator_id, partnership_id, owner_organisation_id)
        references indicators (id, partnership_id, owner_organisation_id)
);
create index baselines_partnership on baselines (partnership_id, recorded_at, id);
create index baselines_indicator on baselines (indicator_id);

create table comparators (
    id uuid primary key,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    indicator_id uuid not null,
    kind comparator_kind not null,
    name text not null,
    area_code text,
    group_version text,
    source text not null,
    recorded_at timestamptz not null default clock_timestamp(),
    unique (id, indicator_id, partnership_id, owner_organisation_id),
    constraint comparators_name unique nulls not distinct
        (owner_organisation_id, indicator_id, kind, name, group_version),
    constraint comparators_whom check (
        case when kind in ('nearest_neighbours', 'cluster') then group_version is not null
        else area_code is not null end),
    foreign key (indicator_id, partnership_id, owner_organisation_id)
        references indicators (id, partnership_id, owner_organisation_id)
);
create index comparators_partnership on comparators (partnership_id, recorded_at, id);
create index comparators_indicator on comparators (indicator_id);

-- A corrected figure is a new revision; the highest one holds.
create table comparator_values (
    comparator_id uuid not null,
    indicator_id uuid not null,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    period text not null,
    revision integer not null check (revision > 0),
    value numeric,
    status measure_status not null,
    qualifier qualifier,
    recorded_at timestamptz not null default clock_timestamp(),
    primary key (comparator_id, period, revision),
    constraint comparator_values_known check (known_rightly(value, status)),
    foreign key (comparator_id, indicator_id, partnership_id, owner_organisation_id)
        references comparators (id, indicator_id, partnership_id, owner_organisation_id)
);

create table targets (
    id uuid primary key,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    indicator_id uuid not null,
    contract_id uuid,
    kind target_kind not null,
    period text,
    value numeric,
    change numeric,
    change_qualifier qualifier,
    direction direction,
    reading reading,
    comparator_id uuid,
    side side,
    interpolation interpolation not null,
    amber_tolerance numeric,
    stated text,
    recorded_at timestamptz not null default clock_timestamp(),
    unique (id, indicator_id, partnership_id, owner_organisation_id),
    constraint targets_once unique nulls not distinct (owner_organisation_id, indicator_id, contract_id, period),
    constraint targets_settled check (direction <> 'improve' and side <> 'better'),
    constraint targets_no_bound check (change_qualifier is null or change_qualifier = 'approximately'),
    constraint targets_kind check (case kind
        when 'absolute' then value is not null
        when 'relative_change' then change > 0 and direction is not null and reading = 'relative'
        when 'point_change' then change > 0 and direction is not null and reading = 'points'
        when 'halt_then_reduce' then change > 0 and direction is not null and reading is not null
            and period is not null
        when 'comparator_equal' then comparator_id is not null
        when 'comparator_better_than' then comparator_id is not null and side is not null
        when 'deferred' then stated is not null
        else true end),
    foreign key (indicator_id, partnership_id, owner_organisation_id)
        references indicators (id, partnership_id, owner_organisation_id),
    foreign key (comparator_id, indicator_id, partnership_id, owner_organisation_id)
        references comparators (id, indicator_id, partnership_id, owner_organisation_id)
);
create index targets_partnership on targets (partnership_id, recorded_at, id);
create index targets_indicator on targets (indicator_id);

create table target_milestones (
    target_id uuid not null,
    position smallint not null,
    indicator_id uuid not null,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    contract_id uuid,
    period text not null,
    value numeric,
    primary key (target_id, position),
    unique (target_id, period),
    foreign key (target_id, indicator_id, partnership_id, owner_organisation_id)
        references targets (id, indicator_id, partnership_id, owner_organisation_id)
);

create table populations (
    id uuid primary key,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    area_code text not null,
    area_name text not null,
    basis basis not null,
    age_band text not null,
    at date not null,
    vintage text not null,
    source text not null,
    count bigint not null check (count >= 0),
    qualifier qualifier,
    projected_from_id uuid references populations (id),
    growth_percent numeric check (growth_percent > -100),
    base_count bigint check (base_count >= 0),
    here_percent numeric,
    elsewhere_percent numeric,
    living_elsewhere bigint check (living_elsewhere >= 0),
    more_come_in_than_go_out boolean,
    recorded_at timestamptz not null default clock_timestamp(),
    constraint populations_once unique (owner_organisation_id, partnership_id, area_code, basis, age_band, at, vintage),
    constraint populations_shares check (here_percent + elsewhere_percent = 100),
    constraint populations_residents check (here_percent is null or basis = 'resident')
);
create index populations_partnership on populations (partnership_id, recorded_at, id);
"""
