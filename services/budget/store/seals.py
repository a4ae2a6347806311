"""Seals of closed periods: made at a closure from what the books hold, and read with the leaves that one may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func, insert, select

from services.budget.rules.period import Period
from services.budget.rules.seal import SCHEME, Branch, Leaf, Seal, recheck, root_of
from services.budget.store.period_tables import seal_branches, seals
from services.budget.store.visibility import scope, to_books
from shared.db import Prepared, Transaction, prepare

# Read under the hold of the books: what is recorded in them by now is committed, and nothing more is until then.
_UNTIL = Prepared("select clock_timestamp() as until", (), {})
_BRANCHES = Prepared(
    "select arrangement::text, owner_organisation_id, digest from period_branches($1, $2, $3, $4, $5, $6)",
    ("place", "owner", "of_books", "of_period", "until", "scheme"),
    {},
)
# The last seals of the partners' own books for the same period, where they have closed it.
_OTHERS = Prepared(
    "select distinct on (owner_organisation_id) 'aligned' as arrangement, owner_organisation_id, root as digest"
    " from seals where partnership_id = $1 and books = 'aligned' and period = $2"
    " order by owner_organisation_id, number desc",
    ("place", "of_period"),
    {},
)
_LEAVES = Prepared(
    "select arrangement::text, branch_owner as owner_organisation_id, leaf as key, entries,"
    " encode(digest, 'hex') as digest from period_leaves($1, $2, $3, $4, $5, $6)"
    ' order by arrangement::text, branch_owner, leaf collate "C"',
    ("place", "owner", "of_books", "of_period", "until", "scheme"),
    {},
)
_SEAL = tuple(column.name for column in seals.c if column.name not in {"id", "recorded_at"})
_ADD = prepare(
    insert(seals)
    .values({name: bindparam(name, type_=seals.c[name].type) for name in _SEAL})
    .returning(seals.c.id)
)
_BRANCH = tuple(column.name for column in seal_branches.c if column.name != "recorded_at")
_ADD_BRANCH = prepare(
    insert(seal_branches).values(
        {name: bindparam(name, type_=seal_branches.c[name].type) for name in _BRANCH}
    )
)
_COUNT = prepare(select(func.count()).where(seals.c.period_id == bindparam("period_id", type_=Uuid)))
_OF_PERIOD = prepare(
    select(*(seals.c[name] for name in ("id", *_SEAL)))
    .where(seals.c.period_id == bindparam("period_id", type_=Uuid), to_books(seals, witnessed=True))
    .order_by(seals.c.number)
)
_OF_SEALS = prepare(
    select(
        seal_branches.c.seal_id,
        seal_branches.c.arrangement,
        seal_branches.c.owner_organisation_id,
        seal_branches.c.digest,
    ).where(
        seal_branches.c.seal_id.in_(
            select(seals.c.id).where(seals.c.period_id == bindparam("period_id", type_=Uuid))
        )
    )
)


async def make(tx: Transaction, period: Period) -> Seal:
    """Seal what the closed period holds now. The caller's transaction holds the books."""
    until: datetime = (await tx.one(_UNTIL))["until"]
    rows = await tx.all(_BRANCHES, **_of(period), until=until, scheme=SCHEME)
    if period.books == "pooled":
        rows += await tx.all(_OTHERS, place=period.partnership_id, of_period=period.period)
    branches = tuple(sorted(map(_branch, rows), key=lambda each: each.name))
    number: int = (await tx.one(_COUNT, period_id=period.id))["count_1"] + 1
    values = {
        "period_id": period.id,
        "number": number,
        "period_version": period.version,
        "partnership_id": period.partnership_id,
        "owner_organisation_id": period.owner_organisation_id,
        "books": period.books.value,
        "period": period.period,
        "financial_year": period.financial_year,
        "sealed_until": until,
        "scheme": SCHEME,
        "root": root_of(period, number, branches),
    }
    row = await tx.one(_ADD, **{**values, "root": bytes.fromhex(str(values["root"]))})
    await tx.many(_ADD_BRANCH, (_branch_row(row["id"], period, each) for each in branches))
    return Seal(**{"id": row["id"], **values, "branches": branches})


async def of_period(tx: Transaction, period: Period) -> list[Seal]:
    """The seals of a period in their order, each with the leaves that the caller may see and what differs by now."""
    branches: dict[UUID, list[Branch]] = {}
    for row in await tx.all(_OF_SEALS, period_id=period.id):
        branches.setdefault(row["seal_id"], []).append(_branch(row))
    found = []
    for row in await tx.all(_OF_PERIOD, period_id=period.id, **scope(tx)):
        own = tuple(sorted(branches.get(row["id"], ()), key=lambda each: each.name))
        seal = Seal(**{**row, "root": row["root"].hex(), "branches": own})
        asked = {**_of(period), "until": seal.sealed_until, "scheme": seal.scheme}
        leaves = tuple(Leaf(**each) for each in await tx.all(_LEAVES, **asked))
        found.append(replace(seal, leaves=leaves, differing=recheck(seal, leaves, _whole(tx, seal))))
    return found


def _whole(tx: Transaction, seal: Seal) -> set[str]:
    """The branches whose leaves the caller must be able to see, so that none of them may be gone."""
    own = set(tx.caller.organisations)
    partner = tx.caller.holds(seal.partnership_id, "commissioner", "host")
    return {
        each.name
        for each in seal.branches
        if (each.arrangement == "pooled" and partner)
        or (
            each.owner_organisation_id in own
            and not (seal.books == "pooled" and each.arrangement == "aligned")
        )
    }


def _of(period: Period) -> dict[str, Any]:
    return {
        "place": period.partnership_id,
        "owner": period.owner_organisation_id,
        "of_books": period.books.value,
        "of_period": period.period,
    }


def _branch(row: Mapping[str, Any]) -> Branch:
    return Branch(row["arrangement"], row["owner_organisation_id"], row["digest"].hex())


def _branch_row(seal_id: UUID, period: Period, branch: Branch) -> dict[str, Any]:
    return {
        "seal_id": seal_id,
        "arrangement": branch.arrangement,
        "owner_organisation_id": branch.owner_organisation_id,
        "partnership_id": period.partnership_id,
        "books": period.books.value,
        "financial_year": period.financial_year,
        "sealed_by_organisation_id": period.owner_organisation_id,
        "digest": bytes.fromhex(branch.digest),
    }
