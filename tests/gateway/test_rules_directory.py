"""Pure rules of the directory: codes, dates, standing on a day, scopes, keys and secrets."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.rules.client import ClientSecret, add_secret, digest, secret_matches
from services.gateway.rules.client_key import read_key
from services.gateway.rules.identifier import FORMS, Scheme, overlap
from services.gateway.rules.key_ring import RingKey, kept
from services.gateway.rules.link import Link, references
from services.gateway.rules.organisation import Organisation, OrganisationKind
from services.gateway.rules.partnership import Member, Role, add_member, end_member
from services.gateway.rules.standing import Directory, caller_of, held_roles
from shared.errors import Refusal
from tests.gateway.forge import EC_KEY, RSA_KEY, public_jwk

DAYS = st.one_of(st.none(), st.dates(date(2010, 1, 1), date(2012, 12, 31)))


@pytest.mark.parametrize(
    ("scheme", "good", "wrong"),
    [
        (Scheme.ODS, ["99P", "QJK", "RK9", "15N", "RK950"], ["9P", "99p", "99P ", "99-P", "99P" * 4]),
        (
            Scheme.GSS,
            ["E06000026", "E10000008", "W06000015"],
            ["E0600002", "06000026", "e06000026", "X06000026"],
        ),
        (
            Scheme.COMPANY,
            ["09121572", "SC123456", "OC301234", "IP12345R"],
            ["9121572", "0912157 ", "ABC12345"],
        ),
        (Scheme.CHARITY, ["215174", "1012345", "215174-1"], ["21517", "21517412", "215174-"]),
        (Scheme.PPON, ["PBCP-5168-ZDGP"], ["PBCP5168ZDGP", "pbcp-5168-zdgp", "PBCP-516-ZDGP"]),
    ],
)
def test_a_code_has_the_form_of_its_register(scheme, good, wrong):
    assert all(FORMS[scheme].fullmatch(each) for each in good)
    assert not any(FORMS[scheme].fullmatch(each) for each in wrong)


@given(DAYS, DAYS, DAYS, DAYS)
def test_spans_overlap_when_some_day_is_in_both(first, last, other_first, other_last):
    days = [date.fromordinal(n) for n in range(date(2009, 12, 31).toordinal(), date(2013, 1, 2).toordinal())]
    one = {d for d in days if (first is None or d >= first) and (last is None or d <= last)}
    other = {
        d
        for d in days
        if (other_first is None or d >= other_first) and (other_last is None or d <= other_last)
    }
    if one and other:
        assert overlap(first, last, other_first, other_last) == bool(one & other)


def test_a_key_is_kept_for_a_day_after_its_successor_was_made():
    ring = [RingKey("c", 1_000_000), RingKey("b", 900_000), RingKey("a", 100)]
    names = lambda now: [each.kid for each in kept(ring, now)]  # noqa: E731 fits on one line
    assert names(1_000_000) == ["c", "b"]
    assert names(1_000_000 + 86_399) == ["c", "b"]
    assert names(1_000_000 + 86_400) == ["c"]
    assert kept([], 0) == ()


def body(kind=OrganisationKind.LOCAL_AUTHORITY, parent: UUID | None = None) -> Organisation:
    return Organisation(uuid4(), "Body", kind, parent, (), ())


def member(organisation: UUID, role: Role, first: date, last: date | None = None, **more) -> Member:
    return Member(uuid4(), uuid4(), organisation, role, first, last, **more)


def test_a_role_is_held_once_at_a_time_and_an_auditor_may_have_two_appointments():
    council, firm = body(), body(OrganisationKind.AUDIT_FIRM)
    first = member(council.id, Role.COMMISSIONER, date(2014, 4, 1), date(2015, 3, 31))
    with pytest.raises(Refusal) as refused:
        add_member(member(council.id, Role.COMMISSIONER, date(2015, 3, 31)), council, [first])
    assert refused.value.code == "member_twice"
    assert add_member(member(council.id, Role.COMMISSIONER, date(2015, 4, 1)), council, [first])
    assert add_member(member(council.id, Role.HOST, date(2014, 4, 1)), council, [first])
    with pytest.raises(Refusal):
        end_member(first, None, [first, member(council.id, Role.COMMISSIONER, date(2016, 4, 1))])
    audit: dict[str, Any] = {"financial_years": ("2014/15",)}
    one = member(firm.id, Role.AUDITOR, date(2015, 4, 1), audited_organisation_ids=(council.id,), **audit)
    other = uuid4()
    two = member(firm.id, Role.AUDITOR, date(2015, 4, 1), audited_organisation_ids=(other,), **audit)
    assert add_member(two, firm, [first, one, member(other, Role.COMMISSIONER, date(2014, 4, 1))])
    with pytest.raises(Refusal):
        add_member(replace(one, id=uuid4()), firm, [first, one])


def test_standing_is_what_is_held_on_the_day():
    council = body()
    past = member(council.id, Role.COMMISSIONER, date(2014, 4, 1), date(2015, 3, 31))
    now = member(council.id, Role.HOST, date(2015, 4, 1))
    later = member(council.id, Role.OBSERVER, date(2015, 4, 2))
    other = member(uuid4(), Role.COMMISSIONER, date(2014, 4, 1))
    caller = caller_of(
        uuid4(), ["budget:read"], Directory(council, (past, now, later, other)), date(2015, 4, 1)
    )
    assert caller.standing == {"host": (now.partnership_id,), "commissioner": (now.partnership_id,)}
    assert caller.organisations == (council.id,)
    assert held_roles(caller) == {"host", "commissioner", "organisation"}
    on_the_last_day = caller_of(uuid4(), [], Directory(council, (past,)), date(2015, 3, 31))
    assert on_the_last_day.partnerships("commissioner") == (past.partnership_id,)


def test_a_client_of_a_sub_unit_has_none_of_its_body_s_standing():
    council = body()
    unit = body(OrganisationKind.SUB_UNIT, council.id)
    of_body = member(council.id, Role.COMMISSIONER, date(2014, 4, 1))
    caller = caller_of(uuid4(), [], Directory(unit, (of_body,)), date(2015, 1, 1))
    assert (caller.organisation_id, caller.sub_unit_id) == (council.id, unit.id)
    assert caller.standing == {}
    assert caller.organisations == (unit.id,)


def test_an_auditor_brings_its_bodies_and_years():
    firm, audited = body(OrganisationKind.AUDIT_FIRM), uuid4()
    role = member(
        firm.id,
        Role.AUDITOR,
        date(2015, 4, 1),
        audited_organisation_ids=(audited,),
        financial_years=("2014/15",),
    )
    caller = caller_of(uuid4(), [], Directory(firm, (role,)), date(2015, 4, 1))
    assert [(each.partnership_id, each.organisation_ids, each.financial_years) for each in caller.audits] == [
        (role.partnership_id, (audited,), ("2014/15",))
    ]


def test_the_operator_is_the_operator_and_no_organisation():
    caller = caller_of(uuid4(), [], Directory(body(OrganisationKind.OPERATOR), ()), date(2015, 4, 1))
    assert caller.operator
    assert held_roles(caller) == {"operator"}


def code(key, algorithm="ES256", **changes) -> str:
    jwk = {name: value for name, value in (public_jwk(key, "k") | changes).items() if value is not ...}
    with pytest.raises(Refusal) as refused:
        read_key(jwk, algorithm)
    return refused.value.code


def test_only_keys_that_are_strong_public_and_of_the_algorithm_are_registered():
    assert read_key(public_jwk(EC_KEY, "k"), "ES256")[0].keys() == {"kty", "crv", "x", "y", "kid"}
    assert read_key(public_jwk(RSA_KEY, "k") | {"alg": "PS256", "use": "sig"}, "PS256")
    weak, large = (rsa.generate_private_key(public_exponent=65537, key_size=size) for size in (1024, 4608))
    odd = rsa.generate_private_key(public_exponent=3, key_size=2048)
    assert code(weak, "RS512") == "key_size"
    assert code(large, "RS512") == "key_size"
    assert code(odd, "RS512") == "key_size"
    assert code(ec.generate_private_key(ec.SECP384R1())) == "key_unreadable"
    assert code(EC_KEY, "RS512") == "key_algorithm"
    assert code(RSA_KEY, "ES256") == "key_algorithm"
    assert code(EC_KEY, alg="ES384") == "key_algorithm"
    assert code(EC_KEY, use="enc") == "key_algorithm"
    assert code(EC_KEY, d="AAAA") == "key_private"
    assert code(EC_KEY, kty="oct", k="AAAA") == "key_private"
    assert code(EC_KEY, kid=...) == "key_id"
    assert code(EC_KEY, kid="k" * 101) == "key_id"
    assert code(EC_KEY, kid="a b") == "key_id"
    assert code(EC_KEY, x="AAAA") == "key_unreadable"
    assert code(EC_KEY, x=7) == "key_unreadable"
    assert code(EC_KEY, y=...) == "key_unreadable"
    off_the_curve = public_jwk(EC_KEY, "k")
    assert code(EC_KEY, x=off_the_curve["y"], y=off_the_curve["x"]) == "key_unreadable"


def test_a_secret_matches_its_own_digest_and_nothing_else():
    digests = [digest("one"), digest("two")]
    assert secret_matches("one", digests)
    assert secret_matches("two", digests)
    assert not secret_matches("three", digests)
    assert not secret_matches("", digests)
    assert not secret_matches("", [])
    assert not secret_matches("\x00" * 32, [])


def test_a_retired_or_expired_secret_makes_room():
    now = datetime(2015, 4, 1, tzinfo=UTC)
    one = ClientSecret(uuid4(), uuid4(), uuid4())
    with pytest.raises(Refusal):
        add_secret(one, [one, one], now)
    assert add_secret(one, [one, replace(one, retired_at=now)], now)
    assert add_secret(one, [one, replace(one, expires_at=datetime(2015, 3, 31, tzinfo=UTC))], now)


def test_links_are_found_where_they_stand():
    pool = uuid4()
    links = (Link("/funding/*/pool_id", "getPool"), Link("/contract_id", "getContract"))
    found = references(links, {"funding": [{}, {"pool_id": str(pool)}], "contract_id": str(pool)})
    assert [(each.pointer, each.operation_id, each.id) for each in found] == [
        ("/funding/1/pool_id", "getPool", pool),
        ("/contract_id", "getContract", pool),
    ]
    wrong: list[Any] = [{}, [], None, 1, {"funding": {}}, {"funding": [[]]}, {"contract_id": None}]
    for nothing in wrong:
        assert references(links, nothing) == []
