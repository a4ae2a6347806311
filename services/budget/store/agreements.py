"""Agreements as they stand; the database keeps every version of who was a party and who had consented."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Uuid, bindparam, insert, select, update

from services.budget.rules.agreement import Agreement, AgreementType, State, last_day, party_ids
from services.budget.rules.agreement_end import Ending, FinalAccount
from services.budget.rules.approval import BodyApproval
from services.budget.rules.signature import Commencing, Signatory
from services.budget.rules.terms import Terms
from services.budget.store.tables import agreements
from services.budget.store.visibility import scope, to_partners
from shared.audit import Change
from shared.db import Transaction, prepare
from shared.errors import Kind, reason
from shared.keyset import WHENEVER, After, Pages, Within

PARTIES_ONLY = reason(
    "agreement_parties_only", Kind.CONFLICT, "Only a party to the agreement can change it or decide on it."
)

_NOT_SHOWN = {"party_ids", "last_day", "recorded_at", "updated_at"}
_COLUMNS = tuple(column for column in agreements.c if column.name not in _NOT_SHOWN)
_ID = agreements.c.id == bindparam("id", type_=Uuid)
_VISIBLE = select(*_COLUMNS).where(to_partners(agreements))
_GET = prepare(_VISIBLE.where(_ID))
_LOCK = prepare(_VISIBLE.add_columns(agreements.c.party_ids).where(_ID).with_for_update())
_PAGES = Pages(
    _VISIBLE.where(agreements.c.partnership_id == bindparam("partnership", type_=Uuid)),
    agreements.c.reference,
    agreements.c.id,
    agreements.c.updated_at,
)
_FIXED = ("id", "partnership_id", "owner_organisation_id", "reference", "type")
_MOVING = tuple(c.name for c in agreements.c if c.name not in {*_FIXED, "recorded_at", "updated_at"})
_ADD = prepare(
    insert(agreements).values(
        {name: bindparam(name, type_=agreements.c[name].type) for name in (*_FIXED, *_MOVING)}
    )
)
_SAVE = prepare(
    update(agreements)
    .where(agreements.c.id == bindparam("which", type_=Uuid))
    .values({name: bindparam(name, type_=agreements.c[name].type) for name in _MOVING})
)


async def get(tx: Transaction, agreement_id: UUID) -> Agreement:
    return _agreement(await tx.one(_GET, id=agreement_id, **scope(tx)))


async def lock(tx: Transaction, agreement_id: UUID, joining: bool = False) -> Agreement:
    """Lock it for a change. A commissioner who is no party sees it and is told so; a stranger finds nothing.

    `joining` also lets in who would become a party by a version that is on its way.
    """
    row = await tx.maybe(_LOCK, id=agreement_id, **scope(tx))
    if row is None:
        await get(tx, agreement_id)
    elif joining or tx.caller.organisation_id in row["party_ids"]:
        return _agreement({name: value for name, value in row.items() if name != "party_ids"})
    raise PARTIES_ONLY(agreement_id=str(agreement_id))


async def add(tx: Transaction, agreement: Agreement) -> None:
    fixed = {name: getattr(agreement, name) for name in _FIXED}
    await tx.do(_ADD, **fixed, **_moving(agreement))


async def save(tx: Transaction, agreement: Agreement) -> None:
    await tx.do(_SAVE, which=agreement.id, **_moving(agreement))


def told(what: str, agreement: Agreement) -> Change:
    """What every change of an agreement tells: its parties may read of it, and who is about to join."""
    return Change(
        what=what,
        thing="agreement",
        thing_id=agreement.id,
        owner_organisation_id=agreement.owner_organisation_id,
        partnership_id=agreement.partnership_id,
        readers=(*party_ids(agreement.terms), *agreement.candidates),
        facts={"state": agreement.state.value, "edition": agreement.edition},
    )


async def page(
    tx: Transaction, partnership_id: UUID, limit: int, after: After, within: Within = WHENEVER
) -> list[Agreement]:
    rows = await _PAGES.read(tx, limit, after, within, partnership=partnership_id, **scope(tx))
    return [_agreement(row) for row in rows]


def _moving(agreement: Agreement) -> dict[str, Any]:
    plain = {name: getattr(agreement, name) for name in _MOVING if name not in {"party_ids", "last_day"}}
    return {
        **plain,
        "state": agreement.state.value,
        "party_ids": [party.organisation_id for party in agreement.terms.parties],
        "last_day": last_day(agreement),
        "candidates": list(agreement.candidates),
        "shadow_consents": list(agreement.shadow_consents),
        "missing": list(agreement.missing),
    }


def _agreement(row: Mapping[str, Any]) -> Agreement:
    return Agreement(
        **{
            **row,
            "type": AgreementType(row["type"]),
            "state": State(row["state"]),
            "terms": msgspec.convert(row["terms"], Terms),
            "approvals": msgspec.convert(row["approvals"], tuple[BodyApproval, ...]),
            "signatories": msgspec.convert(row["signatories"], tuple[Signatory, ...]),
            "commencing": msgspec.convert(row["commencing"], tuple[Commencing, ...]),
            "ending": msgspec.convert(row["ending"], Ending | None),
            "final_account": msgspec.convert(row["final_account"], FinalAccount | None),
            "candidates": tuple(row["candidates"]),
            "shadow_consents": tuple(row["shadow_consents"]),
            "missing": tuple(row["missing"]),
        }
    )
