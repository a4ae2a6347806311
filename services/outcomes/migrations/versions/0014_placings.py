"""Where an indicator stands in frameworks can be corrected: new placings with a reason, and those before are kept."""

from shared.migrate import run_sql

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    run_sql(_PLACINGS)
    run_sql(_GUARDS)


# A placing is never changed: a correction adds the whole set again under the indicator's next version, and the indicator and
# each of its wordings say of which version the set is that held with it.
_PLACINGS = """
alter table indicators add column placed_version integer not null default 1,
    add constraint indicators_placed check (placed_version between 1 and version);
alter table indicator_wordings add column placed_version integer not null default 1 check (placed_version between 1 and version);
alter table indicator_placings add column version integer not null default 1 check (version > 0);
alter table indicator_placings drop constraint indicator_placings_pkey, add primary key (indicator_id, version, framework_id);
grant update (placed_version) on indicators to outcomes_app;
"""
_WORDS = (
    "title, definition, numerator, denominator, source, rationale, caveats, warn_above_change_percent, reason"
)
_GUARDS = f"""
create or replace function indicators_reword() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        raise exception 'outcomes.indicators is append-only' using
            errcode = 'integrity_constraint_violation', constraint = 'indicators_append_only';
    end if;
    if new.version <> old.version + 1 or new.placed_version not in (old.placed_version, new.version) then
        raise exception 'outcomes.indicators is append-only but for its words, and each change counts its version up' using
            errcode = 'integrity_constraint_violation', constraint = 'indicators_versioned';
    end if;
    if to_jsonb(new) - '{{{_WORDS},version,placed_version,updated_at}}'::text[]
        is distinct from to_jsonb(old) - '{{{_WORDS},version,placed_version,updated_at}}'::text[] then
        raise exception 'outcomes.indicators is append-only but for its words' using
            errcode = 'integrity_constraint_violation', constraint = 'indicators_append_only';
    end if;
    new.updated_at := greatest(clock_timestamp(), old.updated_at);
    insert into outcomes.indicator_wordings (indicator_id, version, partnership_id, owner_organisation_id, {_WORDS},
        held_from, held_until, placed_version)
    values (old.id, old.version, old.partnership_id, old.owner_organisation_id, old.title, old.definition,
        old.numerator, old.denominator, old.source, old.rationale, old.caveats, old.warn_above_change_percent,
        old.reason, old.updated_at, new.updated_at, old.placed_version);
    return new;
end $$;

-- A set of placings is whole when its indicator is made or amended: nothing is added to it afterwards.
create function indicator_placings_whole() returns trigger language plpgsql as $$
begin
    if not exists (select from outcomes.indicators i where i.id = new.indicator_id and i.placed_version = new.version
        and i.version = new.version and i.xmin = pg_current_xact_id()::xid) then
        raise exception 'placings are set with the version of the indicator that they are of' using
            errcode = 'integrity_constraint_violation', constraint = 'indicator_placings_whole';
    end if;
    return new;
end $$;
create trigger indicator_placings_whole after insert on indicator_placings
    for each row execute function indicator_placings_whole();
"""  # noqa: S608 fixed text
