"""Documents behind agreements and decisions: hash, place, publication class and retention."""

import uuid

import pytest

from tests.budget.place import Place, code_of, key, made


@pytest.fixture
async def place(client_for):
    place = await Place().enter(client_for)
    await place.draft()
    return place


def record(**changes) -> dict:
    return {
        "id": str(uuid.uuid4()),
        "kind": "signed_agreement",
        "title": "Section 75 agreement",
        "sha256": uuid.uuid4().hex * 2,
        "location": "Deeds room, packet 2015/31",
        "publication_class": "public",
        "dated_on": "2015-03-27",
        "keep_until": "2031-03-31",
        **changes,
    }


async def enter(client, path, **changes):
    return await client.post(f"{path}/documents", json=record(**changes), key=key())


async def test_a_document_is_kept_as_its_hash_and_place(place):
    path = f"/v1/agreements/{place.agreement}"
    kept = made(await enter(place.ccg, path))
    assert (kept["publication_class"], kept["keep_until"]) == ("public", "2031-03-31")
    forever = made(await enter(place.ccg, path, dated_on="2015-03-28", keep_until=None))
    assert (await place.pcc.get(f"{path}/documents")).json()["items"] == [kept, forever]
    again = await enter(place.ccg, path, sha256=kept["sha256"])
    assert (again.status_code, code_of(again)) == (409, "document_entered_already")
    for change, pointer in (
        ({"keep_until": "2015-03-27"}, "/keep_until"),
        ({"sha256": "A" * 64}, "/sha256"),
        ({"sha256": "a" * 63}, "/sha256"),
        ({"publication_class": "secret"}, "/publication_class"),
    ):
        refused = await enter(place.pcc, path, **change)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)
    third = await place.client(commissioner=place.partnership)
    assert code_of(await enter(third, path)) == "agreement_not_a_party"
    for standing in ({"provider": place.partnership}, {"commissioner": uuid.uuid4()}):
        other = await place.client(**standing)
        assert (await other.get(f"{path}/documents")).status_code == 404
        assert (await enter(other, path)).status_code == 404


async def test_a_decision_s_document_is_entered_by_the_deciding_organisation(place):
    decision = made(await place.decide(place.pcc, "Cabinet", "2015-02-10"))
    path = f"/v1/decisions/{decision['id']}"
    kept = made(await enter(place.pcc, path, kind="decision_record", publication_class="exempt"))
    assert code_of(await enter(place.ccg, path)) == "decision_of_another_organisation"
    assert (await place.ccg.get(f"{path}/documents")).json()["items"] == [kept]
    named, other = await place.auditor([place.council]), await place.auditor([place.nhs])
    assert (await named.get(f"{path}/documents")).json()["items"] == [kept]
    assert (await other.get(f"{path}/documents")).json()["items"] == []
