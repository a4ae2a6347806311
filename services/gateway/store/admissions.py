"""What admission looks up before there is a caller, through the few functions that may look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from services.gateway.rules.client_assertion import RegisteredKey
from services.gateway.rules.client_key import load_key
from services.gateway.rules.organisation import Organisation, OrganisationKind
from services.gateway.rules.outside_token import OutsideIssuer
from services.gateway.rules.partnership import Member
from services.gateway.rules.standing import Directory
from shared.caller import Caller, Grant, Share
from shared.db import Database, Prepared

# Nobody: for what happens before it is known who calls. It sees no row of any table.
NOBODY = Caller(UUID(int=0), UUID(int=0), (), frozenset())

_CLIENT = Prepared(
    "select client_for_admission($1) as found, shares_for_admission($1) as shares,"
    " grants_for_admission($1) as grants, successions_for_admission($1) as successions",
    ("client",),
    {},
)
_ISSUERS = Prepared("select issuers_for_admission() as found", (), {})
_USE_ID = Prepared("select use_assertion_id($1, $2, $3) as used", ("client", "jti", "forget"), {})


@dataclass(frozen=True, slots=True)
class Admitted:
    """A client as admission knows it: what proves it, what it may do, and where its organisation stands today."""

    client_id: UUID
    scopes: frozenset[str]
    disabled: bool
    keys: tuple[RegisteredKey, ...]
    secret_digests: tuple[bytes, ...]
    directory: Directory
    today: date


async def client(db: Database, client_id: UUID) -> Admitted | None:
    """The client of this id, or None."""
    async with db.begin(NOBODY, single=True) as tx:
        row = await tx.one(_CLIENT, client=client_id)
    return None if row["found"] is None else _admitted(row)


async def issuers(db: Database) -> list[OutsideIssuer]:
    """Every registration of an outside issuer that is in force."""
    async with db.begin(NOBODY, single=True) as tx:
        row = await tx.one(_ISSUERS)
    return [_issuer(each) for each in row["found"]]


async def use_assertion_id(db: Database, client_id: UUID, jti: str, forget_at: int) -> bool:
    """Use up a one-time id (until `forget_at`, Unix time). False if it was used before."""
    async with db.begin(NOBODY, write=True) as tx:
        row = await tx.one(_USE_ID, client=client_id, jti=jti, forget=datetime.fromtimestamp(forget_at, UTC))
    return bool(row["used"])


def _admitted(row: Mapping[str, Any]) -> Admitted:
    found, successions = row["found"], row["successions"]
    kept, body = found["client"], found["organisation"]
    organisation = Organisation(
        id=UUID(body["id"]),
        name="",
        kind=OrganisationKind(body["kind"]),
        parent_id=UUID(body["parent_id"]) if body["parent_id"] else None,
        identifiers=(),
        names=(),
    )
    return Admitted(
        client_id=UUID(kept["id"]),
        scopes=frozenset(kept["scopes"]),
        disabled=kept["disabled"],
        keys=tuple(
            RegisteredKey(key["kid"], key["algorithm"], load_key(key["jwk"])) for key in found["keys"]
        ),
        secret_digests=tuple(bytes.fromhex(each) for each in found["secrets"]),
        directory=Directory(
            organisation,
            msgspec.convert(found["memberships"], tuple[Member, ...]),
            msgspec.convert(row["shares"], tuple[Share, ...]),
            msgspec.convert(row["grants"], tuple[Grant, ...]),
            msgspec.convert(successions["predecessors"], tuple[UUID, ...]),
            _day_before(successions["succeeded_on"]),
        ),
        today=date.fromisoformat(found["today"]),
    )


def _day_before(succeeded_on: str | None) -> date | None:
    return None if succeeded_on is None else date.fromisoformat(succeeded_on) - timedelta(days=1)


def _issuer(found: dict[str, Any]) -> OutsideIssuer:
    return OutsideIssuer(
        issuer=found["issuer"],
        audience=found["audience"],
        algorithm=found["algorithm"],
        keys={key["kid"]: load_key(key) for key in found["keys"]},
        client_claim=found["client_claim"],
        clients={value: UUID(client_id) for value, client_id in found["clients"].items()},
        scope_claim=found["scope_claim"],
        longest_life_seconds=found["longest_life_seconds"],
    )
