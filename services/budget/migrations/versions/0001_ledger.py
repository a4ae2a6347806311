"""Pools, lines, accounts and the append-only double-entry ledger with its balances."""

from shared.migrate import run_sql
from shared.schema import shared_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    run_sql(shared_tables("budget"))
    run_sql(_TABLES)
    run_sql(_WALLS)
    run_sql(_GUARDS)


_TABLES = """
create type arrangement as enum ('pooled', 'aligned', 'shadow');
create type category as enum ('wellness', 'community_intervention', 'complex_bed_based');
create type money_status as enum ('actual', 'estimate', 'provisional', 'tbc', 'not_stated');
create type money_qualifier as enum ('more_than', 'almost', 'up_to', 'approximately');
create type book as enum ('budget', 'actual');
create type account_kind as enum ('fund', 'contribution', 'expenditure', 'income', 'reserve', 'interim');
create type journal_kind as enum (
    'contribution', 'expenditure', 'accrual', 'income', 'virement', 'carry_forward', 'risk_share_adjustment',
    'supplementary_estimate', 'prepayment', 'in_kind', 'reversal');

-- The owner of a pool is its host; the owner of a line is the organisation whose money it is.
create table pools (
    id uuid primary key,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    agreement_id uuid,
    name text not null,
    category category not null,
    arrangement arrangement not null,
    version integer not null default 1,
    recorded_at timestamptz not null default clock_timestamp(),
    unique (owner_organisation_id, partnership_id, name)
);
create index pools_partnership on pools (partnership_id, id);

create table lines (
    id uuid primary key,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    pool_id uuid references pools (id),
    name text not null,
    category category not null,
    arrangement arrangement not null,
    financial_year text not null check (financial_year ~ '^[0-9]{4}/[0-9]{2}$'),
    budget_pence bigint,
    budget_status money_status not null,
    budget_qualifier money_qualifier,
    version integer not null default 1,
    recorded_at timestamptz not null default clock_timestamp(),
    unique (owner_organisation_id, partnership_id, financial_year, name),
    constraint lines_budget_known check ((budget_pence is null) = (budget_status in ('tbc', 'not_stated')))
);
create index lines_partnership on lines (partnership_id, financial_year, id);
create index lines_pool on lines (pool_id);

create table accounts (
    id uuid primary key,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    pool_id uuid references pools (id),
    line_id uuid references lines (id),
    organisation_id uuid,
    name text not null,
    kind account_kind not null,
    arrangement arrangement not null,
    version integer not null default 1,
    recorded_at timestamptz not null default clock_timestamp(),
    unique (owner_organisation_id, partnership_id, name),
    constraint accounts_on_a_line check (kind not in ('expenditure', 'income') or line_id is not null),
    constraint accounts_contribution_has_partner check (kind <> 'contribution' or organisation_id is not null)
);
create index accounts_partnership on accounts (partnership_id, id);

create table journals (
    id uuid primary key,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    posted_by_organisation_id uuid not null,
    arrangement arrangement not null,
    book book not null,
    kind journal_kind not null,
    effective_date date not null,
    financial_year text not null,
    posting_period text not null,
    narrative text not null,
    client_reference text,
    reverses_journal_id uuid references journals (id),
    recorded_at timestamptz not null,
    constraint journals_reversed_once unique (reverses_journal_id),
    constraint journals_client_reference unique (posted_by_organisation_id, client_reference),
    constraint journals_reversal check ((kind = 'reversal') = (reverses_journal_id is not null))
);
create index journals_partnership on journals (partnership_id, recorded_at, id);

create table entries (
    journal_id uuid not null references journals (id),
    position smallint not null,
    account_id uuid not null references accounts (id),
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    arrangement arrangement not null,
    book book not null,
    amount_pence bigint not null check (amount_pence <> 0),
    effective_date date not null,
    posting_period text not null,
    recorded_at timestamptz not null,
    primary key (journal_id, position)
);
-- A position as recorded at an instant adds at most one month of entries to the balances. They are read from this
-- index alone, which therefore holds what the sums add up and what the policies ask about.
create index entries_recorded on entries (partnership_id, recorded_at)
    include (account_id, book, arrangement, owner_organisation_id, effective_date, amount_pence);

-- `day_pence` holds what each day of the month moved, by its number, so that a position as at any day needs no entries;
-- a day on which nothing was posted is null or not there.
create table balances (
    account_id uuid not null references accounts (id),
    book book not null,
    effective_month date not null,
    posting_period text not null,
    recorded_month date not null,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    arrangement arrangement not null,
    amount_pence bigint not null,
    entries bigint not null,
    day_pence bigint[] not null,
    primary key (account_id, book, effective_month, posting_period, recorded_month)
);
create index balances_partnership on balances (partnership_id, effective_month);
"""

# Pooled and shadow rows are all partners'; an aligned row is its owner's; auditors see what they were named for.
# Each table has the columns that its policy needs, so that no policy reads another table.
_VISIBLE = """(
    (arrangement <> 'aligned' and partnership_id = any ((select budget.ctx_in('commissioner'))::uuid[]))
    or owner_organisation_id = any ((select budget.ctx_organisations())::uuid[])
    or (arrangement <> 'aligned' and budget.ctx_audited(partnership_id, null, {year}))
    or budget.ctx_audited(partnership_id, owner_organisation_id, {year})
)"""
_WRITABLE = """(
    partnership_id = any ((select budget.ctx_in('commissioner'))::uuid[])
    and (arrangement <> 'aligned' or owner_organisation_id = (select budget.ctx_organisation()))
)"""
# Nobody posts in another organisation's name.
_ALSO = {"journals": " and posted_by_organisation_id = (select budget.ctx_organisation())"}
_YEAR_OF = {
    "pools": "'*'",
    "lines": "financial_year",
    "accounts": "'*'",
    "journals": "financial_year",
    "entries": "budget.financial_year_of(effective_date)",
    "balances": "budget.financial_year_of(effective_month)",
}


def _walls() -> str:
    parts = [
        (
            "create function financial_year_of(day date) returns text language sql immutable parallel safe return"
            " extract(year from day - interval '3 months')::text || '/'"
            " || lpad((extract(year from day + interval '9 months')::integer % 100)::text, 2, '0');"
        ),
        "grant execute on function financial_year_of(date) to budget_app, budget_totals;",
    ]
    for table, year in _YEAR_OF.items():
        parts += [
            f"alter table {table} enable row level security;",
            f"alter table {table} force row level security;",
            f"create policy {table}_read on {table} for select to budget_app using {_VISIBLE.format(year=year)};",
            (
                f"create policy {table}_add on {table} for insert to budget_app"
                f" with check ({_WRITABLE}{_ALSO.get(table, '')});"
            ),
            f"grant select, insert on {table} to budget_app;",
        ]
    parts += [
        # Locking an account in a posting needs the right to update one column of it; nothing writes that column.
        f"create policy accounts_lock on accounts for update to budget_app using {_WRITABLE} with check (false);",
        "grant update (version) on accounts to budget_app;",
        (
            f"create policy balances_add_up on balances for update to budget_app using {_WRITABLE}"
            f" with check {_WRITABLE};"
        ),
        "grant update (amount_pence, entries, day_pence) on balances to budget_app;",
    ]
    return "\n".join(parts)


_WALLS = _walls()

# The second lock on what rules/journal.py decides: a journal balances, is whole when it commits, and stays as it is.
_GUARDS = """
create function journal_is_whole() returns trigger language plpgsql as $$
declare
    journal uuid := case tg_table_name when 'journals' then to_jsonb(new) ->> 'id' else to_jsonb(new) ->> 'journal_id' end;
    found record;
begin
    select count(*) as entries, coalesce(sum(e.amount_pence), 0) as out_by,
           bool_and(e.partnership_id = j.partnership_id and e.arrangement = j.arrangement and e.book = j.book
               and e.owner_organisation_id = j.owner_organisation_id and e.effective_date = j.effective_date
               and e.posting_period = j.posting_period and e.recorded_at = j.recorded_at) as alike,
           bool_and(j.xmin = pg_current_xact_id()::xid) as new_here
      into found
      from budget.journals j left join budget.entries e on e.journal_id = j.id
     where j.id = journal;
    if found.entries < 2 or found.out_by <> 0 or not found.alike or not found.new_here then
        raise exception 'journal % is not whole', journal
            using errcode = 'integrity_constraint_violation', constraint = 'journal_is_whole';
    end if;
    return null;
end $$;
create constraint trigger journals_whole after insert on journals deferrable initially deferred
    for each row execute function journal_is_whole();
create constraint trigger entries_whole after insert on entries deferrable initially deferred
    for each row execute function journal_is_whole();

-- A line's position is of its own year: an entry dated in another, or a reversal in another than its journal's,
-- would be in no position.
create function journal_in_its_year() returns trigger language plpgsql as $$
begin
    if exists (select from budget.entries e join budget.accounts a on a.id = e.account_id
                 join budget.lines l on l.id = a.line_id
                where e.journal_id = new.id and l.financial_year <> new.financial_year)
       or (new.reverses_journal_id is not null and not exists (
            select from budget.journals j
             where j.id = new.reverses_journal_id and j.financial_year = new.financial_year)) then
        raise exception 'journal % is not in the year of its lines', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'journal_in_its_year';
    end if;
    return null;
end $$;
create constraint trigger journals_year after insert on journals deferrable initially deferred
    for each row execute function journal_in_its_year();
alter table journals add constraint journals_year_of_date
    check (financial_year = budget.financial_year_of(effective_date));

create trigger journals_append_only before update or delete on journals
    for each row execute function refuse_change();
create trigger journals_no_truncate before truncate on journals
    for each statement execute function refuse_change();
create trigger entries_append_only before update or delete on entries
    for each row execute function refuse_change();
create trigger entries_no_truncate before truncate on entries
    for each statement execute function refuse_change();
create trigger balances_no_delete before delete on balances
    for each row execute function refuse_change();
create trigger balances_no_truncate before truncate on balances
    for each statement execute function refuse_change();
"""
