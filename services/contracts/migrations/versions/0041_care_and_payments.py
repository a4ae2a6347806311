"""Retention runs beyond the end of care; a payment has entries of days that came; a version ends after it is named."""

from shared.migrate import run_sql

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    run_sql(_CARE)
    run_sql(_PAYMENTS)
    run_sql(_SPECIFICATIONS)


# The second lock on rules/placement_move.py. What ended before this rule was made stays as it is.
_CARE = """
create function placement_is_kept_beyond() returns trigger language plpgsql as $$
begin
    if new.keep_until <= new.ended_on then
        raise exception 'placement % is to be kept beyond the end of care', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'placement_kept_beyond';
    end if;
    return null;
end $$;
create trigger placements_kept_beyond after update of state on placements for each row
    when (new.state = 'ended' and old.state <> 'ended') execute function placement_is_kept_beyond();
"""

# The second lock on rules/payment.py and rules/payment_day.py. A payment does not go back: one that was called paid
# because all of it was credited stays, hence not valid.
_PAYMENTS = """
alter table payments add constraint payments_paid_something check (state <> 'paid' or paid_pence > 0) not valid;

create function payment_entry_has_come() returns trigger language plpgsql as $$
begin
    if new.holds_from > (clock_timestamp() at time zone 'Europe/London')::date then
        raise exception 'payment % has no entry of a day to come', new.payment_id
            using errcode = 'integrity_constraint_violation', constraint = 'payment_entry_has_come';
    end if;
    return null;
end $$;
create trigger payment_entries_come after insert on payment_entries for each row
    when (new.entry <> 'schedule') execute function payment_entry_has_come();
"""

# The second lock on rules/specification.py: no version ends before a day from which a contract names it. Whoever names
# one waits for whoever ends it, under the lock that versions of one code are written with.
_SPECIFICATIONS = """
create function specification_is_not_named_later() returns trigger language plpgsql as $$
begin
    if exists (select from contracts.contract_specifications n
                where n.specification_id = new.id and n.holds_from > new.holds_until) then
        raise exception 'a contract names version % from a later day', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'specifications_named_later';
    end if;
    return null;
end $$;
create trigger specifications_named_later after update of holds_until on specifications for each row
    when (new.holds_until is not null) execute function specification_is_not_named_later();

create function contract_specification_waits() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(hashtextextended(
                s.owner_organisation_id::text || '/' || s.partnership_id || '/' || s.code_key, 11))
       from contracts.specifications s where s.id = new.specification_id;
    return new;
end $$;
-- Before the trigger that asks whether the version is in force: triggers fire in the order of their names.
create trigger contract_specifications_a_wait before insert on contract_specifications
    for each row execute function contract_specification_waits();
"""
