"""Free text names nobody: an NHS number or national insurance number in it is refused at its field."""

import uuid

import pytest

from tests.outcomes.plymouth import drafted, move, put

FULL_WIDTH = "943-476-5919".translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
NUMBERS = ("943 476 5919", "9434765919", FULL_WIDTH, "AB 12 34 56 C")


@pytest.mark.parametrize("number", NUMBERS)
async def test_an_explanation_names_nobody(clients, obligation, days, number):
    values = {days: {"value": "8", "explanation": f"Patient {number} stayed on."}}
    body = {"obligation_id": obligation["id"], "period": "2014Q2", "values": values}
    refused = await put(clients["community"], "returns", body, status=422)
    assert refused["errors"][0]["pointer"] == f"/values/{days}/explanation"
    draft = await drafted(clients["community"], obligation, "2014Q2", {})
    patched = await clients["community"].patch(
        f"/v1/returns/{draft['id']}", json={"values": values}, version=draft["version"]
    )
    assert patched.status_code == 422


@pytest.mark.parametrize("number", NUMBERS)
async def test_a_reason_names_nobody(clients, obligation, days, number):
    draft = await drafted(clients["community"], obligation, "2014Q2", {})
    why = {"reasons": [{"pointer": f"/values/{days}", "reason": f"Ask {number}."}]}
    for act in ("return", "reopening"):
        refused = await move(clients["council"], draft, act, why, status=422)
        assert refused["errors"][0]["pointer"] == "/reasons/0/reason"


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("indicators", "definition"),
        ("indicators", "numerator"),
        ("indicators", "title"),
        ("baselines", "source"),
        ("targets", "stated"),
        ("comparators", "source"),
        ("obligations", "title"),
    ],
)
async def test_other_words_name_nobody(clients, plymouth, days, kind, field):
    of = {"indicator_id": days}
    body = {
        "indicators": plymouth.indicator(uuid.uuid4().hex[:8]),
        "baselines": {**of, "period": "2013Q2", "value": "1", "source": "x"},
        "targets": {**of, "kind": "deferred"},
        "comparators": {**of, "kind": "england", "name": "England", "area_code": "E92000001", "source": "x"},
        "obligations": plymouth.obligation(days),
    }[kind]
    refused = await put(clients["council"], kind, {**body, field: "As for 943 476 5919"}, status=422)
    assert refused["errors"][0]["pointer"] == f"/{field}"


async def test_a_pointer_may_hold_an_id_with_ten_digits_in_a_row(clients, obligation, days, share):
    values = {days: {"value": "8"}, share: {"value": "40"}}
    draft = await drafted(clients["community"], obligation, "2014Q2", values)
    sent = await move(clients["community"], draft, "submission")
    why = {"reasons": [{"pointer": "/values/94347659-19ab-4c1e-9f5e-0d2f1b6c8a11", "reason": "x"}]}
    refused = await move(clients["council"], sent, "return", why, status=422)
    assert refused["code"] == "return_reason_nowhere"
