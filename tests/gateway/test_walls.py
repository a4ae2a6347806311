"""The second wall: what the database itself refuses, whatever the code in front of it does."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import asyncpg
import pytest

from shared.context import opening_sql
from tests.stack import a_caller

NOBODY = a_caller(UUID(int=0))
TABLES = (
    "organisations", "organisation_identifiers", "partnerships", "members", "clients", "client_keys",
    "client_secrets", "issuers", "issuer_clients", "used_assertion_ids",
)  # fmt: skip


@pytest.fixture(scope="module")
async def two(operator):
    """Two councils that share nothing, each with a client."""
    found = []
    for _ in range(2):
        council = await operator.organisation(
            identifiers=[{"scheme": "company", "code": str(uuid4().int)[:8]}]
        )
        partnership = await operator.partnership(commissioner=council)
        found.append((UUID(council), UUID(partnership), await operator.client(council, keys=True)))
    return found


@asynccontextmanager
async def as_(stack, caller):
    """A raw session of the app's own role with this caller's context, rolled back at the end."""
    connection = await stack.connect("gateway")
    try:
        await connection.execute(opening_sql(caller, False, "read committed"))
        yield connection
    finally:
        await connection.close()


def council_of(pair):
    council, partnership, _ = pair
    return a_caller(council, commissioner=partnership)


async def count(connection, table):
    column = "id" if table == "client_secrets" else "*"
    return await connection.fetchval(f"select count({column}) from gateway.{table}")


async def test_without_a_caller_nothing_is_there(stack, two):
    for caller in (None, NOBODY):
        async with as_(stack, caller or NOBODY) as connection:
            if caller is None:
                await connection.execute("rollback; begin")
            for table in TABLES[:-1]:
                assert await count(connection, table) == 0, table


async def test_each_council_finds_its_own_rows_and_none_of_the_other(stack, two):
    for mine, other in (two, two[::-1]):
        async with as_(stack, council_of(mine)) as connection:
            ids = {row["id"] for row in await connection.fetch("select id from gateway.organisations")}
            assert mine[0] in ids
            assert other[0] not in ids
            owners = await connection.fetch("select distinct owner_organisation_id from gateway.clients")
            assert [row[0] for row in owners] == [mine[0]]
            for table in ("client_keys", "client_secrets"):
                owners = await connection.fetch(f"select distinct owner_organisation_id from gateway.{table}")
                assert [row[0] for row in owners] == [mine[0]]
            partnerships = await connection.fetch("select id from gateway.partnerships")
            assert [row["id"] for row in partnerships] == [mine[1]]


async def test_a_council_changes_nothing_of_another_s(stack, two):
    mine, other = two
    async with as_(stack, council_of(mine)) as connection:
        for statement in (
            "update gateway.clients set disabled_at = now() where id = $1",
            "update gateway.client_keys set retired_at = now() where client_id = $1",
            "update gateway.client_secrets set retired_at = now() where client_id = $1",
        ):
            assert await connection.execute(statement, UUID(other[2].id)) == "UPDATE 0"


@pytest.mark.parametrize(
    "statement",
    [
        (
            "insert into gateway.clients (id, owner_organisation_id, organisation_id, name, scopes)"
            " values (gen_random_uuid(), '{other}', '{other}', 'x', '{{}}')"
        ),
        (
            "insert into gateway.client_secrets (client_id, owner_organisation_id, digest)"
            " values ('{client}', '{other}', decode(repeat('00', 32), 'hex'))"
        ),
        (
            "insert into gateway.client_keys (id, client_id, owner_organisation_id, kid, algorithm, jwk)"
            " values (gen_random_uuid(), '{client}', '{other}', 'x', 'ES256', '{{}}')"
        ),
        (
            "insert into gateway.organisations (id, name, kind)"
            " values (gen_random_uuid(), 'x', 'local_authority')"
        ),
        (
            "insert into gateway.members (id, partnership_id, organisation_id, role, from_date)"
            " values (gen_random_uuid(), '{partnership}', '{mine}', 'commissioner', '2014-04-01')"
        ),
        (
            "insert into gateway.partnerships (id, name, from_date)"
            " values (gen_random_uuid(), 'x', '2014-04-01')"
        ),
        "select digest from gateway.client_secrets",
        "select * from gateway.client_secrets",
        "select * from gateway.used_assertion_ids",
        "insert into gateway.used_assertion_ids values (gen_random_uuid(), 'x', now())",
        "delete from gateway.clients",
        "delete from gateway.audit_events",
        "truncate gateway.clients",
        "update gateway.clients set organisation_id = '{other}'",
        "update gateway.clients set owner_organisation_id = '{other}'",
        "update gateway.client_secrets set digest = digest",
        "update gateway.client_keys set jwk = jwk",
        "update gateway.members set role = 'host'",
        "update gateway.organisations set kind = 'operator'",
        "set role gateway_owner",
        "set role gateway_totals",
        "select * from budget.journals",
        "select * from contracts.audit_events",
    ],
)
async def test_what_the_app_s_role_may_not_do(stack, two, statement):
    mine, other = two
    filled = statement.format(other=other[0], client=other[2].id, mine=mine[0], partnership=other[1])
    async with as_(stack, council_of(mine)) as connection:
        # Whether a policy, a missing grant or a guard stands first does not matter: the row does not get in.
        with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.ForeignKeyViolationError)):
            await connection.execute(filled)


async def test_a_second_operator_is_refused_by_the_database(stack, operator):
    async with as_(stack, a_caller(operator=True)) as connection:
        with pytest.raises(asyncpg.UniqueViolationError, match="one_operator"):
            await connection.execute(
                "insert into gateway.organisations (id, name, kind) values (gen_random_uuid(), 'x', 'operator')"
            )


async def test_dates_that_must_not_overlap_are_locked_a_second_time(stack, two):
    council, partnership, _ = two[0]
    async with as_(stack, a_caller(operator=True)) as connection:
        with pytest.raises(asyncpg.ExclusionViolationError, match="this role"):
            await connection.execute(
                "insert into gateway.members (id, partnership_id, organisation_id, role, from_date)"
                " values (gen_random_uuid(), $1, $2, 'commissioner', '2015-01-01')",
                partnership,
                council,
            )
    async with as_(stack, a_caller(operator=True)) as connection:
        with pytest.raises(asyncpg.ExclusionViolationError, match="means another body"):
            await connection.execute(
                "insert into gateway.organisation_identifiers (organisation_id, position, scheme, code)"
                " select $1, 1, scheme, code from gateway.organisation_identifiers where organisation_id = $2",
                two[1][0],
                council,
            )


async def test_a_client_acts_for_its_owner_alone(stack, two):
    async with as_(stack, a_caller(operator=True)) as connection:
        with pytest.raises(asyncpg.ForeignKeyViolationError, match="does not act for its owner"):
            await connection.execute(
                "insert into gateway.clients (id, owner_organisation_id, organisation_id, name, scopes)"
                " values (gen_random_uuid(), $1, $2, 'x', '{}')",
                two[0][0],
                two[1][0],
            )


async def test_an_issuer_stands_for_its_owner_s_clients_alone(stack, two):
    async with as_(stack, a_caller(operator=True)) as connection:
        await connection.execute(
            "insert into gateway.issuers (id, owner_organisation_id, issuer, audience, algorithm, keys, client_claim,"
            " longest_life_seconds) values ($1, $2, 'https://x.example', 'a', 'RS256', '[]', 'azp', 60)",
            (issuer := uuid4()),
            two[0][0],
        )
        with pytest.raises(asyncpg.ForeignKeyViolationError, match="issuer_clients_own"):
            await connection.execute(
                "insert into gateway.issuer_clients values ($1, $2, 'x', $3)",
                issuer,
                two[0][0],
                UUID(two[1][2].id),
            )


async def test_a_private_key_cannot_be_kept(stack, two):
    council, _, client = two[0]
    async with as_(stack, council_of(two[0])) as connection:
        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute(
                "insert into gateway.client_keys (id, client_id, owner_organisation_id, kid, algorithm, jwk)"
                " values (gen_random_uuid(), $1, $2, 'x', 'ES256', $3)",
                UUID(client.id),
                council,
                json.dumps({"kty": "EC", "d": "secret"}),
            )


async def test_every_table_is_walled_and_every_definer_function_is_listed(stack):
    """The definer functions: what admission and the worker must know before there is a caller, sealing, and forgetting."""
    connection = await stack.superuser()
    try:
        walls = await connection.fetch(
            "select relname, relrowsecurity and relforcerowsecurity as forced from pg_class"
            " where relnamespace = 'gateway'::regnamespace and relkind in ('r', 'p')"
        )
        unwalled = {row["relname"] for row in walls if not row["forced"]}
        assert unwalled == {"alembic_version"}
        assert {row["relname"] for row in walls} >= set(TABLES)
        definers = await connection.fetch(
            "select proname, proowner::regrole::text as owner, proconfig from pg_proc"
            " where pronamespace = 'gateway'::regnamespace and prosecdef"
        )
        assert {row["proname"] for row in definers} == {
            "client_for_admission", "issuers_for_admission", "shares_for_admission",
            "grants_for_admission", "use_assertion_id", "forget_answers",
            # the sealer, and the chain that any caller may check
            "unsealed", "count_unsealed", "seal", "chain_head", "links_after",
            # what the worker must know before it acts in somebody's name
            "webhooks_to_tell", "delivery_to_make", "take_deliveries", "half_done_changes",
            "successions_for_admission",
        }  # fmt: skip
        assert {row["owner"] for row in definers} == {"gateway_totals"}
        by_index = ["enable_hashjoin=off", "enable_mergejoin=off"]  # a round of the sealer looks few rows up
        for row in definers:
            planned = by_index if row["proname"] in {"unsealed", "count_unsealed"} else []
            assert row["proconfig"] == ["search_path=gateway, pg_temp", *planned], row["proname"]
        open_to_all = await connection.fetch(
            "select proname from pg_proc where pronamespace = 'gateway'::regnamespace"
            " and has_function_privilege('public', oid, 'execute')"
        )
        assert open_to_all == []
    finally:
        await connection.close()


async def test_a_change_is_audited_with_who_did_it_and_the_secret_stays_out(stack, operator):
    council = await operator.organisation()
    client = await operator.client(council)
    connection = await stack.superuser()
    try:
        rows = await connection.fetch(
            "select what, actor_client_id::text as actor, owner_organisation_id::text as owner, facts::text as facts"
            " from gateway.audit_events where thing_id::text = $1 or facts ->> 'client_id' = $1 order by recorded_at",
            client.id,
        )
        assert [row["what"] for row in rows] == ["client_created", "client_secret_added"]
        assert {row["actor"] for row in rows} == {operator.client_id}
        assert {row["owner"] for row in rows} == {council}
        assert client.secret not in "".join(row["facts"] for row in rows)
    finally:
        await connection.close()
