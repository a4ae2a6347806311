"""The texts of an agreement, by edition: what held, what holds, and what is on its way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Integer, Uuid, bindparam, insert, select, update

from services.budget.rules.agreement import AgreementType
from services.budget.rules.agreement_version import OPEN, AgreementVersion, VersionStage
from services.budget.rules.approval import BodyApproval
from services.budget.rules.signature import Commencing, Signatory
from services.budget.rules.terms import Terms
from services.budget.store.agreement_tables import agreement_texts
from services.budget.store.visibility import scope, to_partners
from shared.db import Transaction, prepare
from shared.errors import NOT_FOUND

_NAMES = tuple(column.name for column in agreement_texts.c if column.name != "recorded_at")
_MOVING = (
    "stage",
    "version",
    "approvals",
    "approved_from",
    "signed_on",
    "signatories",
    "commencing",
    "holds_from",
    "held_until",
    "missing",
)
_VISIBLE = select(*(agreement_texts.c[name] for name in _NAMES)).where(to_partners(agreement_texts))
_OF = agreement_texts.c.agreement_id == bindparam("of", type_=Uuid)
_EVERY = prepare(_VISIBLE.where(_OF).order_by(agreement_texts.c.edition))
_GET = prepare(_VISIBLE.where(_OF, agreement_texts.c.edition == bindparam("which", type_=Integer)))
_PAGE = prepare(
    _VISIBLE.where(_OF, agreement_texts.c.edition > bindparam("after", type_=Integer))
    .order_by(agreement_texts.c.edition)
    .limit(bindparam("most", type_=Integer))
)
_ADD = prepare(
    insert(agreement_texts).values(
        {name: bindparam(name, type_=agreement_texts.c[name].type) for name in _NAMES}
    )
)
_SAVE = prepare(
    update(agreement_texts)
    .where(_OF, agreement_texts.c.edition == bindparam("which", type_=Integer))
    .values({name: bindparam(name, type_=agreement_texts.c[name].type) for name in _MOVING})
)


async def every(tx: Transaction, agreement_id: UUID) -> list[AgreementVersion]:
    """All versions, the oldest first. Read them under the agreement's lock to change one."""
    return [_version(row) for row in await tx.all(_EVERY, of=agreement_id, **scope(tx))]


async def get(tx: Transaction, agreement_id: UUID, edition: int) -> AgreementVersion:
    return _version(await tx.one(_GET, of=agreement_id, which=edition, **scope(tx)))


async def page(tx: Transaction, agreement_id: UUID, limit: int, after: int) -> list[AgreementVersion]:
    """At most `limit + 1` versions with a later edition than `after`."""
    rows = await tx.all(_PAGE, of=agreement_id, after=after, most=limit + 1, **scope(tx))
    return [_version(row) for row in rows]


async def add(tx: Transaction, version: AgreementVersion) -> None:
    fixed = {name: getattr(version, name) for name in _NAMES if name not in _MOVING}
    fixed |= {"type": version.type.value, "signer_ids": list(version.signer_ids)}
    await tx.do(_ADD, **fixed, **_moving(version))


async def save(tx: Transaction, version: AgreementVersion) -> None:
    if await tx.do(_SAVE, of=version.agreement_id, which=version.edition, **_moving(version)) != 1:
        raise NOT_FOUND()


def one(versions: list[AgreementVersion], edition: int) -> AgreementVersion:
    """The version of this edition; not found where there is none."""
    for each in versions:
        if each.edition == edition:
            return each
    raise NOT_FOUND()


def on_its_way(versions: list[AgreementVersion]) -> AgreementVersion | None:
    return next((each for each in versions if each.stage in OPEN), None)


def _moving(version: AgreementVersion) -> dict[str, Any]:
    values = {name: getattr(version, name) for name in _MOVING}
    return {**values, "stage": version.stage.value, "missing": list(version.missing)}


def _version(row: Mapping[str, Any]) -> AgreementVersion:
    return AgreementVersion(
        **{
            **row,
            "type": AgreementType(row["type"]),
            "stage": VersionStage(row["stage"]),
            "terms": msgspec.convert(row["terms"], Terms),
            "signer_ids": tuple(row["signer_ids"]),
            "approvals": msgspec.convert(row["approvals"], tuple[BodyApproval, ...]),
            "signatories": msgspec.convert(row["signatories"], tuple[Signatory, ...]),
            "commencing": msgspec.convert(row["commencing"], tuple[Commencing, ...]),
            "missing": tuple(row["missing"]),
        }
    )
