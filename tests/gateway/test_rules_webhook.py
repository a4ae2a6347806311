"""Where a webhook may go, and what becomes of it when its address does not answer."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from services.gateway.rules.webhook import (
    SCHEDULE_SECONDS,
    Delivery,
    DeliveryState,
    Outcome,
    Webhook,
    WebhookState,
    after_attempt,
    again,
    attempted,
    move,
    wants,
)
from services.gateway.rules.webhook_address import check_url, is_public
from shared.errors import Refusal

REFUSED = [
    "http://finance.plymouth.gov.uk/hook", "ftp://finance.plymouth.gov.uk/", "https://finance.plymouth.gov.uk:8443/",
    "https://user@finance.plymouth.gov.uk/", "https://user:secret@finance.plymouth.gov.uk/",
    "https://finance.plymouth.gov.uk/#part", "https://finance.plymouth.gov.uk/#", "https:///path", "https://", "",
    "//finance.plymouth.gov.uk/", "finance.plymouth.gov.uk", "javascript:alert(1)", "file:///etc/passwd",
    "https://127.0.0.1/", "https://127.1/", "https://2130706433/", "https://0x7f000001/", "https://0x7f.0.0.1/",
    "https://0177.0.0.1/", "https://017700000001/", "https://127.0.0.1./", "https://169.254.169.254/latest/meta-data/",
    "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/", "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/", "https://[fe80::1%25eth0]/", "https://[::]/", "https://0/", "https://0.0.0.0/",
    "https://10.0.0.1/", "https://8.8.8.8/", "https://localhost/", "https://LOCALHOST/", "https://localhost./",
    "https://gateway/", "https://budget.internal/", "https://printer.local/", "https://a.localhost/",
    "https://metadata.google.internal/", "https://x.home.arpa/", "https://1.0.0.127.in-addr.arpa/",
    "https://finance.plymouth.gov.uk\\@127.0.0.1/", "https://finance.plymouth.gov.uk /", "https://a.b\tc.uk/",
    "https://finance.plymouth.gov.uk\r\nHost: x/", "https://ⓛocalhost.uk/", "https://\uff11\uff12\uff17.0.0.1/", "https://-a.uk/",
    "https://a..uk/", "https://a.uk:99999/", "https://a.uk:0/", "https://a.uk:http/", "https://[a.uk/",
    "https://" + "a" * 64 + ".uk/", "https://a.uk/" + "x" * 2000, "https://a_b.uk/", "https://1.2.3.4.5/", "https://a.1/",
]  # fmt: skip


@pytest.mark.parametrize("url", REFUSED)
def test_a_webhook_does_not_go_there(url):
    with pytest.raises(Refusal) as refused:
        check_url(url)
    assert refused.value.code == "webhook_url_not_allowed"


@pytest.mark.parametrize(
    "url",
    [
        "https://finance.plymouth.gov.uk/hook",
        "https://finance.plymouth.gov.uk:443/hook?key=1",
        "https://xn--bcher-kva.de/",
        "https://127.0.0.1.nip.io/",  # a name like any other; where it leads is seen when it is resolved
    ],
)
def test_a_webhook_goes_to_a_public_host(url):
    check_url(url)


def test_this_machine_is_let_in_by_an_explicit_setting_alone():
    check_url("http://127.0.0.1:8099/hook", local=True)
    for url in ("http://127.0.0.1:8099/hook", "http://localhost/"):
        with pytest.raises(Refusal):
            check_url(url)
    for url in ("http://10.0.0.1/", "http://169.254.169.254/", "http://finance.plymouth.gov.uk/"):
        with pytest.raises(Refusal):
            check_url(url, local=True)


INSIDE = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255",
    "192.168.0.1", "169.254.169.254", "100.64.0.1", "100.127.255.255", "192.0.0.8", "192.0.2.1", "198.18.0.1",
    "198.51.100.7", "203.0.113.5", "192.88.99.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::ffff:0:7f00:1",
    "64:ff9b::127.0.0.1", "64:ff9b::808:808", "64:ff9b:1::1", "2002:7f00:1::", "2002:808:808::", "2001:0:1::1",
    "2001:db8::1", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "100::1", "3fff::1",
    "5f00::1", "not an address", "",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_an_inside_address_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "51.140.1.1", "2606:4700::1111", "2a00:1450:4009::1"])
def test_an_outside_address_is_public(address):
    assert is_public(address)


def test_there_are_enough_of_them():
    assert len({*REFUSED}) + len({*INSIDE}) >= 40


NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
HOOK = Webhook(uuid4(), uuid4(), uuid4(), "https://a.uk/", (), None, WebhookState.ACTIVE)
FAILED, TAKEN, GONE = Outcome(503), Outcome(204), Outcome(410)


def a_delivery(**more):
    values = {
        "id": uuid4(), "webhook_id": HOOK.id, "owner_organisation_id": HOOK.owner_organisation_id, "service": "budget",
        "position": 7, "type": "budget.x.v1", "state": DeliveryState.PENDING, "attempts": 0, "last_status": None,
        "last_error": None, "recorded_at": NOW, "attempted_at": None, "version": 1,
    }  # fmt: skip
    return Delivery(**{**values, **more})


def test_it_is_tried_on_the_published_schedule_and_then_dead():
    assert SCHEDULE_SECONDS == (0, 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
    delivery, waits = a_delivery(), []
    while delivery.state is DeliveryState.PENDING:
        delivery, again_in = attempted(delivery, FAILED)
        waits.append(again_in)
    assert waits == [*SCHEDULE_SECONDS[1:], None]
    assert (delivery.state, delivery.attempts, delivery.last_status) == (DeliveryState.DEAD, 10, 503)


def test_one_that_is_taken_is_done():
    delivery, again_in = attempted(a_delivery(attempts=3), TAKEN)
    assert (delivery.state, again_in) == (DeliveryState.DELIVERED, None)


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 429, 500])
def test_anything_else_is_tried_again(status):
    delivery, again_in = attempted(a_delivery(), Outcome(status))
    assert (delivery.state, again_in) == (DeliveryState.PENDING, 5)


def test_a_receiver_that_is_gone_is_given_up_at_once():
    delivery, _ = attempted(a_delivery(), GONE)
    assert after_attempt(HOOK, delivery, GONE, NOW).state is WebhookState.FAILED


def test_one_that_failed_through_a_whole_schedule_is_given_up():
    dead, _ = attempted(a_delivery(attempts=9), FAILED)
    failing = replace(HOOK, failing_since=NOW + timedelta(seconds=1))
    given_up = after_attempt(failing, dead, FAILED, NOW + timedelta(days=3))
    assert given_up.state is WebhookState.FAILED
    through_meanwhile = replace(HOOK, failing_since=NOW + timedelta(days=2))
    assert (
        after_attempt(through_meanwhile, dead, FAILED, NOW + timedelta(days=3)).state is WebhookState.ACTIVE
    )


def test_failing_counts_from_the_first_failure_after_a_success():
    delivery, _ = attempted(a_delivery(), FAILED)
    failing = after_attempt(HOOK, delivery, FAILED, NOW)
    assert failing.failing_since == NOW
    assert after_attempt(failing, delivery, FAILED, NOW + timedelta(hours=1)).failing_since == NOW
    taken, _ = attempted(a_delivery(), TAKEN)
    assert after_attempt(failing, taken, TAKEN, NOW).failing_since is None


def test_only_what_has_ended_is_sent_again():
    dead = a_delivery(state=DeliveryState.DEAD, attempts=10)
    assert (again(dead).state, again(dead).attempts) == (DeliveryState.PENDING, 0)
    with pytest.raises(Refusal):
        again(a_delivery())


def test_a_webhook_moves_as_its_table_says():
    assert move(replace(HOOK, state=WebhookState.FAILED), WebhookState.ACTIVE).failing_since is None
    with pytest.raises(Refusal):
        move(HOOK, WebhookState.ACTIVE)
    with pytest.raises(Refusal):
        move(replace(HOOK, state=WebhookState.DISABLED), WebhookState.FAILED)


def test_without_types_it_wants_all():
    assert wants(HOOK, "budget.x.v1")
    assert not wants(replace(HOOK, types=("budget.y.v1",)), "budget.x.v1")
