"""What holds for a contract in every state: parties, shares, funding, dates, forms; and the table of moves."""

import uuid
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from services.contracts.rules.classification import AgreementForm, Regime
from services.contracts.rules.contract import (
    Contract,
    EndStatus,
    Related,
    Relation,
    checked,
    reference_key,
    register,
)
from services.contracts.rules.funding import FundingLine
from services.contracts.rules.party import Party, ProviderKind, Role
from services.contracts.rules.site import Site, StaffTransfer
from services.contracts.rules.state import FIRST, MOVES, PUBLISHED, RUNNING, State, move
from shared.errors import Refusal
from shared.money import Money
from tests.contracts.things import ASSOCIATE, LEAD, POOL, PROVIDER, contract, lead, provider


def refused(made: Contract) -> Refusal:
    with pytest.raises(Refusal) as caught:
        register(made)
    return caught.value


def codes(refusal: Refusal) -> set[str]:
    return {fault.code for fault in refusal.faults}


def test_a_contract_that_fits_together_is_registered_as_it_is() -> None:
    assert register(contract()) == contract()


@pytest.mark.row("S5-C05")
def test_several_commissioners_tender_together_with_one_of_them_as_lead() -> None:
    joint = contract(
        state=State.PROCUREMENT, parties=(lead(), Party(Role.ASSOCIATE_COMMISSIONER, ASSOCIATE)), funding=()
    )
    assert register(joint).associate_ids == (ASSOCIATE,)
    leaderless = contract(state=State.PROCUREMENT, parties=(Party(Role.ASSOCIATE_COMMISSIONER, ASSOCIATE),))
    assert codes(refused(leaderless)) == {"one_lead"}


@pytest.mark.row("S1-C01")
def test_there_is_one_lead_any_number_of_associates_and_from_the_award_a_provider() -> None:
    associate = Party(Role.ASSOCIATE_COMMISSIONER, ASSOCIATE)
    other = Party(Role.ASSOCIATE_COMMISSIONER, uuid.uuid4())
    assert register(contract(parties=(lead(), associate, other, provider()))).associate_ids == (
        ASSOCIATE,
        other.organisation_id,
    )
    for leads in ((), (lead(), Party(Role.LEAD_COMMISSIONER, ASSOCIATE))):
        assert "one_lead" in codes(refused(contract(parties=(*leads, provider()))))
    assert refused(contract(parties=(lead(),))).code == "contract_provider_missing"
    assert register(contract(parties=(lead(),), state=State.PIPELINE)).provider_ids == ()


@pytest.mark.parametrize(
    ("parties", "code"),
    [
        ((lead(), Party(Role.ASSOCIATE_COMMISSIONER, LEAD), provider()), "commissioner_twice"),
        ((lead(), Party(Role.ASSOCIATE_COMMISSIONER, name="Kernow"), provider()), "commissioner_without_id"),
        ((lead(), provider(), provider()), "provider_twice"),
        ((lead(), provider(organisation_id=LEAD)), "lead_is_provider"),
        ((lead(), provider(organisation_id=None)), "party_unnamed"),
        ((lead(), provider(share_percent=Decimal(10))), "share_misplaced"),
        ((lead(), provider(), Party(Role.SUB_COMMISSIONER, ASSOCIATE)), "sub_commissioner_not_provider"),
    ],
)
def test_parties_that_do_not_fit_are_refused_at_their_place(parties, code) -> None:
    refusal = refused(contract(parties=parties))
    assert refusal.code == "parties_wrong"
    assert code in codes(refusal)
    assert all(fault.pointer.startswith("/parties") for fault in refusal.faults)


def test_a_provider_that_is_not_in_the_directory_is_known_by_its_name() -> None:
    assert register(contract(parties=(lead(), provider(organisation_id=None, name="Acme Care Ltd"))))


@pytest.mark.row("S1-C01")
@pytest.mark.parametrize(
    ("of_lead", "of_associate", "whole"),
    [
        ("62.5", "37.5", True),
        (None, None, True),
        ("60", "30", False),
        ("60", None, False),
        ("100", "0", False),
    ],
)
def test_commissioners_shares_are_all_given_and_come_to_the_whole(of_lead, of_associate, whole) -> None:
    shares = [None if each is None else Decimal(each) for each in (of_lead, of_associate)]
    made = contract(
        parties=(
            lead(share_percent=shares[0]),
            Party(Role.ASSOCIATE_COMMISSIONER, ASSOCIATE, share_percent=shares[1]),
            provider(),
        )
    )
    if whole:
        register(made)
    else:
        assert codes(refused(made)) == {"shares_not_whole"}


@pytest.mark.row("S3-C07", "S3-C10")
def test_one_lead_provider_has_subcontractors_and_can_hold_delegated_commissioning() -> None:
    beneath = Party(Role.SUBCONTRACTOR, name="St Luke's Hospice")
    delegate = Party(Role.SUB_COMMISSIONER, PROVIDER)
    made = contract(
        parties=(lead(), provider(), beneath, delegate), agreement_form=AgreementForm.PRIME_PROVIDER
    )
    assert register(made) == made
    two = contract(parties=(lead(), provider(), provider(organisation_id=uuid.uuid4()), beneath))
    assert codes(refused(two)) == {"subcontractor_needs_one_provider"}


@pytest.mark.row("S1-C06")
def test_the_pools_that_fund_a_contract_bear_exactly_the_whole() -> None:
    pools = [uuid.uuid4() for _ in range(3)]

    def funded(*shares: str) -> Contract:
        lines = tuple(
            FundingLine(pool, LEAD, Decimal(share)) for pool, share in zip(pools, shares, strict=False)
        )
        return contract(funding=lines)

    assert register(funded("33.3", "33.3", "33.4"))
    assert register(funded())
    refusal = refused(funded("33.3", "33.3", "33.3"))
    assert (refusal.code, refusal.facts) == (
        "funding_not_whole",
        {"sum_percent": "99.9", "out_by_percent": "-0.1"},
    )
    assert refused(funded("100.1")).code == "funding_share_range"
    twice = contract(funding=(FundingLine(POOL, LEAD, Decimal(50)), FundingLine(POOL, LEAD, Decimal(50))))
    assert refused(twice).code == "funding_twice"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"end_date": date(2013, 3, 31)}, "contract_ends_before_start"),
        ({"max_end_date": date(2016, 3, 30)}, "contract_extends_before_end"),
        ({"end_status": EndStatus.OPEN_ENDED}, "contract_end_status"),
        ({"end_date": None}, "contract_end_status"),
        ({"value": Money(-1)}, "contract_value_negative"),
        ({"state": State.ACTIVE}, "contract_first_state"),
        ({"related": (Related(Relation.REPLACES, uuid.UUID(int=99)),)}, "contract_related_to_itself"),
    ],
)
def test_what_cannot_be_is_refused(changes, code) -> None:
    assert refused(contract(**changes)).code == code


@pytest.mark.row("S1-C10")
def test_work_kept_in_house_or_among_public_bodies_has_a_code_and_its_grounds() -> None:
    for regime in (Regime.EXEMPT_VERTICAL, Regime.EXEMPT_HORIZONTAL):
        assert refused(contract(award_regime=regime)).code == "award_basis_missing"
        grounds = "Controlled as a department; over 80 % of its activity; no private capital"
        assert register(contract(award_regime=regime, award_basis=grounds)).award_regime is regime
    assert register(contract(award_regime=Regime.PCR2006_PART_B))


@pytest.mark.row("S3-C06", "S5-C07", "S5-C08")
def test_forms_of_contract_are_a_list_with_alliance_prime_and_service_level_agreement() -> None:
    assert {"prime_provider", "alliance", "mcp", "pacs", "framework", "service_level_agreement"} <= set(
        AgreementForm
    )
    alliance = contract(
        title="Complex Lives",
        agreement_form=AgreementForm.ALLIANCE,
        parties=(lead(), provider(), provider(organisation_id=uuid.uuid4())),
    )
    assert register(alliance).agreement_form == "alliance"


@pytest.mark.row("S1-C11")
def test_providers_have_a_kind_and_flags_that_may_be_unknown() -> None:
    voluntary = provider(kind=ProviderKind.VOLUNTARY_SECTOR, vcse=True)
    practice = provider(organisation_id=uuid.uuid4(), kind=ProviderKind.GP_PRACTICE, sme=True, vcse=False)
    made = register(contract(parties=(lead(), voluntary, practice)))
    assert [(party.kind, party.sme, party.vcse) for party in made.parties[1:]] == [
        ("voluntary_sector", None, True),
        ("gp_practice", True, False),
    ]


@pytest.mark.row("S2-C03")
def test_a_site_is_not_an_organisation_and_is_run_by_a_provider_of_the_contract() -> None:
    derriford = Site("Derriford Hospital", PROVIDER, "RK950")
    assert register(contract(sites=(derriford,))).sites[0].operated_by_organisation_id == PROVIDER
    refusal = refused(contract(sites=(replace(derriford, operated_by_organisation_id=ASSOCIATE),)))
    assert refusal.code == "site_operator_not_provider"
    assert refusal.faults[0].pointer == "/sites/0/operated_by_organisation_id"


@pytest.mark.row("S3-C05")
def test_staff_who_moved_with_a_service_are_a_headcount_with_its_date_and_law() -> None:
    moved = StaffTransfer(173, date(2015, 4, 1), LEAD, PROVIDER, "TUPE 2006")
    assert register(contract(staff_transfers=(moved,))).staff_transfers == (moved,)


@pytest.mark.row("S3-C02")
def test_a_procurement_to_come_points_at_the_failed_one_before_it_and_at_one_it_is_timed_with() -> None:
    failed, leg_ulcer = uuid.uuid4(), uuid.uuid4()
    mayflower = contract(
        title="Mayflower practice",
        state=State.PIPELINE,
        parties=(lead(),),
        related=(Related(Relation.UNSUCCESSFUL_PROCESS, failed), Related(Relation.TIMED_WITH, leg_ulcer)),
    )
    assert [each.contract_id for each in register(mayflower).related] == [failed, leg_ulcer]


def test_every_state_has_its_moves_and_each_can_be_reached() -> None:
    assert set(MOVES) == set(State)
    reached = {*FIRST, *(to for moves in MOVES.values() for to in moves)}
    assert reached == set(State)
    assert not {state for state in RUNNING if State.TERMINATED not in MOVES[state]}
    assert MOVES[State.TERMINATED] == MOVES[State.NOVATED] == MOVES[State.CONSOLIDATED] == set()


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("to", list(State))
def test_a_move_is_made_only_along_the_table(state: State, to: State) -> None:
    if to in MOVES[state]:
        assert move(state, to) is to
    else:
        with pytest.raises(Refusal, match="from which it can do this") as caught:
            move(state, to)
        assert caught.value.facts["open"] == sorted(MOVES[state])


def test_the_public_learns_of_no_notice_or_suspension() -> None:
    assert {PUBLISHED[state] for state in RUNNING} == {State.ACTIVE}
    assert PUBLISHED[State.TERMINATED] is State.TERMINATED


def test_two_spellings_of_a_reference_are_one() -> None:
    assert reference_key(" ABС 12 ") == reference_key("abc  12")  # noqa: RUF001 a Cyrillic letter


def test_what_follows_from_a_contract_is_worked_out_anew() -> None:
    assert checked(contract()).date_conflicts == ()
