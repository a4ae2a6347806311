"""Domains of frameworks, dimensions of figures, area hierarchies, and the needs that indicators answer."""

from shared.migrate import run_sql

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    run_sql(_COLUMNS)
    run_sql(_TABLES)


_COLUMNS = """
create type axis as enum ('outcome', 'quality', 'cost_effectiveness', 'activity');
alter type value_type add value 'unit_cost';
alter type value_type add value 'productivity';
alter table frameworks add column domains jsonb not null default '[]';
alter table indicator_placings add column domain text;
alter table indicators
    add column rationale text,
    add column caveats text,
    add column axis axis not null default 'outcome',
    add column breakdown_of_indicator_id uuid,
    add column dimensions jsonb not null default '{}',
    add constraint indicators_breakdown_of foreign key (breakdown_of_indicator_id, partnership_id)
        references indicators (id, partnership_id),
    add constraint indicators_breakdown_named check (breakdown_of_indicator_id is null or dimensions <> '{}');
create index indicators_breakdowns on indicators (breakdown_of_indicator_id)
    where breakdown_of_indicator_id is not null;
alter table obligations add column dimensions jsonb not null default '{}';
alter table obligation_indicators add column dimensions jsonb not null default '{}';
alter table populations
    add column share_of_id uuid references populations (id),
    add column share_percent numeric check (share_percent between 0 and 100),
    add column share_count bigint,
    add constraint populations_share check (num_nulls(share_of_id, share_percent, share_count) in (0, 3));
"""

_WHOLE = """
    partnership_id = any ((select outcomes.ctx_in('commissioner'))::uuid[])
    or partnership_id = any ((select outcomes.ctx_in('observer'))::uuid[])
    or outcomes.ctx_audited(partnership_id, null, '*')
"""


def _wall(table: str) -> str:
    """The partnership's definitions: its commissioners, observers and auditors read, a commissioner adds its own."""
    return f"""
alter table {table} enable row level security;
alter table {table} force row level security;
create policy {table}_read on {table} for select to outcomes_app using ({_WHOLE});
create policy {table}_add on {table} for insert to outcomes_app with check (
    partnership_id = any ((select outcomes.ctx_in('commissioner'))::uuid[])
    and owner_organisation_id = any ((select outcomes.ctx_organisations())::uuid[]));
grant select, insert on {table} to outcomes_app;
create trigger {table}_append_only before update or delete on {table}
    for each row execute function refuse_change();
create trigger {table}_no_truncate before truncate on {table}
    for each statement execute function refuse_change();
"""


# The areas of an edition are read as one, and never change: the next edition has rows of its own.
_TABLES = f"""
create table area_hierarchies (
    id uuid primary key,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    name text not null,
    edition text not null,
    source text not null,
    areas jsonb not null,
    changes jsonb not null,
    recorded_at timestamptz not null default clock_timestamp(),
    constraint area_hierarchies_name unique (owner_organisation_id, partnership_id, name, edition)
);
create index area_hierarchies_partnership on area_hierarchies (partnership_id, recorded_at, id);
{_wall("area_hierarchies")}

create table needs (
    id uuid primary key,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    reference text not null,
    title text not null,
    description text not null,
    source text not null,
    area_code text,
    value_type value_type,
    value numeric,
    qualifier qualifier,
    recorded_at timestamptz not null default clock_timestamp(),
    unique (id, partnership_id, owner_organisation_id),
    constraint needs_reference unique (owner_organisation_id, partnership_id, reference),
    constraint needs_figure check ((value is null) = (value_type is null))
);
create index needs_partnership on needs (partnership_id, recorded_at, id);
{_wall("needs")}

create table need_indicators (
    need_id uuid not null,
    indicator_id uuid not null,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    position smallint not null,
    primary key (need_id, indicator_id),
    foreign key (need_id, partnership_id, owner_organisation_id)
        references needs (id, partnership_id, owner_organisation_id),
    foreign key (indicator_id, partnership_id) references indicators (id, partnership_id)
);
create index need_indicators_indicator on need_indicators (indicator_id);
{_wall("need_indicators")}
"""
