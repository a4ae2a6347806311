"""Accounts of the ledger: open, read."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.budget.actions.open_account import open_account
from services.budget.rules.account import AccountAsked
from services.budget.rules.ledger_account import AccountKind
from services.budget.rules.line import Arrangement
from services.budget.store import accounts
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, Pages, may, put_once
from shared.web.fields import Body, Out, Title
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1/accounts", tags=["accounts"])


class AccountIn(Body):
    """An account to open. An expenditure account names its line, a contribution account its partner."""

    partnership_id: UUID
    name: Title = Field(examples=["Residential care, spend"])
    kind: AccountKind
    arrangement: Arrangement
    pool_id: UUID | None = Field(default=None, examples=["fd1668f4-12b7-5f3d-b584-6a907e34f813"])
    line_id: UUID | None = None
    organisation_id: UUID | None = Field(default=None, description="The partner whose contribution it takes.")


class AccountOut(Out):
    """An account. Of pooled money it is the host's; aligned and shadow money stays in its owner's books."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    name: str
    kind: AccountKind
    arrangement: Arrangement
    pool_id: UUID | None
    line_id: UUID | None
    organisation_id: UUID | None
    version: int


class AccountsOut(Out):
    """A page of accounts."""

    items: list[AccountOut]
    next: str | None


@router.put(
    "/{id}",
    operation_id="openAccount",
    status_code=201,
    response_model=AccountOut,
    responses=problems(409, 413, 415),
    summary="Open an account",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: AccountIn,
    door: Annotated[Door, may("budget:write")],
    sent: Annotated[Sent, put_once("openAccount")],
) -> Response:
    """Opens an account under an id that you choose, for journals to post to."""
    asked = AccountAsked(
        id,
        body.partnership_id,
        door.caller.organisation_id,
        body.name,
        body.kind,
        body.arrangement,
        body.pool_id,
        body.line_id,
        body.organisation_id,
    )
    return answer(await open_account(door.db, door.caller, sent, asked), f"/v1/accounts/{id}")


@router.get(
    "/{id}",
    operation_id="getAccount",
    response_model=AccountOut,
    responses=problems(404),
    summary="Read an account",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """One account."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await accounts.get(tx, id))


@router.get(
    "",
    operation_id="listAccounts",
    response_model=AccountsOut,
    responses=problems(),
    summary="List the accounts of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
    pool_id: Annotated[UUID | None, Query(description="Only accounts of this pool.")] = None,
    line_id: Annotated[UUID | None, Query(description="Only accounts of this line.")] = None,
) -> Response:
    """The accounts that you may see, by name."""
    after = read_cursor(pages.cursor, str, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await accounts.page(tx, partnership_id, pool_id, line_id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.name, each.id)))
