"""Decisions of bodies, never edited, and the conditions that were met since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    Select,
    Uuid,
    any_,
    bindparam,
    func,
    insert,
    or_,
    select,
    true,
)

from services.budget.rules.body_type import BodyType
from services.budget.rules.decision import (
    Condition,
    Decision,
    Outcome,
    Part,
    Subject,
)
from services.budget.rules.decision_paper import ActionType, Clearance, Consultation, Document
from services.budget.rules.delegation import Authority, Delegation
from services.budget.store.tables import decisions, met_conditions
from services.budget.store.visibility import scope, to_decisions
from shared.audit import Change
from shared.db import Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within

_SET_BY_DATABASE = {"recorded_by_client_id", "recorded_at"}
_NAMES = tuple(column.name for column in decisions.c if column.name not in _SET_BY_DATABASE)


_LATER = decisions.alias("later")
# What came with the paper, kept together.
_PAPER = (
    "action_type",
    "affects_other_localities",
    "clearances",
    "document",
    "consultation",
)


@dataclass(frozen=True, slots=True)
class _Paper:
    action_type: ActionType | None = None
    affects_other_localities: bool = False
    clearances: tuple[Clearance, ...] = ()
    document: Document | None = None
    consultation: Consultation | None = None


def _with_met(by: ColumnElement[datetime | None] | None = None) -> Select[Any]:
    """Decisions with what became of them: whatever was recorded since, or no more than what was `by` an instant."""

    def in_time(column: ColumnElement[Any]) -> ColumnElement[bool]:
        return true() if by is None else or_(by.is_(None), column <= by)

    met = func.jsonb_build_object(
        "number",
        met_conditions.c.number,
        "met_on",
        met_conditions.c.met_on,
        "evidence",
        met_conditions.c.evidence,
    )
    folded = (
        select(func.coalesce(func.jsonb_agg(met), func.jsonb_build_array()))
        .where(met_conditions.c.decision_id == decisions.c.id, in_time(met_conditions.c.recorded_at))
        .scalar_subquery()
        .label("met")
    )
    ratified = (
        select(_LATER.c.outcome == "approved")
        .where(_LATER.c.ratifies_decision_id == decisions.c.id, in_time(_LATER.c.recorded_at))
        .scalar_subquery()
        .label("ratified")
    )
    return select(*(decisions.c[name] for name in _NAMES), folded, ratified).where(to_decisions(decisions))


_GET = prepare(_with_met().where(decisions.c.id == bindparam("id", type_=Uuid)))
_OF_IDS = prepare(
    _with_met(bindparam("recorded", type_=decisions.c.recorded_at.type)).where(
        decisions.c.id == any_(bindparam("ids", type_=ARRAY(Uuid)))
    )
)
_ON_SUBJECT = prepare(
    _with_met()
    .where(decisions.c.subject_id == bindparam("subject_id", type_=Uuid))
    .order_by(decisions.c.recorded_at, decisions.c.id)
)
_RECORDED_BEFORE = prepare(
    select(decisions.c.id).where(
        decisions.c.subject_id == bindparam("subject_id", type_=Uuid),
        decisions.c.recorded_at < bindparam("instant", type_=DateTime(timezone=True)),
        to_decisions(decisions),
    )
)
_WHICH = bindparam("of_subject", type_=Uuid)
_PAGES = Pages(
    _with_met().where(
        decisions.c.partnership_id == bindparam("partnership", type_=Uuid),
        _WHICH.is_(None) | (decisions.c.subject_id == _WHICH),
    ),
    decisions.c.decided_on,
    decisions.c.id,
    # A decision is never edited: what changes is that a condition was met or that it was ratified.
    func.greatest(
        decisions.c.recorded_at,
        select(func.max(met_conditions.c.recorded_at))
        .where(met_conditions.c.decision_id == decisions.c.id)
        .scalar_subquery(),
        select(_LATER.c.recorded_at).where(_LATER.c.ratifies_decision_id == decisions.c.id).scalar_subquery(),
    ),
)
_ADD = prepare(
    insert(decisions).values(
        {
            **{name: bindparam(name, type_=decisions.c[name].type) for name in _NAMES},
            "recorded_by_client_id": bindparam("recorded_by_client_id", type_=Uuid),
        }
    )
)
_ADD_MET = prepare(
    insert(met_conditions).values(
        {c.name: bindparam(c.name, type_=c.type) for c in met_conditions.c if c.name != "recorded_at"}
    )
)


async def get(tx: Transaction, decision_id: UUID) -> Decision:
    return _decision(await tx.one(_GET, id=decision_id, **scope(tx)))


async def of_ids(tx: Transaction, ids: Sequence[UUID], as_recorded: datetime | None) -> list[Decision]:
    """Those of these decisions that the caller may see, with what had become of them by an instant."""
    rows = await tx.all(_OF_IDS, ids=list(ids), recorded=as_recorded, **scope(tx))
    return [_decision(row) for row in rows]


async def on_subject(tx: Transaction, subject_id: UUID) -> list[Decision]:
    """Every decision on one thing, in the order in which they were recorded."""
    return [_decision(row) for row in await tx.all(_ON_SUBJECT, subject_id=subject_id, **scope(tx))]


async def recorded_before(tx: Transaction, subject_id: UUID, instant: datetime | None) -> frozenset[UUID]:
    """The decisions on one thing that were on record before an instant; none, where there is no such instant."""
    if instant is None:
        return frozenset()
    rows = await tx.all(_RECORDED_BEFORE, subject_id=subject_id, instant=instant, **scope(tx))
    return frozenset(row["id"] for row in rows)


async def add(tx: Transaction, decision: Decision) -> None:
    values: dict[str, Any] = {name: getattr(decision, name) for name in _NAMES if name != "paper"}
    values["paper"] = {name: getattr(decision, name) for name in _PAPER}
    coded = {name: values[name].value for name in ("subject", "body_type", "outcome", "part")}
    await tx.do(_ADD, **{**values, **coded}, recorded_by_client_id=tx.caller.client_id)


async def add_met(tx: Transaction, decision: Decision, number: int) -> None:
    """Keep that one condition of this decision was met."""
    condition = next(each for each in decision.conditions if each.number == number)
    await tx.do(
        _ADD_MET,
        decision_id=decision.id,
        number=number,
        partnership_id=decision.partnership_id,
        owner_organisation_id=decision.owner_organisation_id,
        met_on=condition.met_on,
        evidence=condition.evidence,
    )


def told(what: str, decision: Decision, readers: Sequence[UUID], **facts: str) -> Change:
    """What a decision tells, and to whom besides its own organisation."""
    return Change(
        what=what,
        thing="decision",
        thing_id=decision.id,
        owner_organisation_id=decision.owner_organisation_id,
        partnership_id=decision.partnership_id,
        readers=tuple(readers),
        facts={
            "subject": decision.subject.value,
            "subject_id": str(decision.subject_id),
            "outcome": decision.outcome.value,
            **facts,
        },
    )


async def page(
    tx: Transaction,
    partnership_id: UUID,
    subject_id: UUID | None,
    limit: int,
    after: After,
    within: Within = WHENEVER,
) -> list[Decision]:
    rows = await _PAGES.read(
        tx, limit, after, within, partnership=partnership_id, of_subject=subject_id, **scope(tx)
    )
    return [_decision(row) for row in rows]


def _decision(row: Mapping[str, Any]) -> Decision:
    values = dict(row)
    met = {each["number"]: each for each in values.pop("met")}
    paper = msgspec.convert(values.pop("paper"), _Paper)
    conditions = msgspec.convert(values["conditions"], tuple[Condition, ...])
    return Decision(
        **{
            **values,
            **{name: getattr(paper, name) for name in _PAPER},
            "subject": Subject(row["subject"]),
            "body_type": BodyType(row["body_type"]),
            "outcome": Outcome(row["outcome"]),
            "part": Part(row["part"]),
            "conditions": tuple(_met(each, met.get(each.number)) for each in conditions),
            "delegates": msgspec.convert(row["delegates"], Delegation | None),
            "authority": msgspec.convert(row["authority"], Authority | None),
        },
        version=1 + len(met) + (row["ratified"] is not None),
    )


def _met(condition: Condition, met: Mapping[str, Any] | None) -> Condition:
    if met is None:
        return condition
    as_kept = msgspec.convert({**met, "text": condition.text}, Condition)
    return replace(condition, met_on=as_kept.met_on, evidence=as_kept.evidence)
