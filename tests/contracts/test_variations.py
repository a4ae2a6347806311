"""Variations and extensions over HTTP: both sides, the test kept, terms before and after, overlaps, walls."""

import asyncio
import uuid
from typing import Any

import pytest

from tests.contracts.register import a_key, registered
from tests.contracts.test_contract_life import history, moved


@pytest.fixture(scope="module")
async def pch(client_for, place):
    return await client_for("contracts", place.caller("pch"))


async def running(ccg, place, **changes) -> dict:
    """A contract in force, of £365,000 a year."""
    body = {"value": {"amount_pence": 36_500_000}, "value_basis": "annual", "state": "recorded_as_active",
            "modification_regime": "psr", **changes}  # fmt: skip
    return await registered(ccg, place.contract(**body))


def proposal(contract: dict, **changes) -> dict[str, Any]:
    return {
        "contract_id": contract["id"], "reason": "price", "description": "Uplift agreed in March",
        "effective_on": "2014-04-01", "after": {"value": {"amount_pence": 40_000_000}},
        "ground": "provided_for", "different_in_character": False, **changes,
    }  # fmt: skip


async def proposed(ccg, contract: dict, status: int = 201, **changes) -> dict:
    answer = await ccg.put(f"/v1/variations/{uuid.uuid4()}", json=proposal(contract, **changes))
    assert answer.status_code == status, answer.text
    return answer.json()


async def acted(client, variation: dict, door: str, status: int = 200, **body: Any) -> dict:
    url = f"/v1/variations/{variation['id']}"
    version = (await client.get(url)).json()["version"]
    answer = await client.post(f"{url}/{door}", json=body or None, key=a_key(), version=version)
    assert answer.status_code == status, answer.text
    return answer.json()


async def agreed(ccg, pch, contract: dict, **changes) -> dict:
    made = await proposed(ccg, contract, **changes)
    await acted(ccg, made, "agreement", on="2014-03-20")
    return await acted(pch, made, "agreement", on="2014-03-25")


async def test_a_variation_is_agreed_by_both_sides_and_holds_from_its_day(ccg, pch, place):
    contract = await running(ccg, place)
    made = await proposed(ccg, contract)
    assert (made["state"], made["before"]["value"]["amount_pence"]) == ("proposed", 36_500_000)
    assert [each["change_pence"] for each in made["yearly"]] == [0, 3_500_000, 3_500_000]
    test = made["modification"]
    assert (test["outcome"], test["change_pence"], test["source"][:8]) == ("permitted", 7_000_000, "Provider")
    early = await acted(ccg, made, "effect", 409)
    assert early["code"] == "variation_not_agreed"
    first = await acted(ccg, made, "agreement", on="2014-03-20")
    assert first["state"] == "proposed"
    second = await acted(pch, made, "agreement", on="2014-03-25")
    assert (second["state"], second["modification"], second["funding_before"]) == ("agreed", None, None)
    assert (await ccg.get(f"/v1/contracts/{contract['id']}")).json()["value"]["amount_pence"] == 36_500_000
    holds = await acted(ccg, made, "effect")
    assert holds["state"] == "in_effect"
    now = (await ccg.get(f"/v1/contracts/{contract['id']}")).json()
    assert (now["value"]["amount_pence"], now["version"]) == (40_000_000, 2)
    step = (await history(pch, contract))[-1]
    assert (step["move"], step["from_state"], step["to_state"], step["on"]) == (
        "variation", "recorded_as_active", "recorded_as_active", "2014-04-01",
    )  # fmt: skip
    assert step["terms_before"]["value"]["amount_pence"] == 36_500_000
    assert step["terms_after"]["value"]["amount_pence"] == 40_000_000
    assert step["terms_after"]["end_date"] is None
    assert (await acted(ccg, made, "withdrawal", 409))["code"] == "variation_not_open"


async def test_every_repeat_gives_the_first_answer(ccg, pch, place):
    contract = await running(ccg, place)
    url, body = f"/v1/variations/{uuid.uuid4()}", proposal(contract)
    first, again = [await ccg.put(url, json=body) for _ in range(2)]
    assert (first.status_code, again.content, again.headers["Idempotency-Replayed"]) == (
        201,
        first.content,
        "true",
    )
    assert (await ccg.put(url, json={**body, "description": "Other"})).json()[
        "code"
    ] == "idempotency_key_reused"
    await acted(ccg, first.json(), "agreement", on="2014-03-20")
    await acted(pch, first.json(), "agreement", on="2014-03-20")
    key = a_key()
    answers = await asyncio.gather(*(ccg.post(f"{url}/effect", key=key, version=3) for _ in range(4)))
    answers.append(await ccg.post(f"{url}/effect", key=key, version=3))
    assert {each.status_code for each in answers} <= {200, 409}
    assert len({each.content for each in answers if each.status_code == 200}) == 1
    assert len([each for each in await history(ccg, contract) if each["move"] == "variation"]) == 1


async def test_overlapping_versions_are_refused(ccg, pch, place):
    contract = await running(ccg, place)
    first = await agreed(ccg, pch, contract)
    for day in ("2014-04-01", "2013-10-01"):
        refused = await proposed(ccg, contract, 409, effective_on=day, after={"value": {"amount_pence": 1}})
        assert (refused["code"], refused["variation_id"]) == ("variations_overlap", first["id"])
        assert refused["errors"][0]["pointer"] == "/effective_on"
    other = await proposed(
        ccg, contract, effective_on="2014-04-01", after={"scope": "Without podiatry"}, reason="scope"
    )
    assert other["before"]["scope"] is None
    second = await proposed(ccg, contract, effective_on="2014-05-01", after={"value": {"amount_pence": 1}})
    await acted(ccg, first, "effect")
    await acted(ccg, second, "agreement", on="2014-03-20")
    await acted(pch, second, "agreement", on="2014-03-20")
    stale = await acted(ccg, second, "effect", 409)
    assert stale["code"] == "variation_stale"


async def test_two_agreed_versions_of_one_day_cannot_both_hold(ccg, pch, place, stack):
    """Both proposed before either was agreed: the rule refuses the second, and so does the database."""
    contract = await running(ccg, place)
    one, two = [await proposed(ccg, contract) for _ in range(2)]
    for each in (one, two):
        for client in (ccg, pch):
            await acted(client, each, "agreement", on="2014-03-20")
    refused = await acted(ccg, one, "effect", 409)
    assert refused["code"] == "variations_overlap"
    await acted(ccg, two, "withdrawal")
    await acted(ccg, one, "effect")
    connection = await stack.superuser()
    try:
        await connection.execute("set search_path = contracts")
        for statement, said in (
            (
                f"update variations set state = 'in_effect', version = version + 1 where id = '{two['id']}'",
                "does not move",
            ),
            (f"update variations set version = version + 2 where id = '{one['id']}'", "counts one on"),
            (f"delete from variations where id = '{one['id']}'", "append-only"),
            (
                f"update variation_answers set agreed = false where variation_id = '{one['id']}'",
                "append-only",
            ),
        ):
            with pytest.raises(Exception, match=said):
                await connection.execute(statement)
    finally:
        await connection.close()


async def test_the_day_of_effect_lies_within_the_term(ccg, pch, place):
    contract = await running(ccg, place)
    late = await proposed(ccg, contract, 422, effective_on="2016-04-01")
    assert (late["code"], late["ends_on"]) == ("variation_after_end", "2016-03-31")
    early = await proposed(ccg, contract, 422, effective_on="2013-03-31")
    assert early["code"] == "variation_before_start"
    odd = await proposed(ccg, contract, 422, effective_on="2015-02-31")
    assert odd["errors"][0]["pointer"] == "/effective_on"
    nothing = await proposed(ccg, contract, 422, after={"value": {"amount_pence": 36_500_000}})
    assert nothing["code"] == "variation_empty"
    future = await running(ccg, place, start_date="2025-04-01", end_date="2199-03-31")
    coming = await agreed(ccg, pch, future, effective_on="2198-04-01")
    assert (await acted(ccg, coming, "effect", 409))["code"] == "variation_not_yet"


async def test_a_settlement_signed_late_holds_within_the_ended_term(ccg, pch, place):
    contract = await running(ccg, place)
    await moved(ccg, contract, "completion", on="2016-03-31", reason="term_ended")
    after = {"value": {"amount_pence": 37_000_000}}
    late = await proposed(ccg, contract, 422, effective_on="2016-04-01", after=after, reason="settlement")
    assert late["code"] == "variation_after_end"
    wide = await proposed(ccg, contract, 409, effective_on="2016-03-31", after={"scope": "More"})
    assert wide["code"] == "variation_settlement_only"
    made = await agreed(ccg, pch, contract, effective_on="2016-03-31", after=after, reason="settlement",
                        signed_on="2016-07-01")  # fmt: skip
    await acted(ccg, made, "effect")
    now = (await ccg.get(f"/v1/contracts/{contract['id']}")).json()
    assert (now["state"], now["value"]["amount_pence"]) == ("expired", 37_000_000)


async def test_the_test_holds_what_the_rules_do_not_permit(ccg, pch, place):
    contract = await running(ccg, place)  # lifetime £1,095,000; £670,000 and 61 percent more
    far: dict[str, Any] = {
        "after": {"value": {"amount_pence": 70_000_000}},
        "ground": "commissioner_decision",
        "reason": "volume",
    }
    made = await proposed(ccg, contract, **far)
    assert (made["modification"]["outcome"], made["modification"]["notice"]) == ("not_permitted", "none")
    held = await acted(ccg, made, "agreement", 409, on="2014-03-20")
    assert (held["code"], held["source"][:8]) == ("modification_not_permitted", "Provider")
    advised = await proposed(
        ccg, contract, **far, despite_test="Counsel's advice of 3 March 2014, held by legal"
    )
    assert (await acted(ccg, advised, "agreement", on="2014-03-20"))["despite_test"].startswith("Counsel")
    small = await agreed(
        ccg, pch, contract, after={"value": {"amount_pence": 48_000_000}}, ground="commissioner_decision"
    )
    await acted(ccg, small, "effect")
    # £230,000 before and as much again: together they are over both lines, counted from the award on
    more = await proposed(ccg, contract, effective_on="2014-10-01", after={"value": {"amount_pence": 68_000_000}},
                          ground="commissioner_decision")  # fmt: skip
    assert more["modification"]["original_value_pence"] == 109_500_000
    assert more["modification"]["outcome"] == "not_permitted"


async def test_a_national_variation_is_not_accepted_and_notice_follows(ccg, pch, place):
    contract = await running(ccg, place)
    made = await proposed(ccg, contract, kind="national", reason="national_variation")
    refused = await acted(pch, made, "refusal", on="2014-03-30", note="The new duties are not funded")
    assert refused["state"] == "not_accepted"
    local = await proposed(ccg, contract)
    declined = await acted(pch, local, "refusal", on="2014-03-30", note="Not at this price")
    assert (declined["state"], declined["answers"][0]["side"]) == ("declined", "provider")
    assert (await acted(ccg, local, "agreement", 409, on="2014-04-01"))["code"] == "variation_not_open"


async def test_a_letter_stands_for_a_provider_without_a_client(ccg, place):
    contract = await running(ccg, place, parties=[
        {"role": "lead_commissioner", "organisation_id": str(place.ccg)}, {"role": "provider", "name": "Acme Care Ltd"},
    ])  # fmt: skip
    made = await proposed(ccg, contract)
    bare = await acted(ccg, made, "agreement", 422, on="2014-03-20", by_letter=True)
    assert bare["code"] == "variation_answer_of_others"
    await acted(ccg, made, "agreement", on="2014-03-20", by_letter=True, note="Signed deed, held by legal")
    both = await acted(ccg, made, "agreement", on="2014-03-21")
    assert [(each["side"], each["organisation_id"]) for each in both["answers"]] == [
        ("provider", None), ("commissioner", str(place.ccg)),
    ]  # fmt: skip
    assert both["state"] == "agreed"


@pytest.mark.row("S3-C09")
async def test_the_scope_changes_with_a_reason(ccg, pch, place):
    contract = await running(ccg, place, scope="Community, social care and acute services")
    made = await agreed(ccg, pch, contract, reason="scope", after={"scope": "Community and social care"},
                        description="Commissioners no longer look to integrate acute services")  # fmt: skip
    await acted(ccg, made, "effect")
    step = (await history(ccg, contract))[-1]
    assert (step["reason"], step["terms_before"]["scope"], step["terms_after"]["scope"]) == (
        "scope", "Community, social care and acute services", "Community and social care",
    )  # fmt: skip
    assert step["note"].startswith("Commissioners no longer")


@pytest.mark.row("S2-C04")
async def test_bed_days_taper_year_by_year(ccg, pch, place):
    def plan(*planned: str) -> list[dict]:
        years = ("2013/14", "2014/15", "2015/16")
        return [{"measure": "Bed days in Derriford", "unit": "days", "financial_year": year, "planned": each}
                for year, each in zip(years, planned, strict=True)]  # fmt: skip

    contract = await running(ccg, place, activity_plan=plan("100000", "100000", "100000"))
    made = await agreed(
        ccg, pch, contract, reason="tapering", after={"activity_plan": plan("100000", "95000", "90000")}
    )
    assert [each["planned"] for each in made["before"]["activity_plan"]] == ["100000"] * 3
    await acted(ccg, made, "effect")
    now = (await pch.get(f"/v1/contracts/{contract['id']}")).json()
    assert [each["planned"] for each in now["activity_plan"]] == ["100000", "95000", "90000"]
    twice = [*plan("1", "2", "3"), plan("4", "5", "6")[0]]
    refused = await proposed(ccg, contract, 422, effective_on="2014-10-01", after={"activity_plan": twice})
    assert refused["code"] == "activity_twice"


async def test_a_variation_cannot_change_lead_or_provider(ccg, place):
    contract = await running(ccg, place)
    parties = [{"role": "lead_commissioner", "organisation_id": str(place.ccg)},
               {"role": "provider", "organisation_id": str(place.phnt)}]  # fmt: skip
    refused = await proposed(ccg, contract, 422, after={"parties": parties}, reason="parties")
    assert (refused["code"], refused["role"]) == ("variation_changes_parties", "provider")
    past = await proposed(ccg, contract, 422, after={"end_date": "2017-03-31", "max_end_date": "2016-12-31"})
    assert past["code"] == "contract_extends_before_end"
