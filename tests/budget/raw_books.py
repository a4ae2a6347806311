"""Raw SQL as the app's own role, in a partner's context: a place filled with books, and what is refused or taken there."""

import uuid
from dataclasses import dataclass, field

import asyncpg
import pytest

from shared.context import settings_of
from tests.budget.place import Place, made
from tests.stack import a_caller

REFUSED = (
    r"row-level security|foreign key|violates|not its partner's|is not whole|stays as it was|cannot change|must be of"
    r"|at its own time|other books|without a settlement|passes over|only under an agreement in force"
)


@dataclass
class Filled(Place):
    """A place with a real pool, a line, its accounts and a promise."""

    line_id: uuid.UUID = field(init=False)
    cost: uuid.UUID = field(init=False)
    fund: uuid.UUID = field(init=False)
    other_fund: uuid.UUID = field(init=False)
    paid: uuid.UUID = field(init=False)
    from_host: uuid.UUID = field(init=False)
    promise_id: str = field(init=False)


async def a_place(client_for):
    place = Filled()
    await place.enter(client_for)
    await place.bring_into_force()
    place.pool_id = await place.pool(arrangement="pooled")
    place.line_id = await place.line(place.pcc, place.pool_id, "pooled", financial_year="2015/16")
    of = {"pool_id": place.pool_id}
    place.cost = await place.account(place.pcc, "expenditure", "pooled", **of, line_id=place.line_id)
    place.fund = await place.account(place.pcc, "fund", "pooled", **of)
    other = await place.pool("Other", arrangement="pooled")
    place.other_fund = await place.account(place.pcc, "fund", "pooled", pool_id=other)
    place.paid = await place.account(place.ccg, "contribution", "pooled", **of, organisation_id=place.nhs)
    place.from_host = await place.account(
        place.pcc, "contribution", "pooled", **of, organisation_id=place.council
    )
    promise = made(await place.promise(place.pcc, place.pool_id, 5_00, financial_year="2015/16"))
    place.promise_id = promise["id"]
    return place


async def acting(raw, organisation, *partnerships, host=None):
    """Within a transaction, in the context of this organisation as a commissioner of these partnerships."""
    caller = a_caller(organisation, "", commissioner=partnerships[0], **({"host": host} if host else {}))
    for name, value in settings_of(caller):
        await raw.execute("select set_config($1, $2, true)", name, value)


async def refused(raw, organisation, place, *statements, host=None):
    transaction = raw.transaction()
    await transaction.start()
    try:
        await acting(raw, organisation, place.partnership, host=host)
        await raw.execute("set local search_path = budget")
        together = "; ".join([*statements, "set constraints all immediate"])
        with pytest.raises(asyncpg.PostgresError, match=REFUSED):
            await raw.execute(together)
    finally:
        await transaction.rollback()


async def taken(raw, organisation, place, *statements, host=None):
    """The same way in, for what is right: the refusals above are not of the way in."""
    transaction = raw.transaction()
    await transaction.start()
    try:
        await acting(raw, organisation, place.partnership, host=host)
        await raw.execute("set local search_path = budget")
        for statement in statements:
            await raw.execute(statement)
        await raw.execute("set constraints all immediate")
    finally:
        await transaction.rollback()
