"""What of an old area went to each new one makes 100 per cent, in the database as in the rule."""

from shared.migrate import run_sql

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    run_sql(_SHARES)


# Hierarchies that are on record stay as they are, so the rule holds for those to come.
_SHARES = """
create function area_changes_shared(changes jsonb) returns boolean language sql immutable as $$
    select coalesce(bool_and(whole), true) from (
        select count(*) = 1 and count(share) = 0
            or count(share) = count(*) and min(share) > 0 and sum(share) = 100 as whole
        from (
            select each ->> 'from_code' as code, (each ->> 'share_percent')::numeric as share
            from jsonb_array_elements(changes) as each
        ) as parts
        group by code
    ) as codes
$$;
grant execute on function area_changes_shared to outcomes_app;
alter table area_hierarchies
    add constraint area_hierarchies_shares check (outcomes.area_changes_shared(changes)) not valid;
"""
