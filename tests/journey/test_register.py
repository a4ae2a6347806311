"""A council's published register of 900 rows through the gateway: tried, taken, and taken again."""

import pytest

from tests.journey.party import new_key

KNOWN_PENCE = 83_194_749_900


@pytest.fixture(scope="module")
def register(shared_data):
    return (shared_data / "contract_registers" / "norfolk_cc_register_2015_rows0001-0900.csv").read_bytes()


@pytest.fixture(scope="module")
def send(neighbours, register):
    def of(**query):
        answer = neighbours["council"].post(
            "/v1/register-imports",
            content=register,
            params=query,
            headers={"Content-Type": "text/csv"},
            key=new_key(),
        )
        assert answer.is_success, answer.text
        report = answer.json()
        counts = report["counts"]
        assert (
            counts["rows"] == counts["taken"] + counts["updated"] + counts["unchanged"] + counts["rejected"]
        )
        assert counts["rows"] == len(report["rows"]) == 900
        return report

    return of


def test_the_whole_register_is_taken_once(neighbours, send):
    council = neighbours["council"]
    tried = send(dry_run=True)
    assert tried["register_import_id"] is None
    assert council.items("/v1/contracts") == []

    first = send(control_total_pence=KNOWN_PENCE)
    assert first["counts"]["rejected"] <= 10
    assert first["counts"]["taken"] == 900 - first["counts"]["rejected"]
    assert first["distinct_references"] == 896
    assert [len(each["lines"]) for each in first["references_used_again"]] == [2, 2, 2, 2]
    assert (first["not_stated"]["end_date"], first["not_stated"]["value"]) == (781, 272)
    assert first["control_total"]["read_pence"] == KNOWN_PENCE
    assert sum(each["rows"] for each in first["rejected_because"]) == first["counts"]["rejected"]

    second = send()
    assert (second["counts"]["taken"], second["counts"]["updated"]) == (0, 0)
    assert second["counts"]["unchanged"] == first["counts"]["taken"]

    kept = council.items("/v1/contracts", limit=200)
    assert len({each["id"] for each in kept}) == len(kept) == first["counts"]["taken"]
    assert sum(each["value"]["amount_pence"] or 0 for each in kept) == KNOWN_PENCE
    unknown = [each["value"] for each in kept if each["value"]["status"] == "not_stated"]
    assert len(unknown) == 272
    assert {each["amount_pence"] for each in unknown} == {None}
    assert [each["end_status"] for each in kept].count("not_stated") == 781


def test_another_council_sees_none_of_it(pcc, send):
    theirs = {each["contract_id"] for each in send()["rows"]}
    assert not theirs & {each["id"] for each in pcc.items("/v1/contracts", limit=200)}
    assert pcc.get(f"/v1/contracts/{theirs.pop()}").status_code == 404


def test_a_control_total_that_does_not_agree_takes_nothing(neighbours, register):
    answer = neighbours["council"].post(
        "/v1/register-imports",
        content=register,
        params={"control_total_pence": KNOWN_PENCE + 1},
        headers={"Content-Type": "text/csv"},
        key=new_key(),
    )
    assert answer.status_code in {409, 422}
    assert answer.json()["out_by_pence"] in {-1, 1}


def test_a_register_as_json_is_refused_with_the_type_that_is_taken(neighbours):
    answer = neighbours["council"].post("/v1/register-imports", json=[], key=new_key())
    assert (answer.status_code, answer.json()["takes"]) == (415, "text/csv")
