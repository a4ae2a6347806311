"""A journal is looked at twice as it is committed, where it was looked at seven times: with its lines, and by its last entry."""

from shared.migrate import run_sql

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    run_sql(_PLACE)
    run_sql(_WHOLE)


# One look at the rows of which four triggers asked each for itself. What each refuses keeps its name.
_PLACE = """
create function journal_in_its_place() returns trigger language plpgsql as $$
declare
    found record;
begin
    select count(*) as entries,
           bool_or(l.financial_year <> new.financial_year
               or l.made_by_move_id is not null and new.effective_date < l.counts_from) as outside_year,
           bool_or(l.ended_on is not null) as ended, bool_or(g.closed_on is not null) as signed
      into found
      from budget.entries e join budget.accounts a on a.id = e.account_id
      left join budget.lines l on l.id = a.line_id
      left join budget.pools p on p.id = a.pool_id
      left join budget.agreements g on g.id = p.agreement_id
     where e.journal_id = new.id;
    if found.entries = 0 then
        raise exception 'journal % is not whole', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'journal_is_whole';
    end if;
    if found.signed and new.arrangement = 'pooled' then
        raise exception 'journal % is under an agreement whose final account is signed', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'journal_before_final_account';
    end if;
    if found.ended and new.kind <> 'reversal' then
        raise exception 'journal % is on a line that has ended', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'journal_on_living_lines';
    end if;
    if found.outside_year
       or (new.reverses_journal_id is not null and not exists (
            select from budget.journals j
             where j.id = new.reverses_journal_id and (j.financial_year = new.financial_year
                or j.kind = 'accrual' and extract(day from new.effective_date) = 1
                   and new.effective_date > j.effective_date))) then
        raise exception 'journal % is not in the year of its lines', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'journal_in_its_year';
    end if;
    if new.kind::text = 'succession' or exists (
        select from budget.successions s where s.partnership_id = new.partnership_id) then
        perform budget.journal_keeps_to_succession(new);
    end if;
    return null;
end $$;

drop trigger journals_year on journals;
drop trigger journals_before_final_account on journals;
drop trigger journals_on_living_lines on journals;
drop function journal_in_its_year();
drop function journal_before_final_account();
drop function journal_on_living_lines();
-- After journals_reversal_of_the_same, whose reason is the nearer one: triggers go by their names.
create constraint trigger journals_stand_in_place after insert on journals deferrable initially deferred
    for each row execute function journal_in_its_place();
"""

# A journal without an entry is refused above; every other has a last entry, and what is added to it brings a new one.
_WHOLE = """
drop trigger journals_whole on journals;
create or replace function journal_is_whole() returns trigger language plpgsql as $$
declare
    found record;
begin
    if exists (select from budget.entries e where e.journal_id = new.journal_id and e.position > new.position) then
        return null;
    end if;
    select count(*) as entries, max(e.position) as last, sum(e.amount_pence) as out_by,
           bool_and(e.partnership_id = j.partnership_id and e.arrangement = j.arrangement and e.book = j.book
               and e.owner_organisation_id = j.owner_organisation_id and e.effective_date = j.effective_date
               and e.posting_period = j.posting_period and e.recorded_at = j.recorded_at) as alike,
           bool_and(a.arrangement = e.arrangement and a.owner_organisation_id = e.owner_organisation_id) as kept,
           count(a.id) as accounts,
           bool_or(e.vat_recoverable_pence <> 0) and sum(e.vat_recoverable_pence) is distinct from
               coalesce(sum(e.amount_pence) filter (where a.kind::text = 'vat_control'), 0) as vat_lost,
           bool_and(case when j.xmin = pg_current_xact_id()::xid then true else budget.is_new_here(j.xmin) end) as new_here
      into found
      from budget.entries e left join budget.journals j on j.id = e.journal_id
      left join budget.accounts a on a.id = e.account_id
     where e.journal_id = new.journal_id;
    if (found.entries >= 2 and found.last = found.entries and found.out_by = 0 and found.alike and found.kept
        and found.accounts = found.entries and found.new_here) is not true then
        raise exception 'journal % is not whole', new.journal_id
            using errcode = 'integrity_constraint_violation', constraint = 'journal_is_whole';
    end if;
    if found.vat_lost then
        raise exception 'journal % recovers VAT that is on no control account', new.journal_id
            using errcode = 'integrity_constraint_violation', constraint = 'journal_vat_recovered';
    end if;
    return null;
end $$;
"""
