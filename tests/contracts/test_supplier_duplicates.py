"""Duplicate suppliers: by numbers and names, measured against published matches, and over HTTP."""

import csv
import itertools
import re
import uuid

import pytest

from services.contracts.rules.duplicate_supplier import NamedSupplier, duplicates, name_key
from tests.contracts.care import carer
from tests.contracts.register import Place, registered


def supplier(name, *numbers):
    return NamedSupplier(name, None, frozenset(numbers), (uuid.uuid4(),))


@pytest.fixture(scope="module")
def published(shared_data):
    """Names as a council paid them, each with the company number that the publisher matched."""
    path = shared_data / "spend" / "tameside_over500_2019_matched_suppliers.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2000
    return {
        row["beneficiary_name"].strip(): row["company_number"].strip()
        for row in rows
        if re.fullmatch("[A-Z0-9]{8}", row["company_number"].strip())
    }


def test_published_matches_are_found_by_name_alone(published):
    """The two that are missed bear other names. Thirteen of thirty are of one trading name with two company numbers."""
    pairs = list(itertools.combinations(sorted(published), 2))
    same = {pair for pair in pairs if published[pair[0]] == published[pair[1]]}
    told = {pair for pair in pairs if name_key(pair[0]) == name_key(pair[1])}
    assert (len(same), len(told), len(same & told)) == (19, 30, 17)
    strange = {name for pair in told - same for name in pair}
    assert all("meridian health" in name.casefold() for name in strange)


def test_with_numbers_every_published_match_is_found_and_no_other(published):
    found = duplicates([supplier(name, f"GB-COH:{number}") for name, number in published.items()])
    groups: dict[str, set] = {}
    for name, number in published.items():
        groups.setdefault(number, set()).add(name)
    assert sorted(sorted(each.names) for each in found) == sorted(
        sorted(names) for names in groups.values() if len(names) > 1
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("MERIDIAN HEALTHCARE LTD", "Meridian Healthcare Limited."),
        ("St. John's Hospice", "SAINT JOHNS HOSPICE"),
        ("Smith & Sons Co Ltd", "SMITH AND SONS COMPANY LIMITED"),
        ("Holme Lea t/a Meridian Healthcare LTD", "The Meridian Healthcare Ltd"),
        ("ACME C.I.C.", "Acme CIC"),
        ("\u0410CME LTD", "ACME Limited"),  # a Cyrillic A
    ],
)
def test_two_spellings_are_one_name(one, other):
    assert name_key(one) == name_key(other)
    assert len(duplicates([supplier(one), supplier(other)])) == 1
    assert duplicates([supplier(one, "GB-COH:00000001"), supplier(other, "GB-COH:00000002")]) == []
    assert duplicates([supplier(one), supplier("Something else")]) == []


async def test_candidates_are_listed_over_all_leads(client_for):
    place = Place()
    clients = {
        role: await client_for("contracts", carer(place, role))
        for role in ("ccg", "council", "kernow", "pch")
    }

    def named(lead, name, *ids):
        return [
            {"role": "lead_commissioner", "organisation_id": str(getattr(place, lead))},
            {
                "role": "provider",
                "name": name,
                "identifiers": [{"scheme": "GB-COH", "id": each} for each in ids],
            },
        ]

    made = [
        await registered(clients["ccg"], place.contract(parties=named("ccg", "Acme Care Ltd"))),
        await registered(
            clients["council"], place.contract(parties=named("council", "ACME CARE LIMITED", "00000001"))
        ),
        await registered(
            clients["council"], place.contract(parties=named("council", "The Lodge", "00000001"))
        ),
    ]
    await registered(clients["council"], place.contract(parties=named("council", "Other Ltd", "00000002")))
    asked = {"partnership_id": str(place.partnership)}
    for role in ("ccg", "council"):
        [found] = (await clients[role].get("/v1/supplier-duplicates", params=asked)).json()["items"]
        assert found["names"] == ["ACME CARE LIMITED", "Acme Care Ltd", "The Lodge"]
        assert set(found["contract_ids"]) == {each["id"] for each in made}
        assert (found["numbers"], found["because"]) == (["GB-COH:00000001"], ["same_number", "same_name"])
    for role in ("kernow", "pch"):
        assert (await clients[role].get("/v1/supplier-duplicates", params=asked)).json()["items"] == []


@pytest.mark.parametrize("scheme", ["GB-COH", "GB-CHC"])
@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_a_third_without_a_number_does_not_make_two_bodies_one(scheme, order):
    one, other = f"{scheme}:00000001", f"{scheme}:00000002"
    three = [
        supplier("Care Homes Ltd", one),
        supplier("CARE HOMES"),
        supplier("Care Homes Limited", other),
    ]
    assert duplicates([three[at] for at in order]) == []
    again = supplier("CARE HOMES LTD.", one)
    [found] = duplicates([three[at] for at in order] + [again])
    assert (found.names, found.numbers) == (("CARE HOMES LTD.", "Care Homes Ltd"), (one,))
    nameless = supplier("Care Homes!")
    [found] = duplicates([three[at] for at in order] + [nameless])
    assert (found.names, found.because) == (("CARE HOMES", "Care Homes!"), ("same_name",))
    assert duplicates(three[:2])[0].names == ("CARE HOMES", "Care Homes Ltd"), "with one alone it is one"
