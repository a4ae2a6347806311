"""A record that goes on as another ends on no day to come, with nothing agreed on it that waits, and at the same worth."""

from shared.migrate import run_sql

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    run_sql(_ENDS)
    run_sql(_REGROUPINGS)


# The second lock on rules/carry_over.py.
_ENDS = """
create function check_record_ends(ids uuid[], effective_on date) returns void language plpgsql as $$
begin
    if effective_on > (clock_timestamp() at time zone 'Europe/London')::date then
        raise exception 'contracts % do not go on as others from a day to come', ids
            using errcode = 'integrity_constraint_violation', constraint = 'record_ends_ahead';
    end if;
    if exists (select from contracts.variations v where v.contract_id = any (ids) and v.state in ('proposed', 'agreed')) then
        raise exception 'a variation of contracts % waits to take effect', ids
            using errcode = 'integrity_constraint_violation', constraint = 'record_ends_varied';
    end if;
end $$;
grant execute on function check_record_ends(uuid[], date) to contracts_app;

create function contract_record_ends() returns trigger language plpgsql as $$
begin
    perform contracts.check_record_ends(array[new.id], new.ended_on + 1);
    return null;
end $$;
create trigger contracts_record_ends after update of state on contracts for each row
    when (new.state <> old.state and new.state in ('novated', 'consolidated')) execute function contract_record_ends();
"""

# The second lock on rules/joining.py: a value for a year is kept by days, so all that have one end on one day. What is
# said to go on is what the contracts that go on are worth.
_REGROUPINGS = """
create function regrouping_is_whole() returns trigger language plpgsql as $$
declare
    worth bigint;
    unknown boolean;
    known integer;
    ends integer;
begin
    perform contracts.check_record_ends(new.source_contract_ids, new.effective_on);
    select sum(c.value_pence), bool_or(c.value_pence is null), count(*) into worth, unknown, known
      from contracts.contracts c where c.id = any (new.contract_ids);
    if known <> cardinality(new.contract_ids)
        or new.value_after_pence is distinct from (case when not unknown then worth end) then
        raise exception 'what goes on of regrouping % is not what it says', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'regroupings_conserve';
    end if;
    select count(distinct coalesce(c.end_date, 'infinity')) into ends from contracts.contracts c
     where c.id = any (new.source_contract_ids || new.contract_ids) and c.value_basis = 'annual';
    if ends > 1 then
        raise exception 'the yearly values of regrouping % end on % days', new.id, ends
            using errcode = 'integrity_constraint_violation', constraint = 'regrouping_keeps_ends';
    end if;
    return null;
end $$;
create trigger regroupings_whole after insert on regroupings for each row execute function regrouping_is_whole();
"""
