"""Bury's way to day one: the shadow year, what is refused too early, both approvals, and each line's conversion."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.journey.bury import DAY_ONE, DECIDED, PROGRAMMES, SHADOW_YEAR, SIGNED, YEAR, Bury
from tests.journey.partnership import Partnership
from tests.journey.party import new_id, new_key

LATER = "2017-07-01"  # continuing health care joins a quarter after the rest (invented)
JOINS_LATER = "Continuing health care"


@dataclass(frozen=True, slots=True)
class Played:
    """The place after day one: the lines of 2017/18 as opened, what was refused on the way, and each move."""

    place: Bury
    lines: dict[str, dict[str, Any]]
    refused: dict[str, tuple[int, str]]
    before: dict[str, Any]
    moves: dict[str, dict[str, Any]]


def play(bury: Partnership) -> Played:
    """From the shadow year to day one."""
    place = Bury(bury)
    place.draft()
    place.open_shadow()
    for one in PROGRAMMES:
        place.opened(one, SHADOW_YEAR)
    lines = {one.name: place.opened(one, YEAR) for one in PROGRAMMES}
    refused = too_early(place, lines["Public health"])
    before = place.position("ccg")
    commence(place, refused)
    moves = {}
    for one in PROGRAMMES:
        if not one.functions:
            day, line = LATER if one.name == JOINS_LATER else DAY_ONE, lines[one.name]
            path = f"/v1/lines/{line['id']}/conversion"
            moves[one.name] = bury[one.owner].move(path, place.conversion(line, day), line["version"])
    return Played(place, lines, refused, before, moves)


def told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code")


def too_early(place: Bury, line: dict[str, Any]) -> dict[str, tuple[int, str]]:
    """What the partners try before day one."""
    council = place.of["council"]
    pool = place.pool_body("Too early", "wellness", "pooled")
    early = council.post(
        f"/v1/lines/{line['id']}/conversion",
        json=place.conversion(line, DAY_ONE),
        key=new_key(),
        version=line["version"],
    )
    return {"pool": told(council.put(f"/v1/pools/{new_id()}", json=pool)), "conversion": told(early)}


def commence(place: Bury, refused: dict[str, tuple[int, str]]) -> None:
    """Both bodies approve, both partners sign, and the council says that day one has come."""
    council, address = place.of["council"], f"/v1/agreements/{place.agreement}"
    place.decide("council")
    body = {"signed_on": SIGNED, "office": "Chief Executive"}
    half = place.standing()
    answer = council.post(f"{address}/execution", json=body, key=new_key(), version=half["version"])
    refused["signature"] = told(answer)
    place.decide("ccg")
    standing = place.standing()
    assert (standing["state"], standing["approved_from"]) == ("approved", DECIDED["ccg"])
    answer = council.post(
        f"{address}/commencement", json={"commenced_on": DAY_ONE}, key=new_key(), version=standing["version"]
    )
    refused["commencement"] = told(answer)
    for key, office in (("council", "Chief Executive"), ("ccg", "Chief Officer")):
        signature = {"signed_on": SIGNED, "office": office}
        standing = place.of[key].move(f"{address}/execution", signature, standing["version"])
    in_force = council.move(f"{address}/commencement", {"commenced_on": DAY_ONE}, standing["version"])
    assert (in_force["state"], in_force["commenced_on"]) == ("in_force", DAY_ONE)
