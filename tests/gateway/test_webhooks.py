"""A webhook from its registration to the end: proved, told, told again, given up; and what it is not told."""

from __future__ import annotations

import asyncio
import uuid

import pytest
from aiohttp import web
from standardwebhooks.webhooks import Webhook as Receiver

from services.gateway.rules import webhook as rules
from services.gateway.worker import Teller
from shared.db import Database
from shared.sealing import seal_all
from tests.gateway.conftest import running_gateway
from tests.gateway.hooks import Address, People, feed_of
from tests.gateway.stand_in import answering


@pytest.fixture
async def address():
    found = Address()
    app = web.Application()
    app.router.add_route("*", "/{any:.*}", found.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield found
    await runner.cleanup()


@pytest.fixture(scope="module")
async def local(stack, behind, keys_dir, tmp_path_factory):
    """A gateway whose webhooks may go to this machine; its worker is driven by the tests."""
    folder = tmp_path_factory.mktemp("hooks")
    async with running_gateway(
        stack,
        behind,
        keys_dir,
        folder,
        GATEWAY_WEBHOOK_LOCAL_TARGETS="yes",
        GATEWAY_CLIENT_RATE="6000/minute",
    ) as app:
        yield app


@pytest.fixture(scope="module")
async def people(operator, local):
    return People(operator, local)


@pytest.fixture
async def client(people):
    return await people.client(await people.organisation())


@pytest.fixture(scope="module")
async def seal(stack):
    db = await Database.open(stack.url("gateway"), "gateway", 1, name="gateway-seal")
    yield lambda: seal_all(db, "gateway")
    await db.close()


@pytest.fixture
async def teller(local, stack, behind):
    for each in behind.values():  # nothing new in the services' feeds
        each.does(feed_of(each.service))
    db = await Database.open(stack.url("gateway"), "gateway", 3, name="gateway-queue")
    made = Teller(db, stack.url("gateway"), local.state.follower, local.state.webhook_sender, seconds=0.05)
    yield made
    await db.close()


async def a_webhook(client, address, seal, **body):
    await seal()
    made = str(uuid.uuid4())
    created = await client.visit.put(f"/v1/webhooks/{made}", json={"url": address.url, **body})
    assert created.status_code == 201, created.text
    verified = await client.visit.post(f"/v1/webhooks/{made}/verification", key=f"verify-{made}", version=1)
    assert verified.status_code == 200, verified.text
    assert verified.json()["state"] == "active"
    return made, created.json()["secret"]


async def change_something(client, seal):
    """A change in the gateway that the client's organisation may read: a further client of its own."""
    made = str(uuid.uuid4())
    body = {
        "organisation_id": client.organisation_id,
        "name": f"Made {made[:8]}",
        "scopes": ["directory:read"],
    }
    assert (await client.visit.put(f"/v1/clients/{made}", json=body)).status_code == 201
    await seal()
    return made


async def until(condition, seconds=10):
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 the address is another program in earnest
            await asyncio.sleep(0.02)


async def deliveries(client, webhook, **query):
    answer = await client.visit.get(f"/v1/webhooks/{webhook}/deliveries", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_from_registration_to_a_signed_message_through_the_queue(client, address, seal, teller):
    webhook, secret = await a_webhook(client, address, seal, types=["gateway.client_created.v1"])
    made = await change_something(client, seal)
    running = asyncio.create_task(teller.run())
    await until(lambda: address.heard)
    teller.leave()
    await asyncio.wait_for(running, 10)
    ((headers, body),) = address.heard
    event = Receiver(secret).verify(body, headers)
    assert event["type"] == "gateway.client_created.v1"
    assert event["data"]["thing_id"] == made
    (delivery,) = await deliveries(client, webhook)
    assert headers["webhook-id"] == delivery["id"]
    assert (delivery["state"], delivery["attempts"], delivery["last_status"]) == ("delivered", 1, 204)


async def test_what_was_before_is_not_told_and_each_is_told_once(client, address, seal, teller):
    await change_something(client, seal)
    webhook, _ = await a_webhook(client, address, seal)
    await teller.dispatch()
    before = {each["type"] for each in await deliveries(client, webhook)}
    assert "gateway.client_created.v1" not in before
    await change_something(client, seal)
    await asyncio.gather(*(teller.dispatch() for _ in range(4)))  # as several processes would
    found = [each["position"] for each in await deliveries(client, webhook, limit=200)]
    assert len(found) == len(set(found))
    assert sum(each["type"] == "gateway.client_created.v1" for each in await deliveries(client, webhook)) == 1


async def made_delivery(client, address, seal, teller):
    webhook, _ = await a_webhook(client, address, seal, types=["gateway.client_created.v1"])
    await change_something(client, seal)
    await teller.dispatch()
    (delivery,) = await deliveries(client, webhook)
    return webhook, uuid.UUID(delivery["id"])


async def test_a_failing_address_is_tried_on_the_schedule_then_dead_given_up_and_replayed(
    client, address, seal, teller
):
    webhook, delivery = await made_delivery(client, address, seal, teller)
    address.status = 503
    waits = [await teller.deliver(delivery) for _ in rules.SCHEDULE_SECONDS]
    assert waits == [*rules.SCHEDULE_SECONDS[1:], None]
    (dead,) = await deliveries(client, webhook, state="dead")
    assert (dead["attempts"], dead["last_status"]) == (10, 503)
    state = (await client.visit.get(f"/v1/webhooks/{webhook}")).json()
    assert state["state"] == "failed"
    assert len({headers["webhook-id"] for headers, _ in address.heard}) == 1
    again = await client.visit.post(
        f"/v1/webhooks/{webhook}/verification", key=f"again-{webhook}", version=state["version"]
    )
    assert again.status_code == 200, again.text
    replayed = await client.visit.post(
        f"/v1/webhooks/{webhook}/deliveries/{delivery}/replay", key=f"replay-{delivery}"
    )
    assert replayed.status_code == 200, replayed.text
    address.status = 200
    assert await teller.deliver(delivery) is None
    assert (await deliveries(client, webhook, state="delivered"))[0]["id"] == str(delivery)


async def test_410_ends_a_webhook(client, address, seal, teller):
    webhook, delivery = await made_delivery(client, address, seal, teller)
    address.status = 410
    assert await teller.deliver(delivery) is None
    assert (await client.visit.get(f"/v1/webhooks/{webhook}")).json()["state"] == "failed"


async def test_a_disabled_webhook_is_told_nothing_until_it_is_active_again(client, address, seal, teller):
    webhook, delivery = await made_delivery(client, address, seal, teller)
    version = (await client.visit.get(f"/v1/webhooks/{webhook}")).json()["version"]
    off = await client.visit.post(
        f"/v1/webhooks/{webhook}/disablement", key=f"off-{webhook}-{version}", version=version
    )
    assert off.status_code == 200, off.text
    assert await teller.deliver(delivery) is None
    assert [each["state"] for each in await deliveries(client, webhook)] == ["pending"]
    assert await teller.dispatch() == 0
    assert address.heard == []
    version = (await client.visit.get(f"/v1/webhooks/{webhook}")).json()["version"]
    on = await client.visit.post(
        f"/v1/webhooks/{webhook}/verification", key=f"on-{webhook}-{version}", version=version
    )
    assert (on.status_code, on.json()["state"]) == (200, "active")
    heard = len(address.heard)
    assert await teller.dispatch() >= 1
    assert await teller.deliver(delivery) is None
    told = {each["id"]: each["state"] for each in await deliveries(client, webhook)}
    assert told[str(delivery)] == "delivered"
    assert len(address.heard) == heard + 1
    assert await teller.deliver(delivery) is None  # handed out twice: it is sent once
    assert len(address.heard) == heard + 1


async def test_an_organisation_that_lost_its_role_gets_nothing_more(people, address, seal, teller, behind):
    """It was a commissioner when the event was made ready, and is none when it would be sent."""
    council = await people.organisation()
    partnership = await people.partnership()
    member = await people.member(partnership, council, "commissioner")
    client = await people.client(council)
    webhook, _ = await a_webhook(client, address, seal, types=["budget.journal_posted.v1"])
    event = {"specversion": "1.0", "id": "5", "source": "/v1/events/budget", "type": "budget.journal_posted.v1",
             "data": {"thing": "journal"}}  # fmt: skip
    behind["budget"].does(feed_of("budget", event, end=5))
    await teller.dispatch()
    (delivery,) = await deliveries(client, webhook)
    assert (delivery["service"], delivery["position"]) == ("budget", 5)
    ended = await people.visit.patch(
        f"/v1/partnerships/{partnership}/members/{member['id']}", json={"to_date": "2016-01-01"}, version=1
    )
    assert ended.status_code == 200, ended.text
    await asyncio.sleep(2.1)  # the directory is looked up again within two seconds
    assert await teller.deliver(uuid.UUID(delivery["id"])) is None
    assert [each["state"] for each in await deliveries(client, webhook)] == ["withheld"]
    assert address.heard == []


async def test_a_service_that_is_out_says_nothing_about_the_receiver(people, address, seal, teller, behind):
    council = await people.organisation()
    await people.partnership(commissioner=council)
    client = await people.client(council)
    webhook, _ = await a_webhook(client, address, seal, types=["budget.x.v1"])
    event = {"id": "9", "type": "budget.x.v1"}
    behind["budget"].does(feed_of("budget", event, end=9))
    await teller.dispatch()
    (delivery,) = await deliveries(client, webhook)
    behind["budget"].does(answering({}, status=503))
    assert await teller.deliver(uuid.UUID(delivery["id"])) == 5
    assert (await deliveries(client, webhook))[0]["attempts"] == 0


async def test_an_address_that_does_not_prove_itself_is_told_nothing(client, address, seal, teller):
    address.proves = False
    made = str(uuid.uuid4())
    created = await client.visit.put(f"/v1/webhooks/{made}", json={"url": address.url})
    assert created.json()["state"] == "pending"
    answer = await client.visit.post(f"/v1/webhooks/{made}/verification", key=f"verify-{made}", version=1)
    assert (answer.status_code, answer.json()["code"]) == (409, "webhook_not_verified")
    await change_something(client, seal)
    await teller.dispatch()
    assert await deliveries(client, made) == []


async def test_the_next_secret_signs_beside_the_one_before(client, address, seal, teller):
    webhook, secret = await a_webhook(client, address, seal, types=["gateway.client_created.v1"])
    rotated = await client.visit.post(f"/v1/webhooks/{webhook}/secrets", key=f"secret-{webhook}")
    following = rotated.json()["secret"]
    assert following != secret
    replay = await client.visit.post(f"/v1/webhooks/{webhook}/secrets", key=f"secret-{webhook}")
    assert replay.json().get("secret") is None
    await change_something(client, seal)
    await teller.dispatch()
    (delivery,) = await deliveries(client, webhook)
    await teller.deliver(uuid.UUID(delivery["id"]))
    ((headers, body),) = address.heard
    for each in (secret, following):
        Receiver(each).verify(body, headers)


async def test_another_s_webhook_is_not_there(client, people, address, seal):
    webhook, _ = await a_webhook(client, address, seal)
    stranger = await people.client(await people.organisation())
    for method, path in (
        ("GET", f"/v1/webhooks/{webhook}"),
        ("GET", f"/v1/webhooks/{webhook}/deliveries"),
        ("POST", f"/v1/webhooks/{webhook}/disablement"),
        ("POST", f"/v1/webhooks/{webhook}/verification"),
        ("POST", f"/v1/webhooks/{webhook}/secrets"),
        ("POST", f"/v1/webhooks/{webhook}/deliveries/{uuid.uuid4()}/replay"),
    ):
        more = {} if method == "GET" else {"key": f"foreign-{uuid.uuid4()}", "version": 1}
        answer = await stranger.visit.request(method, path, **more)
        assert answer.status_code == 404, (method, path, answer.text)
    taken = await stranger.visit.put(f"/v1/webhooks/{webhook}", json={"url": address.url})
    assert (taken.status_code, taken.json()["code"]) == (409, "id_unavailable")
    assert (await stranger.visit.get("/v1/webhooks")).json()["items"] == []


async def test_without_the_setting_this_machine_is_refused(operator, address):
    """The ordinary gateway, as it runs for everybody."""
    client = await operator.client(await operator.organisation())
    for url in (address.url, "https://127.0.0.1/", "https://localhost/", "http://hooks.gov.uk/"):
        answer = await client.visit.put(f"/v1/webhooks/{uuid.uuid4()}", json={"url": url})
        assert (answer.status_code, answer.json()["code"]) == (422, "webhook_url_not_allowed")
        assert answer.json()["errors"][0]["pointer"] == "/url"
