"""Virements with what each organisation decided on them; what was moved before on the same lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, Text, Uuid, bindparam, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import aggregate_order_by

from services.budget.rules.delegation_limit import Nature, Permanence
from services.budget.rules.line import Arrangement
from services.budget.rules.virement import (
    Asked,
    Given,
    Virement,
    VirementKind,
    VirementReason,
    VirementState,
)
from services.budget.rules.virement_approval import Maker
from services.budget.store.commitment_tables import virement_decisions, virements
from services.budget.store.visibility import scope, to_money
from shared.db import Prepared, Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within

_NOT_SHOWN = {"recorded_at", "updated_at", "proposed_by_client_id", "proposed_by_person"}
_NAMES = tuple(c.name for c in virements.c if c.name not in _NOT_SHOWN)
_GIVEN = ("outcome", "decider", "decision_id", "note")


def _with_given(*more: Any) -> Select[Any]:
    pairs: list[Any] = ["organisation_id", virement_decisions.c.owner_organisation_id]
    for name in _GIVEN:
        pairs += [name, virement_decisions.c[name]]
    each = aggregate_order_by(func.jsonb_build_object(*pairs), virement_decisions.c.recorded_at)
    folded = (
        select(func.coalesce(func.jsonb_agg(each), func.jsonb_build_array()))
        .where(virement_decisions.c.virement_id == virements.c.id)
        .scalar_subquery()
        .label("given")
    )
    return select(*(virements.c[name] for name in _NAMES), folded, *more).where(to_money(virements))


_ID = virements.c.id == bindparam("id", type_=Uuid)
_GET = prepare(_with_given().where(_ID))
_LOCK = prepare(select(virements.c.id).where(_ID, to_money(virements)).with_for_update())
_MAKER = prepare(select(virements.c.proposed_by_client_id, virements.c.proposed_by_person).where(_ID))
_STATE = bindparam("of_state", type_=Text)
_LINE = bindparam("of_line", type_=Uuid)
_PAGES = Pages(
    _with_given().where(
        virements.c.partnership_id == bindparam("partnership", type_=Uuid),
        _STATE.is_(None) | (virements.c.state == _STATE),
        _LINE.is_(None) | or_(virements.c.from_line_id == _LINE, virements.c.to_line_id == _LINE),
    ),
    virements.c.effective_date,
    virements.c.id,
    virements.c.updated_at,
)
_ADDED = (*_NAMES, "proposed_by_client_id", "proposed_by_person")
_ADD = prepare(
    insert(virements).values({name: bindparam(name, type_=virements.c[name].type) for name in _ADDED})
)
_SAVE = prepare(
    update(virements)
    .where(virements.c.id == bindparam("which", type_=Uuid))
    .values(
        {
            name: bindparam(name, type_=virements.c[name].type)
            for name in ("state", "journal_id", "posting_period", "version")
        }
    )
)
_DECIDED = tuple(c.name for c in virement_decisions.c if c.name != "recorded_at")
_ADD_GIVEN = prepare(
    insert(virement_decisions).values(
        {name: bindparam(name, type_=virement_decisions.c[name].type) for name in _DECIDED}
    )
)
# What was proposed or posted before, on the line that saw most of it. The lines are locked, so none is missed.
_BEFORE = Prepared(
    """
select coalesce(max(moved), 0) as pence from (
    select sum(v.amount_pence) as moved
      from unnest($1::uuid[]) line (id)
      join virements v on v.from_line_id = line.id or v.to_line_id = line.id
     where v.state in ('proposed', 'posted') group by line.id) by_line
""",
    ("lines",),
    {},
)
_ACCOUNT = Prepared(
    "select id from accounts where line_id = $1 and kind = 'expenditure' order by recorded_at, id limit 1",
    ("line",),
    {},
)


async def get(tx: Transaction, virement_id: UUID) -> Virement:
    return _virement(await tx.one(_GET, id=virement_id, **scope(tx)))


async def lock(tx: Transaction, virement_id: UUID) -> Virement:
    """The virement, locked for a move: read once the lock is held, so that no verdict is missed."""
    await tx.maybe(_LOCK, id=virement_id, **scope(tx))
    return await get(tx, virement_id)


async def maker_of(tx: Transaction, virement_id: UUID) -> Maker:
    row = await tx.one(_MAKER, id=virement_id)
    return Maker(row["proposed_by_client_id"], row["proposed_by_person"])


async def before_pence(tx: Transaction, line_ids: Iterable[UUID]) -> int:
    return int((await tx.one(_BEFORE, lines=list(line_ids)))["pence"])


async def account_of(tx: Transaction, line_id: UUID) -> UUID | None:
    """The account on which a line's budget moves: its first for expenditure."""
    row = await tx.maybe(_ACCOUNT, line=line_id)
    return None if row is None else row["id"]


async def add(tx: Transaction, virement: Virement, maker: Maker) -> None:
    values = {name: getattr(virement, name) for name in _NAMES}
    values["asked"] = msgspec.to_builtins(virement.asked)
    await tx.do(_ADD, **values, proposed_by_client_id=maker.client_id, proposed_by_person=maker.person)


async def save(tx: Transaction, virement: Virement) -> None:
    await tx.do(
        _SAVE,
        which=virement.id,
        state=virement.state,
        journal_id=virement.journal_id,
        posting_period=virement.posting_period,
        version=virement.version,
    )


async def add_given(tx: Transaction, virement: Virement, given: Given, by: Maker) -> None:
    await tx.do(
        _ADD_GIVEN,
        virement_id=virement.id,
        partnership_id=virement.partnership_id,
        owner_organisation_id=given.organisation_id,
        arrangement=virement.arrangement,
        financial_year=virement.financial_year,
        outcome=given.outcome,
        decider=given.decider,
        decision_id=given.decision_id,
        note=given.note,
        client_id=by.client_id,
        person=by.person,
    )


async def page(
    tx: Transaction,
    partnership_id: UUID,
    state: VirementState | None,
    line_id: UUID | None,
    limit: int,
    after: After,
    within: Within = WHENEVER,
) -> list[Virement]:
    rows = await _PAGES.read(
        tx,
        limit,
        after,
        within,
        partnership=partnership_id,
        of_state=None if state is None else state.value,
        of_line=line_id,
        **scope(tx),
    )
    return [_virement(row) for row in rows]


def _virement(row: Mapping[str, Any]) -> Virement:
    return Virement(
        **{
            **row,
            "arrangement": Arrangement(row["arrangement"]),
            "kind": VirementKind(row["kind"]),
            "nature": Nature(row["nature"]),
            "permanence": Permanence(row["permanence"]),
            "reason": VirementReason(row["reason"]),
            "state": VirementState(row["state"]),
            "asked": msgspec.convert(row["asked"], tuple[Asked, ...]),
            "given": msgspec.convert(row["given"], tuple[Given, ...]),
        }
    )
