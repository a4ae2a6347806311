"""Completeness and timeliness of reporting, and forms that show what came before their own period."""

import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from pydantic import TypeAdapter, ValidationError

from services.outcomes.rules.reporting_rate import ReportingCount, reporting_rate
from shared.calendar import read_period
from shared.web.fields import Measure
from tests.outcomes.plymouth import Plymouth, accepted, drafted, move, put


@pytest.fixture(scope="module")
def plymouth():
    return Plymouth()


@pytest.fixture(scope="module")
async def clients(client_for, plymouth):
    return await plymouth.clients(client_for)


@pytest.fixture(scope="module")
async def reported(clients, plymouth):
    """Two obligations of the community provider and one of the hospital; some returns came, in 2026 all of them late."""
    id_ = (await put(clients["council"], "indicators", plymouth.indicator("stay")))["id"]
    first, second = [await put(clients["council"], "obligations", plymouth.obligation(id_)) for _ in range(2)]
    hospital = await put(clients["council"], "obligations", plymouth.obligation(id_, to="hospital"))
    quarter = the_last_quarter()
    in_time = plymouth.obligation(
        id_, begins_on=str(quarter.first_day), ends_on=str(quarter.last_day), due_days=366
    )
    early = await put(clients["council"], "obligations", in_time)
    for period, value in (("2014Q2", "8"), ("2014Q3", "9"), ("2014Q4", "10")):
        await accepted(clients, first, period, {id_: {"value": value}})
    sent = await move(
        clients["community"],
        await drafted(clients["community"], second, "2014Q2", {id_: {"value": "8"}}),
        "submission",
    )
    why = {"reasons": [{"pointer": "/values", "reason": "Counted twice"}]}
    await move(clients["council"], sent, "return", why)
    await accepted(clients, early, quarter.id, {id_: {"value": "8"}})
    return {"indicator": id_, "first": first, "hospital": hospital}


def the_last_quarter():
    """The last calendar quarter that has ended: of it a return can still come in time."""
    today = datetime.now(tz=UTC).date()
    last = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1) - timedelta(days=1)
    return read_period(f"{last.year}Q{last.month // 3}")


async def rates(client, **asked) -> dict:
    found = await client.get("/v1/reporting-rates", params={"limit": "200", **asked})
    assert found.status_code == 200, found.text
    return {(each["provider_organisation_id"], each["period"]): each for each in found.json()["items"]}


async def test_rates_count_what_was_due_what_came_and_what_came_in_time(clients, plymouth, reported):
    found = await rates(clients["council"], as_at="2035-06-01", partnership_id=str(plymouth.partnership))
    community, hospital = str(plymouth.community), str(plymouth.hospital)
    one = found[community, "2014Q2"]
    assert (one["expected"], one["received"], one["on_time"], one["accepted"]) == (2, 1, 0, 1)
    assert (one["completeness_percent"], one["timeliness_percent"]) == ("50", "0")
    assert found[hospital, "2014Q2"]["completeness_percent"] == "0"
    in_time = found[community, the_last_quarter().id]
    assert (in_time["completeness_percent"], in_time["timeliness_percent"]) == ("100", "100")
    assert (community, "2014Q3") not in await rates(clients["council"], as_at="2014-10-20")
    assert (community, "2014Q3") in await rates(clients["council"], as_at="2014-10-21")


async def test_a_reopened_return_counts_as_received_since_what_was_accepted_holds(clients, plymouth):
    id_ = (await put(clients["council"], "indicators", plymouth.indicator("reopened")))["id"]
    contract = str(uuid.uuid4())
    body = plymouth.obligation(id_, to="hospital", ends_on="2014-06-30") | {"contract_id": contract}
    obligation = await put(clients["council"], "obligations", body)
    done = await accepted(clients, obligation, "2014Q2", {id_: {"value": "8"}}, by="hospital")
    why = {"reasons": [{"pointer": "/values", "reason": "Counted twice"}]}
    await move(clients["council"], done, "reopening", why)
    (found,) = (await rates(clients["council"], contract_id=contract)).values()
    assert (found["expected"], found["received"], found["accepted"]) == (1, 1, 1)
    assert found["completeness_percent"] == "100"


async def test_rates_are_seen_as_what_is_owed_is(clients, plymouth, reported):
    community, hospital = str(plymouth.community), str(plymouth.hospital)
    seen = {name: {who for who, _ in await rates(client)} for name, client in clients.items()}
    assert seen["council"] == seen["ccg"] == {community, hospital}
    assert seen["community"] == seen["kernow"] == {community}
    assert seen["hospital"] == {hospital}
    assert seen["board"] == seen["stranger"] == seen["auditor_of_ccg"] == set()
    assert {year["financial_year"] for year in (await rates(clients["auditor"])).values()} == {"2014/15"}


async def test_rates_page_and_filter(clients, plymouth, reported):
    whole = list((await rates(clients["council"], financial_year="2014-15")).values())
    read, url = [], "/v1/reporting-rates?limit=3&financial_year=2014-15"
    while url:
        page = (await clients["council"].get(url)).json()
        read += page["items"]
        url = page["next"]
    assert read == whole
    only = await rates(clients["council"], provider_organisation_id=str(plymouth.hospital))
    assert {who for who, _ in only} == {str(plymouth.hospital)}


def test_a_rate_over_nothing_is_unknown_and_a_third_is_cut():
    def counted(expected: int, received: int):
        return reporting_rate(
            ReportingCount(uuid.uuid4(), "2014Q2", "2014/15", expected, received, received, 0)
        )

    assert counted(0, 0).completeness_percent is None
    assert counted(3, 1).timeliness_percent == Decimal("33.333333")


async def test_a_form_shows_the_last_accepted_value_before_its_own_period(clients, reported):
    asked = {"form": "true", "as_at": "2015-05-01", "limit": "200"}
    items = (await clients["community"].get("/v1/completeness", params=asked)).json()["items"]
    previous = {
        each["period"]: (each["form"][0]["previous"], each["form"][0]["previous_period"])
        for each in items
        if each["obligation_id"] == reported["first"]["id"]
    }
    assert previous == {
        "2014Q2": (None, None),
        "2014Q3": ("8", "2014Q2"),
        "2014Q4": ("9", "2014Q3"),
        "2015Q1": ("10", "2014Q4"),
    }


@pytest.mark.parametrize(
    "text", ["1e3", "1E3", " 1", "1_000", "+1", ".5", "5.", "٣", "NaN", "Infinity", "1.12345678901", ""]
)
def test_a_measure_is_a_plain_decimal(text):
    measure: TypeAdapter[Decimal] = TypeAdapter(Measure)
    with pytest.raises(ValidationError):
        measure.validate_python(text)
    assert measure.validate_python("-13.10") == Decimal("-13.10")
