"""Milestones of agreements: as planned, and as reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, insert, select, update

from services.budget.rules.integration_stage import IntegrationStage
from services.budget.rules.milestone import Milestone, months_late
from services.budget.store.agreement_tables import milestones
from services.budget.store.visibility import scope, to_partners
from shared.audit import Change
from shared.db import Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within

_NAMES = tuple(c.name for c in milestones.c if c.name not in {"recorded_at", "updated_at"})
_VISIBLE = select(*(milestones.c[name] for name in _NAMES)).where(to_partners(milestones))
_ONE = _VISIBLE.where(milestones.c.id == bindparam("id", type_=Uuid))
_GET = prepare(_ONE)
_OF = bindparam("of", type_=Uuid)
_PAGES = Pages(
    _VISIBLE.where(
        milestones.c.partnership_id == bindparam("partnership", type_=Uuid),
        _OF.is_(None) | (milestones.c.agreement_id == _OF),
    ),
    milestones.c.planned,
    milestones.c.id,
    milestones.c.updated_at,
)
_ADD = prepare(
    insert(milestones).values({name: bindparam(name, type_=milestones.c[name].type) for name in _NAMES})
)
_REACH = prepare(
    update(milestones)
    .where(milestones.c.id == bindparam("which", type_=Uuid))
    .values(
        {
            name: bindparam(name, type_=milestones.c[name].type)
            for name in ("reached", "reached_source", "version")
        }
    )
)


async def get(tx: Transaction, milestone_id: UUID) -> Milestone:
    return _milestone(await tx.one(_GET, id=milestone_id, **scope(tx)))


async def add(tx: Transaction, milestone: Milestone) -> None:
    values = {name: getattr(milestone, name) for name in _NAMES}
    await tx.do(_ADD, **{**values, "stage": milestone.stage and milestone.stage.value})


async def reach(tx: Transaction, milestone: Milestone) -> None:
    """The database lets one of two who say so at once through."""
    await tx.do(
        _REACH,
        which=milestone.id,
        reached=milestone.reached,
        reached_source=milestone.reached_source,
        version=milestone.version,
    )


async def page(
    tx: Transaction,
    partnership_id: UUID,
    agreement_id: UUID | None,
    limit: int,
    after: After,
    within: Within = WHENEVER,
) -> list[Milestone]:
    rows = await _PAGES.read(
        tx, limit, after, within, partnership=partnership_id, of=agreement_id, **scope(tx)
    )
    return [_milestone(row) for row in rows]


def told(what: str, milestone: Milestone, readers: tuple[UUID, ...]) -> Change:
    return Change(
        what=what,
        thing="milestone",
        thing_id=milestone.id,
        owner_organisation_id=milestone.owner_organisation_id,
        partnership_id=milestone.partnership_id,
        readers=readers,
        facts={"agreement_id": str(milestone.agreement_id), "planned": milestone.planned},
    )


def _milestone(row: Mapping[str, Any]) -> Milestone:
    stage = None if row["stage"] is None else IntegrationStage(row["stage"])
    made = Milestone(**{**row, "stage": stage})
    return replace(made, months_late=months_late(made))
