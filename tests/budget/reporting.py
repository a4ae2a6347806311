"""Reports in tests: asked for as JSON or as a table, and two walls that each of them stands behind."""

import csv
import io
import uuid

from shared.caller import Audit
from tests.budget.place import SCOPES, Place, made
from tests.stack import a_caller


async def ask(client, place: Place, report: str, year="2015-16", **asked):
    params = {"partnership_id": str(place.partnership), "financial_year": year, **asked}
    return await client.get(
        f"/v1/reports/{report}", params={name: str(value) for name, value in params.items() if value}
    )


async def ask_csv(client, place: Place, report: str, year="2015-16", **asked) -> list[dict]:
    """The same as a table: its rows by heading."""
    params = {"partnership_id": str(place.partnership), "financial_year": year, **asked}
    answer = await client.get(
        f"/v1/reports/{report}",
        params={name: str(value) for name, value in params.items() if value},
        headers={"Accept": "text/csv"},
    )
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.text)))


async def say(client, place: Place, report: str, section: str, **said):
    body = {
        "partnership_id": str(place.partnership),
        "report": report,
        "financial_year": "2015/16",
        "section": section,
        **said,
    }
    return await client.put(f"/v1/report-statements/{uuid.uuid4()}", json=body)


async def lay_down(client, place: Place, report: str, due_on: str, **more):
    body = {
        "partnership_id": str(place.partnership),
        "report": report,
        "financial_year": "2015/16",
        "due_on": due_on,
        "source": "Schedule 4 of the agreement",
        **more,
    }
    return await client.put(f"/v1/report-requirements/{uuid.uuid4()}", json=body)


async def strangers(place: Place) -> dict:
    """Callers that no report of the partnership is for, by what they are."""
    elsewhere = uuid.uuid4()
    audit = Audit(place.partnership, (), ("2011/12",))
    callers = {
        "foreign commissioner": a_caller(None, SCOPES, commissioner=elsewhere, host=elsewhere),
        "provider": a_caller(None, SCOPES, provider=place.partnership),
        "associate": a_caller(None, SCOPES, associate=place.partnership),
        "observer": a_caller(None, SCOPES, observer=place.partnership),
        "auditor of another year": a_caller(scopes=SCOPES, audits=(audit,), auditor=place.partnership),
    }
    return {name: await place.client_for("budget", caller) for name, caller in callers.items()}


async def assert_not_for(place: Place, report: str, names, **asked) -> None:
    """Whom it is not for gets the answer of a partnership that is not there, but for the request's own id."""
    clients = await strangers(place)
    for name in names:
        hidden = await ask(clients[name], place, report, **asked)
        absent = await ask(clients[name], Place(), report, **asked)
        bodies = [{**each.json(), "request_id": None, "instance": None} for each in (hidden, absent)]
        assert (name, hidden.status_code) == (name, 404)
        assert bodies[0] == bodies[1], name


__all__ = ["ask", "ask_csv", "assert_not_for", "lay_down", "made", "say", "strangers"]
