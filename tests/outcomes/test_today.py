"""Where a request names no day it is today in England, also in the hour in which it is still yesterday in UTC."""

from datetime import UTC, datetime

import pytest

import shared.web.today
from tests.outcomes.plymouth import put


class HalfPastMidnight(datetime):
    """Half past midnight on 1 July 2014 in England; in UTC it is still 30 June."""

    @classmethod
    def now(cls, tz=None):
        return datetime(2014, 6, 30, 23, 30, tzinfo=UTC).astimezone(tz)


@pytest.fixture
def half_past_midnight(monkeypatch):
    monkeypatch.setattr(shared.web.today, "datetime", HalfPastMidnight)


async def test_a_scorecard_is_as_at_today_in_england(clients, plymouth, half_past_midnight):
    for path in ("scorecards", "scorecards/summary"):
        card = await clients["council"].get(f"/v1/{path}?partnership_id={plymouth.partnership}")
        assert card.json()["as_at"] == "2014-07-01"


async def test_a_return_is_overdue_from_the_first_minute_of_the_day_in_england(
    clients, plymouth, days, half_past_midnight
):
    body = plymouth.obligation(days, begins_on="2014-01-01", due_days=91)  # 31 March and 91 days: 30 June
    obligation = await put(clients["council"], "obligations", body)
    owed: list[dict] = []
    url = "/v1/completeness?limit=200"
    while url:
        page = (await clients["community"].get(url)).json()
        owed, url = owed + page["items"], page["next"]
    mine = [each for each in owed if each["obligation_id"] == obligation["id"]]
    assert [(each["period"], each["due_on"], each["overdue"]) for each in mine] == [
        ("2014Q1", "2014-06-30", True),
        ("2014Q2", "2014-09-29", False),
    ]
