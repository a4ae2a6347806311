"""The row-level context: what a transaction tells the database about its caller, and nothing that outlives it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from uuid import UUID

from shared.caller import Caller

# Roles of an organisation in a partnership that row-level security knows (see ARCHITECTURE, glossary).
ROLES = ("commissioner", "host", "associate", "provider", "observer", "auditor")


def _array(elements: Iterable[UUID | str]) -> str:
    """An array literal. Elements are quoted, so that none of them can become two."""
    quoted = (str(each).replace("\\", "\\\\").replace('"', '\\"') for each in elements)
    return "{" + ",".join(f'"{each}"' for each in quoted) + "}"


def settings_of(caller: Caller) -> tuple[tuple[str, str], ...]:
    """The settings of a caller, always the same names in the same order.

    Every name is set every time, so that nothing of an earlier transaction could be read by a later one.
    """
    # `*` stands for a thing of no single year, and for pooled money, which is every named body's.
    audits = (
        f"{audit.partnership_id}/{body}/{year}"
        for audit in caller.audits
        for body in ("*", *audit.organisation_ids)
        for year in ("*", *audit.financial_years)
    )
    shares = (
        f"{category}/{share.partnership_id}/{share.organisation_id}"
        for share in caller.shares
        for category in share.categories
    )
    grants = (
        f"{grant.thing}/{grant.owner_organisation_id}/{record}"
        for grant in caller.grants
        for record in grant.record_ids
    )
    return (
        ("app.client", str(caller.client_id)),
        ("app.organisation", str(caller.organisation_id)),
        ("app.organisations", _array(caller.organisations)),
        ("app.operator", "yes" if caller.operator else "no"),
        ("app.audits", _array(audits)),
        ("app.shares", _array(shares)),
        ("app.grants", _array(grants)),
        *((f"app.in_{role}", _array(caller.standing.get(role, ()))) for role in ROLES),
    )


def values_of(caller: Caller) -> tuple[str, ...]:
    """The settings' values alone, in the order in which `around` binds them."""
    return tuple(value for _, value in settings_of(caller))


def opening_sql(caller: Caller, read_only: bool, isolation: str, planned_once: bool = False) -> str:
    """`BEGIN` and the context as one message, so that opening a transaction costs one round trip."""
    mode = "read only" if read_only else "read write"
    once = ", set_config('plan_cache_mode', 'force_generic_plan', true)" if planned_once else ""
    return f"begin isolation level {isolation} {mode}; select {caller.once(_calls)}{once}"


def _calls(caller: Caller) -> str:
    return ", ".join(f"set_config('{name}', {_literal(value)}, true)" for name, value in settings_of(caller))


def _literal(text: str) -> str:
    """A string literal. Values are UUIDs and year labels made by the gateway; quoted all the same."""
    if "\x00" in text:
        raise ValueError("a setting cannot hold NUL")
    return " E'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


@cache
def around(sql: str, arguments: int) -> str:
    """A statement with its context set in the same round trip, in a transaction of its own.

    The inner query refers to the outer one and both are fenced by `offset 0`, so the settings are made
    before the first row is looked at. The context's values follow the statement's own arguments.
    """
    names = [name for name, _ in _NAMES]
    calls = " || ".join(f"set_config('{name}', ${arguments + n}, true)" for n, name in enumerate(names, 1))
    return (
        f"select answer.* from (select {calls} as made offset 0) context"  # noqa: S608 fixed names, bound values
        f" cross join lateral (select asked.* from ({sql}) asked where context.made is not null offset 0) answer"
    )


_NAMES = settings_of(Caller(UUID(int=0), UUID(int=0), (), frozenset()))
