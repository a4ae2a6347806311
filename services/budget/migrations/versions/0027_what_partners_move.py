"""A partner moves its own money alone, a risk share comes from a settlement, and no entry passes over an open period."""

from shared.migrate import run_sql

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    run_sql(_PARTNERS)
    run_sql(_BATCHES)
    run_sql(_SETTLED)
    run_sql(_PERIODS)


# Its own contribution accounts are credited, the other side is debited, and all of it is of one pool. Who succeeded a
# partner undoes what that one posted.
_PARTNERS = """
create or replace function journal_by_a_partner() returns trigger language plpgsql as $$
begin
    if new.kind::text = 'succession' or exists (
        select from budget.successions s
         where s.partnership_id = new.partnership_id and s.predecessor_organisation_id = new.owner_organisation_id
           and s.owner_organisation_id = any (budget.ctx_organisations())) then
        return null;
    end if;
    if new.book = 'budget' and exists (select from budget.virements v where v.journal_id = new.id) then
        return null;
    end if;
    if (new.kind = 'reversal' and not exists (
            select from budget.journals j
             where j.id = new.reverses_journal_id
               and j.posted_by_organisation_id = any (new.posted_by_organisation_id || budget.ctx_organisations())))
       or (new.kind <> 'reversal' and (
            new.kind not in ('contribution', 'in_kind')
            or not exists (
                select from budget.entries e join budget.accounts a on a.id = e.account_id
                 where e.journal_id = new.id and a.kind = 'contribution')
            or exists (
                select from budget.entries e join budget.accounts a on a.id = e.account_id
                 where e.journal_id = new.id and case a.kind::text
                    when 'contribution' then
                        a.organisation_id <> all (budget.ctx_organisations()) or e.amount_pence > 0
                    when 'fund' then new.kind <> 'contribution' or e.amount_pence < 0
                    when 'expenditure' then new.kind <> 'in_kind' or e.amount_pence < 0
                    else true end)
            or (select count(distinct a.pool_id) + (count(*) - count(a.pool_id))
                  from budget.entries e join budget.accounts a on a.id = e.account_id
                 where e.journal_id = new.id) > 1)) then
        raise exception 'journal % is not its partner''s to post', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'journal_by_a_partner';
    end if;
    return null;
end $$;
"""

# A batch is reversed by who sent it, or by who succeeded that one.
_BATCHES = """
do $$
declare
    found text;
begin
    select conname into strict found from pg_constraint
     where conrelid = 'budget.journal_batches'::regclass and contype = 'f'
       and confrelid = 'budget.journal_batches'::regclass;
    execute format('alter table budget.journal_batches drop constraint %I', found);
end $$;
alter table journal_batches
    add constraint journal_batches_of_partnership unique (id, partnership_id),
    add constraint journal_batches_reverses foreign key (reverses_batch_id, partnership_id)
        references journal_batches (id, partnership_id);
create function batch_reversed_by_its_sender() returns trigger language plpgsql as $$
begin
    if not exists (
        select from budget.journal_batches b
         where b.id = new.reverses_batch_id
           and b.owner_organisation_id = any (new.owner_organisation_id || budget.ctx_organisations())) then
        raise exception 'batch % violates what it reverses: it is of another sender', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'batch_reversed_by_its_sender';
    end if;
    return new;
end $$;
create trigger journal_batches_reversed_by_sender before insert on journal_batches
    for each row when (new.reverses_batch_id is not null) execute function batch_reversed_by_its_sender();
"""

_SETTLED = """
create function journal_by_a_settlement() returns trigger language plpgsql as $$
begin
    if not exists (
        select from budget.settlement_postings p join budget.settlements s on s.id = p.settlement_id
         where p.journal_id = new.id and s.state in ('approved', 'part_posted', 'posted')) then
        raise exception 'journal % shares a risk without a settlement', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'journal_by_a_settlement';
    end if;
    return null;
end $$;
create constraint trigger journals_by_a_settlement after insert on journals deferrable initially deferred
    for each row when (new.kind = 'risk_share_adjustment') execute function journal_by_a_settlement();
"""

# As rules/posting_period.py: no period before the one that is posted to is open, but that the year's own adjustments may
# wait for months 13 and 14.
_PERIODS = """
create function ledger_period_of(day date) returns text language sql immutable parallel safe return
    left(budget.financial_year_of(day), 4) || '-' || right(budget.financial_year_of(day), 2) || '-M'
        || lpad(((extract(month from day)::integer + 8) % 12 + 1)::text, 2, '0');
grant execute on function ledger_period_of(date) to budget_app;

create function journal_in_first_open_period() returns trigger language plpgsql as $$
declare
    earliest text := budget.ledger_period_of(new.effective_date);
    adjusts boolean := new.kind in ('accrual', 'prepayment', 'carry_forward', 'risk_share_adjustment', 'in_kind',
        'reversal');
    shut jsonb;
begin
    if right(new.posting_period, 2) > '12' and left(new.posting_period, 7) = left(earliest, 7) then
        return null;
    end if;
    shut := budget.hold_books(
        (select array_agg(distinct e.account_id) from budget.entries e where e.journal_id = new.id), earliest);
    if exists (
        select from generate_series(left(earliest, 4)::integer, left(new.posting_period, 4)::integer) year,
               generate_series(1, case when adjusts then 14 else 12 end) month,
               format('%s-%s-M%s', year, right((year + 1)::text, 2), lpad(month::text, 2, '0')) between_them
         where between_them >= earliest and between_them < new.posting_period and not shut ? between_them) then
        raise exception 'journal % passes over an open period', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'journal_in_first_open_period';
    end if;
    return null;
end $$;
create constraint trigger journals_first_open_period after insert on journals deferrable initially deferred
    for each row when (new.posting_period > budget.ledger_period_of(new.effective_date))
    execute function journal_in_first_open_period();
"""
