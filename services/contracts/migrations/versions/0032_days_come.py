"""A move that says what has happened is kept once its day has come: the second lock on rules/step.py."""

from shared.migrate import run_sql

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    run_sql(_GUARD)


_GUARD = """
create function contract_step_day_come() returns trigger language plpgsql as $$
begin
    if new.holds_from > (now() at time zone 'Europe/London')::date then
        raise exception 'contract % does not hold a move from a day to come', new.contract_id
            using errcode = 'integrity_constraint_violation', constraint = 'contract_step_day_come';
    end if;
    return null;
end $$;
create trigger contract_steps_day_come after insert on contract_steps for each row
    when (new.holds_from is not null and new.move in (
        'procurement', 'standstill', 'award', 'suspension', 'resumption', 'notice', 'notice_withdrawal',
        'part_termination', 'termination', 'completion', 'hold_over', 'abandonment'))
    execute function contract_step_day_come();
"""
