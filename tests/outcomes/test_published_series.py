"""Published series through the doors: care home admissions of 16 councils, delayed transfers of 115 months, metadata, areas."""

import csv
import json
import uuid
from calendar import monthrange
from decimal import Decimal

import pytest

from services.outcomes.commands import read_published
from tests.outcomes.plymouth import Plymouth, accepted, move, put

ENGLAND = "E92000001"


@pytest.fixture(scope="module")
def published():
    return Plymouth()


@pytest.fixture(scope="module")
async def parties(client_for, published):
    return await published.clients(client_for)


async def read(client, path, **asked):
    answer = await client.get(f"/v1/{path}", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_care_home_admissions_of_councils_load_rate_and_chart(parties, published, shared_data):
    """ASCOF 2A(2), 2014/15 to 2019/20, lower is better, each council against England of the same year."""
    with (shared_data / "indicators/ascof_care_home_admissions_65plus_17_areas.csv").open() as lines:
        rows = list(csv.DictReader(lines))
    series: dict[str, dict[str, str]] = {}
    for row in rows:
        series.setdefault(row["area_code"], {})[f"{row['period'][:4]}April"] = row["value"]
    council = parties["council"]
    body = published.indicator("ascof-2a2", "rate", multiplier="100000", frequency="financial_yearly")
    rate = (await put(council, "indicators", body))["id"]
    england = [{"period": period, "value": value} for period, value in series.pop(ENGLAND).items()]
    comparator = await put(
        council,
        "comparators",
        {
            "indicator_id": rate,
            "kind": "england",
            "name": "England",
            "area_code": ENGLAND,
            "source": "ASCOF",
            "values": england,
        },
    )
    target = {"indicator_id": rate, "kind": "comparator_equal", "comparator_id": comparator["id"]}
    await put(council, "targets", target)
    national = {each["period"]: Decimal(each["value"]) for each in england}
    owed = {}
    for code in dict.fromkeys((*list(series)[:4], "E08000002", "E08000007")):
        asked = published.obligation(
            rate,
            frequency="financial_yearly",
            ends_on="2020-03-31",
            dimensions={"area": code},
            title=f"Admissions {code}",
        )
        owed[code] = await put(council, "obligations", asked)
        for period, value in series[code].items():
            known = (
                {"value": value} if value != "NA" else {"status": "missing", "explanation": "Not published"}
            )
            await accepted(parties, owed[code], period, {rate: known})
    for code, found in owed.items():
        asked = {"partnership_id": str(published.partnership), "area": code, "as_at": "2018-03-31"}
        (line,) = (await read(council, "scorecards", **asked))["lines"]
        value = series[code]["2017April"]
        assert line["latest"]["value"] == (None if value == "NA" else str(value))
        expected = (
            "unrated" if value == "NA" else "green" if Decimal(value) <= national["2017April"] else "red"
        )
        assert line["rating"] == expected, code
        chart = await read(council, "spc-charts", indicator_id=rate, obligation_id=found["id"])
        points = {each["period"]: each["value"] for each in chart["points"]}
        assert {each: value for each, value in points.items() if value is not None} == {
            each: value for each, value in series[code].items() if value != "NA"
        }
    assert series["E08000002"]["2016April"] == "NA"


async def test_delayed_transfers_of_115_months_add_up_and_chart(parties, published, shared_data):
    """NHS, social care and both make the total of every month, and beds are days by the days of the month."""
    with (shared_data / "indicators/dtoc_england_monthly_by_responsible_org.csv").open() as lines:
        rows = list(csv.DictReader(lines))
    council, provider = parties["council"], parties["community"]
    names = ("nhs_days", "social_care_days", "both_days", "total_days")
    codes = {
        name: (await put(council, "indicators", published.indicator(name, "count", frequency="monthly")))[
            "id"
        ]
        for name in names
    }
    months = [row["month"].replace("-", "")[:6] for row in rows]
    last = f"{months[-1][:4]}-{months[-1][4:]}-{monthrange(int(months[-1][:4]), int(months[-1][4:]))[1]}"
    body = published.obligation(
        *codes.values(), frequency="monthly", begins_on=rows[0]["month"], ends_on=last, title="DTOC"
    )
    owed = await put(council, "obligations", body)
    rule = {
        "obligation_id": owed["id"],
        "words": "NHS, social care and both make the total.",
        "left": "#{nhs_days} + #{social_care_days} + #{both_days}",
        "operator": "equal",
        "right": "#{total_days}",
        "severity": "error",
    }
    await put(council, "validation-rules", rule)
    for row in rows:
        year, month = int(row["month"][:4]), int(row["month"][5:7])
        assert sum(int(row[name]) for name in names[:3]) == int(row["total_days"])
        assert abs(
            Decimal(row["total_beds"]) - Decimal(row["total_days"]) / monthrange(year, month)[1]
        ) < Decimal("1e-6")
    lines = ["Obligation,Period,Indicator,Value"]
    lines += [
        f"{owed['id']},{at},{name},{row[name]}"
        for at, row in zip(months, rows, strict=True)
        for name in names
    ]
    report = await provider.post(
        "/v1/return-imports",
        content="\n".join(lines).encode(),
        headers={"Content-Type": "text/csv"},
        key=uuid.uuid4().hex,
    )
    assert (report.json()["taken"], report.json()["rejected"]) == (4 * len(rows), 0), report.text
    drafts = report.json()["returns"]
    (spoilt,) = [each for each in drafts if each["period"] == "201504"]
    draft = (await provider.get(f"/v1/returns/{spoilt['return_id']}")).json()
    right = draft["values"][codes["total_days"]]["value"]
    sent: dict = {}
    for value, status in ((str(int(right) + 1), 422), (right, 200)):
        patched = await provider.patch(
            f"/v1/returns/{draft['id']}",
            json={"values": {codes["total_days"]: {"value": value}}},
            version=draft["version"],
        )
        draft = patched.json()
        answer = await provider.post(
            f"/v1/returns/{draft['id']}/submission", key=uuid.uuid4().hex, version=draft["version"]
        )
        assert answer.status_code == status, answer.text
        sent = answer.json()
    await move(council, sent, "acceptance", {"explanations_accepted": True})
    for each in drafts[:24]:
        if each["period"] != "201504":
            sent = await move(provider, {"id": each["return_id"], "version": each["version"]}, "submission")
            await move(council, sent, "acceptance", {"explanations_accepted": True})
    chart = await read(council, "spc-charts", indicator_id=codes["total_days"])
    told = {each["period"]: each["value"] for each in chart["points"] if each["value"] is not None}
    published_days = dict(zip(months, (row["total_days"] for row in rows), strict=True))
    assert told == {each: published_days[each] for each in (*months[:24], "201504")}
    assert chart["points"][0]["upper"] is not None


async def test_metadata_of_fingertips_loads_whole(parties, published, shared_data, capsys):
    file = shared_data / "indicators/fingertips_indicator_metadata.json"
    assert read_published.main(["indicators", str(file), str(published.partnership)]) == 0
    bodies = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(bodies) == 35
    made = [await put(parties["council"], "indicators", body) for body in bodies]
    assert [each["polarity"] for each in made].count("low_is_good") == 16
    assert {each["value_type"] for each in made} == {"percentage", "rate", "score"}
    assert not [each for each in made if "&nbsp;" in each["definition"] or "<" in each["definition"]]
    (readmissions,) = [each for each in made if each["code"] == "fingertips-41101"]
    assert readmissions["caveats"].startswith("Confidence intervals: Byar.")


async def test_areas_of_england_load_from_place_to_system(parties, published, shared_data, capsys):
    file = shared_data / "reference/areas_england_hierarchy.csv"
    assert read_published.main(["areas", str(file), str(published.partnership)]) == 0
    (body,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(body["areas"]) == 492
    made = await put(parties["council"], "area-hierarchies", body)
    by_code = {each["code"]: each for each in made["areas"]}
    assert "E10000003" in by_code["E07000008"]["parent_codes"]  # Cambridge lies in Cambridgeshire
    assert read_published.main(["areas", "nowhere.csv", "x"]) == 2
    assert "Name areas or indicators" in capsys.readouterr().err
