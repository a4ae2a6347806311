"""Posts, addressable spend and the balance of spend over HTTP."""

import uuid

import pytest

from tests.budget.place import Place, assert_hidden, code_of, made


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


async def post(place, pence=181_600_00, **changes):
    body = {
        "partnership_id": str(place.partnership),
        "name": f"Post {uuid.uuid4().hex[:6]}",
        "created_on": "2013-11-01",
        "shared_from": "2013-10-15",
        "starts_on": "2013-11-01",
        "start_assumed": True,
        "convention": "twelfths",
        "cost_pence": pence,
        "partners": [str(place.council), str(place.nhs)],
        **changes,
    }
    return await place.pcc.put(f"/v1/posts/{uuid.uuid4()}", json=body)


@pytest.mark.row("S4-B04", "S4-B05", "S4-B07")
async def test_new_posts_are_paid_for_equally_and_a_part_year_says_its_convention(place):
    kept = made(await post(place))
    assert [each["full_year_pence"] for each in kept["parts"]] == [90_800_00, 90_800_00]
    assert [each["by_twelfths_pence"] for each in kept["parts"]] == [37_833_33, 37_833_33]
    assert [each["by_days_pence"] for each in kept["parts"]] == [37_563_84, 37_563_84]
    assert (kept["part_year_pence"], kept["start_assumed"]) == (75_666_67, True)
    leap = made(await post(place, starts_on="2016-02-29", convention="days"))
    assert leap["part_year_pence"] == round(181_600_00 * 32 / 366)


@pytest.mark.row("S4-B03", "S4-B06")
async def test_existing_posts_keep_their_shares(place):
    shares = [
        {"organisation_id": str(place.council), "percent": "72.5"},
        {"organisation_id": str(place.nhs), "percent": "27.5"},
    ]
    old = {"created_on": "2012-04-01", "recorded_shares": shares}
    kept = made(await post(place, 40_000_00, **old))
    assert [each["full_year_pence"] for each in kept["parts"]] == [29_000_00, 11_000_00]
    for _ in range(3):
        made(await post(place, 60_000_00))
    together = made(
        await place.ccg.get("/v1/establishment", params={"partnership_id": str(place.partnership)})
    )
    assert (together["posts"], together["new_posts"], together["cost_pence"]) == (4, 3, 220_000_00)
    assert {each["organisation_id"]: each["full_year_pence"] for each in together["by_partner"]} == {
        str(place.council): 119_000_00,
        str(place.nhs): 101_000_00,
    }
    other = [shares[0], {**shares[1], "percent": "27.4"}]
    for changes, code, pointer in (
        ({**old, "recorded_shares": []}, "post_shares_missing", "/recorded_shares"),
        ({**old, "recorded_shares": other}, "post_shares_not_whole", "/recorded_shares"),
        ({**old, "recorded_shares": shares[:1]}, "post_shares_of_others", "/recorded_shares"),
        ({"partners": [str(place.council)] * 2}, "post_partners_repeated", "/partners"),
        ({"cost_pence": 0}, "post_cost_negative", "/cost_pence"),
        ({"starts_on": "2013-10-31"}, "post_starts_early", "/starts_on"),
    ):
        refused = await post(place, **changes)
        assert (code_of(refused), refused.json()["errors"][0]["pointer"]) == (code, pointer)
    minus = [{**shares[0], "percent": "-27.5"}, {**shares[1], "percent": "127.5"}]
    assert code_of(await post(place, **{**old, "recorded_shares": minus})) == "post_share_negative"


async def count(place, figures, **changes):
    body = {
        "partnership_id": str(place.partnership),
        "scope": "commissioning",
        "source": "Summary of projects delivering savings in 2014/15",
        "scale": "pounds",
        "figures": [{"name": name, "printed": printed} for name, printed in figures.items()],
        **changes,
    }
    return await place.pcc.put(f"/v1/addressable-spends/{uuid.uuid4()}", json=body)


@pytest.mark.row("S2-B01", "S2-B06")
async def test_addressable_spend_adds_up_within_its_scope(place):
    partners = {"PCC": "2,803,219", "CCG": "3,068,022"}
    first = made(await count(place, partners))
    assert (first["total"]["known_pence"], first["total"]["complete"]) == (5_871_241_00, True)
    needs = {"Universal": "11,011,687", "Complex": "11,405,628"}
    second = made(await count(place, needs, scope="children and young people", printed_total="22,417,315"))
    assert (second["total"]["known_pence"], second["differs_by_pence"]) == (22_417_315_00, 0)
    listed = await place.ccg.get("/v1/addressable-spends", params={"partnership_id": str(place.partnership)})
    assert [each["scope"] for each in listed.json()["items"]] == [
        "children and young people",
        "commissioning",
    ]
    unknown = made(await count(place, {"PCC": "2,803,219", "CCG": "ТВС"}))  # noqa: RUF001 as registers have it
    assert unknown["total"]["missing_contributors"] == ["CCG"]
    assert unknown["figures"][1]["amount"]["status"] == "tbc"


@pytest.mark.row("S2-B01")
async def test_the_scale_of_printed_figures_is_said_and_not_guessed(place):
    thousands = made(await count(place, {"PCC": "22,167"}, scale="thousands"))
    assert thousands["total"]["known_pence"] == 22_167_000_00
    figures = {"PCC": "2,803,219", "CCG": "3,068,022"}
    for figures_, changes, code, pointer in (
        ({"PCC": "22,167k"}, {"scale": "thousands"}, "money_unreadable", "/figures/0/printed"),
        ({"PCC": "1e9"}, {}, "money_unreadable", "/figures/0/printed"),
        (figures, {"printed_total": "5,871"}, "addressable_spend_printed_differs", "/printed_total"),
        ({"PCC": "1", "pcc": "2"}, {}, "addressable_spend_repeated", "/figures"),
    ):
        refused = await count(place, figures_, **changes)
        assert (code_of(refused), refused.json()["errors"][0]["pointer"]) == (code, pointer)
    noted = made(await count(place, figures, printed_total="5,871,240", note="Rounded parts"))
    assert noted["differs_by_pence"] == -1_00


@pytest.mark.row("S1-B18")
async def test_spend_moves_from_complex_care_to_community_and_wellness(place):
    await place.draft()
    for year, figures in (("2014/15", (20, 20, 60)), ("2015/16", (25, 25, 50))):
        for category, share in zip(("wellness", "community", "complex"), figures, strict=True):
            line = await place.line(
                place.pcc, None, "aligned", category=category, financial_year=year, pence=share
            )
            day = f"{year[:4]}-06-15"
            await place.spend(place.pcc, line, share, arrangement="aligned", effective_date=day)
    asked = {"partnership_id": str(place.partnership), "from_year": "2014-15", "to_year": "2016-17"}
    seen = made(await place.pcc.get("/v1/balance-of-spend", params=asked))["years"]
    assert [each["percent"]["complex_bed_based"] for each in seen] == ["60.0", "50.0", None]
    assert [each["direction"] for each in seen] == ["unknown", "towards_community", "unknown"]
    budget = made(await place.pcc.get("/v1/balance-of-spend", params={**asked, "basis": "budget"}))["years"]
    assert budget[1]["percent"]["wellness"] == "25.0"
    for years in ({"from_year": "2016-17", "to_year": "2014-15"}, {"to_year": "2024-25"}):
        refused = await place.pcc.get("/v1/balance-of-spend", params={**asked, **years})
        assert refused.json()["errors"][0]["pointer"] == "?to_year"
    whole = {**asked, "to_year": "2015-16"}
    assert made(await place.pcc.get("/v1/balance-of-spend", params=whole))["complete"] is True
    assert made(await place.pcc.get("/v1/balance-of-spend", params=asked))["complete"] is False
    observer = await place.client(observer=place.partnership)
    shown = made(await observer.get("/v1/balance-of-spend", params=whole))
    assert {share for each in shown["years"] for share in each["percent"].values()} == {None}
    assert shown["complete"] is False  # it is shown no category, which is not the same as nothing spent
    stranger = await place.client(commissioner=uuid.uuid4())
    assert (await stranger.get("/v1/balance-of-spend", params=asked)).status_code == 404


async def test_strangers_see_no_posts_and_no_spend(place):
    kept = {"posts": made(await post(place)), "addressable-spends": made(await count(place, {"PCC": "1"}))}
    others = [
        await place.client(**{role: place.partnership}) for role in ("provider", "observer", "associate")
    ]
    stranger = await place.client(commissioner=uuid.uuid4())
    for collection, record in kept.items():
        path = f"/v1/{collection}/{record['id']}"
        assert made(await place.ccg.get(path)) == record
        for client in (*others, stranger):
            await assert_hidden(client, path, f"/v1/{collection}", place.partnership)
    nothing = await stranger.get("/v1/establishment", params={"partnership_id": str(place.partnership)})
    assert (nothing.status_code, code_of(nothing)) == (404, "not_found")


async def test_the_posts_of_a_partnership_one_is_not_in_are_absent(place):
    made(await post(place))
    asked = {"partnership_id": str(place.partnership)}
    for standing in ({"commissioner": uuid.uuid4()}, {"provider": place.partnership}):
        other = await place.client(**standing)
        refused = await other.get("/v1/establishment", params=asked)
        assert (refused.status_code, code_of(refused)) == (404, "not_found"), refused.text
    auditor = await place.auditor(bodies=(place.council,))
    assert (await auditor.get("/v1/establishment", params=asked)).status_code == 200
