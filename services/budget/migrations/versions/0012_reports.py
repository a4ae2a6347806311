"""What reports ask and say beside their figures, year-end packs, and the journals of partners' own systems."""

from shared.migrate import run_sql

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    run_sql(_SAID)
    run_sql(_KEPT)
    run_sql(_walls())


_OWNED = """
    partnership_id uuid not null,
    owner_organisation_id uuid not null"""
_RECORDED = "recorded_at timestamptz not null default clock_timestamp()"
_YEAR = "financial_year text not null check (financial_year ~ '^[0-9]{4}/[0-9]{2}$')"
_PERIOD = f"""
    report text not null check (report in ('section_75', 'better_care_fund')),
    {_YEAR},
    quarter smallint check (quarter between 1 and 4)"""

_SAID = f"""
-- When a report is due and which conditions it answers. The last recorded of a year or quarter counts.
create table report_requirements (
    id uuid primary key,{_OWNED},{_PERIOD},
    due_on date not null,
    conditions jsonb not null check (jsonb_typeof(conditions) = 'array'),
    source text not null,
    {_RECORDED}
);
create index report_requirements_partnership on report_requirements (partnership_id, financial_year, id);

-- What a partner says beside the figures. The last of a partner on a section counts, and all stay.
create table report_statements (
    id uuid primary key,{_OWNED},{_PERIOD},
    pool_id uuid,
    section text not null,
    met boolean,
    text text,
    decision_id uuid,
    {_RECORDED},
    foreign key (pool_id, partnership_id) references pools (id, partnership_id),
    foreign key (decision_id, partnership_id) references decisions (id, partnership_id),
    constraint report_statements_own_decision foreign key (decision_id, owner_organisation_id)
        references decisions (id, owner_organisation_id),
    constraint report_statements_say_something check (
        met is not null or text is not null or decision_id is not null),
    constraint report_statements_signed check (
        decision_id is not null
        or section not in ('hwb_sign_off', 'chief_executive_sign_off', 'section_151_sign_off'))
);
create index report_statements_partnership on report_statements (partnership_id, financial_year, id);
"""

_KEPT = f"""
-- A pool's year-end pack as the host froze it: the bytes themselves, and their digest.
create table year_end_packs (
    id uuid primary key,{_OWNED},
    pool_id uuid not null,
    {_YEAR},
    document bytea not null,
    sha256 text not null check (sha256 = encode(sha256(document), 'hex')),
    {_RECORDED},
    foreign key (pool_id, partnership_id) references pools (id, partnership_id)
);
create index year_end_packs_partnership on year_end_packs (partnership_id, financial_year, id);

-- The codes of an organisation's own ledger for a year: the last recorded counts. Its own business alone.
create table ledger_code_maps (
    id uuid primary key,{_OWNED},
    {_YEAR},
    control_code text not null,
    codes jsonb not null check (jsonb_typeof(codes) = 'array'),
    {_RECORDED}
);
create index ledger_code_maps_partnership on ledger_code_maps (partnership_id, financial_year, id);

-- The journal of a period for one partner's own system, exported once. It holds what was recorded up to `taken_until`
-- for periods up to its own and was in no journal with a smaller number.
create table partner_journals (
    id uuid primary key,{_OWNED},
    {_YEAR},
    period text not null check (period ~ '^[0-9]{{4}}-[0-9]{{2}}-M(0[1-9]|1[0-4])$'),
    number integer not null check (number >= 1),
    taken_until timestamptz not null,
    document bytea not null,
    sha256 text not null check (sha256 = encode(sha256(document), 'hex')),
    {_RECORDED},
    constraint partner_journals_once unique (owner_organisation_id, partnership_id, period),
    constraint partner_journals_number unique (owner_organisation_id, partnership_id, number),
    constraint partner_journals_of_year check (financial_year = replace(left(period, 7), '-', '/'))
);
create index partner_journals_partnership on partner_journals (partnership_id, number, id);
"""

_COMMISSIONED = "partnership_id = any ((select budget.ctx_in('commissioner'))::uuid[])"
_SHARED = f"({_COMMISSIONED} or budget.ctx_audited(partnership_id, null, financial_year))"
_OWN = """(owner_organisation_id = any ((select budget.ctx_organisations())::uuid[])
    or budget.ctx_audited(partnership_id, owner_organisation_id, financial_year))"""
_ADDED = f"owner_organisation_id = (select budget.ctx_organisation()) and {_COMMISSIONED}"
# The host keeps the pool's accounts, and so its pack (SI 2000/617 reg 7(4)).
_BY_HOST = f"""{_ADDED} and exists (select from budget.pools p
     where p.id = pool_id and p.owner_organisation_id = year_end_packs.owner_organisation_id)"""


def _walls() -> str:
    """What is said in reports and the packs of pooled money are all partners'; codes and journals are their owner's."""
    parts = []
    for table, seen, added in (
        ("report_requirements", _SHARED, _ADDED),
        ("report_statements", _SHARED, _ADDED),
        ("year_end_packs", _SHARED, _BY_HOST),
        ("ledger_code_maps", _OWN, _ADDED),
        ("partner_journals", _OWN, _ADDED),
    ):
        parts += [
            f"alter table {table} enable row level security;",
            f"alter table {table} force row level security;",
            f"create policy {table}_read on {table} for select to budget_app using ({seen});",
            f"create policy {table}_add on {table} for insert to budget_app with check ({added});",
            f"grant select, insert on {table} to budget_app;",
            f"create trigger {table}_append_only before update or delete on {table}",
            "    for each row execute function refuse_change();",
            f"create trigger {table}_no_truncate before truncate on {table}",
            "    for each statement execute function refuse_change();",
        ]
    return "\n".join(parts)
