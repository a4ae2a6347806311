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
        body = a_placement(contract_id, place.pch, state=state, end_date=None, keep_until="2016-01-01")
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
