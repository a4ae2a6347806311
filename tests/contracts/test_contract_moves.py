"""Contracts over HTTP: amended, awarded, activated, given notice; and the second lock in the database."""

import asyncio
import re
import uuid

import pytest

from services.contracts.rules.state import MOVES
from tests.contracts.register import a_key, backing, registered
from tests.stack import ROOT


async def test_a_change_needs_the_version_it_was_decided_on(ccg, place):
    made = await registered(ccg, place.contract())
    url, body = f"/v1/contracts/{made['id']}", {"title": "Community services", "review_date": "2015-06-01"}
    assert (await ccg.patch(url, json=body)).status_code == 428
    changed = await ccg.patch(url, json=body, version=1)
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    untouched = {
        name: content for name, content in made.items() if name not in {*body, "version", "changed_at"}
    }
    assert {name: changed.json()[name] for name in untouched} == untouched
    assert (await ccg.get(url)).json() == changed.json()
    replayed = await ccg.patch(url, json=body, version=1)
    assert replayed.content == changed.content
    stale = await ccg.patch(url, json={"title": "Other"}, version=1)
    assert (stale.status_code, stale.json()["current_version"]) == (412, 2)
    cleared = await ccg.patch(url, json={"review_date": None, "funding": []}, version=2)
    assert (cleared.json()["review_date"], cleared.json()["funding"]) == (None, [])
    same = await ccg.patch(url, json={"title": "Community services"}, version=3)
    assert same.json()["version"] == 3
    assert (await ccg.patch(url, json={"title": None}, version=3)).status_code == 422


async def test_rivals_change_a_contract_one_after_the_other(ccg, place):
    made = await registered(ccg, place.contract())
    url = f"/v1/contracts/{made['id']}"
    answers = await asyncio.gather(
        *(ccg.patch(url, json={"title": f"Title {number}"}, version=1) for number in range(8))
    )
    assert sorted(each.status_code for each in answers) == [200] + [412] * 7
    assert (await ccg.get(url)).json()["version"] == 2


async def test_a_contract_goes_from_pipeline_to_notice(ccg, place):
    body = place.contract(state="pipeline")
    made = await registered(ccg, body)
    url = f"/v1/contracts/{made['id']}"
    award = {"awarded_on": "2013-02-11", "award_regime": "pcr2006_part_b"}
    awarded = await ccg.post(f"{url}/award", json=award, key=a_key(), version=1)
    assert (awarded.status_code, awarded.json()["state"]) == (200, "awarded")
    key = a_key()
    active = await ccg.post(
        f"{url}/activation", json={"active_from": "2013-04-01"}, key=key, version=2, seen=backing(made)
    )
    assert active.json()["state"] == "active"
    again = await ccg.post(
        f"{url}/activation", json={"active_from": "2013-04-01"}, key=key, version=2, seen=backing(made)
    )
    assert (again.content, again.headers["Idempotency-Replayed"]) == (active.content, "true")
    varied = await ccg.patch(url, json={"end_date": "2017-03-31"}, version=3)
    assert (varied.status_code, varied.json()["code"]) == (409, "contract_needs_variation")
    notice = {
        "served_on": "2014-09-30",
        "served_by": "commissioner",
        "ends_on": "2015-03-29",
        "reason": "Services brought together",
        "consultation": "Twelve weeks with patients and staff",
    }
    short = await ccg.post(f"{url}/notice", json=notice, key=a_key(), version=3)
    assert (short.status_code, short.json()["earliest_end"]) == (422, "2015-03-30")
    given = await ccg.post(f"{url}/notice", json={**notice, "ends_on": "2015-03-31"}, key=a_key(), version=3)
    assert (given.json()["state"], given.json()["notice"]["ends_on"]) == ("notice_given", "2015-03-31")
    assert (await ccg.get(url)).json() == given.json()
    twice = await ccg.post(f"{url}/award", json=award, key=a_key(), version=4)
    assert (twice.status_code, twice.json()["code"]) == (409, "move_not_open")
    assert "active" in twice.json()["open"]


@pytest.mark.row("S5-C01")
async def test_activation_lists_what_is_missing(ccg, place):
    body = place.contract(indicator_ids=[], funding=[])
    made = await registered(ccg, body)
    url = f"/v1/contracts/{made['id']}"
    answer = await ccg.post(
        f"{url}/activation", json={"active_from": "2013-04-01"}, key=a_key(), version=1, seen=backing(made)
    )
    assert answer.status_code == 409
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/funding", "/indicator_ids"]
    assert (await ccg.get(url)).json()["state"] == "awarded"


async def test_a_move_needs_its_key_and_version(ccg, place):
    made = await registered(ccg, place.contract())
    url, body = f"/v1/contracts/{made['id']}/activation", {"active_from": "2013-04-01"}
    assert (await ccg.post(url, json=body, version=1)).json()["code"] == "idempotency_key_missing"
    assert (await ccg.post(url, json=body, key=a_key())).status_code == 428


async def test_every_change_leaves_its_audit_row_and_tells_the_parties(ccg, place, stack):
    made = await registered(ccg, place.contract())
    await ccg.patch(f"/v1/contracts/{made['id']}", json={"title": "New"}, version=1)
    connection = await stack.superuser()
    try:
        rows = await connection.fetch(
            "select what, owner_organisation_id, reader_organisation_ids from contracts.audit_events"
            " where thing_id = $1 order by recorded_at",
            uuid.UUID(made["id"]),
        )
    finally:
        await connection.close()
    assert [row["what"] for row in rows] == ["contract_registered", "contract_amended"]
    assert {row["owner_organisation_id"] for row in rows} == {place.ccg}
    assert rows[0]["reader_organisation_ids"] == [place.pch]


async def test_a_change_that_changes_nothing_is_answered_and_leaves_no_trace(ccg, place, stack):
    made = await registered(ccg, place.contract())
    url = f"/v1/contracts/{made['id']}"
    for body in ({"title": made["title"]}, {}):
        answer = await ccg.patch(url, json=body, version=1)
        assert (answer.status_code, answer.headers["ETag"], answer.json()) == (200, '"1"', made)
    assert (await ccg.patch(url, json={}, version=2)).status_code == 412
    connection = await stack.superuser()
    try:
        for table, column in (("audit_events", "thing_id"), ("events", "thing_id")):
            rows = await connection.fetch(
                f"select what from contracts.{table} where {column} = $1", uuid.UUID(made["id"])
            )
            assert [row["what"] for row in rows] == ["contract_registered"]
    finally:
        await connection.close()


async def test_the_database_refuses_what_the_rules_refuse(stack, ccg, place):
    """The second lock, tried by hand as the owner of the schema."""
    made = await registered(ccg, place.contract())
    id_ = made["id"]
    attempts = {
        f"delete from contract_parties where contract_id = '{id_}' and role = 'provider'": "do not fit together",
        f"insert into contract_parties select '{id_}', 9, 'lead_commissioner', gen_random_uuid(), null, '[]'": "do not fit",
        f"update contracts set provider_ids = '{{}}', version = 2 where id = '{id_}'": "do not fit together",
        f"update contract_funding set share_percent = 60 where contract_id = '{id_}';"
        f" delete from contract_funding where contract_id = '{id_}' and position = 9;"
        f" insert into contract_funding select '{id_}', 2, gen_random_uuid(), gen_random_uuid(), 30": "is not whole",
        f"update contracts set state = 'consolidated', version = 2 where id = '{id_}'": "does not move",
        f"update contracts set title = 'x' where id = '{id_}'": "counts one on",
        f"delete from contracts where id = '{id_}'": "append-only",
        f"update contracts set end_date = '2001-01-01', version = 2 where id = '{id_}'": "contracts_ends_after_start",
    }
    connection = await stack.superuser()
    try:
        await connection.execute("set search_path = contracts")
        for statement, said in attempts.items():
            transaction = connection.transaction()
            await transaction.start()
            with pytest.raises(Exception, match=said):
                await connection.execute(statement + "; set constraints all immediate")
            await transaction.rollback()
    finally:
        await connection.close()


def test_the_moves_of_the_database_are_those_of_the_rules():
    text = (ROOT / "services/contracts/migrations/versions/0004_life.py").read_text(encoding="utf-8")
    pairs = set(re.findall(r"\('(\w+)', '(\w+)'\)", text))
    assert pairs == {(come.value, go.value) for come, to in MOVES.items() for go in to}
