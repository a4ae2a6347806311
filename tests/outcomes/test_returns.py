"""The round of a return over HTTP against the real database: drafted, sent, sent back, sent again, accepted."""


import pytest

from tests.outcomes.plymouth import Plymouth, drafted, move, put


@pytest.fixture(scope="module")
def plymouth():
    return Plymouth()


@pytest.fixture(scope="module")
async def clients(client_for, plymouth):
    return await plymouth.clients(client_for)


@pytest.fixture(scope="module")
async def days(clients, plymouth):
    return (await put(clients["council"], "indicators", plymouth.indicator("stay")))["id"]


@pytest.fixture(scope="module")
async def share(clients, plymouth):
    body = plymouth.indicator("at-home", "percentage", "high_is_good", warn_above_change_percent="50")
    return (await put(clients["council"], "indicators", body))["id"]


@pytest.fixture
async def obligation(clients, plymouth, days, share):
    return await put(clients["council"], "obligations", plymouth.obligation(days, share))


@pytest.mark.row("S1-O06")
async def test_one_return_goes_round_and_every_commissioner_of_the_contract_reads_it(
    clients, obligation, days, share
):
    community, council = clients["community"], clients["council"]
    owed = (
        await community.get(
            "/v1/completeness", params={"outstanding": "true", "form": "true", "as_at": "2014-07-21"}
        )
    ).json()["items"]
    mine = [each for each in owed if each["obligation_id"] == obligation["id"]]
    assert [(each["period"], each["due_on"], each["overdue"], each["state"]) for each in mine] == [
        ("2014Q2", "2014-07-20", True, None)
    ]
    assert mine[0]["financial_quarter"] == 1
    assert [each["indicator_id"] for each in mine[0]["form"]] == [days, share]
    assert (mine[0]["form"][1]["lowest"], mine[0]["form"][1]["highest"]) == ("0", "100")
    draft = await drafted(community, obligation, "2014Q2", {days: {"value": "33.05"}})
    assert (draft["state"], draft["revision"], draft["due_on"]) == ("draft", 0, "2014-07-20")
    filled = await community.patch(
        f"/v1/returns/{draft['id']}",
        json={"values": {share: {"value": "89.3", "numerator": "893", "denominator": "1000"}}},
        version=draft["version"],
    )
    assert filled.status_code == 200, filled.text
    sent = await move(community, filled.json(), "submission")
    assert (sent["state"], sent["revision"], sent["values"][days]["status"]) == ("validated", 1, "actual")
    assert sent["days_late"] > 1000
    why = [{"pointer": f"/values/{days}/value", "reason": "One ward is counted twice."}]
    back = await move(council, sent, "return", {"reasons": why})
    assert (back["state"], back["reasons"]) == ("returned", why)
    owed = (
        await community.get("/v1/completeness", params={"outstanding": "true", "as_at": "2014-07-20"})
    ).json()
    mine = [each for each in owed["items"] if each["obligation_id"] == obligation["id"]]
    assert (mine[0]["state"], mine[0]["reasons"], mine[0]["return_id"]) == ("returned", why, draft["id"])
    better = await community.patch(
        f"/v1/returns/{draft['id']}", json={"values": {days: {"value": "31.3975"}}}, version=back["version"]
    )
    again = await move(community, better.json(), "submission")
    assert (again["state"], again["revision"], again["reasons"]) == ("validated", 2, [])
    taken = await move(council, again, "acceptance", {})
    assert (taken["state"], taken["accepted_revision"]) == ("accepted", 2)
    for name in ("council", "ccg", "kernow", "community"):
        read = (await clients[name].get(f"/v1/returns/{draft['id']}")).json()
        assert read["values"][days]["value"] == "31.3975", name
        history = (await clients[name].get(f"/v1/returns/{draft['id']}/revisions")).json()["items"]
        assert [(each["revision"], each["values"][days]["value"]) for each in history] == [
            (1, "33.05"),
            (2, "31.3975"),
        ]
        assert [(m["from_state"], m["to_state"]) for each in history for m in each["moves"]] == [
            ("draft", "submitted"),
            ("submitted", "validated"),
            ("validated", "returned"),
            ("returned", "submitted"),
            ("submitted", "validated"),
            ("validated", "accepted"),
        ]
        assert history[0]["moves"][2]["reasons"] == why
