"""Periods of the books and their seals, no journal in a period that is shut, and what a year-end carries forward."""

from shared.migrate import run_sql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    run_sql(_TABLES)
    run_sql(_WALLS)
    run_sql(_SHUT)
    run_sql(_GUARDS)
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
                f"({_COMMISSIONED}"
                " and sealed_by_organisation_id = any ((select budget.ctx_organisations())::uuid[]))",
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

# The second lock on what rules/period.py, rules/posting_period.py and rules/accrual.py decide.
_GUARDS = """
create function period_moves_on() returns trigger language plpgsql as $$
begin
    new.updated_at := clock_timestamp();
    if tg_op = 'INSERT' then
        if new.state <> 'open' or new.version <> 1 then
            raise exception 'a period begins open' using errcode = 'integrity_constraint_violation';
        end if;
        return new;
    end if;
    if new.version <> old.version + 1 or (old.state, new.state) not in (
        ('open', 'soft_closed'), ('open', 'closed'), ('soft_closed', 'closed'), ('soft_closed', 'reopened'),
        ('closed', 'reopened'), ('reopened', 'soft_closed'), ('reopened', 'closed')) then
        raise exception 'the period cannot move that way'
            using errcode = 'integrity_constraint_violation', constraint = 'period_moves_on';
    end if;
    if new.state = 'reopened' and new.moved_by_client_id = old.moved_by_client_id then
        raise exception 'another client reopens'
            using errcode = 'integrity_constraint_violation', constraint = 'period_reopened_by_another';
    end if;
    if new.state = 'reopened' and exists (
        select from budget.year_ends y
         where y.partnership_id = new.partnership_id and y.owner_organisation_id = new.owner_organisation_id
           and y.financial_year = new.financial_year and y.state = 'posted' and new.books = 'pooled') then
        raise exception 'the year is carried forward'
            using errcode = 'integrity_constraint_violation', constraint = 'period_year_is_carried';
    end if;
    if new.state = 'closed' and (now() at time zone 'Europe/London')::date < (case
           when right(new.period, 2)::integer > 11 then make_date(left(new.period, 4)::integer + 1, 4, 1)
           else (make_date(left(new.period, 4)::integer, 4, 1) + right(new.period, 2)::integer * interval '1 month')::date
       end) then
        raise exception 'the period has not ended'
            using errcode = 'integrity_constraint_violation', constraint = 'period_has_ended';
    end if;
    return new;
end $$;
create trigger periods_move before insert or update on periods for each row execute function period_moves_on();

create function keep_period_move() returns trigger language plpgsql as $$
begin
    insert into budget.period_moves (period_id, version, partnership_id, owner_organisation_id, books, financial_year,
        state, moved_by_client_id, reopened_because)
    values (new.id, new.version, new.partnership_id, new.owner_organisation_id, new.books, new.financial_year,
        new.state, new.moved_by_client_id, new.reopened_because);
    return null;
end $$;
create trigger periods_history after insert or update on periods for each row execute function keep_period_move();

-- A move is what its period was: nobody writes another history by hand.
create function move_is_of_its_period() returns trigger language plpgsql as $$
begin
    if not exists (
        select from budget.periods p
         where p.id = new.period_id and p.version = new.version and p.partnership_id = new.partnership_id
           and p.owner_organisation_id = new.owner_organisation_id and p.books = new.books
           and p.financial_year = new.financial_year and p.state = new.state
           and p.moved_by_client_id = new.moved_by_client_id
           and p.reopened_because is not distinct from new.reopened_because) then
        raise exception 'a move must be as its period' using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
create trigger period_moves_true before insert on period_moves for each row execute function move_is_of_its_period();

-- No closure without its seal, and no seal or branch beside a closure of the same transaction.
create function closure_is_sealed() returns trigger language plpgsql as $$
begin
    if new.state = 'closed' and not exists (
        select from budget.seals s where s.period_id = new.id and s.period_version = new.version) then
        raise exception 'a closed period has a seal'
            using errcode = 'integrity_constraint_violation', constraint = 'closure_is_sealed';
    end if;
    return null;
end $$;
create constraint trigger periods_sealed after update on periods deferrable initially deferred
    for each row execute function closure_is_sealed();

create function seal_is_of_its_closure() returns trigger language plpgsql as $$
begin
    if not exists (
        select from budget.periods p
         where p.id = new.period_id and p.version = new.period_version and p.state = 'closed'
           and p.xmin = pg_current_xact_id()::xid and p.partnership_id = new.partnership_id
           and p.owner_organisation_id = new.owner_organisation_id and p.books = new.books
           and p.period = new.period and p.financial_year = new.financial_year)
       or new.number <> (select count(*) + 1 from budget.seals s where s.period_id = new.period_id) then
        raise exception 'a seal is made by its closure' using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
create trigger seals_true before insert on seals for each row execute function seal_is_of_its_closure();

create function branch_is_of_its_seal() returns trigger language plpgsql as $$
begin
    if not exists (
        select from budget.seals s
         where s.id = new.seal_id and s.xmin = pg_current_xact_id()::xid and s.partnership_id = new.partnership_id
           and s.owner_organisation_id = new.sealed_by_organisation_id and s.books = new.books
           and s.financial_year = new.financial_year) then
        raise exception 'a branch is made with its seal' using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
create trigger seal_branches_true before insert on seal_branches
    for each row execute function branch_is_of_its_seal();

-- Fires when the transaction commits, when the entries are there. It holds the books as a posting does, so that
-- nothing written by hand passes a closure either.
create function journal_in_open_period() returns trigger language plpgsql as $$
begin
    if budget.hold_books(
           (select array_agg(distinct e.account_id) from budget.entries e where e.journal_id = new.id),
           new.posting_period) ? new.posting_period then
        raise exception 'period % is shut', new.posting_period
            using errcode = 'integrity_constraint_violation', constraint = 'journal_in_open_period';
    end if;
    return null;
end $$;
create constraint trigger journals_open_period after insert on journals deferrable initially deferred
    for each row execute function journal_in_open_period();
alter table journals add constraint journals_year_end_kind check (right(posting_period, 2) < '13' or kind in (
    'accrual', 'prepayment', 'carry_forward', 'risk_share_adjustment', 'in_kind', 'reversal'));

-- An accrual is undone on the first day of the period after its own, which at a year's end is in the next year.
create or replace function journal_in_its_year() returns trigger language plpgsql as $$
begin
    if exists (select from budget.entries e join budget.accounts a on a.id = e.account_id
                 join budget.lines l on l.id = a.line_id
                where e.journal_id = new.id and l.financial_year <> new.financial_year)
       or (new.reverses_journal_id is not null and not exists (
            select from budget.journals j
             where j.id = new.reverses_journal_id and (j.financial_year = new.financial_year
                or j.kind = 'accrual' and extract(day from new.effective_date) = 1
                   and new.effective_date > j.effective_date))) then
        raise exception 'journal % is not in the year of its lines', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'journal_in_its_year';
    end if;
    return null;
end $$;

create trigger periods_no_delete before delete on periods for each row execute function refuse_change();
create trigger periods_no_truncate before truncate on periods for each statement execute function refuse_change();
create trigger period_moves_append_only before update or delete on period_moves
    for each row execute function refuse_change();
create trigger period_moves_no_truncate before truncate on period_moves
    for each statement execute function refuse_change();
create trigger seals_append_only before update or delete on seals for each row execute function refuse_change();
create trigger seals_no_truncate before truncate on seals for each statement execute function refuse_change();
create trigger seal_branches_append_only before update or delete on seal_branches
    for each row execute function refuse_change();
create trigger seal_branches_no_truncate before truncate on seal_branches
    for each statement execute function refuse_change();
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
grant execute on function period_leaves(uuid, uuid, text, text, timestamptz) to budget_app, budget_totals;
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
              and p.books = 'pooled' and p.financial_year = new.financial_year and p.state = 'closed') <> 14 then
        raise exception 'the year-end cannot be posted that way'
            using errcode = 'integrity_constraint_violation', constraint = 'year_end_moves';
    end if;
    return new;
end $$;
create trigger year_ends_move before insert or update on year_ends for each row execute function year_end_moves();
create trigger year_ends_no_delete before delete on year_ends for each row execute function refuse_change();
create trigger year_ends_no_truncate before truncate on year_ends for each statement execute function refuse_change();
"""
