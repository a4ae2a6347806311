"""When confidentiality ceases, the releases go out again: at which instants that is, counted from the last decision."""

from shared.migrate import run_sql

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    run_sql(_LAPSES)
    run_sql(_FILL)


# The midnight in England after the last day of each confidentiality that had not ended when it was decided on, in order.
# The year after the last that a calendar here can name never comes.
_LAPSES = """
alter table publications add column lapses timestamptz[] not null default '{}';
create index publications_lapsing on publications (contract_id) where cardinality(lapses) > 0;
create function lapses_of(withheld jsonb, since timestamptz) returns timestamptz[] language sql stable as $$
    select coalesce(array_agg(distinct lapse order by lapse), '{}')
      from (select ((each ->> 'until')::date + 1)::timestamp at time zone 'Europe/London' as lapse
              from jsonb_array_elements(withheld) each where (each ->> 'until')::date < date '9999-12-31') found
     where lapse > since
$$;
create function note_lapses() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' or new.version <> old.version or new.withheld <> old.withheld then
        new.lapses := contracts.lapses_of(new.withheld, clock_timestamp());
    end if;
    return new;
end $$;
create trigger publications_note_lapses before insert or update on publications
    for each row execute function note_lapses();
create function lapsed_at(lapses timestamptz[], until timestamptz) returns timestamptz
language sql immutable parallel safe as $$
    select max(lapse) from unnest(lapses) lapse where lapse <= until
$$;
create function lapsed_within(lapses timestamptz[], since timestamptz, before timestamptz) returns boolean
language sql stable parallel safe as $$
    select exists (select from unnest(lapses) lapse
                    where lapse >= since and lapse < before and lapse <= statement_timestamp())
$$;
grant execute on function lapses_of(jsonb, timestamptz), lapsed_at(timestamptz[], timestamptz),
    lapsed_within(timestamptz[], timestamptz, timestamptz) to contracts_app;
"""

# What ceased since the last decision was told under the ids of before: it comes again. The owner is held by the walls too.
_FILL = """
alter table publications no force row level security;
alter table publications disable trigger user;
update publications set lapses = lapses_of(withheld, updated_at) where withheld <> '[]';
alter table publications enable trigger user;
alter table publications force row level security;
"""
