"""Nothing that stands for one person gets into what is published: the particulars, and titles made by a regrouping."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from services.contracts.api.regrouping_bodies import ConsolidationIn, ContractSplitPartIn

PERSON = "Package of John Smith, born 01/02/1950"
NUMBER = "943/476/5919"


async def test_the_particulars_of_a_publication_name_nobody(town):
    contract = await town.contract()
    url = f"/v1/contracts/{contract}/publication"
    version = (await town.council.get(url)).json()["version"]
    document = {"id": "a", "document_type": "awardNotice", "title": PERSON}
    refusal = {"field": "value", "exemption": "foi_s43", "decided_by": PERSON, "decided_on": "2015-01-01"}
    labels = ("service_category_label", "cpv_label", "proclass_label", "vcse_supplier_type", "contact_name")
    bodies: tuple[tuple[dict[str, Any], str], ...] = (
        *(({"particulars": {name: f"Team {NUMBER}"}}, f"/particulars/{name}") for name in labels),
        ({"particulars": {"contact_email": "9434765919@council.example"}}, "/particulars/contact_email"),
        ({"particulars": {"area_served_label": PERSON}}, "/particulars/area_served_label"),
        ({"particulars": {"documents": [document]}}, "/particulars/documents/0/title"),
        ({"withheld": [refusal]}, "/withheld/0/decided_by"),
    )
    for body, pointer in bodies:
        answered = await town.council.patch(url, json={"open": True, **body}, version=version)
        assert answered.status_code == 422, (body, answered.text)
        assert pointer in {each["pointer"] for each in answered.json()["errors"]}, answered.text
        assert "943" not in answered.text
        assert "John Smith" not in answered.text
    assert (await town.council.get(url)).json()["open"] is False


@pytest.mark.parametrize("body", [ConsolidationIn, ContractSplitPartIn])
@pytest.mark.parametrize("title", [PERSON, NUMBER])
def test_the_title_of_a_regrouped_contract_names_nobody(body, title):
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(body).validate_python({"title": title})
    assert ("title",) in {each["loc"] for each in refused.value.errors() if each["type"] == "value_error"}
