"""One language of contracts: whatever words a file or a service comes with, the codes are the same (S5-C04)."""

import json
import uuid

import pytest

from tests.contracts.register import SCOPES, a_key
from tests.contracts.test_register_imports import CSV, a_file
from tests.stack import ROOT, a_caller

URL = "/v1/register-imports"
# The same contract as two councils publish it: the council layout, and the Transparency Code's scheme.
LAYOUT = ("Contract Reference number / ID", "Title of the Agreement", "Supplier name", "Contract type",
          "Tender process type", "Contract start date", "End date", "Contract value", "Fixed cost / estimated cost",
          "VCSE supplier")  # fmt: skip
SCHEME = ("ContractReference", "ContractTitle", "SupplierName", "ContractType", "ProcessType", "StartDate", "EndDate",
          "ContractValue", "FixedCost", "VCSESupplier")  # fmt: skip
SAID = {
    LAYOUT: ("B-1", "Home care", "Better Ltd", "FRAMEWORK", "Invitation to Tender", "01-Apr-2014", "Rolling",
             "£500,000.00", "Estimated", "Y"),
    SCHEME: ("B-1", "Home care", "Better Ltd", "Framework agreement", "Published invitation to tender",
             "2014-04-01", "ongoing", "500000", "false", "yes"),
}  # fmt: skip
CODED = ("agreement_form", "tender_type", "start_date", "end_status", "value", "state", "view")


@pytest.mark.row("S5-C04")
async def test_two_councils_own_words_come_to_the_same_codes(client_for):
    read = []
    for headings, row in SAID.items():
        council = await client_for("contracts", a_caller(None, SCOPES, commissioner=uuid.uuid4()))
        answer = await council.post(URL, content=a_file(row, headings=headings), headers=CSV, key=a_key())
        assert answer.status_code == 201, answer.text
        contract_id = answer.json()["rows"][0]["contract_id"]
        contract = (await council.get(f"/v1/contracts/{contract_id}")).json()
        read.append(
            {name: contract[name] for name in CODED}
            | {"provider": [contract["parties"][1][name] for name in ("kind", "vcse")]}
        )
    assert read[0] == read[1]
    assert (read[0]["agreement_form"], read[0]["tender_type"], read[0]["end_status"]) == (
        "framework",
        "itt",
        "open_ended",
    )
    assert read[0]["value"] == {"amount_pence": 50_000_000, "status": "estimate", "qualifier": None}


@pytest.mark.row("S5-C04")
def test_what_two_services_call_by_one_name_has_the_same_words_in_both():
    """Of contracts and of performance: regimes and statuses are one list, whoever uses them."""
    words: dict[str, dict[str, set[str]]] = {}
    for service in ("budget", "contracts", "outcomes"):
        document = json.loads((ROOT / "services" / service / "openapi.json").read_text())
        for name, schema in document["components"]["schemas"].items():
            if "enum" in schema:
                words.setdefault(name, {})[service] = set(schema["enum"])
    for name in ("Category", "Qualifier", "Status"):
        first, *others = words[name].values()
        assert others, name
        assert all(each == first for each in others), name
    assert words["AwardRegime"]["outcomes"] == words["Regime"]["contracts"]
