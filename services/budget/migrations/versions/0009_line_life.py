"""The life of lines: budgets, profiles, moves, grants; instalments of contributions; and what partners assess."""

from pathlib import Path

from shared.migrate import run_sql

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    run_sql(_file("lines"))
    run_sql(_OF_LINES)
    run_sql(_WALLS)
    run_sql(_file("guards"))
    run_sql(_file("contributions"))
    run_sql(_wall("instalments", _SEEN))
    run_sql(_wall("funding_requirements", _OF_YEAR))
    run_sql(_ASSESSMENTS)
    run_sql(_file("totals"))


def _file(name: str) -> str:
    return Path(__file__).with_name(f"0009_{name}.sql").read_text(encoding="utf-8")


_OF_A_LINE = """
    line_id uuid not null,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    arrangement arrangement not null,
    financial_year text not null,
    recorded_at timestamptz not null default clock_timestamp(),
    foreign key (line_id, partnership_id, owner_organisation_id, arrangement, financial_year)
        references lines (id, partnership_id, owner_organisation_id, arrangement, financial_year)"""

_OF_LINES = f"""
create function pence_of(parts bigint[]) returns numeric language sql immutable parallel safe
    return (select sum(each) from unnest(parts) each);
grant execute on function pence_of(bigint[]) to budget_app;

-- What came after the figure that a line opened with. Never edited: of two of one day the later number counts.
create table line_budgets (
    id uuid primary key,
    number integer not null check (number >= 1),
    kind text not null check (kind in ('proposed', 'original', 'revised', 'forecast_outturn', 'outturn')),
    amount_pence bigint,
    amount_status money_status not null,
    amount_qualifier money_qualifier,
    effective_from date not null,
    reason text not null,
    decision_id uuid,
    {_OF_A_LINE},
    unique (line_id, number),
    foreign key (decision_id, owner_organisation_id) references decisions (id, owner_organisation_id),
    constraint line_budgets_known check ((amount_pence is null) = (amount_status in ('tbc', 'not_stated'))),
    constraint line_budgets_in_year check (financial_year = budget.financial_year_of(effective_from))
);
create unique index line_budgets_one_original on line_budgets (line_id) where kind = 'original';
create index line_budgets_partnership on line_budgets (partnership_id, financial_year);

create table line_profiles (
    id uuid primary key,
    number integer not null check (number >= 1),
    interval text not null check (interval in ('month', 'quarter')),
    budget_pence bigint not null,
    amounts_pence bigint[] not null,
    {_OF_A_LINE},
    unique (line_id, number),
    constraint line_profiles_parts check (
        array_ndims(amounts_pence) = 1 and array_position(amounts_pence, null) is null
        and cardinality(amounts_pence) = case interval when 'month' then 12 else 4 end),
    constraint line_profiles_add_up check (pence_of(amounts_pence) = budget_pence)
);

create table met_demands (
    code text not null,
    met_on date not null,
    evidence text not null,
    {_OF_A_LINE},
    primary key (line_id, code)
);
"""  # noqa: S608 fixed pieces

_COMMISSIONED = "partnership_id = any ((select budget.ctx_in('commissioner'))::uuid[])"
_OWN = "owner_organisation_id = (select budget.ctx_organisation())"
# As of the lines themselves (0003): pooled to all partners, shadow by consent, aligned to its owner or where opened.
_SEEN = f"""(
    (arrangement = 'pooled' and {_COMMISSIONED})
    or (arrangement = 'shadow' and {_COMMISSIONED}
        and partnership_id::text || '/' || owner_organisation_id::text
            = any ((select budget.once_open_shadows())::text[]))
    or owner_organisation_id = any ((select budget.ctx_organisations())::uuid[])
    or (arrangement <> 'aligned' and budget.ctx_audited(partnership_id, null, financial_year))
    or budget.ctx_audited(partnership_id, owner_organisation_id, financial_year)
    or (arrangement = 'aligned' and {_COMMISSIONED}
        and partnership_id = any ((select budget.open_aligned())::uuid[]))
)"""


def _wall(table: str, seen: str) -> str:
    """What is kept for good: read as the policy says, added by its owner, and never changed."""
    return f"""
alter table {table} enable row level security;
alter table {table} force row level security;
create policy {table}_read on {table} for select to budget_app using {seen};
create policy {table}_add on {table} for insert to budget_app with check ({_OWN} and {_COMMISSIONED});
grant select, insert on {table} to budget_app;
create trigger {table}_append_only before update or delete on {table} for each row execute function refuse_change();
create trigger {table}_no_truncate before truncate on {table} for each statement execute function refuse_change();
"""


_WALLS = f"""
create policy lines_live on lines for update to budget_app using ({_OWN} and {_COMMISSIONED})
    with check ({_OWN} and {_COMMISSIONED});
grant update (version, waits_for, ended_on, ended_recorded_at, ended_by_move_id) on lines to budget_app;
""" + "".join(_wall(table, _SEEN) for table in ("line_moves", "line_budgets", "line_profiles", "met_demands"))


_OF_YEAR = f"({_COMMISSIONED} or budget.ctx_audited(partnership_id, null, financial_year))"
_KEPT = ("attributions", "posts", "addressable_spends", "scope_assessments")
_TO_PARTNERS = f"({_COMMISSIONED} or budget.ctx_audited(partnership_id, null, '*'))"
# What partners work out together is kept as it came out; it holds figures of services, not of persons.
_ASSESSMENTS = (
    "".join(
        f"""
create table {table} (
    id uuid primary key,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    name text not null,
    record jsonb not null,
    recorded_at timestamptz not null default clock_timestamp(),
    unique (id, partnership_id, owner_organisation_id)
);
create index {table}_partnership on {table} (partnership_id, name, id);
{_wall(table, _TO_PARTNERS)}"""
        for table in _KEPT
    )
    + """
alter table scope_assessments
    add column line_id uuid,
    add column replaces_assessment_id uuid,
    add constraint scope_assessments_replaced_once unique (replaces_assessment_id),
    add foreign key (line_id, partnership_id) references lines (id, partnership_id),
    add foreign key (replaces_assessment_id, partnership_id, owner_organisation_id)
        references scope_assessments (id, partnership_id, owner_organisation_id);
"""
)
