"""The systems of several organisations work on the same records over one open, documented door."""

from __future__ import annotations

import json
import uuid

import pytest

from tests.budget.place import made
from tests.gateway.people import Visit
from tests.stack import ROOT
from tests.together.town import a_key

MERGED = ROOT / "services" / "gateway" / "openapi" / "merged.json"


@pytest.mark.row("S1-G10")
async def test_each_partner_s_system_writes_and_the_others_read_over_the_boundary(town):
    """The council registers, the NHS body and the provider read the same bytes; the provider answers in its own name."""
    line, contract = await town.line(), await town.contract()
    active = (await town.activate(contract, (line, 600_00))).json()
    path = f"/v1/contracts/{contract['id']}"
    council, nhs = [await each.visit.get(path) for each in (town.pcc, town.ccg)]
    assert council.content == nhs.content
    provider = (await town.pch.visit.get(path)).json()
    assert (provider["reference"], provider["version"]) == (active["reference"], active["version"])
    assert made(await town.ccg.visit.get(f"/v1/lines/{line}")) == made(
        await town.pcc.visit.get(f"/v1/lines/{line}")
    )
    dispute = {
        "id": str(uuid.uuid4()),
        "against_organisation_id": str(town.place.council),
        "matter": "The start was agreed for May.",
        "raised_on": "2015-06-12",
        "disputed": {"amount_pence": 50_00},
        "due_on": "2015-06-26",
    }
    raised = made(await town.pch.visit.post(f"{path}/disputes", json=dispute, key=a_key()))
    assert raised["undisputed_pence"] == 550_00
    for client in (town.pcc, town.ccg):
        assert made(await client.visit.get(f"{path}/disputes/{raised['id']}")) == raised
    document = json.loads(MERGED.read_text())  # as it is published
    async with Visit(town.pcc.visit.app) as anybody:  # who writes a client needs no token to read how
        assert (await anybody.get("/openapi.json")).json()["openapi"] == document["openapi"]
    for used, method in (
        ("/v1/contracts/{id}", "get"),
        ("/v1/contracts/{id}/activation", "post"),
        ("/v1/contracts/{id}/disputes", "post"),
        ("/v1/lines/{id}", "get"),
    ):
        operation = document["paths"][used][method]
        assert operation["operationId"]
        assert {"400", "403", "404"} & set(operation["responses"])
