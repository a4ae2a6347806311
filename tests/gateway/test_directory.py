"""The directory over HTTP: organisations, partnerships and members, kept by the operator and seen by members."""

from __future__ import annotations

import uuid

import pytest


@pytest.fixture(scope="module")
async def council(operator):
    return await operator.organisation(
        "Plymouth City Council", identifiers=[{"scheme": "gss", "code": "E06000026"}]
    )


async def test_an_organisation_is_entered_read_and_found_by_its_code(operator, council):
    read = await operator.visit.get(f"/v1/organisations/{council}")
    assert read.status_code == 200
    assert read.json()["identifiers"][0]["code"] == "E06000026"
    found = await operator.visit.get("/v1/organisations", params={"scheme": "gss", "code": "E06000026"})
    assert [each["id"] for each in found.json()["items"]] == [council]
