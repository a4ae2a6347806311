"""The walls of the real database, asked of its catalogue: every table behind a policy, no role that can do more."""

import pytest

from tests.architecture.catalogue import QUESTIONS, ask
from tests.stack import existing_services

# What the questions may find, with the reason. A reason that finds nothing any more is refused.
KNOWN: dict[str, dict[str, str]] = {
    "a table without row-level security, or not forced for its owner": {
        **{
            f"{service}.alembic_version": "the revision of the schema; Alembic fails when it is forced"
            for service in ("budget", "contracts", "outcomes", "gateway")
        },
    },
    "a policy for everybody, or one that lets everything through": {
        **{
            f"gateway.{table}: {table}_admission": "admission decides who calls before there is a caller;"
            " only the owner of the definer functions has it"
            for table in (
                "client_keys",
                "client_secrets",
                "clients",
                "data_sharing_agreements",
                "data_sharing_signatures",
                "record_grants",
                "issuer_clients",
                "issuers",
                "members",
                "organisation_identifiers",
                "organisations",
                "partnerships",
                "succession_moves",
                "successions",
                "used_assertion_ids",
            )
        },
        **{
            f"{service}.{table}: {table}_seal": "the sealer numbers what every organisation wrote; only the owner of"
            " the definer functions has it"
            for service in ("budget", "contracts", "outcomes", "gateway")
            for table in ("audit_events", "events", "chain_links", "feed_entries", "sealing")
        },
        **{
            f"gateway.{table}: {table}_deliver": "whose webhook or delivery it is, before the worker acts in that name"
            for table in ("webhooks", "webhook_deliveries")
        },
        "gateway.half_done_findings: half_done_findings_look": "whether a change was told of, before the worker acts"
        " in that name",
    },
    "a right to delete": {
        **{
            f"gateway.{table} by gateway_app": "the queue library takes out what is done; no request's session reaches it"
            for table in ("pgqueuer", "pgqueuer_log", "pgqueuer_schedules", "pgqueuer_statistics")
        },
        **{
            f"{service}.idempotency_keys by {service}_totals": "answers kept for a repeat are forgotten by age"
            for service in ("budget", "contracts", "outcomes", "gateway")
        },
        "contracts.contract_parties by contracts_app": "the parties of a contract are a list that is replaced whole",
        "contracts.contract_funding by contracts_app": "so is its funding; both add up to 100 % when it commits",
        "contracts.changed_contracts by contracts_app": "a note of what a transaction changed is gone when it commits",
        "contracts.due_dates by contracts_app": "due dates follow from the contract and are written anew with it",
        "gateway.used_assertion_ids by gateway_totals": "an id that has expired need not be remembered",
        "gateway.issuer_clients by gateway_app": "which clients an issuer may name is a list that is replaced",
        "outcomes.return_drafts by outcomes_app": "a draft is nobody's record until it is submitted",
    },
    "a function that runs with its owner's rights": {
        **{
            f"{service}.forget_answers": "answers of all clients are forgotten by age, and nobody reads them"
            for service in ("budget", "contracts", "outcomes", "gateway")
        },
        **{
            f"{service}.{function}": "what was committed gets its link and its audiences, whoever wrote it"
            for service in ("budget", "contracts", "outcomes", "gateway")
            for function in ("unsealed", "count_unsealed", "seal")
        },
        **{
            f"{service}.{function}": "the chain of hashes, which any caller may check to its end"
            for service in ("budget", "contracts", "outcomes", "gateway")
            for function in ("chain_head", "links_after")
        },
        "contracts.joined_contracts": "ids of contracts that the caller's own bodies are party to, as its policies show them",
        "contracts.publish_rate_benchmark": "a table over all commissioners' rates, under the rule of disclosure, once",
        "contracts.placements_with": "how many people others placed with a provider, under the rule of disclosure",
        **{
            f"budget.{function}": "whether a journal fits the books, of which it tells nothing but that"
            for function in ("journal_is_whole", "journal_in_its_place")
        },
        "budget.hold_books": "which periods are shut in books that the caller posts to",
        "budget.aligned_totals": "sums of aligned money that a partner may see without the rows (domain, section 2)",
        "budget.own_share_is_set_aside": "whether a partner set its share of a contract aside in its own books: yes or no",
        "budget.aligned_outlook": "what is committed and forecast on aligned lines, as sums without the rows",
        "budget.observed_outlook": "the same as totals that an observer may see without the rows",
        "budget.observed_parties": "whose shadow those sums leave out, which an observer may know (domain, section 2)",
        "budget.period_branches": "hashes of all branches of books that the caller closes, and nothing behind them",
        "budget.observed_totals": "sums that an observer may see without the rows (domain, section 2)",
        "gateway.webhooks_to_tell": "which webhooks are told and by which client, before the worker acts in its name",
        "gateway.delivery_to_make": "whose delivery it is, before the worker acts in that name",
        "gateway.take_deliveries": "what waits goes on the queue, whosever it is",
        "gateway.half_done_changes": "which changes nobody moved on and who began them, before the worker acts in that name",
        "gateway.client_for_admission": "who a client is, before there is a caller",
        "gateway.issuers_for_admission": "whose tokens count, before there is a caller",
        "gateway.grants_for_admission": "what is open to a client's body by name, before there is a caller",
        "gateway.shares_for_admission": "what others share with a client's body, before there is a caller",
        "gateway.successions_for_admission": "whom a body succeeded, before there is a caller",
        "gateway.use_assertion_id": "an assertion counts once, before there is a caller",
    },
    "a unique key over organisations": {
        "outcomes.kpi_duties: kpi_duties_contract": "a contract has one duty, which every commissioner there sees",
        **{
            f"{service}.alembic_version: alembic_version_pkc": "one row, the revision of the schema"
            for service in ("budget", "contracts", "outcomes", "gateway")
        },
        **{
            f"{service}.{key}": why
            for service in ("budget", "contracts", "outcomes", "gateway")
            for key, why in {
                "chain_links: chain_links_pkey": "positions are given by the sealer alone",
                "feed_entries: feed_entries_pkey": "positions are given by the sealer alone",
            }.items()
        },
        "contracts.rate_benchmarks: rate_benchmarks_once": "a table is published once for all members of a partnership,"
        " and a function looks for it as one of them",
        "budget.journals: journals_client_reference": "unique for the organisation that posts, by its own id",
        **{
            f"gateway.{table}: {key}": "the queue's own numbers, which no request's session reaches"
            for table, keys in {
                "pgqueuer": ("pgqueuer_picked_slot_idx", "pgqueuer_pkey", "pgqueuer_unique_dedupe_key"),
                "pgqueuer_log": ("pgqueuer_log_pkey",),
                "pgqueuer_schedules": (
                    "pgqueuer_schedules_expression_entrypoint_key",
                    "pgqueuer_schedules_pkey",
                ),
                "pgqueuer_statistics": ("pgqueuer_statistics_pkey", "pgqueuer_statistics_unique_count"),
            }.items()
            for key in keys
        },
        "gateway.organisation_identifiers: organisation_identifiers_once": "codes of public registers, which only"
        " the operator enters: a code stands for one body",
        "gateway.organisations: organisations_one_operator": "there is one operator, and everybody knows",
        "gateway.used_assertion_ids: used_assertion_ids_pkey": "unique for the client, by its own id",
    },
}


@pytest.fixture(scope="module")
async def admin(stack):
    connection = await stack.superuser()
    yield connection
    await connection.close()


@pytest.mark.parametrize("question", QUESTIONS)
async def test_there_is_no(question, admin):
    services = existing_services()
    known = {each for each in KNOWN.get(question, {}) if each.partition(".")[0].split()[-1] in services}
    found = set(await ask(admin, question, services))
    assert "\n".join(sorted(found - known)) == ""
    assert known - found == set(), "these exemptions are no longer needed"


PLANTED = [
    ("a table without row-level security", "create table budget.planted (id uuid primary key)"),
    (
        "a table without row-level security",
        "create table budget.planted (id uuid primary key); alter table budget.planted enable row level security",
    ),
    ("a right without a policy", "grant delete on budget.pools to budget_app"),
    ("a right without a policy", "grant update (narrative) on budget.journals to budget_app"),
    ("a right without a policy", "drop policy accounts_read on budget.accounts"),
    ("a policy for everybody", "create policy planted on budget.pools for select to budget_app using (true)"),
    ("a policy for everybody", "create policy planted on budget.pools for select using (name = 'x')"),
    (
        "a policy for everybody",
        "create policy planted on budget.pools for insert to budget_app with check (true)",
    ),
    ("a role that can do more", "alter role budget_app bypassrls"),
    ("a role that can do more", "alter role budget_app superuser"),
    ("a role that can do more", "alter role outcomes_app createdb"),
    ("a role that can do more", "alter role gateway_migrate createrole"),
    ("a role that can do more", "alter role budget_owner login"),
    ("a role that can do more", "alter role budget_totals bypassrls"),
    ("a membership that nobody planned", "grant budget_owner to budget_app"),
    ("a membership that nobody planned", "grant outcomes_owner to budget_migrate with inherit false"),
    ("a membership that nobody planned", "grant budget_totals to budget_app with inherit false"),
    ("a right that no service needs", "grant truncate on budget.pools to budget_app"),
    ("a right that no service needs", "grant references, trigger on budget.pools to budget_app"),
    ("a right that no service needs", "grant select on budget.pools to public"),
    ("a right that no service needs", "grant select on budget.pools to outcomes_app"),
    ("a right that no service needs", "grant select on budget.pools to budget_app with grant option"),
    ("a right that no service needs", "grant insert on budget.pools to budget_backup"),
    ("a right to delete", "grant delete on budget.pools to budget_app"),
    ("a schema, a database or a function", "grant usage on schema budget to public"),
    ("a schema, a database or a function", "grant create on schema public to public"),
    ("a schema, a database or a function", "grant temporary on database commissioning to public"),
    (
        "a schema, a database or a function",
        "create function budget.planted() returns int language sql return 1",
    ),
    (
        "a trigger function that may be planned anew",
        "alter function budget.journal_is_whole() reset plan_cache_mode",
    ),
    ("a materialized view", "create materialized view budget.planted as select * from budget.pools"),
    ("a view that reads with", "create view budget.planted as select * from budget.pools"),
    (
        "a view that reads with",
        "create view budget.planted with (security_invoker=false) as select * from budget.pools",
    ),
    (
        "a function that runs with its owner's rights",
        "create function budget.planted() returns int language sql security definer return 1",
    ),
    (
        "such a function with an open search path",
        """create function budget.planted() returns int language sql security definer return 1;
        alter function budget.planted() owner to budget_totals""",
    ),
    (
        "such a function with an open search path",
        """create function budget.planted() returns int language sql security definer
        set search_path = budget, pg_temp return 1""",
    ),
    (
        "a foreign key that leaves",
        """create table public.planted (id uuid primary key);
        alter table budget.pools add foreign key (agreement_id) references public.planted (id) not valid""",
    ),
    ("a unique key over organisations", "create unique index planted on budget.pools (name, recorded_at)"),
    (
        "a unique key over organisations",
        "create unique index planted on budget.pools (partnership_id, lower(name), recorded_at)",
    ),
    (
        "a unique key over organisations",
        "create unique index planted on budget.pools (lower(name), recorded_at)",
    ),
    ("a recorded time", "alter table budget.pools alter recorded_at set default now()"),
    ("a recorded time", "alter table budget.pools alter recorded_at drop not null"),
    ("a time without a zone", "alter table budget.pools add planted timestamp"),
    ("a time without a zone", "alter table budget.pools add planted double precision"),
]


@pytest.mark.parametrize(("part", "planted"), PLANTED)
async def test_a_planted_fault_is_found(part, planted, admin):
    [question] = [each for each in QUESTIONS if each.startswith(part)]
    before = await ask(admin, question, existing_services())
    transaction = admin.transaction()
    await transaction.start()
    try:
        await admin.execute(planted)
        after = await ask(admin, question, existing_services())
    finally:
        await transaction.rollback()
    assert set(after) > set(before)


def test_every_question_has_a_planted_fault():
    assert all(any(question.startswith(part) for part, _ in PLANTED) for question in QUESTIONS)
