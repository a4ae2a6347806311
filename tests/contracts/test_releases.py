"""What is published: releases and records, valid by the standard's own tools, and nothing that is withheld."""

import json
import uuid

from tests.contracts import standard
from tests.contracts.register import a_key, backing
from tests.contracts.world import as_app
from tests.stack import a_caller


async def test_nothing_is_published_before_somebody_opens_it(town):
    contract = await town.contract()
    assert (await town.public.get(f"/v1/records/ocds-213czf-{contract}")).status_code == 404
    assert contract not in (await town.public.get("/v1/releases", params={"limit": 100})).text
    await town.decide(contract)
    assert (await town.releases(contract))[0]["tag"] == ["award"]
    await town.decide(contract, open=False)
    absent = await town.public.get(f"/v1/records/ocds-213czf-{uuid.uuid4()}")
    closed = await town.public.get(f"/v1/records/ocds-213czf-{contract}")
    drop = ("request_id", "instance")
    assert {k: v for k, v in closed.json().items() if k not in drop} == {
        k: v for k, v in absent.json().items() if k not in drop
    }


async def test_a_life_is_told_and_merges_to_its_record(town, shared_data, tmp_path):
    """From award to end: valid releases, and what they merge to by the standard's own routine is the record."""
    schema = shared_data / "ocds" / "schema_1_1"
    contract = await town.contract(
        state="pipeline", parties=[{"role": "lead_commissioner", "organisation_id": str(town.place.council)}]
    )
    await town.decide(
        contract,
        from_stage="planning",
        particulars={
            "cpv_code": "85312000",
            "cpv_label": "Social work services without accommodation",
            "documents": [
                {"id": "d1", "document_type": "awardNotice", "title": "Award", "url": "https://example.org/a"}
            ],
        },
    )
    await town.move(contract, "procurement", on="2012-10-01")
    url = f"/v1/contracts/{contract}"
    parties = [
        {"role": "lead_commissioner", "organisation_id": str(town.place.council)},
        {
            "role": "provider",
            "name": "Livewell Southwest",
            "identifiers": [{"scheme": "GB-COH", "id": "07584107"}],
        },
    ]
    version = (await town.council.get(url)).json()["version"]
    assert (await town.council.patch(url, json={"parties": parties}, version=version)).status_code == 200
    await town.move(contract, "award", awarded_on="2013-02-11", award_regime="pcr2006_part_b")
    version = (await town.council.get(url)).json()["version"]
    changed = {"value": {"amount_pence": 150_000_050, "status": "actual"}, "end_date": "2017-03-31"}
    assert (await town.council.patch(url, json=changed, version=version)).status_code == 200
    made = (await town.council.get(url)).json()
    answer = await town.council.post(
        f"{url}/activation",
        json={"active_from": "2013-04-01"},
        key=a_key(),
        version=made["version"],
        seen=backing(made),
    )
    assert answer.status_code == 200, answer.text
    await town.move(contract, "termination", on="2015-03-31", reason="agreed")
    record = await town.record(contract)
    tags = [each["tag"] for each in record["releases"]]
    assert tags[0] == ["planning"]
    assert ["tender"] in tags
    assert ["award"] in tags
    assert tags[-2:] == [["contract"], ["contractTermination"]]
    assert record["compiledRelease"] == standard.merged(schema, record["releases"])
    assert record["compiledRelease"]["contracts"][0]["status"] == "terminated"
    assert record["compiledRelease"]["contracts"][0]["value"] == {"amount": 1500000.5, "currency": "GBP"}
    feed = (await town.public.get("/v1/releases", params={"limit": 100})).json()
    assert standard.errors(schema, "release-package-schema.json", feed) == []
    records = (await town.public.get("/v1/records")).json()
    assert standard.errors(schema, "record-package-schema.json", records) == []
    for package in (feed, records):
        said = standard.checked(schema, tmp_path, package)
        assert said["validation_errors"] == [], json.dumps(said["validation_errors"], indent=1)[:3000]
        assert said.get("additional_closed_codelist_values", {}) == {}
        assert said["additional_checks"] == {}, said["additional_checks"]
    buyer = record["compiledRelease"]["parties"][0]
    assert (buyer["id"], buyer["roles"]) == ("GB-LAE-PLY", ["buyer", "procuringEntity"])
    assert "secret-77" not in feed_text(feed)


def feed_text(feed) -> str:
    return json.dumps(feed)


def withheld(field: str, **more) -> dict:
    return {
        "field": field,
        "exemption": "foia_43_commercial",
        "decided_by": "Head of Legal Services",
        "decided_on": "2014-04-01",
        **more,
    }


async def test_what_is_withheld_is_nowhere(town):
    """Not in a release of the past, a record, an amendment's words, nor in what an observer reads."""
    contract = await town.contract(
        state="recorded_as_active", value={"amount_pence": 98_765_400, "status": "actual"}
    )
    url = f"/v1/contracts/{contract}"
    version = (await town.council.get(url)).json()["version"]
    changed = {"value": {"amount_pence": 12_312_300, "status": "actual"}, "end_date": "2017-03-31"}
    assert (await town.council.patch(url, json=changed, version=version)).status_code == 200
    await town.decide(contract)
    before = await town.record(contract)
    assert [each["tag"] for each in before["releases"]] == [["award", "contract"], ["contractAmendment"]]
    amendment = before["releases"][1]["contracts"][0]["amendments"][0]
    assert (
        amendment["description"]
        == "end: 2016-03-31 becomes 2017-03-31; value in pence: 98765400 becomes 12312300"
    )
    assert amendment["amendsReleaseID"] == before["releases"][0]["id"]
    seen = await town.scrutiny.get(url)
    assert seen.json()["value"]["amount_pence"] == 12_312_300
    await town.decide(contract, withheld=[withheld("value"), withheld("supplier")])
    record = await town.record(contract)
    text = json.dumps(record)
    for secret in ("987654", "123123", "Livewell", "07584107", "98765400", "12312300"):
        assert secret not in text
    assert (
        record["releases"][1]["contracts"][0]["amendments"][0]["description"]
        == "end: 2016-03-31 becomes 2017-03-31"
    )
    assert {each["id"] for each in record["releases"]}.isdisjoint(each["id"] for each in before["releases"])
    blind = await town.scrutiny.get(url, headers={"If-None-Match": seen.headers["etag"]})
    assert (blind.status_code, blind.json()["value"]["status"], blind.json()["providers"]) == (
        200,
        "not_stated",
        [],
    )
    assert blind.json()["withheld"][0]["decided_by"] == "Head of Legal Services"
    await town.decide(contract, withheld=[withheld("value", until="2014-04-30")])
    assert (await town.record(contract))["compiledRelease"]["contracts"][0]["value"]["amount"] == 123123


async def test_a_change_of_what_is_withheld_is_no_release(town):
    """That something happened at an instant would be told by a release without a difference."""
    contract = await town.contract(state="recorded_as_active")
    await town.decide(contract, withheld=[withheld("value")])
    url = f"/v1/contracts/{contract}"
    version = (await town.council.get(url)).json()["version"]
    changed = {"value": {"amount_pence": 1, "status": "actual"}}
    assert (await town.council.patch(url, json=changed, version=version)).status_code == 200
    assert len(await town.releases(contract)) == 1


async def test_a_notice_is_the_parties_business_until_it_takes_effect(town):
    contract = await town.contract(state="recorded_as_active")
    await town.decide(contract)
    await town.move(
        contract,
        "notice",
        served_on="2014-09-30",
        served_by="commissioner",
        ends_on="2015-03-31",
        reason="Services brought together",
        consultation="Twelve weeks",
    )
    (only,) = await town.releases(contract)
    assert only["contracts"][0]["status"] == "active"
    assert only["contracts"][0]["period"]["endDate"] == "2016-03-31T00:00:00Z"
    assert "notice" not in json.dumps(only).lower()


async def test_an_individual_has_no_name(town):
    lead = {"role": "lead_commissioner", "organisation_id": str(town.place.council)}
    carer = {"role": "provider", "name": "MRS J BLOGGS T/A THE LODGE", "kind": "individual"}
    contract = await town.contract(parties=[lead, carer])
    await town.decide(contract)
    (release,) = await town.releases(contract)
    assert "BLOGGS" not in json.dumps(release)
    assert release["awards"][0]["suppliers"] == [{"id": "individual-1", "name": "THE LODGE"}]


async def test_the_feed_skips_nothing_that_is_still_being_written(town, stack):
    """A release whose transaction is still under way is waited for, also where a later one is there already."""
    writer = await stack.connect("contracts")
    await writer.execute("set application_name = 'contracts-write'")
    transaction = writer.transaction()
    start = (await writer.fetchval("select clock_timestamp()")).isoformat()
    await transaction.start()
    await writer.fetchval("select 1")
    contract = await town.contract()
    await town.decide(contract)
    seen = await town.public.get("/v1/releases", params={"limit": 100, "updatedFrom": start})
    assert contract not in seen.text
    await transaction.rollback()
    await writer.close()
    seen = await town.public.get("/v1/releases", params={"limit": 100, "updatedFrom": start})
    assert contract in seen.text


async def test_nobody_decides_for_another(town):
    contract = await town.contract()
    url = f"/v1/contracts/{contract}/publication"
    assert (await town.stranger.get(url)).status_code == 404
    assert (await town.stranger.patch(url, json={"open": True}, version=1)).status_code == 404
    assert (await town.scrutiny.get(url)).status_code == 404
    body = {"name": "Not us", "kind": "local_authority"}
    assert (await town.stranger.put(f"/v1/publishers/{town.place.council}", json=body)).status_code == 422
    own = {"identifiers": [], "open_by_default": True}
    assert (
        await town.stranger.patch(f"/v1/publishers/{town.place.council}", json=own, version=1)
    ).status_code == 404


async def test_the_database_shows_the_public_only_what_is_open(town, stack):
    """Raw SQL as the public: editions from the stage on that is open, and no contract at all."""
    planned = await town.contract(state="pipeline")
    closed, opened = await town.contract(), await town.contract()
    for each in (planned, opened):
        await town.decide(each)
    public = a_caller(uuid.UUID(int=0), "", client=uuid.UUID(int=0), organisations=())
    async with as_app(stack, public) as connection:
        for table, key in (
            ("contract_editions", "contract_id"),
            ("publications", "contract_id"),
            ("contracts", "id"),
        ):
            rows = await connection.fetch(f"select {key}::text as id from contracts.{table}")
            seen = {row["id"] for row in rows} & {planned, closed, opened}
            assert seen == (set() if table == "contracts" else {opened}), table


async def test_a_default_opens_what_nobody_decided_on(town):
    kept, by_default = await town.contract(), await town.contract()
    await town.decide(kept, open=False)
    url = f"/v1/publishers/{town.place.council}"
    version = (await town.council.get(url)).json()["version"]
    answer = await town.council.patch(url, json={"open_by_default": True}, version=version)
    assert answer.status_code == 200, answer.text
    later = await town.contract()
    assert len(await town.releases(by_default)) == len(await town.releases(later)) == 1
    assert (await town.public.get(f"/v1/records/ocds-213czf-{kept}")).status_code == 404
    assert (
        await town.council.patch(url, json={"open_by_default": False}, version=version + 1)
    ).status_code == 200
    assert (await town.public.get(f"/v1/records/ocds-213czf-{later}")).status_code == 404


async def test_a_feed_without_releases_names_a_day_from_which_it_can_be_followed(town):
    empty = await town.public.get("/v1/releases", params={"updatedTo": "1901-01-01T00:00:00Z"})
    assert empty.json()["releases"] == []
    again = await town.public.get("/v1/releases", params={"updatedFrom": empty.json()["publishedDate"]})
    assert again.status_code == 200, again.text


async def test_two_clients_that_enter_one_publisher_are_answered(town, client_for):
    """The first one entered it; the other, which cannot know, hears that the id is taken."""
    here = town.place.partnership
    other = await client_for(
        "contracts", a_caller(town.place.council, "publication:write", commissioner=here)
    )
    body = {"name": "Plymouth", "kind": "local_authority", "identifiers": []}
    answer = await other.put(f"/v1/publishers/{town.place.council}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "id_unavailable")


async def test_a_person_of_whom_nobody_said_so_is_not_named(town):
    """Whoever registers a carer by name alone, without a kind, has published nobody."""
    lead = {"role": "lead_commissioner", "organisation_id": str(town.place.council)}
    carers = [{"role": "provider", "name": name} for name in ("Mrs Jane Bloggs", "J R BLOGGS")]
    contract = await town.contract(state="recorded_as_active", parties=[lead, *carers])
    await town.decide(contract)
    record = await town.record(contract)
    assert "bloggs" not in json.dumps(record).casefold()
    suppliers = [each for each in record["compiledRelease"]["parties"] if "supplier" in each["roles"]]
    assert [each["id"] for each in suppliers] == ["individual-1", "individual-2"]
    whole = (await town.council.get(f"/v1/contracts/{contract}")).json()
    assert {each["name"] for each in whole["parties"] if each["role"] == "provider"} == {
        "Mrs Jane Bloggs",
        "J R BLOGGS",
    }
