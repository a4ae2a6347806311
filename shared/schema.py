"""What every schema starts with: context functions for policies, and tables for audit, events and one-time keys."""

from __future__ import annotations

from pathlib import Path

_TEMPLATE = Path(__file__).with_name("schema.sql")
_SEALING = Path(__file__).with_name("sealing.sql")


def shared_tables(service: str) -> str:
    """The SQL that a service's first migration runs before its own, for its schema and roles."""
    return _TEMPLATE.read_text(encoding="utf-8").replace("{service}", service)


def sealed_tables(service: str) -> str:
    """The SQL with which a schema's changes are numbered, hashed and told from then on, those before it too."""
    return _SEALING.read_text(encoding="utf-8").replace("{service}", service)


def sealed_by_index(service: str) -> str:
    """The SQL, for the functions' owner, after which the sealer looks each row up in the chain.

    How few rows are not sealed yet is not seen by the planner, which reads the whole chain for them otherwise: longer
    with every change, until no round ends in the time that a statement has.
    """
    looks = (f"{service}.unsealed(integer)", f"{service}.count_unsealed(interval)")
    joins = ("enable_hashjoin", "enable_mergejoin")
    return "\n".join(f"alter function {look} set {join} = off;" for look in looks for join in joins)


def driven_answers(service: str, *operations: str) -> str:
    """The SQL after which answers to the gateway's errands are never forgotten, those given before to these operations too.

    A change that several services make together may be gone on with after any time. A part of it whose answer were
    forgotten would be refused as stale or there already, and what was made would be taken back as if it had not been.
    """
    names = ", ".join(f"'{each}'" for each in operations)
    before = f"""
alter table {service}.idempotency_keys no force row level security;
update {service}.idempotency_keys set driven = true where operation in ({names});
alter table {service}.idempotency_keys force row level security;
"""  # noqa: S608 fixed pieces
    return f"""
alter table {service}.idempotency_keys add column driven boolean not null default false;
alter policy idempotency_keys_old on {service}.idempotency_keys
    using (recorded_at < now() - interval '30 days' and not driven);
{before if operations else ""}"""


def with_last_change(*tables: str) -> str:
    """The SQL that gives tables of the migration's schema `updated_at`: recorded, or last changed by any statement."""
    return "\n".join(
        f"""
alter table {table} add column updated_at timestamptz not null default clock_timestamp();
create trigger {table}_note_change before update on {table} for each row execute function note_change();
"""
        for table in tables
    )


def sharing(service: str) -> str:
    """The SQL of `ctx_shares`, for a schema with rows that a data-sharing agreement opens.

    `ctx_shares('placements')` gives `partnership/organisation` of everybody who shares placements with the caller.
    """
    return f"""
create function {service}.ctx_shares(category text) returns text[] language sql stable parallel safe return (
    select coalesce(array_agg(substr(each, length(category) + 2)), '{{}}')
      from unnest(coalesce(nullif(current_setting('app.shares', true), '')::text[], '{{}}'::text[])) each
     where starts_with(each, category || '/'));
grant execute on function {service}.ctx_shares(text) to {service}_app, {service}_totals;
"""  # noqa: S608 fixed pieces


def granting(service: str) -> str:
    """The SQL of `ctx_granted`, for a schema with records that their owner can open to scrutiny or an auditor.

    `ctx_granted('placement')` gives `owner/record` of every placement that was opened to the caller.
    """
    return f"""
create function {service}.ctx_granted(thing text) returns text[] language sql stable parallel safe return (
    select coalesce(array_agg(substr(each, length(thing) + 2)), '{{}}')
      from unnest(coalesce(nullif(current_setting('app.grants', true), '')::text[], '{{}}'::text[])) each
     where starts_with(each, thing || '/'));
grant execute on function {service}.ctx_granted(text) to {service}_app, {service}_totals;
"""  # noqa: S608 fixed pieces
