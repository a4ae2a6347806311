"""Random lives of placements against a model of their own: what may move moves, and history rebuilds the present."""

import random
import uuid
from datetime import date, timedelta

from tests.contracts.care import a_placement, carer, running
from tests.contracts.register import Place, a_key

# A model that knows nothing of the service: which move leads from where to where.
OPEN = {
    ("planned", "activation"): "active",
    ("planned", "end"): "ended",
    ("active", "review"): "reviewed",
    ("active", "suspension"): "suspended",
    ("active", "end"): "ended",
    ("reviewed", "review"): "reviewed",
    ("reviewed", "suspension"): "suspended",
    ("reviewed", "end"): "ended",
    ("suspended", "resumption"): None,  # back to where it was
    ("suspended", "review"): "reviewed",
    ("suspended", "end"): "ended",
}


def _body(move: str, state: str, day: date) -> dict:
    return {
        "activation": {},
        "review": {"outcome": "continues", "next_review": str(day + timedelta(days=90))},
        "suspension": {"reason": "in_hospital"},
        "resumption": {},
        "end": {"reason": "not_started" if state == "planned" else "moved"},
    }[move] | {"on": str(day)}


async def test_random_lives_keep_to_the_model_and_history_rebuilds_the_present(client_for):
    chance = random.Random(2014)
    place = Place()
    council = await client_for("contracts", carer(place, "council"))
    contract_id = await running(council, place, "council")
    made = {True: 0, False: 0}
    for _ in range(20):
        state = chance.choice(["planned", "active"])
        body = a_placement(contract_id, place.pch, state=state, end_date=None, keep_until="2017-01-01")
        placement = (await council.put(f"/v1/placements/{uuid.uuid4()}", json=body)).json()
        day, reviewed, states = date(2014, 4, 7), False, [state]
        for _ in range(7):
            move = chance.choice(["activation", "review", "suspension", "resumption", "end"])
            if move == "end" and chance.random() < 0.6:
                continue
            early = chance.random() < 0.15 and state not in ("planned", "ended")
            on = date(2014, 4, 6) if early else day + timedelta(days=chance.randrange(60))
            if move == "activation" and state == "planned":
                on = min(on, date(2014, 10, 7))
            answer = await council.post(
                f"/v1/placements/{placement['id']}/{move}", json=_body(move, state, on), key=a_key(),
                version=placement["version"],
            )  # fmt: skip
            may = (state, move) in OPEN and not early
            assert (answer.status_code == 200) is may, (state, move, on, answer.text)
            made[may] += 1
            if not may:
                assert (await council.get(f"/v1/placements/{placement['id']}")).json() == placement
                continue
            placement, day = answer.json(), max(on, day) if state != "planned" else on
            state = OPEN[state, move] or ("reviewed" if reviewed else "active")
            reviewed = reviewed or move == "review"
            states.append(state)
            assert placement["state"] == state
            assert placement["weekly_cost"]["amount_pence"] == 81250
        asked = {"person_reference": placement["person_reference"]}
        kept = (await council.get("/v1/placement-subject-access", params=asked)).json()
        assert [each["to_state"] for each in kept["steps"]] == states
        assert [each["from_state"] for each in kept["steps"]] == [None, *states[:-1]]
        assert kept["placements"] == [placement]
    assert min(made.values()) > 25, made


async def test_subject_access_finds_all_that_is_kept_however_much(client_for, stack):
    place = Place()
    council = await client_for("contracts", carer(place, "council"))
    contract_id = await running(council, place, "council")
    person = f"P-{uuid.uuid4().hex[:10]}"
    kept = [
        (await council.put(
            f"/v1/placements/{uuid.uuid4()}",
            json=a_placement(contract_id, place.pch, person_reference=person),
        )).json()["id"]
        for _ in range(2)
    ]  # fmt: skip
    connection = await stack.superuser()
    try:
        await connection.execute("set search_path = contracts")
        columns = (
            "contract_id, partnership_id, owner_organisation_id, provider_organisation_id, person_reference, service, "
            "service_key, unit, weekly_cost_pence, weekly_cost_status, funding_type, start_date, outcomes_expected, "
            "keep_until, state, missing, version"
        )
        rows = await connection.fetch(
            f"insert into contracts.placements (id, reference, {columns}) select gen_random_uuid(), 'M-' || n, {columns} "
            "from contracts.placements, generate_series(1, 203) n where id = $1 returning id",
            uuid.UUID(kept[0]),
        )
        await connection.execute(
            "insert into contracts.placement_steps (placement_id, version, owner_organisation_id, move, to_state, "
            "organisation_id, client_id) select id, 1, owner_organisation_id, 'registration', state, "
            "owner_organisation_id, gen_random_uuid() from contracts.placements where id = any ($1)",
            [row["id"] for row in rows],
        )
    finally:
        await connection.close()
    found = (await council.get("/v1/placement-subject-access", params={"person_reference": person})).json()
    every = {*kept, *(str(row["id"]) for row in rows)}
    assert len(found["placements"]) == len(found["steps"]) == 205
    assert {each["id"] for each in found["placements"]} == every
    assert {each["placement_id"] for each in found["steps"]} == every
