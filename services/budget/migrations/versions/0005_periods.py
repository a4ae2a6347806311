"""Periods of the books and their seals, no journal in a period that is shut, and what a year-end carries forward."""

from pathlib import Path

from shared.migrate import run_sql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    run_sql(_TABLES)
    run_sql(_WALLS)
    run_sql(_SHUT)
    run_sql(Path(__file__).with_name("0005_guards.sql").read_text(encoding="utf-8"))
    run_sql(_SEALING)
    run_sql(_YEAR_ENDS)


_TABLES = """
-- A period that has no row is open. The owner of pooled books is the host of their pools, of aligned books whose they are.
create table periods (
    id uuid primary key,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    books text not null check (books in ('pooled', 'aligned')),
    period text not null check (period ~ '^[0-9]{4}-[0-9]{2}-M(0[1-9]|1[0-4])$'),
    financial_year text not null,
    state text not null default 'open' check (state in ('open', 'soft_closed', 'closed', 'reopened')),
    moved_by_client_id uuid not null,
    reopened_because text,
    version integer not null default 1,
    recorded_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    constraint periods_once unique (owner_organisation_id, partnership_id, books, period),
    unique (id, partnership_id),
    constraint periods_of_year check (financial_year = replace(left(period, 7), '-', '/')),
    constraint periods_reopened_because check ((state = 'reopened') = (reopened_because is not null))
);
create index periods_partnership on periods (partnership_id, period, id);

create table period_moves (
    period_id uuid not null,
    version integer not null,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    books text not null,
    financial_year text not null,
    state text not null,
    moved_by_client_id uuid not null,
    reopened_because text,
    recorded_at timestamptz not null default clock_timestamp(),
    primary key (period_id, version),
    foreign key (period_id, partnership_id) references periods (id, partnership_id)
);

-- A seal is the root of a hash tree over what a period held when it was closed. Hashes alone: every partner is its
-- witness. `sealed_until` is the instant up to which what was recorded is in it.
create table seals (
    id uuid primary key default gen_random_uuid(),
    period_id uuid not null,
    number integer not null,
    period_version integer not null,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    books text not null,
    period text not null,
    financial_year text not null,
    sealed_until timestamptz not null,
    root bytea not null,
    recorded_at timestamptz not null default clock_timestamp(),
    foreign key (period_id, partnership_id) references periods (id, partnership_id),
    unique (id, partnership_id),
    constraint seals_numbered unique (period_id, number),
    constraint seals_of_one_closure unique (period_id, period_version),
    constraint seals_root check (octet_length(root) = 32)
);

create table seal_branches (
    seal_id uuid not null,
    arrangement arrangement not null,
    owner_organisation_id uuid not null,
    partnership_id uuid not null,
    books text not null,
    financial_year text not null,
    sealed_by_organisation_id uuid not null,
    digest bytea not null check (octet_length(digest) = 32),
    recorded_at timestamptz not null default clock_timestamp(),
    primary key (seal_id, arrangement, owner_organisation_id),
    foreign key (seal_id, partnership_id) references seals (id, partnership_id)
);

-- What a seal is made of is found by the journals of its period.
create index journals_period on journals (partnership_id, posting_period);
"""

_COMMISSIONED = "partnership_id = any ((select budget.ctx_in('commissioner'))::uuid[])"
_OWN = "owner_organisation_id = any ((select budget.ctx_organisations())::uuid[])"
# Pooled books are closed by the host as pool manager, aligned ones by whose they are.
_KEEPS = (
    f"({_OWN} and {_COMMISSIONED}"
    " and (books = 'aligned' or partnership_id = any ((select budget.ctx_in('host'))::uuid[])))"
)
_AUDITED = """(books = 'pooled' and budget.ctx_audited(partnership_id, null, financial_year))
    or budget.ctx_audited(partnership_id, owner_organisation_id, financial_year)"""
_READ = f"((books = 'pooled' and {_COMMISSIONED}) or {_OWN} or {_AUDITED})"
_WITNESSED = f"({_COMMISSIONED} or {_OWN} or {_AUDITED})"


def _walls() -> str:
    parts = [
        f"""
alter table {table} enable row level security;
alter table {table} force row level security;
create policy {table}_read on {table} for select to budget_app using {read};
create policy {table}_add on {table} for insert to budget_app with check {add};
grant select, insert on {table} to budget_app;"""
        for table, read, add in (
            ("periods", _READ, f"({_KEEPS} and moved_by_client_id = (select budget.ctx_client()))"),
            ("period_moves", _READ, f"({_KEEPS} and moved_by_client_id = (select budget.ctx_client()))"),
            ("seals", _WITNESSED, _KEEPS),
            (
                "seal_branches",
                _WITNESSED,
                (
                    f"({_COMMISSIONED}"
                    " and sealed_by_organisation_id = any ((select budget.ctx_organisations())::uuid[]))"
                ),
            ),
        )
    ]
    return (
        "\n".join(parts)
        + f"""
create policy periods_move on periods for update to budget_app using {_KEEPS}
    with check ({_KEEPS} and moved_by_client_id = (select budget.ctx_client()));
grant update (state, moved_by_client_id, reopened_because, version) on periods to budget_app;
create policy journals_totals on journals for select to budget_totals using ({_COMMISSIONED});
grant select on journals to budget_totals;
"""
    )


_WALLS = _walls()

# A posting holds its books by a shared lock and a closure by an exclusive one, so that a closure waits for the postings
# that are open and none begins while it looks. The lock is taken first and the periods are read after it: a function,
# because each of its statements sees what was committed before it.
_SHUT = """
create function books_key(place uuid, owner uuid, of_books text) returns integer
    language sql immutable parallel safe return
    hashtext(place::text || '/' || owner::text || '/' || of_books);

-- Holds the books of these accounts until the transaction ends, and answers which of their periods from `earliest` on
-- are shut to the caller: closed, or soft-closed by another.
create function hold_books(account_ids uuid[], earliest text) returns jsonb language plpgsql as $$
declare
    held record;
    shut jsonb := '{}';
begin
    for held in
        select distinct a.partnership_id as place, coalesce(p.owner_organisation_id, a.owner_organisation_id) as owner,
               case when a.arrangement = 'aligned' then 'aligned' else 'pooled' end as books
          from budget.accounts a left join budget.pools p on p.id = a.pool_id
         where a.id = any (account_ids) order by 1, 2, 3
    loop
        perform pg_advisory_xact_lock_shared(2005, budget.books_key(held.place, held.owner, held.books));
        shut := shut || (
            select coalesce(jsonb_object_agg(p.period, p.state), '{}') from budget.periods p
             where p.partnership_id = held.place and p.owner_organisation_id = held.owner and p.books = held.books
               and p.period >= earliest
               and (p.state = 'closed' or p.state = 'soft_closed'
                    and p.owner_organisation_id <> all (budget.ctx_organisations())));
    end loop;
    return shut;
end $$;
grant execute on function books_key(uuid, uuid, text), hold_books(uuid[], text) to budget_app;
"""

# The bytes that are hashed are described in rules/seal.py, which computes the same from what a partner may see.
_SEALING = """
create function period_leaves(place uuid, owner uuid, of_books text, of_period text, until timestamptz)
    returns table (arrangement arrangement, branch_owner uuid, leaf text, entries bigint, digest bytea)
    language sql stable parallel safe begin atomic
    select e.arrangement, e.owner_organisation_id, keyed.leaf, count(*),
           sha256('\\x00'::bytea || convert_to(keyed.leaf || E'\\n', 'UTF8') || string_agg(
               sha256(convert_to(concat_ws(E'\\n', e.journal_id, e.position, j.kind, e.book, e.account_id,
                   e.amount_pence, to_char(e.effective_date, 'YYYY-MM-DD'), e.posting_period,
                   to_char(e.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')), 'UTF8')),
               ''::bytea order by e.recorded_at, e.journal_id, e.position))
      from budget.journals j
      join budget.entries e on e.journal_id = j.id
      join budget.accounts a on a.id = e.account_id
      left join budget.pools p on p.id = a.pool_id
      cross join lateral (select case when a.line_id is null then 'account/' || a.id else 'line/' || a.line_id end)
          keyed (leaf)
     where j.partnership_id = place and j.posting_period = of_period and j.recorded_at <= until
       and case of_books when 'aligned' then j.arrangement = 'aligned' and j.owner_organisation_id = owner
                         else j.arrangement <> 'aligned'
                              and coalesce(p.owner_organisation_id, a.owner_organisation_id) = owner end
     group by e.arrangement, e.owner_organisation_id, keyed.leaf;
end;

-- The branches of books that the caller keeps, each as one hash: those of other partners' shadow money too, of which
-- it tells nothing else.
create function period_branches(place uuid, owner uuid, of_books text, of_period text, until timestamptz)
    returns table (arrangement arrangement, owner_organisation_id uuid, digest bytea)
    language sql stable security definer set search_path = budget, pg_temp as $$
    select l.arrangement, l.branch_owner,
           sha256('\\x01'::bytea || convert_to(l.arrangement || '/' || l.branch_owner || E'\\n', 'UTF8')
               || string_agg(l.digest, ''::bytea order by l.leaf collate "C"))
      from period_leaves(place, owner, of_books, of_period, until) l
     where place = any (ctx_in('commissioner')) and owner = any (ctx_organisations())
     group by l.arrangement, l.branch_owner
$$;
-- For its proof that closed periods hold what was sealed.
grant execute on function period_leaves(uuid, uuid, text, text, timestamptz)
    to budget_app, budget_totals, budget_backup;
alter function period_branches(uuid, uuid, text, text, timestamptz) owner to budget_totals;
set role budget_totals;
grant execute on function period_branches(uuid, uuid, text, text, timestamptz) to budget_app;
set role budget_owner;
"""

_YEAR_ENDS = f"""
-- What the fund account of a pool held when its year ended, and whose it is. Proposed as often as need be, posted once.
create table year_ends (
    id uuid primary key,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    books text not null default 'pooled' check (books = 'pooled'),
    pool_id uuid not null,
    account_id uuid not null references accounts (id),
    financial_year text not null check (financial_year ~ '^[0-9]{{4}}/[0-9]{{2}}$'),
    state text not null default 'proposed' check (state in ('proposed', 'posted')),
    balance_pence bigint not null check (balance_pence <> 0),
    shares jsonb not null,
    journal_id uuid references journals (id),
    version integer not null default 1,
    recorded_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    foreign key (pool_id, partnership_id) references pools (id, partnership_id),
    constraint year_ends_posted check ((state = 'posted') = (journal_id is not null))
);
create unique index year_ends_posted_once on year_ends (account_id, financial_year) where state = 'posted';
create index year_ends_partnership on year_ends (partnership_id, financial_year, id);

alter table year_ends enable row level security;
alter table year_ends force row level security;
create policy year_ends_read on year_ends for select to budget_app using {_READ};
create policy year_ends_add on year_ends for insert to budget_app with check {_KEEPS};
create policy year_ends_post on year_ends for update to budget_app using {_KEEPS} with check {_KEEPS};
grant select, insert on year_ends to budget_app;
grant update (state, shares, journal_id, version) on year_ends to budget_app;

-- What is posted takes from the account what it held, by a journal of the next year, out of a year that is closed.
create function year_end_moves() returns trigger language plpgsql as $$
begin
    new.updated_at := clock_timestamp();
    if (select sum((share ->> 'amount_pence')::numeric) from jsonb_array_elements(new.shares) share)
       is distinct from new.balance_pence then
        raise exception 'the shares are not the balance' using errcode = 'integrity_constraint_violation';
    end if;
    if tg_op = 'INSERT' then
        if new.state <> 'proposed' or new.version <> 1 then
            raise exception 'a year-end begins as a proposal' using errcode = 'integrity_constraint_violation';
        end if;
        return new;
    end if;
    if old.state <> 'proposed' or new.version <> old.version + 1 or not exists (
        select from budget.journals j
         where j.id = new.journal_id and j.kind = 'carry_forward' and j.partnership_id = new.partnership_id
           and j.xmin = pg_current_xact_id()::xid
           and j.financial_year = budget.financial_year_of(make_date(left(new.financial_year, 4)::integer + 1, 4, 1))
           and (select sum(e.amount_pence) from budget.entries e
                 where e.journal_id = j.id and e.account_id = new.account_id) = - new.balance_pence)
       or (select count(*) from budget.periods p
            where p.partnership_id = new.partnership_id and p.owner_organisation_id = new.owner_organisation_id
              and p.books = 'pooled' and p.financial_year = new.financial_year and p.state = 'closed') <> 14
       or exists (select from budget.year_ends y
                   where y.account_id = new.account_id and y.state = 'posted'
                     and y.financial_year > new.financial_year) then
        raise exception 'the year-end cannot be posted that way'
            using errcode = 'integrity_constraint_violation', constraint = 'year_end_moves';
    end if;
    return new;
end $$;
create trigger year_ends_move before insert or update on year_ends for each row execute function year_end_moves();
create trigger year_ends_no_delete before delete on year_ends for each row execute function refuse_change();
create trigger year_ends_no_truncate before truncate on year_ends for each statement execute function refuse_change();
"""  # noqa: S608 fixed pieces of policies
