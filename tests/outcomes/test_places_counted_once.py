"""A person counts once, through the doors: a whole beside its parts, and the shares of an old area."""

import json
import uuid

import asyncpg
import pytest

from tests.outcomes.plymouth import accepted, put
from tests.outcomes.raw import acting
from tests.outcomes.test_places import TOWNSHIPS, council, devon_areas, new, read

__all__ = ["council"]


async def test_an_indicator_and_its_own_breakdown_are_not_added_up(clients, plymouth, council):
    """100 people of Plymouth, 60 of them over 65, in one return: 100, by area and rolled up."""
    whole = (await new(council, plymouth, "count"))["id"]
    of = {"breakdown_of_indicator_id": whole, "dimensions": {"age_band": "65+"}}
    older = (await new(council, plymouth, "count", **of))["id"]
    hierarchy = await put(council, "area-hierarchies", devon_areas(plymouth))
    owed = await put(
        council, "obligations", plymouth.obligation(whole, older, dimensions={"area": "E06000026"})
    )
    await accepted(clients, owed, "2014Q2", {whole: {"value": "100"}, older: {"value": "60"}})
    asked = {"indicator_id": whole, "hierarchy_id": hierarchy["id"], "period": "2014Q2"}
    for caller in (council, clients["board"]):
        for code, where in (("devon", "rolled_up"), ("E06000026", "reported")):
            found = (await read(caller, "roll-ups", **asked, area_code=code))[where]
            assert (found["value"], found["complete"], found["no_value_because"]) == ("100", True, None)
        for dimension, value in (("area", "100"), ("age_band", "60")):
            along = await read(
                caller, "breakdowns", indicator_id=whole, dimension=dimension, as_at="2014-06-30"
            )
            [told] = along["periods"][-1]["categories"]
            assert (told["value"], told["complete"]) == (value, True)


async def test_shares_of_an_old_area_make_the_whole_of_it_in_rule_and_database(plymouth, council, stack):
    body = devon_areas(plymouth)

    def split(*shares):
        return [
            {"from_code": "x", "to_code": code, "on": "2014-04-01", "share_percent": share}
            for code, share in zip(TOWNSHIPS, shares, strict=False)
        ]

    for shares, code in (
        (("0", "100"), "area_share_unfit"),
        (("-20", "120"), "area_share_unfit"),
        (("50",), "area_split_unshared"),
        (("60", "50"), "area_split_unshared"),
    ):
        refused = await put(council, "area-hierarchies", {**body, "changes": split(*shares)}, 422)
        assert (refused["code"], refused["errors"][0]["pointer"]) == (code, "/changes/0/share_percent")
    made = await put(council, "area-hierarchies", {**body, "changes": [*split("60", "40"), *body["changes"]]})
    again = (
        "insert into area_hierarchies (id, partnership_id, owner_organisation_id, name, edition, source, areas, changes)"
        " select gen_random_uuid(), partnership_id, owner_organisation_id, name, $2, source, areas, $3"
        " from area_hierarchies where id = $1"
    )
    fitting, unfit = (("60", "40"), ("100",), (None,)), (("0", "100"), ("-20", "120"), ("50",), ("60", "50"))
    async with acting(stack, plymouth.callers["council"]) as connection:

        async def keep(shares):
            changes = json.dumps(split(*shares))
            return await connection.execute(again, uuid.UUID(made["id"]), uuid.uuid4().hex, changes)

        for shares in fitting:
            assert await keep(shares) == "INSERT 0 1"
        for shares in unfit:
            with pytest.raises(asyncpg.CheckViolationError, match="area_hierarchies_shares"):
                async with connection.transaction():
                    await keep(shares)
