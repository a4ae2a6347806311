-- The second lock on what rules/period.py, rules/posting_period.py and rules/accrual.py decide.

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
declare
    of_books text := case new.arrangement when 'aligned' then 'aligned' else 'pooled' end;
    shut boolean;
begin
    if new.arrangement = 'shadow' then  -- its pool's host closes it, and its entries tell which pool
        shut := budget.hold_books(
            (select array_agg(distinct e.account_id) from budget.entries e where e.journal_id = new.id),
            new.posting_period) ? new.posting_period;
    else
        perform pg_advisory_xact_lock_shared(
            2005, budget.books_key(new.partnership_id, new.owner_organisation_id, of_books));
        shut := exists (
            select from budget.periods p
             where p.partnership_id = new.partnership_id and p.owner_organisation_id = new.owner_organisation_id
               and p.books = of_books and p.period = new.posting_period
               and (p.state = 'closed' or p.state = 'soft_closed'
                    and p.owner_organisation_id <> all (budget.ctx_organisations())));
    end if;
    if shut then
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
