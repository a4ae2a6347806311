"""What a client of another partnership is told: of every list nothing, of every thing in it that it does not exist."""

from typing import Any

import httpx

from tests.journey.party import Party, new_id


def lists_of(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Every list that has things one by one beside it: its address without /v1/, and what may be asked of it."""
    return {
        path.removeprefix("/v1/"): item["get"]
        for path, item in document["paths"].items()
        if path.startswith("/v1/") and "{" not in path and "get" in item
        and "get" in document["paths"].get(f"{path}/{{id}}", {})
    }  # fmt: skip


def without_names(answer: httpx.Response) -> dict[str, Any]:
    """A refusal without what names this request; and the headers that it has."""
    varying = {"instance", "request_id"}
    told = {name: value for name, value in answer.json().items() if name not in varying}
    return {**told, "headers": sorted(set(answer.headers) - {"date"})}


def assert_tells_nothing(
    outsider: Party, insiders: list[Party], partnership: str, document: dict[str, Any]
) -> set[str]:
    """Hold every list against the outsider. Returns the lists in which the insiders see something."""
    query, filled = {"partnership_id": partnership}, set()
    for name, operation in lists_of(document).items():
        if "partnership_id" not in {each["name"] for each in operation.get("parameters", ())}:
            continue
        assert outsider.items(f"/v1/{name}", **query) == [], name
        there = {each["id"] for one in insiders for each in one.items(f"/v1/{name}", **query)}
        absent = without_names(outsider.get(f"/v1/{name}/{new_id()}"))
        assert absent["status"] == 404
        for thing in there:
            assert without_names(outsider.get(f"/v1/{name}/{thing}")) == absent, f"{name} {thing}"
        if there:
            filled.add(name)
    return filled
