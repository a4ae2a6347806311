"""The round of a return over HTTP against the real database: drafted, sent, sent back, sent again, accepted."""

import pytest

from tests.outcomes.plymouth import accepted, drafted, move, put


async def outstanding(client, obligation, asked) -> list[dict]:
    """What is outstanding of an obligation, whatever else the provider owes."""
    found: list[dict] = []
    url = f"/v1/completeness?outstanding=true&limit=200&{asked}"
    while url:
        page = (await client.get(url)).json()
        found += [each for each in page["items"] if each["obligation_id"] == obligation["id"]]
        url = page["next"]
    return found


@pytest.mark.row("S1-O06")
async def test_one_return_goes_round_and_every_commissioner_of_the_contract_reads_it(
    clients, obligation, days, share
):
    community, council = clients["community"], clients["council"]
    mine = await outstanding(community, obligation, "form=true&as_at=2014-07-21")
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
    mine = await outstanding(community, obligation, "as_at=2014-07-20")
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


async def test_explained_figures_are_accepted_only_expressly_and_stay_in_the_history(
    clients, obligation, days, share
):
    community, council = clients["community"], clients["council"]
    await accepted(clients, obligation, "2014Q2", {days: {"value": "8"}, share: {"value": "40"}})
    draft = await drafted(community, obligation, "2014Q3", {days: {"value": "8"}, share: {"value": "80"}})
    stopped = await move(community, draft, "submission", status=422)
    assert stopped["code"] == "return_not_submittable"
    assert [(each["code"], each["pointer"]) for each in stopped["errors"]] == [
        ("return_value_far_from_previous", f"/values/{share}/value")
    ]
    words = "A new service began in July."
    explained = await community.patch(
        f"/v1/returns/{draft['id']}",
        json={"values": {share: {"explanation": words}}},
        version=draft["version"],
    )
    sent = await move(community, explained.json(), "submission")
    assert (sent["state"], sent["explained"]) == ("submitted", True)
    unread = await move(council, sent, "acceptance", {}, status=409)
    assert unread["code"] == "return_warnings_unread"
    taken = await move(council, sent, "acceptance", {"explanations_accepted": True})
    assert taken["state"] == "accepted"
    history = (await council.get(f"/v1/returns/{draft['id']}/revisions")).json()["items"]
    assert [(each["code"], each["explanation"]) for each in history[0]["warnings"]] == [
        ("return_value_far_from_previous", words)
    ]
    assert [each["to_state"] for each in history[0]["moves"]] == ["submitted", "validated", "accepted"]


async def test_a_submission_names_every_fault_and_changes_nothing(clients, obligation, days, share):
    community = clients["community"]
    wrong = {days: {"value": "-1"}, share: {"value": "120", "numerator": "12", "denominator": "10"}}
    draft = await drafted(community, obligation, "2014Q2", wrong)
    refused = await move(community, draft, "submission", status=422)
    assert {(each["code"], each["pointer"]) for each in refused["errors"]} == {
        ("value_outside_scale", f"/values/{days}/value"),
        ("value_outside_scale", f"/values/{share}/value"),
        ("return_numerator_exceeds_denominator", f"/values/{share}/numerator"),
    }
    assert refused["indicators"] == ["stay", "at-home"]
    again = (await community.get(f"/v1/returns/{draft['id']}")).json()
    assert (again["state"], again["revision"], again["version"]) == ("draft", 0, 1)


async def test_missing_codes_stay_what_they_are_and_a_blank_that_is_allowed_is_missing(
    clients, plymouth, days, share
):
    body = plymouth.obligation(days, share)
    body["indicators"][1]["compulsory"] = False
    obligation = await put(clients["council"], "obligations", body)
    found = await accepted(clients, obligation, "2014Q2", {days: {"status": "not_yet_available"}})
    assert {key: (each["value"], each["status"]) for key, each in found["values"].items()} == {
        days: (None, "not_yet_available"),
        share: (None, "missing"),
    }


async def test_an_accepted_return_is_corrected_by_a_new_revision_and_holds_until_then(
    clients, obligation, days, share
):
    community, council = clients["community"], clients["council"]
    first = await accepted(clients, obligation, "2014Q2", {days: {"value": "8"}, share: {"value": "40"}})
    locked = await move(council, first, "lock")
    assert locked["state"] == "locked"
    why = [{"pointer": f"/values/{days}", "reason": "The trust found two stays that were not closed."}]
    stuck = await move(community, locked, "submission", status=409)
    assert (stuck["code"], stuck["state"]) == ("return_move_not_possible", "locked")
    opened = await move(council, locked, "reopening", {"reasons": why})
    assert (opened["state"], opened["accepted_revision"]) == ("returned", 1)
    card = {
        "partnership_id": obligation["partnership_id"],
        "as_at": "2014-07-01",
        "contract_id": obligation["contract_id"],
    }

    async def on_card():
        lines = (await council.get("/v1/scorecards", params=card)).json()["lines"]
        return [
            (each["latest"]["value"], each["latest"]["revision"])
            for each in lines
            if (each["indicator_id"], each["obligation_id"]) == (days, obligation["id"])
        ]

    assert await on_card() == [("8", 1)]
    corrected = await community.patch(
        f"/v1/returns/{first['id']}", json={"values": {days: {"value": "8.4"}}}, version=opened["version"]
    )
    sent = await move(community, corrected.json(), "submission")
    assert await on_card() == [("8", 1)]
    await move(council, sent, "acceptance", {})
    assert await on_card() == [("8.4", 2)]
    both = (await council.get("/v1/observations", params={"indicator_id": days, "limit": "200"})).json()[
        "items"
    ]
    mine = [(each["revision"], each["value"]) for each in both if each["obligation_id"] == obligation["id"]]
    assert mine == [(1, "8"), (2, "8.4")]


async def test_only_the_lead_decides(clients, obligation, days, share):
    values = {days: {"value": "8"}, share: {"value": "40"}}
    sent = await move(
        clients["community"], await drafted(clients["community"], obligation, "2014Q2", values), "submission"
    )
    why = {"reasons": [{"pointer": "/values", "reason": "x"}]}
    for name, status in (
        ("ccg", 403),
        ("kernow", 403),
        ("community", 403),
        ("hospital", 404),
        ("board", 404),
    ):
        for act, body in (("acceptance", {}), ("return", why), ("reopening", why)):
            assert (await move(clients[name], sent, act, body, status=status))["status"] == status
    assert (await move(clients["council"], sent, "submission", status=403))["code"] == "return_not_provider"
    assert (await move(clients["council"], sent, "return", {"reasons": []}, status=422))[
        "code"
    ] == "return_reasons_missing"
    nowhere = {"reasons": [{"pointer": "/values/nothing", "reason": "x"}]}
    assert (await move(clients["council"], sent, "return", nowhere, status=422))[
        "code"
    ] == "return_reason_nowhere"
