"""Disputes on agreements and journals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, insert, select, update

from services.budget.rules.dispute import Dispute, DisputeOutcome, DisputeStage, DisputeSubject
from services.budget.store.dispute_tables import disputes
from services.budget.store.visibility import scope, to_partners
from shared.audit import Change
from shared.db import Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within
from shared.money import Money, Qualifier, Status

_MONEY = {"disputed_pence", "disputed_status", "disputed_qualifier", "undisputed_pence", "undisputed_status"}
_NAMES = tuple(c.name for c in disputes.c if c.name not in {"recorded_at", "updated_at"})
_MOVING = ("stage", "stage_began_on", "due_on", "outcome", "resolution", "version")
_VISIBLE = select(*(disputes.c[name] for name in _NAMES)).where(to_partners(disputes))
_OF = disputes.c.subject_id == bindparam("of", type_=Uuid)
_ONE = _VISIBLE.where(_OF, disputes.c.id == bindparam("id", type_=Uuid))
_GET = prepare(_ONE)
_LOCK = prepare(_ONE.with_for_update())
_PAGES = Pages(_VISIBLE.where(_OF), disputes.c.raised_on, disputes.c.id, disputes.c.updated_at)
_ADD = prepare(
    insert(disputes).values({name: bindparam(name, type_=disputes.c[name].type) for name in _NAMES})
)
_SAVE = prepare(
    update(disputes)
    .where(disputes.c.id == bindparam("which", type_=Uuid))
    .values({name: bindparam(name, type_=disputes.c[name].type) for name in _MOVING})
)


async def get(tx: Transaction, subject_id: UUID, dispute_id: UUID) -> Dispute:
    return _dispute(await tx.one(_GET, of=subject_id, id=dispute_id, **scope(tx)))


async def lock(tx: Transaction, subject_id: UUID, dispute_id: UUID) -> Dispute:
    return _dispute(await tx.one(_LOCK, of=subject_id, id=dispute_id, **scope(tx)))


async def add(tx: Transaction, dispute: Dispute) -> None:
    plain = {name: getattr(dispute, name) for name in _NAMES if name not in _MONEY | set(_MOVING)}
    qualifier = dispute.disputed.qualifier
    await tx.do(
        _ADD,
        **{**plain, "subject": dispute.subject.value},
        **_moving(dispute),
        disputed_pence=dispute.disputed.amount_pence,
        disputed_status=dispute.disputed.status.value,
        disputed_qualifier=qualifier and qualifier.value,
        undisputed_pence=dispute.undisputed.amount_pence,
        undisputed_status=dispute.undisputed.status.value,
    )


async def save(tx: Transaction, dispute: Dispute) -> None:
    await tx.do(_SAVE, which=dispute.id, **_moving(dispute))


async def page(
    tx: Transaction, subject_id: UUID, limit: int, after: After, within: Within = WHENEVER
) -> list[Dispute]:
    return [_dispute(row) for row in await _PAGES.read(tx, limit, after, within, of=subject_id, **scope(tx))]


def told(what: str, dispute: Dispute, readers: Sequence[UUID]) -> Change:
    """What a step of a dispute tells, to the parties of the agreement behind it."""
    return Change(
        what=what,
        thing="dispute",
        thing_id=dispute.id,
        owner_organisation_id=dispute.owner_organisation_id,
        partnership_id=dispute.partnership_id,
        readers=tuple(readers),
        facts={
            "subject": dispute.subject.value,
            "subject_id": str(dispute.subject_id),
            "stage": dispute.stage.value,
        },
    )


def _moving(dispute: Dispute) -> dict[str, Any]:
    values = {name: getattr(dispute, name) for name in _MOVING}
    return {**values, "stage": dispute.stage.value, "outcome": dispute.outcome and dispute.outcome.value}


def _dispute(row: Mapping[str, Any]) -> Dispute:
    plain = {name: row[name] for name in _NAMES if name not in _MONEY}
    qualifier = row["disputed_qualifier"]
    return Dispute(
        **{
            **plain,
            "subject": DisputeSubject(row["subject"]),
            "stage": DisputeStage(row["stage"]),
            "outcome": None if row["outcome"] is None else DisputeOutcome(row["outcome"]),
            "disputed": Money(
                row["disputed_pence"], Status(row["disputed_status"]), qualifier and Qualifier(qualifier)
            ),
            "undisputed": Money(row["undisputed_pence"], Status(row["undisputed_status"])),
        }
    )
