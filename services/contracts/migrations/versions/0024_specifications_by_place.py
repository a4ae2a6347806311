"""A body's specifications are of one partnership each: a version there ends none of another partnership."""

from shared.migrate import run_sql

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    run_sql(_APART)


_APART = """
alter table specifications drop constraint specifications_number;
alter table specifications add constraint specifications_number
    unique (owner_organisation_id, partnership_id, code_key, number);
create or replace function specifications_are_apart() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and (old.holds_until is not null
            or (to_jsonb(new) - 'holds_until' - 'changed_at') <> (to_jsonb(old) - 'holds_until' - 'changed_at')) then
        raise exception 'version % stays as it was', old.id using errcode = 'restrict_violation';
    end if;
    perform pg_advisory_xact_lock(hashtextextended(
        new.owner_organisation_id::text || '/' || new.partnership_id || '/' || new.code_key, 11));
    if exists (
        select from contracts.specifications s
         where s.owner_organisation_id = new.owner_organisation_id and s.partnership_id = new.partnership_id
           and s.code_key = new.code_key and s.id <> new.id
           and daterange(s.holds_from, s.holds_until, '[]') && daterange(new.holds_from, new.holds_until, '[]')
    ) then
        raise exception 'version % overlaps another', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'specifications_apart';
    end if;
    return new;
end $$;
"""
