"""Notices of modifications in the duty clock: by regime and variation, until that very one was published."""

import uuid

import pytest

from services.contracts.rules.modification import NoticeDue
from services.contracts.rules.modification_notice import MODIFICATION_NOTICES
from services.contracts.rules.published_notice import OF_MODIFICATION
from tests.contracts.register import SCOPES, registered
from tests.contracts.test_variations import acted, proposed
from tests.stack import a_caller

SPAN = {"since": "2014-01-01", "until": "2026-12-31", "as_at": "2025-09-01"}
DEARER = {"value": {"amount_pence": 180_000_000}}


@pytest.fixture(scope="module")
async def pch(client_for, place):
    return await client_for("contracts", place.caller("pch"))


async def let(ccg, place, regime: str, **changes) -> dict:
    """A contract of £1 million a year that runs from April 2015 under one regime for its changes."""
    body = {
        "value": {"amount_pence": 100_000_000}, "value_basis": "annual", "state": "recorded_as_active",
        "start_date": "2015-04-01", "end_date": "2028-03-31", "modification_regime": regime, **changes,
    }  # fmt: skip
    return await registered(ccg, place.contract(**body))


async def varied(ccg, pch, contract: dict, on: str, ground: str, after=DEARER, **more) -> dict:
    made = await proposed(ccg, contract, effective_on=on, ground=ground, after=after, **more)
    await acted(ccg, made, "agreement", on=on)
    return await acted(pch, made, "agreement", on=on)


async def due(client, contract: dict, **asked) -> list[dict]:
    found, at = [], client.base_url.copy_with(path="/v1/due-dates", params={**SPAN, "limit": "200", **asked})
    while at:
        page = (await client.get(at)).json()
        found += page["items"]
        at = page["next"]
    return [each for each in found if each["contract_id"] == contract["id"]]


async def changes(client, contract: dict, **asked) -> list[tuple[str, str, str]]:
    return [
        (each["kind"], each["on"], each["variation_id"])
        for each in await due(client, contract, **asked)
        if each["variation_id"] is not None
    ]


@pytest.mark.parametrize(
    ("regime", "ground", "on", "kind", "by"),
    [
        ("psr", "provided_for", "2025-06-02", "psr_modification_notice", "2025-07-02"),
        ("pcr2015", "additional_needed", "2025-06-02", "pcr_modification_notice", "2025-06-02"),
        ("pa2023", "additional_needed", "2025-06-02", "contract_change_notice", "2025-06-02"),
        ("pcr2015", "provided_for", "2025-06-02", None, None),  # no notice for what the contract provided for
        ("psr", "provided_for", "2023-06-02", None, None),  # before the regime came into force
        ("pa2023", "additional_needed", "2025-02-23", None, None),
    ],
)
async def test_each_regime_asks_for_its_notice_by_its_day(ccg, pch, place, regime, ground, on, kind, by):
    contract = await let(ccg, place, regime)
    variation = await varied(ccg, pch, contract, on, ground)
    wanted = [] if kind is None else [(kind, by, variation["id"])]
    assert await changes(ccg, contract) == wanted
    if kind is not None:
        [row] = [each for each in await due(ccg, contract) if each["variation_id"]]
        assert (row["overdue"], row["reference"]) == (True, contract["reference"])
        assert "published" in row["because"]


async def test_it_is_due_until_that_very_one_was_published(ccg, pch, place):
    contract = await let(ccg, place, "psr")
    first = await varied(ccg, pch, contract, "2025-06-02", "provided_for")
    await acted(ccg, first, "effect")
    more = {"scope": "Also at weekends"}
    second = await varied(ccg, pch, contract, "2025-06-02", "provided_for", more)
    kind, by = "psr_modification_notice", "2025-07-02"
    both = [(kind, by, each) for each in sorted((first["id"], second["id"]))]  # all changes count together
    assert await changes(ccg, contract) == both
    assert await changes(ccg, contract, limit="1") == both
    body = {
        "contract_id": contract["id"], "kind": "psr_modification_notice", "published_on": "2025-06-20",
        "reference": "2025/S 000-012345",
    }  # fmt: skip

    async def published(status: int = 201, **changed) -> dict:
        answer = await ccg.put(f"/v1/published-notices/{uuid.uuid4()}", json={**body, **changed})
        assert answer.status_code == status, answer.text
        return answer.json()

    await published()  # of which modification it does not say
    assert await changes(ccg, contract) == both
    await published(variation_id=second["id"])
    assert await changes(ccg, contract) == [(kind, by, first["id"])]
    foreign = await published(422, variation_id=str(uuid.uuid4()))
    assert (foreign["code"], foreign["errors"][0]["pointer"]) == (
        "published_notice_variation_unknown",
        "/variation_id",
    )
    other = await let(ccg, place, "psr")
    theirs = await published(422, contract_id=other["id"], variation_id=first["id"])
    assert theirs["code"] == "published_notice_variation_unknown"
    award = {"kind": "psr_award_notice", "process": "direct_award_a", "variation_id": first["id"]}
    assert (await published(422, **award))["code"] == "published_notice_variation_unasked"
    assert (await published(variation_id=first["id"]))["variation_id"] == first["id"]
    assert await changes(ccg, contract) == []


async def test_pages_kinds_and_forms_have_it_once_and_in_order(ccg, pch, place):
    contract = await let(ccg, place, "psr", review_date="2025-07-02")
    variation = await varied(ccg, pch, contract, "2025-06-02", "provided_for")
    whole = await due(ccg, contract)
    assert [each["on"] for each in whole] == sorted(each["on"] for each in whole)
    assert {"review", "psr_modification_notice"} <= {each["kind"] for each in whole}
    assert await due(ccg, contract, limit="1") == whole
    placed = {"partnership_id": str(place.partnership)}
    assert await due(ccg, contract, limit="2", **placed) == whole
    kind = {"kind": "psr_modification_notice"}
    assert [each["variation_id"] for each in await due(ccg, contract, **kind)] == [variation["id"]]
    assert await due(ccg, contract, kind="contract_change_notice") == []
    assert await changes(ccg, contract, until="2025-07-01") == []
    url = ccg.base_url.copy_with(path="/v1/due-dates", params={**SPAN, **placed})
    table = (await ccg.get(url, headers={"Accept": "text/csv"})).text
    assert table.count(variation["id"]) == 1
    calendar = (await ccg.get(url, headers={"Accept": "text/calendar"})).text
    assert f"{variation['id']}-psr_modification_notice" in calendar.replace("\r\n ", "")


async def test_commissioners_alone_know_of_it(ccg, pch, place, client_for):
    contract = await let(ccg, place, "psr")
    await varied(ccg, pch, contract, "2025-06-02", "provided_for")
    stranger = await client_for("contracts", a_caller(None, SCOPES, commissioner=uuid.uuid4()))
    scrutiny = await client_for("contracts", place.caller("scrutiny"))
    assert len(await changes(ccg, contract)) == 1
    for client in (pch, stranger, scrutiny):
        assert await changes(client, contract) == []


async def test_a_variation_that_is_not_agreed_asks_for_nothing(ccg, place):
    contract = await let(ccg, place, "psr")
    made = await proposed(ccg, contract, effective_on="2025-06-02", after=DEARER)
    assert await changes(ccg, contract) == []
    await acted(ccg, made, "withdrawal")
    assert await changes(ccg, contract) == []


def test_every_notice_that_a_test_can_ask_for_is_on_the_clock():
    assert set(MODIFICATION_NOTICES) == set(NoticeDue) - {NoticeDue.NONE}
    assert {each.kind for each in MODIFICATION_NOTICES.values()} == OF_MODIFICATION
