"""Finding contracts in the register: by words, value, rules and commissioner, and never by what is withheld."""

import uuid

from tests.contracts.test_releases import withheld


async def found(client, town, **asked) -> set[str]:
    asked = {"partnership_id": str(town.place.partnership), "limit": 200, **asked}
    answer = await client.get("/v1/contracts", params=asked)
    assert answer.status_code == 200, answer.text
    return {each["id"] for each in answer.json()["items"]}


async def test_contracts_are_found_by_what_they_say(town):
    one = await town.contract(
        title="Reablement at home", value={"amount_pence": 700, "status": "actual"}, award_regime="psr",
        end_date="2031-03-31", max_end_date=None,
    )  # fmt: skip
    other = await town.contract(title="Home care for adults", value={"amount_pence": 900, "status": "actual"})
    for asked, expected in (
        ({"text": "home"}, {one, other}),
        ({"text": '"at home"'}, {one}),
        ({"text": "home -reablement"}, {other}),
        ({"text": "'; drop table contracts; --"}, set()),
        ({"value_from_pence": 700, "value_below_pence": 900}, {one}),
        ({"regime": "psr", "text": "home"}, {one}),
        ({"ends_after": "2031-03-30", "text": "home"}, {one}),
        ({"ends_after": "2031-03-31", "text": "home"}, set()),
        ({"commissioner_id": str(town.place.council), "text": "home"}, {one, other}),
        ({"commissioner_id": str(uuid.uuid4())}, set()),
    ):
        assert await found(town.council, town, **asked) & {one, other} == expected, asked


async def test_an_observer_finds_no_contract_by_what_is_withheld(town):
    """Neither by a filter nor by a place in the order, and what is shown of it is blank."""
    secret = await town.contract(
        title="Quiet lane", value={"amount_pence": 123_456, "status": "actual"}, award_regime="psr",
        category="wellness", end_date="2013-05-01", max_end_date=None,
    )  # fmt: skip
    hidden = [withheld(field) for field in ("title", "value", "end", "tender", "service", "supplier")]
    asked = (
        {"text": "quiet"}, {"value_from_pence": 123_456}, {"value_below_pence": 123_457}, {"regime": "psr"},
        {"category": "wellness"}, {"ends_before": "2013-06-01"}, {"ends_after": "2013-04-01"},
    )  # fmt: skip
    for each in asked:
        assert secret in await found(town.scrutiny, town, **each), each
    await town.decide(secret, withheld=hidden)
    for each in asked:
        assert secret not in await found(town.scrutiny, town, **each), each
        assert secret in await found(town.council, town, **each), each
    whole = {"partnership_id": str(town.place.partnership), "limit": 200}
    items = (await town.scrutiny.get("/v1/contracts", params=whole)).json()["items"]
    (row,) = [each for each in items if each["id"] == secret]
    assert (row["title"], row["value"]["amount_pence"], row["end_date"], row["ends_on"]) == (
        "Title withheld", None, None, None,
    )  # fmt: skip
    assert items.index(row) >= len([each for each in items if each["ends_on"] is not None])
    await town.decide(secret, withheld=[withheld("value", until="2014-04-30")])
    assert secret in await found(town.scrutiny, town, value_from_pence=123_456)
