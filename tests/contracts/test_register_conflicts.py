"""Rows of a register that no longer fit the contract as it was changed since."""

import uuid

from tests.contracts.register import Place, a_key, backing
from tests.contracts.test_register_imports import a_file, sent


async def test_a_row_that_does_not_fit_its_contract_says_which_rule_it_breaks(client_for):
    """One contract ends before the start that it was given by hand; two were activated, so a variation is needed."""
    place = Place()
    here = {"partnership_id": str(place.partnership)}
    council = await client_for("contracts", place.caller("council"))
    rows = [
        (f"A{number}", f"Care {number}", "Acme Ltd", "01/04/2014", "31/03/2016", "1", "01/04/2015")
        for number in range(3)
    ]
    first = await sent(council, a_file(*rows), **here)
    urls = [f"/v1/contracts/{row['contract_id']}" for row in first["rows"]]
    await council.patch(urls[0], json={"start_date": "2015-09-01"}, version=1)
    for url in urls[1:]:
        pool = {"pool_id": str(uuid.uuid4()), "share_percent": "100"}
        owner = (await council.get(url)).json()["owner_organisation_id"]
        terms = {"funding": [{**pool, "organisation_id": owner}], "no_indicator_reason": "Being agreed"}
        assert (await council.patch(url, json=terms, version=1)).status_code == 200
        active = await council.post(
            f"{url}/activation",
            json={"active_from": "2014-04-01"},
            key=a_key(),
            version=2,
            seen=backing((await council.get(url)).json()),
        )
        assert active.status_code == 200, active.text
    rows = [(*row[:4], "30/06/2015", *row[5:]) for row in rows]
    report = await sent(council, a_file(*rows), **here)
    general = "What the row changes does not fit the contract as it stands now."
    advice = "Change the contract, or ask the publisher."
    ends, varies = (
        f"{general} {advice} The contract ends before it starts.",
        f"{general} {advice} Terms that are in force are changed by a variation, which both sides agree.",
    )
    assert [row["findings"][-1]["detail"] for row in report["rows"]] == [ends, varies, varies]
    assert {each["detail"]: each["rows"] for each in report["rejected_because"]} == {varies: 2, ends: 1}
