"""Random lives through the doors and the database against the same model: what is kept is what the model says."""

import json
import random
import uuid
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.contracts.model_life import Model, Record, months_on, worth
from tests.contracts.register import Place, a_key
from tests.contracts.told_life import PREFIX, check_merges

SEQUENCES, MOVES = 200, 2
START, END, FURTHEST = date(2013, 4, 1), date(2016, 3, 31), date(2017, 3, 31)


class KeptLife:
    """One commissioner's contracts with two providers, moved by its client."""

    def __init__(self, client, place: Place, seed: int) -> None:
        self.client, self.place, self.chance, self.model = client, place, random.Random(seed), Model()
        self.moved: dict[str, int] = {}

    async def begin(self) -> None:
        yearly = self.chance.random() < 0.5
        for _ in range(2):
            record = Record(str(uuid.uuid4()), "ccg", self.chance.choice(["pch", "phnt"]), START, END, FURTHEST,
                            self.chance.randrange(1, 10**9), yearly=yearly)  # fmt: skip
            body = self.place.contract(
                "ccg", record.provider, state="recorded_as_active", value={"amount_pence": record.pence},
                max_end_date=FURTHEST.isoformat(), value_basis="annual" if record.yearly else "total",
            )  # fmt: skip
            answer = await self.client.put(f"/v1/contracts/{record.name}", json=body)
            assert answer.status_code == 201, answer.text
            self.model.register(record)
            self.moved[record.name] = 1

    async def move(self) -> str:
        running = [name for name, record in self.model.records.items() if record.runs]
        name = self.chance.choice(running) if running else None
        if name is None:
            return "over"
        record = self.model.records[name]
        day = record.start + timedelta(days=self.chance.randrange(-5, (record.end - record.start).days + 6))
        kind = self.chance.choice(["extend", "novate", "consolidate", "split"])
        made = await getattr(self, kind)(name, record, day)
        return f"{kind} {'made' if made else 'refused'}"

    async def extend(self, name: str, record: Record, day: date) -> bool:
        allowed = self.model.can_extend(name, 6, day)
        body = {"decided_on": day.isoformat(), "ends_on": months_on(record.end, 6).isoformat()}
        version = self.moved[name]
        answer = await self.client.post(
            f"/v1/contracts/{name}/extensions", json=body, key=a_key(), version=version
        )
        assert (answer.status_code == 200) == allowed, answer.text
        if allowed:
            self.model.extend(name, 6)
            self.moved[name] += 1
        return allowed

    async def novate(self, name: str, record: Record, day: date) -> bool:
        incoming, new = self.chance.choice(["pch", "phnt"]), str(uuid.uuid4())
        allowed = incoming != record.provider and record.can_be_cut(day)
        url = f"/v1/novations/{uuid.uuid4()}"
        answer = await self.client.put(url, json={
            "contract_id": name, "new_contract_id": new, "role": "provider", "reason": "Passes on",
            "outgoing_organisation_id": str(getattr(self.place, record.provider)),
            "incoming_organisation_id": str(getattr(self.place, incoming)), "effective_on": day.isoformat(),
        })  # fmt: skip
        assert (answer.status_code == 201) == allowed, answer.text
        if allowed:
            for version, who in enumerate(answer.json()["needed"], 1):
                body = {"on": day.isoformat(), "organisation_id": who, "note": "Deed held by legal"}
                given = await self.client.post(f"{url}/consent", json=body, key=a_key(), version=version)
                assert given.status_code == 200, given.text
            done = await self.client.post(f"{url}/completion", key=a_key(), version=4)
            assert done.status_code == 200, done.text
            self.model.novate(name, day, new, record.lead, incoming)
            self.moved |= {name: self.moved[name] + 1, new: 1}
        return allowed

    async def consolidate(self, name: str, record: Record, day: date) -> bool:
        other, new = self.chance.choice(list(self.model.records)), str(uuid.uuid4())
        second = self.model.records[other]
        allowed = self.model.can_join(record, second, day)
        answer = await self.client.put(f"/v1/consolidations/{uuid.uuid4()}", json={
            "source_contract_ids": [name, other], "contract_id": new, "reference": a_key(), "title": "One",
            "effective_on": day.isoformat(), "reason": "Together",
        })  # fmt: skip
        assert (answer.status_code == 201) == allowed, answer.text
        if allowed:
            self.model.consolidate((name, other), day, new)
            self.moved |= {name: self.moved[name] + 1, other: self.moved[other] + 1, new: 1}
        return allowed

    async def split(self, name: str, record: Record, day: date) -> bool:
        first = self.chance.randrange(1, 100)
        percents, news = (first, 100 - first), (str(uuid.uuid4()), str(uuid.uuid4()))
        allowed = record.can_be_cut(day)
        parts = [{"contract_id": new, "reference": a_key(), "title": "Part", "share_percent": str(percent)}
                 for new, percent in zip(news, percents, strict=True)]  # fmt: skip
        body = {
            "source_contract_id": name,
            "parts": parts,
            "effective_on": day.isoformat(),
            "reason": "Apart",
        }
        answer = await self.client.put(f"/v1/splits/{uuid.uuid4()}", json=body)
        assert (answer.status_code == 201) == allowed, answer.text
        if allowed:
            self.model.split(name, day, news, percents)
            self.moved |= {name: self.moved[name] + 1, **dict.fromkeys(news, 1)}
        return allowed


KEPT = """
    select c.id::text as name, c.start_date, c.end_date, c.max_end_date, c.ended_on, c.value_pence, c.version, c.state::text,
           c.value_basis = 'annual' as yearly,
           (select array_agg(organisation_id) from contracts.contract_parties p
             where p.contract_id = c.id and p.role = 'lead_commissioner') as leads,
           (select array_agg(link ->> 'contract_id' order by link ->> 'contract_id')
              from contracts.contract_plans plan, jsonb_array_elements(plan.related) link
             where plan.contract_id = c.id) as parents,
           (select array_agg(s.to_state::text order by s.version) from contracts.contract_steps s
             where s.contract_id = c.id) as states,
           (select array_agg(s.version order by s.version) from contracts.contract_steps s
             where s.contract_id = c.id) as versions,
           (select (array_agg(s.terms_after order by s.version desc) filter (where s.terms_after is not null))[1]
              from contracts.contract_steps s where s.contract_id = c.id) as last_terms
      from contracts.contracts c where c.id = any ($1)
"""


async def test_random_lives_are_kept_as_the_model_says(client_for, stack, shared_data):
    """A few hundred sequences through the doors; then the rows, and what is published, are held against the model."""
    place = Place()
    caller = place.caller("ccg")
    client = await client_for("contracts", replace(caller, scopes=caller.scopes | {"publication:write"}))
    publisher = {
        "name": "NEW Devon CCG",
        "kind": "nhs_commissioner",
        "identifiers": [],
        "open_by_default": True,
    }
    assert (await client.put(f"/v1/publishers/{place.ccg}", json=publisher)).status_code == 201
    seen: dict[str, int] = {}
    lives = []
    for seed in range(SEQUENCES):
        life = KeptLife(client, place, seed)
        await life.begin()
        for _ in range(MOVES):
            said = await life.move()
            seen[said] = seen.get(said, 0) + 1
        lives.append(life)
    assert min(seen.get(f"{kind} made", 0) for kind in ("extend", "novate", "consolidate", "split")) >= 15, (
        seen
    )
    connection = await stack.superuser()
    try:
        for life in lives:
            rows: list[Any] = await connection.fetch(KEPT, [uuid.UUID(name) for name in life.model.records])
            assert len(rows) == len(life.model.records)
            assert life.model.promised == sum(
                worth(
                    row["value_pence"], row["yearly"], row["start_date"], row["ended_on"] or row["end_date"]
                )
                for row in rows
            )
            for row in rows:
                check(row, life.model.records[row["name"]], life, place)
    finally:
        await connection.close()
    await check_told(client, lives, shared_data / "ocds" / "schema_1_1")


def check(row: Any, record: Record, life: KeptLife, place: Place) -> None:
    """One row and its history against the model's record."""
    assert (row["start_date"], row["end_date"], row["max_end_date"], row["ended_on"], row["value_pence"]) == (
        record.start, record.end, record.furthest, record.ended, record.pence,
    )  # fmt: skip
    assert row["leads"] == [place.ccg]
    assert sorted(row["parents"] or []) == sorted(record.parents)
    assert row["versions"] == list(range(1, life.moved[record.name] + 1))
    assert row["versions"][-1] == row["version"]
    assert row["states"][-1] == row["state"]
    if row["last_terms"] is not None and record.ended is not None and not record.yearly:
        assert json.loads(row["last_terms"])["value"]["amount_pence"] == record.pence


async def check_told(client: Any, lives: list[KeptLife], schema: Path) -> None:
    """Every contract has a record, to which its releases merge by the standard's own routine, and it is what stands."""
    told: dict[str, dict[str, Any]] = {}
    url = "/v1/records?limit=100"
    while url:
        page = (await client.get(url)).json()
        told |= {each["ocid"].removeprefix(f"{PREFIX}-"): each for each in page["records"]}
        url = (page.get("links") or {}).get("next")
    merged = 0
    for life in lives:
        for name, record in life.model.records.items():
            [said] = check_merges(schema, told[name])["contracts"]
            assert said["value"] == {"amount": record.agreed_pence / 100, "currency": "GBP"}
            assert said["status"] == ("active" if record.runs else "terminated")
            merged += len(told[name]["releases"]) > 1
    assert merged > 100, merged
