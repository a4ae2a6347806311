"""What the database's own catalogue says about its walls: questions in SQL, and the answers that must be empty."""

from collections.abc import Sequence
from typing import Any

import asyncpg

# Each question gives one column of findings. $1 holds the schemas.
QUESTIONS = {
    "a table without row-level security, or not forced for its owner": """
        select format('%s.%s', n.nspname, c.relname)
          from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where c.relkind in ('r', 'p') and n.nspname = any ($1) and not (c.relrowsecurity and c.relforcerowsecurity)
    """,
    "a right without a policy for it": """
        select distinct format('%s.%s: %s to %s', n.nspname, c.relname, lower(held.privilege_type), held.grantee)
          from pg_class c join pg_namespace n on n.oid = c.relnamespace
          cross join lateral (
              select a.privilege_type, a.grantee::regrole::text as grantee, a.grantee as role
                from aclexplode(c.relacl) a
              union select a.privilege_type, a.grantee::regrole::text, a.grantee
                from pg_attribute t cross join lateral aclexplode(t.attacl) a where t.attrelid = c.oid) held
         where c.relkind in ('r', 'p') and n.nspname = any ($1) and held.role <> c.relowner
           and held.grantee not like '%\\_backup' and c.relrowsecurity
           and held.privilege_type in ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
           and not exists (
               select from pg_policy p where p.polrelid = c.oid and held.role = any (p.polroles)
                  and p.polcmd in ('*', case held.privilege_type when 'SELECT' then 'r' when 'INSERT' then 'a'
                                                                 when 'UPDATE' then 'w' else 'd' end))
    """,
    "a policy for everybody, or one that lets everything through": """
        select format('%s.%s: %s', n.nspname, c.relname, p.polname)
          from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace
         where n.nspname = any ($1)
           and (0 = any (p.polroles) or pg_get_expr(p.polqual, c.oid) = 'true'
                or pg_get_expr(p.polwithcheck, c.oid) = 'true')
    """,
    "a role that can do more than its work": """
        select format('%s: %s', r.rolname, can.what)
          from pg_roles r cross join lateral (values
              ('superuser', r.rolsuper), ('create roles', r.rolcreaterole), ('create databases', r.rolcreatedb),
              ('replication', r.rolreplication),
              ('pass row-level security', r.rolbypassrls and r.rolname not like '%\\_backup'),
              ('sign in', r.rolcanlogin and r.rolname ~ '_(owner|totals)$'),
              ('inherit the owner', r.rolinherit and r.rolname like '%\\_migrate')) can (what, may)
         where split_part(r.rolname, '_', 1) = any ($1) and can.may
    """,
    "a membership that nobody planned": """
        select format('%s is in %s', m.member::regrole, m.roleid::regrole)
          from pg_auth_members m
         where split_part(m.member::regrole::text, '_', 1) = any ($1)
           and (m.inherit_option
                or (m.member::regrole::text !~ '_migrate$' or m.roleid::regrole::text !~ '_owner$')
               and (m.member::regrole::text !~ '_owner$' or m.roleid::regrole::text !~ '_totals$')
                or split_part(m.member::regrole::text, '_', 1) <> split_part(m.roleid::regrole::text, '_', 1))
    """,
    "a right that no service needs": """
        select format('%s.%s: %s to %s', n.nspname, c.relname, lower(a.privilege_type),
                      case a.grantee when 0 then 'public' else a.grantee::regrole::text end)
          from pg_class c join pg_namespace n on n.oid = c.relnamespace cross join lateral aclexplode(c.relacl) a
         where n.nspname = any ($1) and a.grantee <> c.relowner
           and (a.privilege_type in ('TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN') or a.is_grantable or a.grantee = 0
                or a.grantee::regrole::text like '%\\_backup' and a.privilege_type <> 'SELECT'
                or a.grantee::regrole::text !~ ('^' || n.nspname || '_'))
    """,
    "a right to delete": """
        select distinct format('%s.%s by %s', n.nspname, c.relname, a.grantee::regrole)
          from pg_class c join pg_namespace n on n.oid = c.relnamespace cross join lateral aclexplode(c.relacl) a
         where n.nspname = any ($1) and a.grantee <> c.relowner and a.privilege_type = 'DELETE'
    """,
    "a schema, a database or a function that is open to everybody": """
        select format('schema %s: %s', n.nspname, lower(a.privilege_type))
          from pg_namespace n cross join lateral aclexplode(n.nspacl) a
         where (n.nspname = any ($1) or n.nspname = 'public') and a.grantee = 0
        union all
        select format('database: %s', lower(a.privilege_type))
          from pg_database d cross join lateral aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
         where d.datname = current_database() and a.grantee = 0
        union all
        select format('function %s', p.oid::regprocedure)
          from pg_proc p join pg_namespace n on n.oid = p.pronamespace
          cross join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
         where n.nspname = any ($1) and a.grantee = 0 and p.prorettype <> 'trigger'::regtype
    """,
    "a materialized view, which no policy filters": """
        select format('%s.%s', n.nspname, c.relname)
          from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname = any ($1) and c.relkind in ('m', 'f')
    """,
    "a view that reads with its owner's rights": """
        select format('%s.%s', n.nspname, c.relname)
          from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname = any ($1) and c.relkind = 'v'
           and not coalesce('security_invoker=true' = any (c.reloptions) or 'security_invoker=on' = any (c.reloptions), false)
    """,
    "a function that runs with its owner's rights": """
        select format('%s.%s', n.nspname, p.proname)
          from pg_proc p join pg_namespace n on n.oid = p.pronamespace
         where n.nspname = any ($1) and p.prosecdef
    """,
    "such a function with an open search path, or of an owner that is more than `totals`": """
        select format('%s.%s', n.nspname, p.proname)
          from pg_proc p join pg_namespace n on n.oid = p.pronamespace
         where n.nspname = any ($1) and p.prosecdef
           and (p.proowner::regrole::text <> n.nspname || '_totals'
                or not exists (select from unnest(p.proconfig) setting
                                where setting = format('search_path=%s, pg_temp', n.nspname)))
    """,
    "a trigger function that may be planned anew for every row": """
        select format('%s.%s', n.nspname, p.proname)
          from pg_proc p join pg_namespace n on n.oid = p.pronamespace
         where n.nspname = any ($1) and p.prorettype = 'trigger'::regtype
           and not coalesce(p.proconfig, '{}') @> '{plan_cache_mode=force_generic_plan}'
    """,
    "a foreign key that leaves the schema": """
        select format('%s.%s: %s', n.nspname, c.relname, k.conname)
          from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
          join pg_class other on other.oid = k.confrelid
         where k.contype = 'f' and n.nspname = any ($1) and other.relnamespace <> c.relnamespace
    """,
    # A clash on a key tells that the key is taken. A random id tells nothing; anything else needs the owner in it.
    "a unique key over organisations": """
        select format('%s.%s: %s', n.nspname, c.relname, x.relname)
          from pg_index i join pg_class c on c.oid = i.indrelid join pg_class x on x.oid = i.indexrelid
          join pg_namespace n on n.oid = c.relnamespace
         where i.indisunique and n.nspname = any ($1) and c.relkind in ('r', 'p')
           and not exists (
               select from pg_attribute t where t.attrelid = c.oid and t.attnum = any (i.indkey)
                  and (t.attname in ('owner_organisation_id', 'owner_client_id')
                       or t.atttypid = 'uuid'::regtype and t.attname = 'id'
                       or t.atttypid = 'uuid'::regtype and t.attname !~ '^partnership_id$|organisation_id$' and exists (
                           select from pg_constraint k
                            where k.conrelid = c.oid and k.contype = 'f' and t.attnum = any (k.conkey))))
    """,
    "a recorded time that is not the clock's at that moment": """
        select format('%s.%s.%s: %s', n.nspname, c.relname, t.attname, pg_get_expr(d.adbin, d.adrelid))
          from pg_attribute t join pg_class c on c.oid = t.attrelid join pg_namespace n on n.oid = c.relnamespace
          left join pg_attrdef d on d.adrelid = c.oid and d.adnum = t.attnum
         where n.nspname = any ($1) and c.relkind in ('r', 'p') and not t.attisdropped and t.attname = 'recorded_at'
           and (t.atttypid <> 'timestamptz'::regtype or not t.attnotnull
                or coalesce(pg_get_expr(d.adbin, d.adrelid), 'clock_timestamp()') <> 'clock_timestamp()')
    """,
    "a time without a zone": """
        select format('%s.%s.%s', n.nspname, c.relname, t.attname)
          from pg_attribute t join pg_class c on c.oid = t.attrelid join pg_namespace n on n.oid = c.relnamespace
         where n.nspname = any ($1) and c.relkind in ('r', 'p') and not t.attisdropped
           and t.atttypid in ('timestamp'::regtype, 'time'::regtype, 'money'::regtype, 'float8'::regtype, 'float4'::regtype)
    """,
}


async def ask(connection: asyncpg.Connection, question: str, schemas: Sequence[str]) -> list[str]:
    """The findings of one question, sorted."""
    rows: list[Any] = await connection.fetch(QUESTIONS[question], list(schemas))
    return sorted(row[0] for row in rows)


async def tables(connection: asyncpg.Connection, schema: str) -> list[str]:
    rows: list[Any] = await connection.fetch(
        "select relname from pg_class where relnamespace = $1::regnamespace and relkind in ('r', 'p') order by 1",
        schema,
    )
    return [row[0] for row in rows]
