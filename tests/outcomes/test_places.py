"""Frameworks with domains, dimensions, places, needs and breakdowns, through the doors."""

import uuid

import pytest

from tests.outcomes.plymouth import Plymouth, accepted, put
from tests.stack import a_caller

THEMES = ("Prevention and positive lives", "Supporting families", "Integrated care for vulnerable people")
TOWNSHIPS = ("bury-east", "bury-west")


def devon_areas(plymouth) -> dict:
    return {
        "partnership_id": str(plymouth.partnership),
        "name": "Devon",
        "edition": uuid.uuid4().hex[:8],
        "source": "Office for National Statistics",
        "areas": [
            {"code": "devon", "name": "Wider Devon", "kind": "system"},
            *(
                {"code": code, "name": name, "kind": "council", "parent_codes": ["devon"]}
                for code, name in (("E06000026", "Plymouth"), ("E06000027", "Torbay"), ("E10000008", "Devon"))
            ),
            *(
                {"code": each, "name": each, "kind": "township", "parent_codes": ["E06000026"]}
                for each in TOWNSHIPS
            ),
        ],
        "changes": [{"from_code": "old-torbay", "to_code": "E06000027", "on": "2014-04-01"}],
    }


@pytest.fixture
async def council(clients):
    return clients["council"]


async def new(council, plymouth, kind="rate", polarity="low_is_good", **more):
    more |= {"multiplier": "100000"} if kind == "rate" else {}
    return await put(council, "indicators", plymouth.indicator(uuid.uuid4().hex[:8], kind, polarity, **more))


async def read(client, path, **asked):
    answer = await client.get(f"/v1/{path}", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.row("S3-O01", "S4-O05")
async def test_a_framework_has_domains_that_three_councils_and_the_ccg_read(client_for):
    """One framework of domains and indicators, kept once, read by every commissioner; themes beside the domains."""
    p = Plymouth()
    council = await client_for("outcomes", p.callers["council"])
    domains = [{"code": "1", "title": "Quality of life"}, {"code": "2", "title": "Delaying need"}]
    body = {
        "partnership_id": str(p.partnership),
        "name": "Devon outcomes",
        "edition": "2016",
        "domains": domains,
    }
    framework = await put(council, "frameworks", body)
    assert framework["domains"] == domains
    twice = await put(council, "frameworks", {**body, "edition": "2", "domains": domains[:1] * 2}, 422)
    assert (twice["code"], twice["errors"][0]["pointer"]) == ("framework_domain_twice", "/domains/1/code")
    for number, theme in enumerate(THEMES):
        placing = {"framework_id": framework["id"], "code": str(number), "domain": "12"[number % 2]}
        await put(
            council,
            "indicators",
            p.indicator(f"theme-{number}", frameworks=[placing], dimensions={"theme": theme}),
        )
    wrong = p.indicator("off", frameworks=[{"framework_id": framework["id"], "code": "9", "domain": "9"}])
    refused = await put(council, "indicators", wrong, 422)
    assert (refused["code"], refused["errors"][0]["pointer"]) == (
        "indicator_domain_unknown",
        "/frameworks/0/domain",
    )
    others = [a_caller(scopes="outcome:read", commissioner=p.partnership) for _ in range(3)]
    for each in others:
        client = await client_for("outcomes", each)
        asked = {"partnership_id": str(p.partnership), "framework_id": framework["id"]}
        lines = (await read(client, "scorecards", **asked))["lines"]
        assert [(one["domain"], one["dimensions"]["theme"]) for one in lines] == [
            ("1", THEMES[0]),
            ("2", THEMES[1]),
            ("1", THEMES[2]),
        ]
        of_theme = await read(client, "scorecards", **asked, theme=THEMES[1])
        assert [one["code"] for one in of_theme["lines"]] == ["theme-1"]


@pytest.mark.row("S3-O06", "S5-O03")
async def test_a_measure_is_read_for_a_township_a_place_and_the_whole_of_devon(clients, plymouth, council):
    rate = (await new(council, plymouth))["id"]
    hierarchy = await put(council, "area-hierarchies", devon_areas(plymouth))
    for place, to, values in (
        ({"area": "E06000026", "sub_area": "bury-east"}, "community", ("500", "50", "10000")),
        ({"area": "E06000026", "sub_area": "bury-west"}, "community", ("25", "10", "40000")),
        ({"area": "old-torbay"}, "hospital", ("100", "50", "50000")),
    ):
        owed = await put(council, "obligations", plymouth.obligation(rate, to=to, dimensions=place))
        assert {name: each for name, each in owed["dimensions"].items() if each} == place
        value, numerator, denominator = values
        figures = {rate: {"value": value, "numerator": numerator, "denominator": denominator}}
        await accepted(clients, owed, "2014Q2", figures, by=to)
    asked = {"indicator_id": rate, "hierarchy_id": hierarchy["id"], "period": "2014Q2"}
    seen = {
        code: await read(council, "roll-ups", **asked, area_code=code)
        for code in ("bury-east", "E06000026", "E06000027", "devon")
    }
    assert seen["bury-east"]["reported"]["value"] == "500"
    assert seen["bury-east"]["rolled_up"] is None
    assert seen["E06000026"]["rolled_up"]["value"] == "120"
    assert seen["E06000027"]["reported"]["value"] == "100"  # under its older code
    whole = seen["devon"]["rolled_up"]
    assert (whole["value"], whole["weighting"], whole["complete"]) == ("110", "denominator", True)
    assert (whole["numerator"], whole["denominator"]) == ("110", "100000")
    assert seen["devon"]["areas"] == ["E06000027", "bury-east", "bury-west"]
    alike = await read(council, "roll-ups", **asked, area_code="devon", weighting="equal")
    assert alike["rolled_up"]["value"] == "208.333333"
    lines = (
        await read(council, "scorecards", partnership_id=str(plymouth.partnership), sub_area="bury-east")
    )["lines"]
    assert [each["latest"]["value"] for each in lines] == ["500"]
    for name, status in (("ccg", 200), ("board", 200), ("stranger", 404)):
        answer = await clients[name].get("/v1/roll-ups", params={**asked, "area_code": "devon"})
        assert answer.status_code == status
    board = await read(clients["board"], "roll-ups", **asked, area_code="devon")
    assert board["rolled_up"]["value"] is None
    assert board["rolled_up"]["withheld_contributors"]
    for change, code, pointer in (
        ({"area_code": "nowhere"}, "area_unknown", "?area_code"),
        ({"hierarchy_id": str(uuid.uuid4())}, "area_hierarchy_unknown", "?hierarchy_id"),
        ({"weighting": "sum"}, "roll_up_weighting_unfit", "?weighting"),
        ({"period": "2014Q9"}, "request_invalid", "?period"),
    ):
        answer = await council.get("/v1/roll-ups", params={**asked, "area_code": "devon", **change})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == pointer
        assert answer.json()["code"] == code or code == "request_invalid"


async def test_a_figure_that_is_owed_and_has_not_come_makes_the_roll_up_incomplete(
    clients, plymouth, council
):
    count = (await new(council, plymouth, "count"))["id"]
    hierarchy = await put(council, "area-hierarchies", devon_areas(plymouth))
    for place, to in (("E06000026", "community"), ("E06000027", "hospital")):
        owed = await put(
            council, "obligations", plymouth.obligation(count, to=to, dimensions={"area": place})
        )
        if to == "community":
            await accepted(clients, owed, "2014Q2", {count: {"value": "12"}})
    asked = {"indicator_id": count, "hierarchy_id": hierarchy["id"], "period": "2014Q2", "area_code": "devon"}
    found = (await read(council, "roll-ups", **asked))["rolled_up"]
    assert (found["value"], found["complete"], found["weighting"]) == ("12", False, "sum")
    assert found["missing_contributors"] == [str(plymouth.hospital)]


@pytest.mark.row("S3-O05")
async def test_131_practices_give_the_registered_population(council, plymouth):
    """131 GP practices of about 9,160 patients each are 1,199,960 registered people."""
    body = {
        "partnership_id": str(plymouth.partnership),
        "area_code": "devon",
        "area_name": "Devon, Plymouth and Torbay: 131 GP practices",
        "basis": "registered",
        "at": "2016-04-01",
        "vintage": uuid.uuid4().hex[:6],
        "source": "131 practices of about 9,160 patients each",
        "count": 131 * 9160,
        "qualifier": "approximately",
    }
    found = await put(council, "populations", body)
    assert (found["count"], found["basis"], found["qualifier"]) == (1199960, "registered", "approximately")


@pytest.mark.row("S1-O04")
async def test_a_share_of_a_bound_is_worked_out_and_both_stay_bounds(council, plymouth):
    """More than 350,000 people live in the western locality and 18% of them (almost 63,000) are over 65."""
    everybody = {
        "partnership_id": str(plymouth.partnership),
        "area_code": "western",
        "area_name": "Western locality",
        "basis": "resident",
        "at": "2014-06-30",
        "vintage": uuid.uuid4().hex[:6],
        "source": "Business case",
        "count": 350000,
        "qualifier": "more_than",
    }
    whole = await put(council, "populations", everybody)
    older = {
        **everybody,
        "age_band": "65-plus",
        "count": 63000,
        "qualifier": "almost",
        "share_of_id": whole["id"],
        "share_percent": "18",
    }
    part = await put(council, "populations", older)
    assert (part["count"], part["share_count"], part["qualifier"]) == (63000, 63000, "almost")
    for change, code, pointer in (
        ({"count": 70000}, "population_share_disagrees", "/count"),
        ({"share_percent": "118"}, "population_share_unknown", "/share_percent"),
        ({"share_of_id": str(uuid.uuid4())}, "population_share_unknown", "/share_of_id"),
        ({"basis": "registered"}, "population_share_unknown", "/share_of_id"),
    ):
        refused = await put(council, "populations", {**older, "age_band": "75-plus", **change}, 422)
        assert (refused["code"], refused["errors"][0]["pointer"]) == (code, pointer)


@pytest.mark.row("S4-O01", "S1-O08")
async def test_a_need_is_linked_to_the_indicators_and_contracts_that_answer_it(clients, plymouth, council):
    """About 10,200 children live in poverty: a count of people, and no rate."""
    count = (await new(council, plymouth, "count"))["id"]
    await put(council, "obligations", plymouth.obligation(count))
    body = {
        "partnership_id": str(plymouth.partnership),
        "reference": uuid.uuid4().hex[:8],
        "title": "Children in poverty",
        "description": "About 10,200 children live in poverty.",
        "source": "Joint strategic needs assessment",
        "value_type": "count",
        "value": "10200",
        "qualifier": "approximately",
        "indicator_ids": [count],
    }
    need = await put(council, "needs", body)
    assert (need["value"], need["value_type"], need["qualifier"]) == ("10200", "count", "approximately")
    (answered,) = need["indicators"]
    assert answered["contract_ids"] == [str(plymouth.community_contract)]
    asked = {"partnership_id": str(plymouth.partnership), "indicator_id": count}
    assert [each["id"] for each in (await read(clients["ccg"], "needs", **asked))["items"]] == [need["id"]]
    rate = await new(council, plymouth)
    mixed = plymouth.indicator(
        uuid.uuid4().hex[:8], "count", breakdown_of_indicator_id=rate["id"], dimensions={"area": "E06000026"}
    )
    refused = await put(council, "indicators", mixed, 422)
    assert refused["code"] == "indicator_broken_down_unknown"
    for change, code, pointer in (
        ({"value": "10200.5"}, "need_count_not_whole", "/value"),
        ({"value_type": None}, "need_figure_half_given", "/value_type"),
        ({"indicator_ids": [str(uuid.uuid4())]}, "need_indicator_unknown", "/indicator_ids/0"),
        ({"indicator_ids": [count, count]}, "need_indicator_unknown", "/indicator_ids/1"),
    ):
        refused = await put(council, "needs", {**body, "reference": uuid.uuid4().hex, **change}, 422)
        assert (refused["code"], refused["errors"][0]["pointer"]) == (code, pointer)
    assert (await put(council, "needs", body, 409))["code"] == "need_taken"


@pytest.mark.row("S4-O03", "S5-O02", "S5-O07")
async def test_one_definition_serves_many_contracts_and_has_one_owner(clients, plymouth, council):
    """Continuing healthcare and school nursing report the same outcome, defined once by the office that owns it."""
    shared = await new(council, plymouth, rationale="A shared outcome.", caveats="Self-reported.")
    owed = [
        await put(
            council, "obligations", plymouth.obligation(shared["id"], to=to, title=f"{title} {uuid.uuid4()}")
        )
        for to, title in (("community", "School nurses"), ("hospital", "Continuing healthcare"))
    ]
    assert {each["indicators"][0]["indicator_id"] for each in owed} == {shared["id"]}
    assert (shared["owner_organisation_id"], shared["rationale"]) == (
        str(plymouth.council),
        "A shared outcome.",
    )
    baseline = {"indicator_id": shared["id"], "period": "2013Q2", "value": "1", "source": "Business case"}
    refused = await put(clients["ccg"], "baselines", baseline, 403)
    assert refused["code"] == "indicator_not_kept_by_you"
    asked = {"partnership_id": str(plymouth.partnership)}
    for name in ("community", "hospital"):
        lines = (await read(clients[name], "scorecards", **asked))["lines"]
        assert [each["indicator_id"] for each in lines].count(shared["id"]) == 1
    again = {**shared, "title": "Another"}
    again = {name: again[name] for name in (*plymouth.indicator("x"), "multiplier")}
    assert (await put(council, "indicators", again, 409))["code"] == "indicator_code_taken"
