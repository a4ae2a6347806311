"""As whom a caller sees a partnership, what is closed to that, and who is named as withheld: rules alone."""

import uuid
from datetime import date

import pytest

from services.gateway.rules.partnership import Member, Role
from services.gateway.rules.policy_table import ROWS
from services.gateway.rules.view import WithheldBecause, sight_of, withheld_bodies
from shared.calendar import read_financial_year
from shared.caller import Audit, Caller

HERE, ELSEWHERE = uuid.uuid4(), uuid.uuid4()
COUNCIL, CCG, KERNOW, TRUST = (uuid.uuid4() for _ in range(4))
YEAR = read_financial_year("2014/15")
BY_ID = {row.operation_id: row for row in ROWS}
FUND, CONTRACTS = BY_ID["getPosition"], BY_ID["getContractSummary"]


def a_caller(*roles, own=None, audits=(), elsewhere=()):
    standing = {
        role: ((HERE,) if role in roles else ()) + ((ELSEWHERE,) if role in elsewhere else ())
        for role in {*roles, *elsewhere}
    }
    own = own or uuid.uuid4()
    return Caller(uuid.uuid4(), own, (own,), frozenset(), standing, audits)


def a_member(organisation, role, first="2014-07-16", last=None):
    ends = last and date.fromisoformat(last)
    return Member(uuid.uuid4(), HERE, organisation, role, date.fromisoformat(first), ends)


MEMBERS = (
    a_member(COUNCIL, Role.HOST),
    a_member(CCG, Role.COMMISSIONER),
    a_member(KERNOW, Role.ASSOCIATE),
    a_member(TRUST, Role.PROVIDER),
)


def named(service, because, caller, members=MEMBERS, year=YEAR):
    sight = sight_of(caller, HERE, year)
    return {each.organisation_id for each in withheld_bodies(service, because, sight, members, year)}


@pytest.mark.parametrize(
    ("roles", "fund"),
    [
        (("commissioner",), None),
        (("commissioner", "host"), None),
        (("observer",), None),
        (("associate",), WithheldBecause.NOT_FOR_ROLE),
        (("provider",), WithheldBecause.NOT_FOR_ROLE),
        (("associate", "observer"), None),
    ],
)
def test_the_policy_row_decides_what_is_open_to_the_roles_held_here(roles, fund):
    sight = sight_of(a_caller(*roles, elsewhere=("commissioner", "auditor")), HERE, YEAR)
    assert set(sight.roles) == set(roles)
    assert (sight.closed(FUND), sight.closed(CONTRACTS)) == (fund, None)


def test_an_auditor_is_one_in_the_years_of_its_appointment_and_for_its_partnership():
    audits = (Audit(HERE, (COUNCIL,), ("2014/15",)), Audit(HERE, (CCG,), ("2015/16",)))
    caller = a_caller("auditor", audits=audits)
    assert sight_of(caller, HERE, YEAR).audited == {COUNCIL}
    assert sight_of(caller, HERE, YEAR.next()).audited == {CCG}
    after = sight_of(caller, HERE, YEAR.next().next())
    assert (after.roles, after.closed(FUND), after.closed(CONTRACTS)) == (
        (),
        *[WithheldBecause.NOT_IN_AUDIT] * 2,
    )
    other = a_caller("auditor", audits=(Audit(ELSEWHERE, (COUNCIL,), ("2014/15",)),))
    assert sight_of(other, HERE, YEAR).roles == ()


def test_a_closed_source_names_those_whose_it_is_and_never_the_caller():
    provider = a_caller("provider", own=TRUST)
    assert named("budget", WithheldBecause.NOT_FOR_ROLE, provider) == {COUNCIL, CCG}
    assert named("contracts", WithheldBecause.NOT_SHOWN, provider) == {COUNCIL, CCG, KERNOW}
    assert named("contracts", WithheldBecause.NOT_SHOWN, a_caller("commissioner", own=CCG)) == {
        COUNCIL,
        KERNOW,
    }
    assert named("contracts", None, provider) == set()


def test_an_open_source_names_whom_the_audit_leaves_out_unless_another_role_shows_them():
    audits = (Audit(HERE, (COUNCIL,), ("2014/15",)),)
    assert named("outcomes", None, a_caller("auditor", audits=audits)) == {CCG, KERNOW}
    assert named("budget", None, a_caller("auditor", audits=audits)) == set()  # the budget names its own
    assert named("outcomes", None, a_caller("auditor", "provider", audits=audits)) == {CCG, KERNOW}
    for more in ("observer", "commissioner"):
        assert named("outcomes", None, a_caller("auditor", more, audits=audits)) == set()


@pytest.mark.parametrize(
    ("first", "last", "there"),
    [
        ("2014-04-01", None, True),
        ("2015-03-31", None, True),
        ("2015-04-01", None, False),
        ("2010-04-01", "2014-04-01", True),
        ("2010-04-01", "2014-03-31", False),
    ],
)
def test_those_are_named_who_were_members_in_the_year(first, last, there):
    members = [a_member(COUNCIL, Role.COMMISSIONER, first, last)]
    assert named("budget", WithheldBecause.NOT_FOR_ROLE, a_caller("provider"), members) == (
        {COUNCIL} if there else set()
    )
