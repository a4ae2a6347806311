"""Contributions: promised by parties, replaced and never edited, unknown where they are not known."""

import uuid
from dataclasses import replace

import pytest

from services.budget.rules import contribution as rules
from services.budget.rules.contribution import Contribution, Form
from services.budget.rules.line import Arrangement
from shared.errors import Refusal
from shared.money import TBC, Money, total
from tests.budget.papers import CCG, PARTNERSHIP, PCC

POOL = uuid.UUID(int=0x3)


BASE = Money(22_167_000_00)


def a_contribution(organisation=PCC, amount=BASE, **changes):
    return replace(
        Contribution(uuid.uuid4(), PARTNERSHIP, organisation, POOL, Arrangement.SHADOW, "2014/15", amount),
        **changes,
    )


def refused(code, call, *arguments):
    with pytest.raises(Refusal) as caught:
        call(*arguments)
    assert caught.value.code == code


@pytest.mark.row("S1-B11")
def test_what_the_other_partner_has_not_said_is_unknown_and_never_nil():
    pcc = rules.promise(a_contribution(), PARTNERSHIP, (PCC, CCG), None)
    ccg = rules.promise(a_contribution(CCG, TBC), PARTNERSHIP, (PCC, CCG), None)
    sums = total((str(each.owner_organisation_id), each.amount) for each in (pcc, ccg))
    assert (sums.known_pence, sums.complete) == (22_167_000_00, False)
    assert sums.missing_contributors == (str(CCG),)


def test_only_a_party_contributes_and_never_less_than_nothing():
    refused(
        "contribution_not_a_party", rules.promise, a_contribution(uuid.uuid4()), PARTNERSHIP, (PCC, CCG), None
    )
    elsewhere = a_contribution(partnership_id=uuid.uuid4())
    refused("contribution_pool_elsewhere", rules.promise, elsewhere, PARTNERSHIP, (PCC, CCG), None)
    refused(
        "contribution_negative",
        rules.promise,
        a_contribution(amount=Money(-1)),
        PARTNERSHIP,
        (PCC, CCG),
        None,
    )
    refused(
        "financial_year_unreadable",
        rules.promise,
        a_contribution(financial_year="2014/16"),
        PARTNERSHIP,
        (PCC,),
        None,
    )


@pytest.mark.parametrize(
    "change",
    [
        {"owner_organisation_id": CCG},
        {"pool_id": uuid.uuid4()},
        {"financial_year": "2015/16"},
        {"form": Form.IN_KIND},
        {"funding_source": "bcf_nhs_minimum"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_contribution_replaces_only_its_own_kind(change):
    first = a_contribution(CCG, TBC)
    known = a_contribution(CCG, Money(1), replaces_contribution_id=first.id)
    assert rules.promise(known, PARTNERSHIP, (PCC, CCG), first).amount == known.amount
    other = replace(a_contribution(PCC, TBC), **change) if "owner_organisation_id" not in change else first
    own = a_contribution(PCC, Money(1), replaces_contribution_id=other.id)
    refused("contribution_replaces_another", rules.promise, own, PARTNERSHIP, (PCC, CCG), other)
