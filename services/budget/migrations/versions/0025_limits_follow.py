"""What takes the place of a line with a limit on its commitments keeps one, and who succeeded sets those of its part."""

from shared.migrate import run_sql

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    run_sql(_KEPT)


_KEPT = """
alter policy commitment_limits_add on commitment_limits with check (
    partnership_id = any ((select budget.ctx_in('commissioner'))::uuid[])
    and owner_organisation_id = any ((select budget.ctx_organisations())::uuid[]));

create function line_keeps_limit() returns trigger language plpgsql as $$
begin
    if exists (
        select from (
            select new.succeeds_line_id as id
            union all
            select unnest(m.from_line_ids) from budget.line_moves m where m.id = new.made_by_move_id) former
          join lateral (
            select l.basis from budget.commitment_limits l
             where l.line_id = former.id order by l.recorded_at desc limit 1) last on last.basis <> 'none')
       and not exists (
            select from budget.commitment_limits l where l.line_id = new.id and l.basis <> 'none') then
        raise exception 'line % keeps no limit of the line before it', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'line_keeps_limit';
    end if;
    return null;
end $$;
create constraint trigger lines_keep_limits after insert on lines deferrable initially deferred
    for each row when (num_nonnulls(new.made_by_move_id, new.succeeds_line_id) > 0)
    execute function line_keeps_limit();
"""
