"""Every event that the code tells has an entry in the catalogue, every entry is told, and every example is one."""

import pytest
from jsonschema import Draft202012Validator

from services.gateway.api.event_types import _shape
from services.gateway.rules.event_types import EVENT_TYPES
from services.gateway.rules.event_types.event_type import Thing, types_of
from shared.web.feeds import EventOut
from tests.architecture.event_sources import Sources, Told


@pytest.fixture(scope="module")
def sources() -> Sources:
    return Sources()


@pytest.fixture(scope="module")
def told(sources) -> dict[str, Told]:
    return {f"{service}.{what}.v1": each for (service, what), each in sources.told().items()}


def differences(told: dict[str, Told]) -> list[str]:
    """What the catalogue says otherwise than the code."""
    found = [f"{name} has no entry" for name in sorted(told.keys() - EVENT_TYPES.keys())]
    found += [f"nothing tells {name}" for name in sorted(EVENT_TYPES.keys() - told.keys())]
    for name in sorted(told.keys() & EVENT_TYPES.keys()):
        entry, each = EVENT_TYPES[name], told[name]
        if each.things != {entry.thing}:
            found.append(f"{name} is about {each.things}, not {entry.thing}")
        if each.named != (entry.named is not None) or each.shared != entry.shared:
            found.append(f"{name} is told to others than its entry says")
    return found


def test_the_catalogue_is_what_the_code_tells(sources, told):
    assert len(told) > 200
    assert sources.unknown == [], "say in event_sources.py what these are"
    assert differences(told) == []


def test_a_hole_in_the_catalogue_is_found(told):
    a, b, c = "budget.journal_posted.v1", "contracts.payment_paid.v1", "gateway.client_created.v1"
    planted = {**told, "budget.planted.v1": told[a]}
    del planted[b]
    planted[a] = Told({"line"}, told[a].named, told[a].shared)
    planted[c] = Told({"client"}, named=True, shared=False)
    assert differences(planted) == [
        "budget.planted.v1 has no entry",
        "nothing tells contracts.payment_paid.v1",
        "budget.journal_posted.v1 is about {'line'}, not journal",
        "gateway.client_created.v1 is told to others than its entry says",
    ]


def test_every_example_is_an_event_of_its_type():
    check = Draft202012Validator(_shape(), format_checker=Draft202012Validator.FORMAT_CHECKER)
    for name, each in EVENT_TYPES.items():
        assert list(check.iter_errors(each.example)) == []
        assert EventOut.model_validate(each.example).type == name
        assert each.example["subject"].startswith(f"{each.thing}/")
        assert (each.example["data"]["partnership_id"] is None) is not each.shared
    assert list(check.iter_errors({**each.example, "id": 7}))


def test_an_entry_says_who_is_told():
    (alone,) = types_of("budget", [Thing("line", {"line_opened": "A line."}, shared=False)])
    assert alone.told == "The organisation whose record it is: each while it may read the record."
    (named,) = types_of("budget", [Thing("line", {"line_opened": "A line."}, named="its parties")])
    assert "its parties; organisations with a role in its partnership" in named.told
    assert all(each.means.endswith(".") and each.means[0].isupper() for each in EVENT_TYPES.values())
