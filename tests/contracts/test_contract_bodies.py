"""Examples in the documents of bodies: somebody who sends them is understood."""

import json

import pytest

from services.contracts.api.contract_bodies import AwardIn, NoticeIn
from services.contracts.api.driven_bodies import InForceIn
from services.contracts.rules.notice import last_day_to_serve
from services.gateway.rules.link import Link
from services.gateway.rules.policy_table import ROWS
from tests.contracts.things import SIX_MONTHS


def example(body) -> dict:
    """A body of the first example of each of its fields."""
    return {name: field["examples"][0] for name, field in body.model_json_schema()["properties"].items()}


@pytest.mark.parametrize("body", [InForceIn, AwardIn, NoticeIn])
def test_the_examples_of_a_move_are_a_body_that_is_taken(body) -> None:
    assert body.model_validate_json(json.dumps(example(body))).model_fields_set == set(body.model_fields)


def test_the_examples_fit_together() -> None:
    notice, award = NoticeIn(**example(NoticeIn)), AwardIn(**example(AwardIn))
    assert notice.served_on <= last_day_to_serve(notice.ends_on, SIX_MONTHS)
    assert award.standstill_ends_on < award.awarded_on


@pytest.mark.parametrize("operation", ["registerContract", "amendContract"])
def test_an_indicator_that_is_not_there_cannot_be_linked(operation) -> None:
    """Activation asks for an indicator, so an invented id must not do: the gateway looks it up."""
    (row,) = [each for each in ROWS if each.operation_id == operation]
    assert Link("/indicator_ids/*", "getIndicator") in row.links
