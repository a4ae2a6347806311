"""What a journal's entries must be is looked at once, by a role that sees all books of the partnership."""

from shared.migrate import run_sql

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    run_sql(_SIGHT)
    run_sql(_ENTRIES)
    run_sql(_BOOKS)
    run_sql(_JOURNALS)


# A lock that asks as the caller sees only what the caller may see, and pays for every policy each time. Asked as totals it
# sees the partnership's books whole, of which it tells nothing but that a journal does not fit.
_SIGHT = """
create policy agreements_totals on agreements for select to budget_totals using (
    partnership_id = any ((select budget.ctx_in('commissioner'))::uuid[]));
grant select on agreements to budget_totals;
grant execute on function is_new_here(xid) to budget_totals;
"""

_ENTRIES = """
create or replace function journal_is_whole() returns trigger language plpgsql
    security definer set search_path = budget, pg_temp as $$
declare
    found record;
begin
    if exists (select from budget.entries e where e.journal_id = new.journal_id and e.position > new.position) then
        return null;
    end if;
    select j.kind, count(*) as entries, max(e.position) as last, sum(e.amount_pence) as out_by,
           bool_and(e.partnership_id = j.partnership_id and e.arrangement = j.arrangement and e.book = j.book
               and e.owner_organisation_id = j.owner_organisation_id and e.effective_date = j.effective_date
               and e.posting_period = j.posting_period and e.recorded_at = j.recorded_at) as alike,
           bool_and(a.arrangement = e.arrangement and a.owner_organisation_id = e.owner_organisation_id) as kept,
           count(a.id) as accounts,
           bool_or(e.vat_recoverable_pence <> 0) and sum(e.vat_recoverable_pence) is distinct from
               coalesce(sum(e.amount_pence) filter (where a.kind::text = 'vat_control'), 0) as vat_lost,
           bool_and(case when j.xmin = pg_current_xact_id()::xid then true else budget.is_new_here(j.xmin) end) as new_here,
           bool_or(j.arrangement = 'pooled' and g.closed_on is not null) as signed,
           bool_or(l.ended_on is not null) as ended,
           bool_or(l.financial_year <> j.financial_year
               or l.made_by_move_id is not null and j.effective_date < l.counts_from) as outside_year
      into found
      from budget.entries e left join budget.journals j on j.id = e.journal_id
      left join budget.accounts a on a.id = e.account_id
      left join budget.lines l on l.id = a.line_id
      left join budget.pools p on p.id = a.pool_id
      left join budget.agreements g on g.id = p.agreement_id
     where e.journal_id = new.journal_id group by j.id, j.kind;
    if (found.entries >= 2 and found.last = found.entries and found.out_by = 0 and found.alike and found.kept
        and found.accounts = found.entries and found.new_here) is not true then
        raise exception 'journal % is not whole', new.journal_id
            using errcode = 'integrity_constraint_violation', constraint = 'journal_is_whole';
    end if;
    if found.vat_lost then
        raise exception 'journal % recovers VAT that is on no control account', new.journal_id
            using errcode = 'integrity_constraint_violation', constraint = 'journal_vat_recovered';
    end if;
    if found.signed then
        raise exception 'journal % is under an agreement whose final account is signed', new.journal_id
            using errcode = 'integrity_constraint_violation', constraint = 'journal_before_final_account';
    end if;
    if found.ended and found.kind <> 'reversal' then
        raise exception 'journal % is on a line that has ended', new.journal_id
            using errcode = 'integrity_constraint_violation', constraint = 'journal_on_living_lines';
    end if;
    if found.outside_year then
        raise exception 'journal % is not in the year of its lines', new.journal_id
            using errcode = 'integrity_constraint_violation', constraint = 'journal_in_its_year';
    end if;
    return null;
end $$;
alter function journal_is_whole() owner to budget_totals;
"""

# A journal without an entry is refused here; of every other the last entry is looked at above. Its time is read in its own
# transaction, or an instant that was told as settled could gain a journal.
_JOURNALS = """
drop trigger journals_open_period on journals;
drop function journal_in_open_period();
create or replace function journal_in_its_place() returns trigger language plpgsql
    security definer set search_path = budget, pg_temp as $$
declare
    of_books text := case new.arrangement when 'aligned' then 'aligned' else 'pooled' end;
    found record;
begin
    if new.arrangement <> 'shadow' then
        perform pg_advisory_xact_lock_shared(
            2005, budget.books_key(new.partnership_id, new.owner_organisation_id, of_books));
    end if;
    select exists (select from budget.entries e where e.journal_id = new.id) as filled,
           exists (
               select from budget.periods p
                where p.partnership_id = new.partnership_id and p.owner_organisation_id = new.owner_organisation_id
                  and p.books = of_books and p.period = new.posting_period
                  and (p.state = 'closed' or p.state = 'soft_closed'
                       and p.owner_organisation_id <> all (budget.ctx_organisations()))) as shut
      into found;
    if not found.filled then
        raise exception 'journal % is not whole', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'journal_is_whole';
    end if;
    if new.arrangement = 'shadow' then  -- its pool's host closes it, and its entries tell which pool
        found.shut := budget.hold_books(
            (select array_agg(distinct e.account_id) from budget.entries e where e.journal_id = new.id),
            new.posting_period) ? new.posting_period;
    end if;
    if found.shut then
        raise exception 'period % is shut', new.posting_period
            using errcode = 'integrity_constraint_violation', constraint = 'journal_in_open_period';
    end if;
    if new.recorded_at < transaction_timestamp() or new.recorded_at > clock_timestamp() then
        raise exception 'journal % is not recorded at its own time', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'journal_recorded_now';
    end if;
    if new.reverses_journal_id is not null and not exists (
        select from budget.journals j
         where j.id = new.reverses_journal_id and (j.financial_year = new.financial_year
            or j.kind = 'accrual' and extract(day from new.effective_date) = 1
               and new.effective_date > j.effective_date)) then
        raise exception 'journal % is not in the year of its lines', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'journal_in_its_year';
    end if;
    return null;
end $$;
alter function journal_in_its_place() owner to budget_totals;

create function journal_after_succession() returns trigger language plpgsql as $$
begin
    if new.kind = 'succession' or exists (
        select from budget.successions s where s.partnership_id = new.partnership_id) then
        perform budget.journal_keeps_to_succession(new);
    end if;
    return null;
end $$;
-- After journals_stand_in_place, as before: triggers go by their names.
create constraint trigger journals_stand_in_succession after insert on journals deferrable initially deferred
    for each row execute function journal_after_succession();
"""

# Only of accounts that the caller could lock, so nobody holds or learns of another's books by naming their accounts.
_BOOKS = """
create policy periods_totals on periods for select to budget_totals using (
    partnership_id = any ((select budget.ctx_in('commissioner'))::uuid[]));
grant select on periods to budget_totals;
create or replace function hold_books(account_ids uuid[], earliest text) returns jsonb language plpgsql
    security definer set search_path = budget, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
    held record;
    shut jsonb := '{}';
begin
    for held in
        select distinct a.partnership_id as place, keeper as owner,
               case when a.arrangement = 'aligned' then 'aligned' else 'pooled' end as books
          from budget.accounts a left join budget.pools p on p.id = a.pool_id,
               unnest(coalesce(p.owner_organisation_id, a.owner_organisation_id) || coalesce(p.kept_before, '{}')) keeper
         where a.id = any (account_ids)
           and (a.arrangement = 'pooled' or a.owner_organisation_id = any (budget.ctx_organisations()))
         order by 1, 2, 3
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
alter function hold_books(uuid[], text) owner to budget_totals;
grant execute on function books_key(uuid, uuid, text) to budget_totals;
"""
