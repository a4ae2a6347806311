"""Rate benchmarks: figures, the rule of disclosure, who is told, and 500 random tables under attack."""

import random
import statistics
import uuid
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.contracts.care import carer, placed
from tests.contracts.register import Place, a_key, backing, registered
from tests.contracts.world import as_app
from tests.stack import a_caller

URL = "/v1/rate-benchmarks"
SCOPES = "contract:read contract:write placement:read placement:write"


class Market:
    """A partnership of three commissioners that place under one framework of six providers."""

    def __init__(self, place, clients, contract_id, commissioners, providers) -> None:
        self.place, self.clients, self.contract_id = place, clients, contract_id
        self.commissioners, self.providers = commissioners, providers

    async def place_at(self, rates, service, who=0, **changes):
        """Record placements with these (provider, rate)."""
        return [
            await placed(
                self.clients[who], self.contract_id, self.providers[provider], unit_rate=rate, service=service,
                end_date=None, **changes,
            )
            for provider, rate in rates
        ]  # fmt: skip

    async def publish(self, service, period="2014April", who=0, unit="week", key=None):
        body = {
            "partnership_id": str(self.place.partnership),
            "service": service,
            "unit": unit,
            "period": period,
        }
        return await self.clients[who].post(URL, json=body, key=key or a_key())


@pytest.fixture(scope="module")
async def market(client_for):
    place = Place()
    commissioners = [uuid.uuid4() for _ in range(3)]
    providers = [uuid.uuid4() for _ in range(6)]
    clients = [
        await client_for("contracts", a_caller(each, SCOPES, commissioner=place.partnership))
        for each in commissioners
    ]
    parties = [
        {"role": "lead_commissioner", "organisation_id": str(commissioners[0])},
        *({"role": "associate_commissioner", "organisation_id": str(each)} for each in commissioners[1:]),
        *({"role": "provider", "organisation_id": str(each)} for each in providers),
    ]
    made = await registered(
        clients[0], place.contract(parties=parties, funding=[], no_indicator_reason="Framework")
    )
    url = f"/v1/contracts/{made['id']}"
    pools = [{"pool_id": str(place.pool), "organisation_id": str(commissioners[0]), "share_percent": "100"}]
    await clients[0].patch(url, json={"funding": pools}, version=1)
    active = await clients[0].post(
        f"{url}/activation", json={"active_from": "2013-04-01"}, key=a_key(), version=2, seen=backing(made)
    )
    assert active.status_code == 200, active.text
    return Market(place, clients, made["id"], commissioners, providers)


@pytest.mark.row("S4-C02", "S4-B10")
async def test_the_table_says_what_like_care_costs_and_who_is_paid_two_rates(market):
    service = "Nursing care"
    await market.place_at([(0, "700"), (1, "655.50"), (2, "812.50"), (0, "612")], service)
    await market.place_at([(1, "655.50"), (2, "1450"), (3, "720.25")], service, who=1)
    await market.place_at([(3, "720.25")], service, who=1, start_date="2015-04-01", review_date="2015-10-01")
    await market.place_at([(4, "1")], service, who=1, state="planned")
    key = a_key()
    answer = await market.publish("nursing  CARE", who=2, key=key)
    assert answer.status_code == 201, answer.text
    table = answer.json()
    rates = sorted(map(Decimal, ("700", "655.50", "812.50", "612", "655.50", "1450", "720.25")))
    lower, median, upper = statistics.quantiles(rates, n=4, method="inclusive")
    names = ("lowest", "lower_quartile", "median", "upper_quartile", "highest")
    assert [Decimal(table[name]) for name in names] == [rates[0], lower, median, upper, rates[-1]]
    assert (table["placements"], table["providers"]) == (7, 4)
    assert (table["outliers_below"], table["outliers_above"]) == (0, 1)
    assert set(table["inconsistent_provider_ids"]) == {str(market.providers[0]), str(market.providers[2])}
    assert (await market.publish("nursing  CARE", who=2, key=key)).content == answer.content
    again = await market.publish(service)
    assert (again.status_code, again.json()["benchmark_id"]) == (409, table["id"])
    await market.place_at([(4, "9999")], service)
    for client in market.clients:
        assert (await client.get(f"{URL}/{table['id']}")).json() == table, (
            "one version, whatever comes after it"
        )
        assert table in (await client.get(URL, params={"service": "Nursing care"})).json()["items"]


@pytest.mark.parametrize(
    ("name", "own", "theirs", "told"),
    [
        ("four", [(0, "1"), (1, "2")], [(2, "3"), (0, "4")], False),
        ("two providers", [(0, "1"), (1, "2"), (0, "3")], [(1, "4"), (0, "5"), (1, "6")], False),
        ("one over half", [(0, "1"), (0, "2"), (0, "3")], [(0, "4"), (1, "5"), (2, "6")], False),
        ("one at half", [(0, "1"), (0, "2"), (1, "3")], [(0, "4"), (1, "5"), (2, "6")], True),
        ("one of another", [(0, "1"), (1, "2"), (2, "3"), (1, "3")], [(3, "4")], False),
        ("five of one", [(0, "1"), (1, "2"), (2, "3"), (1, "3"), (3, "4")], [], True),
        ("no rate", [(0, "1"), (1, "2"), (2, "3"), (1, "3"), (3, None)], [], False),
    ],
)
async def test_a_table_that_tells_too_much_is_not_published(market, name, own, theirs, told):
    await market.place_at(own, name)
    await market.place_at(theirs, name, who=1)
    answer = await market.publish(name)
    assert (answer.status_code == 201) is told, answer.text
    if not told:
        assert answer.json()["code"] == "benchmark_not_disclosable"
        assert answer.json().keys() == {
            "type", "title", "status", "detail", "instance", "request_id", "code", "errors",
        }, "it says no more"  # fmt: skip


async def test_periods_that_run_and_other_s_partnerships_are_refused(market, client_for):
    for period, code in (
        ("2199", "benchmark_period_runs"),
        ("20140401", "benchmark_period_unfit"),
        ("x", "period_unreadable"),
    ):
        answer = await market.publish("Any", period)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    stranger = await client_for("contracts", carer(market.place, "stranger"))
    body = {
        "partnership_id": str(market.place.partnership),
        "service": "Any",
        "unit": "week",
        "period": "2014April",
    }
    answer = await stranger.post(URL, json=body, key=a_key())
    assert (answer.status_code, answer.json()["code"]) == (422, "benchmark_not_commissioner")


async def test_a_provider_is_never_shown_one_whatever_else_it_is(market, client_for, stack):
    await market.place_at([(n % 4, str(600 + n)) for n in range(8)], "Walls")
    table = (await market.publish("Walls")).json()
    here = market.place.partnership
    for standing, told in (
        ({"commissioner": here}, True),
        ({"observer": here}, True),
        ({"provider": here}, False),
        ({"provider": here, "commissioner": here, "host": here}, False),
        ({"associate": here}, False),
        ({"commissioner": uuid.uuid4()}, False),
    ):
        caller = a_caller(market.providers[0], SCOPES, **standing)
        client = await client_for("contracts", caller)
        assert ((await client.get(f"{URL}/{table['id']}")).status_code == 200) is told, standing
        listed = (await client.get(URL, params={"service": "Walls"})).json()["items"]
        assert ([each["id"] for each in listed] == [table["id"]]) is told
        async with as_app(stack, caller) as connection:
            query = "select count(*) from rate_benchmarks where id = $1"
            assert await connection.fetchval(query, uuid.UUID(table["id"])) == told
        async with as_app(stack, caller) as connection:
            with pytest.raises(Exception, match="permission denied"):
                await connection.fetch("select * from rate_benchmark_members")
        async with as_app(stack, caller) as connection:
            with pytest.raises(Exception, match="permission denied"):
                await connection.execute("insert into rate_benchmarks (id) values (gen_random_uuid())")
    hers = a_caller(market.providers[0], SCOPES, commissioner=here)
    own = await (await client_for("contracts", hers)).post(
        URL, key=a_key(),
        json={"partnership_id": str(here), "service": "Walls", "unit": "week", "period": "2014"},
    )  # fmt: skip
    assert own.json()["code"] == "benchmark_not_disclosable", "who provides in a table does not publish it"


PERIODS = ("2014Q2", "2014Q3", "2014April", "2014")
_INSERT = """
insert into contracts.placements (id, contract_id, partnership_id, owner_organisation_id, provider_organisation_id,
    reference, person_reference, service, service_key, unit, unit_rate, weekly_cost_status, funding_type, start_date,
    ended_on, end_reason, outcomes_expected, keep_until, state, missing, version)
values ($1::uuid, $2, $3, $4, $5, $1::uuid::text, 'P', $6::text, $6::text, 'week', $7, 'not_stated', 'joint', $8, $9::date,
    case when $9::date is not null then 'moved' end, '[]', '2199-01-01',
    case when $9::date is null then 'active' else 'ended' end::contracts.placement_state, '{}', 1)
"""


def _first_last(period: str) -> tuple[date, date]:
    return {
        "2014Q2": (date(2014, 4, 1), date(2014, 6, 30)),
        "2014Q3": (date(2014, 7, 1), date(2014, 9, 30)),
        "2014April": (date(2014, 4, 1), date(2015, 3, 31)),
        "2014": (date(2014, 1, 1), date(2014, 12, 31)),
    }[period]


def _fits(rows) -> bool:
    """Whether a set of (owner, provider) is one of which something may be told, to any of its owners."""
    providers, owners = Counter(row[1] for row in rows), Counter(row[0] for row in rows)
    return (
        len(rows) >= 5
        and len(providers) >= 3
        and max(providers.values()) * 2 <= len(rows)
        and all(len(rows) - own not in (1, 2) for own in owners.values())
    )


async def test_of_500_random_tables_no_sum_or_difference_comes_to_a_few(market, stack):
    """Attacked by who knows all tables, and all placements of one commissioner.

    Whatever is made of tables by adding and taking away is made of the sets of placements that stand in the same
    tables. Each of them must fit, so that in each a rate could be that of any other of five placements of three providers.
    """
    chance = random.Random(44)
    connection = await stack.superuser()
    published = refused = 0
    try:
        await connection.execute("set search_path = contracts")
        for number in range(125):
            service = f"attack {number}"
            rows = {}
            for _ in range(chance.choice([4, 8, 12, 20, 40])):
                start = date(2013, 10, 1) + timedelta(days=chance.randrange(540))
                end = chance.choice([None, None, start + timedelta(days=chance.randrange(400))])
                owner = chance.choice(market.commissioners[: chance.choice([1, 3, 3])])
                provider = chance.choice(market.providers[: chance.choice([2, 6, 6])])
                rows[uuid.uuid4()] = (owner, provider, start, end)
            await connection.executemany(
                _INSERT,
                [
                    (id_, uuid.UUID(market.contract_id), market.place.partnership, owner, provider, service,
                     Decimal(chance.randrange(500, 900)), start, end)
                    for id_, (owner, provider, start, end) in rows.items()
                ],
            )  # fmt: skip
            tables: dict[str, set] = {}
            for period in chance.sample(PERIODS, 4):
                first, last = _first_last(period)
                inside = {
                    id_
                    for id_, (_, _, start, end) in rows.items()
                    if start <= last and (end or date.max) >= first
                }
                answer = await market.publish(service, period, who=chance.randrange(3))
                if answer.status_code == 201:
                    tables[period] = inside
                    assert answer.json()["placements"] == len(inside)
                    published += 1
                else:
                    assert answer.json()["code"] == "benchmark_not_disclosable"
                    refused += 1
                cells = defaultdict(list)
                for id_, (owner, provider, _, _) in rows.items():
                    if stands_in := frozenset(name for name, members in tables.items() if id_ in members):
                        cells[stands_in].append((owner, provider))
                assert all(map(_fits, cells.values())), (service, period)
                if answer.status_code != 201:
                    alone = [rows[id_][:2] for id_ in inside]
                    assert tables or not _fits(alone), "nothing is withheld that may be told"
    finally:
        await connection.close()
    assert published + refused == 500
    assert min(published, refused) > 100, (published, refused)
