"""Journals through the gateway: posted once however often they are sent, reversed once, and the books add up."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.journey.neighbours import YEAR
from tests.journey.party import new_id, new_key

AMOUNT = 9_080_000


@pytest.fixture(scope="module")
def books(neighbours):
    """A pool in force with the two accounts that a contribution needs."""
    council = neighbours["council"]
    pool = council.put_new(
        f"/v1/pools/{new_id()}", neighbours.pool(neighbours.in_force(), "wellness", "pooled")
    )
    common = {"partnership_id": neighbours.partnership, "arrangement": "pooled", "pool_id": pool["id"]}
    fund = council.put_new(f"/v1/accounts/{new_id()}", {**common, "name": "Fund", "kind": "fund"})
    from_ccg = council.put_new(
        f"/v1/accounts/{new_id()}",
        {
            **common,
            "name": "Contribution",
            "kind": "contribution",
            "organisation_id": neighbours.organisation["ccg"],
        },
    )
    return {"pool": pool["id"], "fund": fund["id"], "from_ccg": from_ccg["id"]}


@pytest.fixture
def contribution(books):
    return {
        "kind": "contribution",
        "effective_date": "2015-04-01",
        "narrative": "First quarter",
        "entries": [
            {"account_id": books["fund"], "amount_pence": AMOUNT},
            {"account_id": books["from_ccg"], "amount_pence": -AMOUNT},
        ],
    }


@pytest.fixture
def received(neighbours, books):
    def of() -> int:
        query = {"pool_id": books["pool"], "financial_year": YEAR.replace("/", "-")}
        told = neighbours["council"].read("/v1/positions", **query)
        return told["totals"]["pooled"]["contributions_received_pence"] or 0

    return of


def test_a_journal_is_posted_once_and_its_repeat_is_the_same_answer(neighbours, contribution, received):
    ccg, url, before = neighbours["ccg"], f"/v1/journals/{new_id()}", received()
    first = ccg.put(url, json=contribution)
    again = ccg.put(url, json=contribution)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.headers["location"] == url
    assert again.headers["idempotency-replayed"] == "true"
    assert again.content == first.content
    assert received() == before + AMOUNT
    assert neighbours["council"].read(url) == first.json()
    assert first.json()["posted_by_organisation_id"] == neighbours.organisation["ccg"]


def test_other_content_under_the_same_id_is_refused(neighbours, contribution, received):
    ccg, url = neighbours["ccg"], f"/v1/journals/{new_id()}"
    ccg.put_new(url, contribution)
    before = received()
    changed = ccg.put(url, json={**contribution, "narrative": "Second quarter"})
    assert (changed.status_code, changed.json()["code"]) == (422, "idempotency_key_reused")
    assert received() == before


def test_sides_that_differ_are_refused_and_nothing_is_kept(neighbours, contribution, received):
    ccg, url, before = neighbours["ccg"], f"/v1/journals/{new_id()}", received()
    contribution["entries"][0]["amount_pence"] += 1
    refused = ccg.put(url, json=contribution)
    assert (refused.status_code, refused.json()["out_by_pence"]) == (422, 1)
    assert refused.json()["errors"][0]["pointer"] == "/entries"
    contribution["entries"][0]["amount_pence"] -= 1
    assert ccg.put(url, json=contribution).status_code == 201  # a refusal leaves the id free
    assert received() == before + AMOUNT


def test_ten_parallel_sends_are_one_journal(neighbours, contribution, received):
    ccg, url, before = neighbours["ccg"], f"/v1/journals/{new_id()}", received()
    with ThreadPoolExecutor(10) as senders:
        answers = list(senders.map(lambda _: ccg.put(url, json=contribution), range(10)))
    assert {each.status_code for each in answers} <= {201, 409}
    assert len({each.content for each in answers if each.status_code == 201}) == 1
    assert received() == before + AMOUNT


def test_a_reversal_is_a_journal_of_its_own_and_is_made_once(neighbours, contribution, received):
    ccg, url, before = neighbours["ccg"], f"/v1/journals/{new_id()}", received()
    posted = ccg.put_new(url, contribution)
    body, key = {"id": new_id(), "effective_date": "2015-04-02", "narrative": "Paid twice"}, new_key()
    first = ccg.post(f"{url}/reversal", json=body, key=key)
    assert first.status_code == 201
    reversal = first.json()
    assert reversal["reverses_journal_id"] == posted["id"]
    assert [each["amount_pence"] for each in reversal["entries"]] == [-AMOUNT, AMOUNT]
    assert ccg.read(url) == {**posted, "reversed_by_journal_id": reversal["id"]}
    assert received() == before
    again = ccg.post(f"{url}/reversal", json=body, key=key)
    assert (again.status_code, again.content) == (201, first.content)
    other = ccg.post(f"{url}/reversal", json={**body, "id": new_id()}, key=new_key())
    assert (other.status_code, other.json()["code"]) == (409, "journal_already_reversed")


def test_as_recorded_does_not_change_when_more_is_posted(neighbours, contribution, books):
    council = neighbours["council"]
    council.put_new(f"/v1/journals/{new_id()}", contribution)
    now = council.read("/v1/positions", pool_id=books["pool"], financial_year="2015-16")
    instant = council.items("/v1/journals", partnership_id=neighbours.partnership)[-1]["recorded_at"]
    query = {"pool_id": books["pool"], "financial_year": "2015-16", "as_recorded": instant}
    first = council.get("/v1/positions", params=query)
    assert first.status_code == 200, first.text
    assert first.json()["totals"] == now["totals"]
    council.put_new(f"/v1/journals/{new_id()}", contribution)
    assert council.get("/v1/positions", params=query).content == first.content


def test_the_provider_and_plymouth_cannot_post_or_read(neighbours, contribution, holder_of_all_scopes):
    url = f"/v1/journals/{new_id()}"
    assert neighbours["provider"].put(url, json=contribution).status_code == 403
    plymouth = holder_of_all_scopes("pcc")
    refused = plymouth.put(url, json=contribution)
    assert (refused.status_code, refused.json()["code"]) == (422, "account_unknown")
    neighbours["ccg"].put_new(url, contribution)
    assert plymouth.get(url).status_code == 404
    assert plymouth.items("/v1/journals", partnership_id=neighbours.partnership) == []
    taken = plymouth.put(url, json=contribution)
    assert (taken.status_code, taken.json()["code"]) == (422, "account_unknown")  # as if the id were free
