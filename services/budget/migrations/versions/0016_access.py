"""Auditors of one body see no shadow of another that is not open; account names are unique where all can see them."""

from shared.migrate import run_sql

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    run_sql(_SHADOWS)
    run_sql(_NAMES)


# Pooled money is every named body's. Another body's shadow is open to an auditor as it is to a partner: by consent, or
# by the agreement in force; to the auditor of that body itself it always is (domain, section 2).
_SHADOWS = r"""
do $$
declare
    each record;
    changed integer := 0;
    asked constant text := '\(arrangement <> ''aligned''::(budget\.)?arrangement\) AND (budget\.)?ctx_audited\(';
begin
    for each in select tablename, policyname, qual from pg_policies
                 where schemaname = 'budget' and cmd = 'SELECT' and qual ~ asked loop
        execute format('alter policy %I on budget.%I using (%s)', each.policyname, each.tablename,
            regexp_replace(each.qual, asked,
                '(arrangement = ''pooled'' or arrangement = ''shadow'''
                ' and partnership_id::text || ''/'' || owner_organisation_id::text'
                ' = any ((select budget.once_open_shadows())::text[])) and budget.ctx_audited(', 'g'));
        changed := changed + 1;
    end loop;
    if changed < 10 then
        raise exception 'of the policies that let auditors read money only % were found', changed;
    end if;
end $$;
"""

# A name is taken within a pool, or within one's own aligned books: a partner that opens an account in the host's
# pooled books never meets the name of an account that it cannot see.
_NAMES = """
alter table accounts drop constraint accounts_owner_organisation_id_partnership_id_name_key;
alter table accounts add constraint accounts_name_once
    unique nulls not distinct (owner_organisation_id, partnership_id, arrangement, pool_id, name);
"""
