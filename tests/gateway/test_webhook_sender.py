"""What is sent is signed, goes only to the addresses that were checked, and never waits or reads without bound."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from typing import Any

import pytest
from aiohttp import web
from standardwebhooks.webhooks import Webhook as Receiver
from standardwebhooks.webhooks import WebhookVerificationError

from services.gateway.clients import webhook_sender
from services.gateway.clients.webhook_sender import PublicResolver, WebhookSender
from tests.gateway.test_rules_webhook import INSIDE, REFUSED

SECRET, NEXT = b"a" * 32, b"b" * 32


class Names:
    """A resolver that answers what a test says, another thing each time it is asked."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), 0

    async def resolve(self, host, port=0, family=socket.AF_INET):
        self.asked += 1
        found = self.answers[min(self.asked, len(self.answers)) - 1]
        return [
            {"hostname": host, "host": each, "port": port, "family": socket.AF_INET6 if ":" in each else socket.AF_INET,
             "proto": 0, "flags": socket.AI_NUMERICHOST} for each in found
        ]  # fmt: skip


@pytest.fixture
async def receiver():
    """A server on this machine: what it was sent, and what it answers."""

    class Here:
        heard: list[Any]
        answer: Any = None
        port = 0
        url = ""

    here = Here()
    here.heard = []

    async def handle(request):
        here.heard.append((dict(request.headers), await request.read()))
        return await here.answer(request) if here.answer else web.Response(status=204)

    app = web.Application()
    app.router.add_route("*", "/{any:.*}", handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    here.port = runner.addresses[0][1]
    here.url = f"http://127.0.0.1:{here.port}/hook"
    yield here
    await runner.cleanup()


async def sent(url, **how):
    sender = WebhookSender(**{"local": True, "seconds": 3.0, **how})
    return (await sender.send(url, "msg_1", b'{"type":"x"}', [NEXT, SECRET]))[0]


async def test_both_secrets_sign_while_they_overlap(receiver):
    outcome = await sent(receiver.url)
    assert (outcome.status, outcome.taken) == (204, True)
    ((headers, body),) = receiver.heard
    for secret in (SECRET, NEXT):
        assert Receiver(secret).verify(body, headers) == {"type": "x"}
    with pytest.raises(WebhookVerificationError):
        Receiver(b"c" * 32).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Receiver(SECRET).verify(body + b" ", headers)


async def test_a_redirect_is_not_followed(receiver):
    async def redirect(_):
        return web.Response(status=302, headers={"Location": receiver.url})

    receiver.answer = redirect
    outcome = await sent(receiver.url)
    assert (outcome.status, outcome.error, outcome.taken) == (302, "redirected", False)
    assert len(receiver.heard) == 1


async def test_an_answer_that_never_comes_is_not_waited_for(receiver):
    async def never(_):
        await asyncio.sleep(30)

    receiver.answer = never
    began = time.monotonic()
    outcome = await sent(receiver.url, seconds=0.3)
    assert (outcome.status, outcome.error) == (None, "too_slow")
    assert time.monotonic() - began < 2


async def test_an_endless_answer_is_cut_off(receiver):
    async def endless(request):
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * 65536)

    receiver.answer = endless
    sender = WebhookSender(local=True, seconds=5)
    outcome, read = await sender.send(receiver.url, "m", b"{}", [SECRET], read=True)
    assert outcome.status == 200
    assert len(read) <= webhook_sender.LARGEST_ANSWER


async def test_without_the_setting_this_machine_is_not_reached(receiver):
    outcome = await sent(receiver.url, local=False)
    assert (outcome.status, outcome.error) == (None, "address_not_allowed")
    assert receiver.heard == []


@pytest.mark.parametrize("url", REFUSED)
async def test_no_connection_is_made_to_an_address_that_is_not_allowed(url, monkeypatch):
    async def connected(*_, **__):
        raise AssertionError(url)

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", connected, raising=False)
    names = Names(["8.8.8.8"])
    outcome = await sent(url, local=False, resolver=names)
    assert (outcome.error, names.asked) == ("address_not_allowed", 0)


@pytest.mark.parametrize("address", [each for each in INSIDE if each])
async def test_a_public_name_that_leads_inside_is_not_followed(address):
    names = Names([address])
    outcome = await sent("https://hooks.example-council.gov.uk/", local=False, resolver=names)
    assert outcome.error == "address_not_allowed"


async def test_one_inside_address_among_public_ones_is_enough():
    names = Names(["8.8.8.8", "10.0.0.1"])
    outcome = await sent("https://hooks.example-council.gov.uk/", local=False, resolver=names)
    assert outcome.error == "address_not_allowed"


async def test_a_name_that_changes_its_mind_is_asked_once_and_pinned(receiver, monkeypatch):
    """It answers with a public address when it is checked and with this machine when asked again. It is not asked again:
    the connection goes to the address that was checked, and to no other.
    """
    dialled: list[str] = []

    async def dial(*, addr_infos, **_):
        dialled.extend(info[4][0] for info in addr_infos)
        raise OSError("not in a test")

    monkeypatch.setattr("aiohttp.connector.aiohappyeyeballs.start_connection", dial)
    names = Names(["8.8.8.8"], ["127.0.0.1"])
    outcome = await sent("https://hooks.example-council.gov.uk/", local=False, resolver=names)
    assert outcome.error == "not_reached"
    assert (names.asked, set(dialled)) == (1, {"8.8.8.8"})
    await sent("https://hooks.example-council.gov.uk/", local=False, resolver=names)
    assert set(dialled) == {"8.8.8.8"}  # the second time it leads inside, and nothing is dialled


async def test_without_the_check_it_would_lead_inside(receiver, monkeypatch):
    """The test of the tests above: with every address taken as public, this machine is reached."""
    monkeypatch.setattr(webhook_sender, "check_url", lambda url, local: None)
    url = f"http://hooks.example-council.gov.uk:{receiver.port}/"
    assert (await sent(url, local=False, resolver=Names(["127.0.0.1"]))).error == "address_not_allowed"
    assert receiver.heard == []
    monkeypatch.setattr(webhook_sender, "is_public", lambda _: True)
    assert (await sent(url, local=False, resolver=Names(["127.0.0.1"]))).taken
    assert len(receiver.heard) == 1


async def test_a_name_that_nobody_knows_is_an_outcome():
    class Nobody:
        async def resolve(self, *_):
            raise OSError("unknown")

    outcome = await sent("https://hooks.example-council.gov.uk/", local=False, resolver=Nobody())
    assert outcome.error == "name_unknown"


async def test_a_resolver_that_finds_nothing_lets_nothing_through():
    with pytest.raises(OSError, match="public"):
        await PublicResolver(Names([])).resolve("hooks.example-council.gov.uk")


def test_a_challenge_is_read_from_an_answer():
    assert webhook_sender.answered_challenge(json.dumps({"challenge": "x"}).encode()) == "x"
    for other in (b"", b"[]", b'{"challenge": 1}', b"x" * 10):
        assert webhook_sender.answered_challenge(other) is None
