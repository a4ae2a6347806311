"""What a succession carries over in the directory: roles on the days and for the bodies that the successor lacks."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from services.gateway.rules import succession as rules
from services.gateway.rules.organisation import Organisation, OrganisationKind
from services.gateway.rules.partnership import Member, Role
from services.gateway.rules.succession import Maker, Succession, SuccessionKind, SuccessionMove
from services.gateway.rules.succession_membership import directory_part
from shared.errors import Refusal

P, S, X, Y, Z, PLACE = (UUID(int=n) for n in range(1, 7))
DAY = date(2019, 4, 1)


def succession(predecessor=P, successor=S, day=DAY, number=100):
    move = SuccessionMove(predecessor, successor, Decimal(1))
    return Succession(
        UUID(int=number), SuccessionKind.TRANSFER, day, "An order", (move,), Maker(UUID(int=50), None)
    )


def member(number, body, first, last=None, role=Role.COMMISSIONER, **more):
    return Member(UUID(int=number), PLACE, body, role, first, last, **more)


def begun(*members):
    part = directory_part(succession(), members, ())
    assert len({each.id for each in part.begun}) == len(part.begun)
    assert {each.organisation_id for each in part.begun} <= {S}
    assert directory_part(succession(), members, ()).begun == part.begun
    return part, [(each.from_date, each.to_date) for each in part.begun]


P_OPEN = member(11, P, date(2014, 1, 1))


@pytest.mark.parametrize(
    ("own", "carried"),
    [
        (None, [(DAY, None)]),
        ((date(2014, 1, 1), None), []),
        ((date(2020, 1, 1), None), [(DAY, date(2019, 12, 31))]),
        ((date(2014, 1, 1), date(2019, 6, 30)), [(date(2019, 7, 1), None)]),
        (
            (date(2019, 6, 1), date(2019, 6, 30)),
            [(DAY, date(2019, 5, 31)), (date(2019, 7, 1), None)],
        ),
        ((date(2014, 1, 1), date(2019, 3, 31)), [(DAY, None)]),
        ((DAY, DAY), [(date(2019, 4, 2), None)]),
    ],
)
def test_a_role_goes_on_on_every_day_on_which_the_successor_lacks_it(own, carried):
    members = [P_OPEN] if own is None else [P_OPEN, member(12, S, *own)]
    part, days = begun(*members)
    assert days == carried
    assert [each.to_date for each in part.ended] == [date(2019, 3, 31)]
    assert part.remarks == ()


def test_a_role_goes_on_no_longer_than_it_was_to_hold():
    _, days = begun(member(11, P, date(2014, 1, 1), date(2019, 12, 31)), member(12, S, date(2019, 10, 1)))
    assert days == [(DAY, date(2019, 9, 30))]


def audits(number, body, *audited, first=date(2014, 1, 1), last=None, years=("2018/19",)):
    more = {"audited_organisation_ids": audited, "financial_years": years}
    return member(number, body, first, last, Role.AUDITOR, **more)


def test_an_auditor_s_appointment_goes_over_for_the_bodies_that_its_successor_does_not_audit():
    part, _ = begun(audits(11, P, X, Y), audits(12, S, X))
    assert [each.audited_organisation_ids for each in part.begun] == [(Y,)]
    assert part.remarks == ()
    part, days = begun(audits(11, P, X, Y), audits(12, S, X, last=date(2019, 12, 31)))
    assert [each.audited_organisation_ids for each in part.begun] == [(Y,), (X,)]
    assert days == [(DAY, None), (date(2020, 1, 1), None)]


def test_an_auditor_s_other_years_are_told():
    part, _ = begun(audits(11, P, X, years=("2017/18", "2018/19")), audits(12, S, X))
    assert part.begun == ()
    assert [(each.thing_id, "other years" in each.detail) for each in part.remarks] == [(UUID(int=12), True)]


def test_who_ended_takes_nothing_over_whichever_is_recorded_first():
    bodies = {
        each: Organisation(each, "A body", OrganisationKind.LOCAL_AUTHORITY, None, (), ())
        for each in (X, Y, Z)
    }
    first = succession(Z, Y, DAY, 101)
    ended_before = succession(Y, X, date(2018, 4, 1), 102)
    with pytest.raises(Refusal) as one:
        rules.record(ended_before, bodies, [first])
    assert one.value.code == "succession_takes_over_later"
    with pytest.raises(Refusal) as other:
        rules.record(first, bodies, [ended_before])
    assert other.value.code == "succession_succeeded_already"
    later = succession(Y, X, date(2020, 4, 1), 103)
    assert rules.record(later, bodies, [first]) == later
