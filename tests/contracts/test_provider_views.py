"""A provider over all its commissioners: who is told what, counts that point at nobody, and a table of its contracts."""

import csv
import io
import uuid
from itertools import pairwise

import pytest

from services.contracts.rules.provider_view import joined_counts, may_be_told, told
from shared.caller import Share
from tests.contracts.care import CARE, carer, placed, running
from tests.contracts.register import Place, registered
from tests.contracts.test_releases import withheld
from tests.contracts.world import as_app
from tests.stack import a_caller

ROLES = ("ccg", "council", "kernow", "pch", "phnt", "scrutiny", "auditor", "stranger")
TBC = {"amount_pence": None, "status": "tbc"}


class Market:
    """PCH: of the CCG one contract that Kernow joins and one of unknown value, of the council one; PHNT beside it once."""

    def __init__(self, place, clients, ids) -> None:
        self.place, self.clients, self.ids = place, clients, ids

    async def view(self, role, provider=None, **asked):
        asked = {"partnership_id": str(self.place.partnership), **asked}
        client = self.clients[role] if isinstance(role, str) else role
        return await client.get(f"/v1/providers/{provider or self.place.pch}", params=asked)


@pytest.fixture(scope="module")
async def market(client_for):
    place = Place()
    clients = {role: await client_for("contracts", carer(place, role)) for role in ROLES}
    who = {name: str(getattr(place, name)) for name in ("ccg", "council", "kernow", "pch", "phnt")}
    shared = [
        {"role": "lead_commissioner", "organisation_id": who["ccg"], "share_percent": "75"},
        {"role": "associate_commissioner", "organisation_id": who["kernow"], "share_percent": "25"},
        {"role": "provider", "organisation_id": who["pch"]},
    ]
    both = [
        {"role": "lead_commissioner", "organisation_id": who["council"]},
        *({"role": "provider", "organisation_id": who[each]} for each in ("pch", "phnt")),
    ]
    ids = {
        "shared": await running(clients["ccg"], place, parties=shared, title="shared", service="Homecare"),
        "unknown": await running(clients["ccg"], place, value=TBC, title="unknown", service="Homecare"),
        "councils": await running(
            clients["council"], place, "council", title="councils", service="Homecare", end_date="2099-03-31",
            value={"amount_pence": 500_000, "status": "actual"}, value_basis="annual",
        ),
        "both": await running(clients["council"], place, "council", parties=both, title="both"),
        "phnts": await running(
            clients["ccg"], place, "ccg", "phnt", title="phnts", service="Homecare",
            value={"amount_pence": 500_000, "status": "actual"}, value_basis="annual",
        ),
        "planned": (await registered(clients["ccg"], place.contract(
            state="pipeline", title="planned", start_date="2016-04-01", end_date="2019-03-31")))["id"],
    }  # fmt: skip
    for name, contract, many in (("ccg", "shared", 8), ("kernow", "shared", 7), ("council", "councils", 13)):
        for _ in range(many):
            await placed(clients[name], ids[contract], place.pch)
    await placed(clients["ccg"], ids["shared"], place.pch, state="planned")
    return Market(place, clients, ids)


def counts(view: dict) -> dict[str, tuple]:
    return {each["organisation_id"]: (each["basis"], each["placements"]) for each in view["placements"]}


@pytest.mark.row("S1-C08")
@pytest.mark.row("S2-C02")
async def test_a_commissioner_sees_what_all_of_them_buy(market):
    place = market.place
    view = (await market.view("ccg")).json()
    assert (view["contracts"], view["running"], view["joint_contracts"]) == (5, 4, 1)
    said = {each["organisation_id"]: each for each in view["commissioners"]}
    assert {name: (each["leads"], each["joins"]) for name, each in said.items()} == {
        str(place.ccg): (2, 0),
        str(place.council): (2, 0),
        str(place.kernow): (0, 1),
    }
    assert view["total"] == {
        "known_pence": 123_456_700, "complete": False, "contracts": 2, "unknown": 1,
        "missing_contributors": [str(place.ccg)],
    }  # fmt: skip
    assert view["annual"]["known_pence"] == said[str(place.council)]["annual"]["known_pence"] == 500_000
    assert [each["title"] for each in view["ends_next"]] == ["councils"]
    assert view["past_end"] == 3
    assert {each["title"] for each in view["listed"]} == {"shared", "unknown", "councils", "both", "planned"}
    assert view["more_contracts"] is False
    (homecare,) = [each for each in view["concentrations"] if each["service"] == "Homecare"]
    assert (homecare["providers"], homecare["contracts"], homecare["complete"]) == (2, 4, False)


async def test_placements_are_counted_and_never_point_at_few(market, stack):
    """Eight of the CCG's and thirteen of the council's are told to the nearest five, Kernow's seven are not."""
    place = market.place
    view = (await market.view("ccg")).json()
    assert counts(view) == {
        str(place.ccg): ("exact", 8),
        str(place.council): ("rounded", 15),
        str(place.kernow): ("withheld", None),
    }
    (own,) = [each for each in view["placements"] if each["basis"] == "exact"]
    assert (own["weekly_cost_known_pence"], own["weekly_cost_unknown"]) == (8 * 81_250, 0)
    assert {each["weekly_cost_known_pence"] for each in view["placements"] if each != own} == {None}
    assert (view["complete"], view["withheld_contributors"]) == (False, [str(place.kernow)])
    assert counts((await market.view("council")).json())[str(place.ccg)] == ("rounded", 10)
    # The function gives no more to raw SQL than the view shows.
    async with as_app(stack, carer(place, "council")) as connection:
        rows = await connection.fetch("select * from placements_with($1, null)", place.pch)
    assert {(row["owner_organisation_id"], row["shown"]) for row in rows} == {
        (place.ccg, 10), (place.council, 15), (place.kernow, None),
    }  # fmt: skip


async def test_what_a_partner_shares_is_counted_one_by_one(market, client_for):
    place = market.place
    share = Share(place.partnership, place.kernow, ("placements",))
    partner = await client_for(
        "contracts", a_caller(place.council, CARE, shares=(share,), commissioner=place.partnership)
    )
    view = (await market.view(partner)).json()
    assert counts(view)[str(place.kernow)] == ("exact", 7)
    assert view["withheld_contributors"] == []


@pytest.mark.row("S5-C06")
@pytest.mark.parametrize(
    ("role", "titles"),
    [
        ("kernow", {"shared"}),
        ("pch", {"shared", "unknown", "councils", "both"}),
        ("phnt", {"both"}),
        ("scrutiny", {"shared", "unknown", "councils", "both"}),
        ("auditor", {"shared", "unknown"}),
    ],
)
async def test_who_sees_less_is_told_of_less(market, role, titles):
    place, name = market.place, str
    for asked in ({}, {"partnership_id": ""}):
        params = {} if asked else {"partnership_id": str(place.partnership)}
        answer = await market.clients[role].get(f"/v1/providers/{place.pch}", params=params)
        view = answer.json()
        assert {each["title"] for each in view["listed"]} == titles, view
        assert view["contracts"] == view["running"] == len(titles)
        found = counts(view)
        if role == "pch":
            assert set(found.values()) == {("exact", 8), ("exact", 13), ("exact", 7)}
            assert view["withheld_contributors"] == []
        elif role == "kernow":
            assert found == {name(place.kernow): ("exact", 7), name(place.ccg): ("withheld", None)}
        else:
            assert {basis for basis, _ in found.values()} == {"withheld"}
        assert view["complete"] is False


async def test_of_whom_nothing_is_seen_there_is_no_such_provider(market):
    place, same = market.place, {"instance", "request_id"}
    refused = [
        await market.view("stranger"),
        await market.view("kernow", place.phnt),
        await market.view("pch", uuid.uuid4()),
        await market.view("ccg", partnership_id=str(uuid.uuid4())),
    ]
    assert {each.status_code for each in refused} == {404}
    told_of = [{k: v for k, v in each.json().items() if k not in same} for each in refused]
    assert all(one == other for one, other in pairwise(told_of))


async def test_who_provides_there_is_never_told_of_another_s_placements(market, client_for, stack):
    """Also where it commissions in the same partnership."""
    place = market.place
    here = place.partnership
    caller = a_caller(place.council, CARE, commissioner=here, provider=here)
    view = (await market.view(await client_for("contracts", caller))).json()
    assert counts(view)[str(place.ccg)] == ("withheld", None)
    async with as_app(stack, caller) as connection:
        assert await connection.fetch("select * from placements_with($1, $2)", place.pch, here) == []


async def test_concerns_are_flagged_to_who_may_know_of_them(market):
    place = market.place
    body = {
        "contract_id": market.ids["shared"], "provider_organisation_id": str(place.pch), "served_on": "2014-07-01",
        "kind": "quality_concern", "subject": "Falls", "reason": "Three in a week",
    }  # fmt: skip
    for more in ({"safeguarding": True, "shared": False}, {"subject": "Food"}):
        answer = await market.clients["ccg"].put(
            f"/v1/management-actions/{uuid.uuid4()}", json={**body, **more}
        )
        assert answer.status_code == 201, answer.text
    for role, subjects in (
        ("ccg", ["Falls", "Food"]),
        ("kernow", ["Falls", "Food"]),
        ("pch", ["Food"]),
        ("scrutiny", []),
    ):
        view = (await market.view(role)).json()
        assert [each["subject"] for each in view["quality_flags"]] == subjects, role
        assert view["open_flags"] == len(subjects)


async def test_the_view_is_a_table_too(market):
    headers = {"Accept": "text/csv"}
    url = f"/v1/providers/{market.place.pch}?partnership_id={market.place.partnership}"
    answer = await market.clients["ccg"].get(url, headers=headers)
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert {(each["title"], each["value_pounds"], each["value_status"]) for each in rows} == {
        ("shared", "1234567.00", "actual"), ("unknown", "", "tbc"), ("councils", "5000.00", "actual"),
        ("both", "1234567.00", "actual"), ("planned", "1234567.00", "actual"),
    }  # fmt: skip
    (shared,) = [each for each in rows if each["title"] == "shared"]
    assert shared["associate_organisation_ids"] == str(market.place.kernow)
    assert (await market.clients["stranger"].get(url, headers=headers)).status_code == 404


async def test_an_observer_s_view_holds_nothing_of_what_is_withheld(client_for, town):
    """Neither the value nor the end in a sum, an order or a count; a supplier withheld is no provider's contract."""
    place, pch = town.place, str(uuid.uuid4())
    parties = [
        {"role": "lead_commissioner", "organisation_id": str(place.council)},
        {"role": "provider", "organisation_id": pch, "name": "Livewell"},
    ]
    kept = await town.contract(parties=parties, title="Kept", end_date="2090-01-01", max_end_date=None)
    await town.contract(parties=parties, title="Open", end_date="2090-01-02", max_end_date=None)
    for made in (kept,):
        await town.decide(made, withheld=[withheld(each) for each in ("value", "end", "title", "service")])
    asked = {"partnership_id": str(place.partnership)}
    view = (await town.scrutiny.get(f"/v1/providers/{pch}", params=asked)).json()
    whole = (await town.council.get(f"/v1/providers/{pch}", params=asked)).json()
    assert (whole["contracts"], view["contracts"]) == (2, 2)
    assert (view["running"], whole["running"]) == (0, 0)
    assert {each["title"] for each in view["listed"]} == {"Title withheld", "Open"}
    await town.decide(kept, withheld=[withheld("supplier")])
    assert (await town.scrutiny.get(f"/v1/providers/{pch}", params=asked)).json()["contracts"] == 1
    assert (await town.council.get(f"/v1/providers/{pch}", params=asked)).json()["contracts"] == 2


def test_a_count_is_told_to_the_nearest_five_from_eight_on():
    assert [told(each) for each in (0, 1, 7, 8, 12, 13, 17, 18)] == [0, None, None, 10, 10, 15, 15, 20]
    assert all(may_be_told(told(each)) for each in range(200))
    assert not any(may_be_told(each) for each in (1, 5, 7, 8, 9, 11))
    with pytest.raises(AssertionError, match="points at few"):
        joined_counts({}, {(None, uuid.uuid4()): 5}, frozenset())
