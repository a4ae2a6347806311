"""Random lives of returns: 2,000 by the rules alone and some through the doors, each held against a model of its own.

What must hold: one effective value per period; what was submitted stays as it was; what was accepted changes only after a
reopening with its reasons; and a rating is what anybody works out from value, target, tolerance and baseline.
"""

import random
import uuid
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.outcomes.rules.control_chart import SeriesFigure
from services.outcomes.rules.indicator import Frequency
from services.outcomes.rules.kpi_return import (
    FieldReason,
    Return,
    ReturnState,
    ReturnValue,
    amend,
    check_open,
    submit,
)
from services.outcomes.rules.measure import MeasureStatus
from services.outcomes.rules.return_decision import accept, accepted, lock, reopen, send_back
from services.outcomes.rules.sequence import SeriesFacts, rated
from services.outcomes.rules.submission import AskedValue, check_submission, whole
from shared.errors import Refusal
from tests.outcomes.figures import CONTRACT, PROVIDER, a_baseline, a_return, a_target, an_indicator
from tests.outcomes.plymouth import move, put

STAY = an_indicator(frequency=Frequency.QUARTERLY)
FORM = {STAY.id: AskedValue(STAY, compulsory=True)}
NOON = datetime(2014, 7, 15, 12, tzinfo=UTC)
WHY = (FieldReason(f"/values/{STAY.id}/value", "Please check"),)
VALUES = st.sampled_from(["0", "5", "6.5", "7", "7.5", "8", "9", "24", "-1", None])
# The likeliest steps are those that lead on, so that many lives are lived to their end and corrected.
ACTS_OF_LIFE = ("submit", "submit", "accept", "accept", "send_back", "lock", "reopen", "reopen_silently")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("amend"), VALUES),
        st.tuples(st.sampled_from(ACTS_OF_LIFE), st.none()),
        st.tuples(st.sampled_from(ACTS_OF_LIFE), st.none()),
    ),
    min_size=12,
    max_size=30,
)


@dataclass
class Life:
    """A return as the rules move it, beside what a clerk with a ledger would have written down."""

    found: Return = field(default_factory=lambda: a_return(values={}))
    submitted: dict[int, str] = field(default_factory=dict)
    effective: str | None = None
    reopened: bool = True
    day: date = date(2014, 7, 15)

    def step(self, act: str, value: str | None) -> None:
        before = self.found
        try:
            getattr(self, act)(value)
        except Refusal:
            assert self.found is before
        assert self.found.version == before.version + (self.found is not before)
        if self.found.accepted_revision != before.accepted_revision:
            assert self.reopened, "what was accepted changed without a reason"
            self.reopened = False
        assert (self.found.accepted_revision is None) is (self.effective is None)
        assert self.found.revision == len(self.submitted)

    def amend(self, value: str | None) -> None:
        check_open(self.found)
        patch = {STAY.id: {"value": None if value is None else Decimal(value)}}
        values = amend(self.found.values or {}, patch, {STAY.id: True})
        self.found = replace(self.found, values=values, version=self.found.version + 1)

    def submit(self, _value: None) -> None:
        check_open(self.found)
        check_submission(FORM, self.found.values or {})
        self.day += timedelta(days=3)
        made = submit(self.found, NOON, self.day, explained=False)
        self.found = replace(made, values=whole(FORM, self.found.values or {}))
        assert self.found.revision not in self.submitted
        self.submitted[self.found.revision] = str((self.found.values or {})[STAY.id].value)

    def send_back(self, _value: None) -> None:
        self.found = send_back(self.found, WHY, {STAY.id: ReturnValue()})

    def accept(self, _value: None) -> None:
        accept(self.found, False)
        self.found = accepted(self.found)
        self.effective = self.submitted[self.found.revision]

    def lock(self, _value: None) -> None:
        self.found = lock(self.found)

    def reopen(self, _value: None) -> None:
        self.found = reopen(self.found, WHY, {STAY.id: ReturnValue()})
        self.reopened = True

    def reopen_silently(self, _value: None) -> None:
        self.found = reopen(self.found, (), {STAY.id: ReturnValue()})


def by_hand(value: str, target: str, tolerance: str | None, baseline: str | None) -> str:
    """The colour of a figure of which less is better, as a person works it out."""
    figure, goal = Decimal(value), Decimal(target)
    if figure <= goal:
        return "green"
    if tolerance is not None:
        return "amber" if figure - goal <= Decimal(tolerance) else "red"
    return "amber" if baseline is not None and figure < Decimal(baseline) else "red"


@settings(max_examples=2000, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    STEPS,
    st.sampled_from(["6", "7", "8.5"]),
    st.sampled_from([None, "0", "0.5", "2"]),
    st.sampled_from([None, "7", "9"]),
)
def test_two_thousand_lives_keep_one_effective_value_and_an_untouched_history(
    steps, target, tolerance, baseline
):
    life = Life()
    life.step("amend", "8")
    for act, value in steps:
        history = dict(life.submitted)
        life.step(act, value)
        assert {number: life.submitted[number] for number in history} == history
    if life.effective is None:
        return
    goal = a_target(STAY, value=target, amber_tolerance=tolerance)
    start = () if baseline is None else (a_baseline(STAY, baseline, "2013Q2"),)
    figure = SeriesFigure(
        life.found.obligation_id,
        CONTRACT,
        PROVIDER,
        "2014Q2",
        Decimal(life.effective),
        MeasureStatus.ACTUAL,
        1,
        NOON,
    )
    rating, _ = rated(SeriesFacts(STAY, (figure,), (goal,), start), figure)
    assert rating.colour == by_hand(life.effective, target, tolerance, baseline)


def test_the_steps_reach_every_state():
    """A property over lives that never leave the draft would prove nothing."""
    chance, reached = random.Random(4), set()
    acts = ["submit", "send_back", "accept", "lock", "reopen", "reopen_silently"]
    for _ in range(300):
        life = Life()
        life.step("amend", "8")
        for _ in range(12):
            life.step(chance.choice(acts), None)
            reached.add((life.found.state, life.effective is not None, life.found.revision > 1))
    assert {state for state, _, _ in reached} == set(ReturnState) - {ReturnState.SUBMITTED}
    assert (ReturnState.RETURNED, True, True) in reached


ACTS = {
    "submit": ("community", "submission", None),
    "send_back": ("council", "return", {"reasons": [{"pointer": "/values", "reason": "Please check"}]}),
    "accept": ("council", "acceptance", {"explanations_accepted": True}),
    "lock": ("council", "lock", None),
    "reopen": ("council", "reopening", {"reasons": [{"pointer": "/values", "reason": "Counted twice"}]}),
}


@pytest.mark.parametrize("seed", range(12))
async def test_lives_through_the_doors_are_those_of_the_rules(clients, plymouth, days, seed):
    chance = random.Random(seed)
    obligation = await put(clients["council"], "obligations", plymouth.obligation(days))
    body = {"obligation_id": obligation["id"], "period": "2014Q2", "values": {days: {"value": "8"}}}
    found = await put(clients["community"], "returns", body)
    path, effective = f"/v1/returns/{found['id']}", None
    submitted: dict[int, str] = {}
    history: list[dict] = []
    for _ in range(14):
        act = chance.choice(["amend", *ACTS])
        before = found
        if act == "amend":
            value = str(chance.randint(1, 20))
            answer = await clients["community"].patch(
                path, json={"values": {days: {"value": value}}}, version=found["version"]
            )
        else:
            who, name, sent = ACTS[act]
            options = {} if sent is None else {"json": sent}
            answer = await clients[who].post(
                f"{path}/{name}", key=uuid.uuid4().hex, version=found["version"], **options
            )
        if answer.status_code == 200:
            found = answer.json()
        else:
            assert answer.json()["code"] in {"return_move_not_possible", "not_found"}, answer.text
        if found["revision"] > before["revision"]:
            submitted[found["revision"]] = found["values"][days]["value"]
        if found["accepted_revision"] != before["accepted_revision"]:
            assert act == "accept"
            effective = submitted[found["accepted_revision"]]
        seen = (await clients["community"].get(f"{path}/revisions")).json()["items"]
        for earlier, now in zip(history, seen, strict=False):
            assert (now["values"], now["moves"][: len(earlier["moves"])]) == (
                earlier["values"],
                earlier["moves"],
            )
        assert [each["values"][days]["value"] for each in seen] == list(submitted.values())
        history = seen
    chart = await clients["council"].get(
        "/v1/spc-charts", params={"indicator_id": days, "obligation_id": obligation["id"]}
    )
    assert [each["value"] for each in chart.json()["points"]] == ([] if effective is None else [effective])


async def test_two_portals_that_save_at_once_do_not_undo_each_other(clients, plymouth, days):
    obligation = await put(clients["council"], "obligations", plymouth.obligation(days))
    body = {"obligation_id": obligation["id"], "period": "2014Q2", "values": {}}
    found = await put(clients["community"], "returns", body)
    path, version = f"/v1/returns/{found['id']}", found["version"]
    first = await clients["community"].patch(path, json={"values": {days: {"value": "8"}}}, version=version)
    second = await clients["community"].patch(path, json={"values": {days: {"value": "9"}}}, version=version)
    assert (first.status_code, second.status_code, second.json()["code"]) == (200, 412, "version_stale")
    sent = await move(clients["community"], first.json(), "submission")
    assert sent["values"][days]["value"] == "8"
