"""Extensions and variations: options, versions of terms with both sides' answers, and until when a contract runs."""

from shared.migrate import run_sql

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    run_sql(_TERMS)
    run_sql(_RUNS)
    run_sql(_STEPS)
    run_sql(_HISTORY)
    run_sql(_TABLES)
    run_sql(_WALLS)
    run_sql(_GUARDS)


_TERMS = """
alter table contract_terms
    add column extension_options jsonb not null default '[]',
    add column scope text,
    add column activity_plan jsonb not null default '[]';
"""

# An auditor's years go by when a contract ran: to the day it ended, and on while it is held over.
_RUNS = """
alter table contracts add column runs_until date not null generated always as (
    coalesce(ended_on, case when state = 'held_over' then 'infinity'::date else coalesce(end_date, 'infinity'::date) end))
    stored;

do $$
declare
    found record;
    changed integer := 0;
begin
    for found in
        select policyname, tablename,
               regexp_replace(qual, $r$COALESCE\\(((?:\\w+\\.)?)end_date, 'infinity'::date\\)$r$, '\\1runs_until', 'gi') as said,
               qual
          from pg_policies where schemaname = 'contracts' and qual like '%end_date%'
    loop
        if found.said <> found.qual then
            execute format('alter policy %I on contracts.%I using (%s)', found.policyname, found.tablename, found.said);
            changed := changed + 1;
        end if;
    end loop;
    if changed < 8 then
        raise exception 'only % policies go by the day on which a contract ended', changed;
    end if;
end $$;
"""

_STEPS = """
alter type contract_move add value 'extension';
alter type contract_move add value 'variation';
alter type contract_move add value 'novation';
alter type contract_move add value 'statutory_transfer';
alter type contract_move add value 'consolidation';
alter type contract_move add value 'split';
alter table contract_steps
    add column terms_before jsonb,
    add column terms_after jsonb,
    drop constraint contract_steps_move_on,
    add constraint contract_steps_move_on check (
        from_state <> to_state or move::text in ('extension', 'variation', 'statutory_transfer'));
"""

# Contracts that were there before their history was kept get its first step: what the register found, when and by whom.
_HISTORY = """
alter table contracts no force row level security;
alter table contract_steps no force row level security;
alter table audit_events no force row level security;
do $$
begin
    insert into contract_steps (contract_id, version, partnership_id, owner_organisation_id, move, from_state, to_state,
                                note, private, organisation_id, client_id, person, recorded_at)
    select c.id, 1, c.partnership_id, c.owner_organisation_id, 'registration', null,
           coalesce(later.from_state, c.state), 'Recorded before the register kept its history.',
           coalesce(later.from_state, c.state) in ('pipeline', 'procurement', 'standstill', 'abandoned'),
           c.owner_organisation_id,
           coalesce(said.actor_client_id, '00000000-0000-0000-0000-000000000000'), said.on_behalf_of, c.recorded_at
      from contracts c
      left join lateral (select from_state from contract_steps s where s.contract_id = c.id
                          order by version limit 1) later on true
      left join lateral (select actor_client_id, on_behalf_of from audit_events a where a.thing_id = c.id
                          order by a.recorded_at limit 1) said on true
     where not exists (select from contract_steps s where s.contract_id = c.id and s.version = 1);
    if exists (select from contracts c where not exists (
        select from contract_steps s where s.contract_id = c.id and s.version = 1))
    then
        raise exception 'a contract is left without its first step';
    end if;
end $$;
alter table contracts force row level security;
alter table contract_steps force row level security;
alter table audit_events force row level security;
"""

# `variations` is for the parties; `variation_plans` for commissioners: whose money, and what the law says of it.
_TABLES = """
create type variation_state as enum (
    'proposed', 'agreed', 'declined', 'not_accepted', 'withdrawn', 'in_effect');
create type variation_kind as enum ('local', 'national');
create type variation_side as enum ('commissioner', 'provider');

create table variations (
    id uuid primary key,
    contract_id uuid not null references contracts (id),
    owner_organisation_id uuid not null,
    partnership_id uuid,
    kind variation_kind not null,
    reason text not null,
    description text not null,
    effective_on date not null,
    signed_on date,
    before jsonb not null,
    after jsonb not null,
    rates jsonb not null,
    yearly jsonb not null,
    fields text[] not null,
    state variation_state not null,
    version integer not null,
    recorded_at timestamptz not null default clock_timestamp(),
    changed_at timestamptz not null default clock_timestamp()
);
create index variations_contract on variations (contract_id, effective_on, id);
create index variations_partnership on variations (partnership_id, effective_on, id);
create index variations_owner on variations (owner_organisation_id, effective_on, id);

create table variation_plans (
    variation_id uuid primary key references variations (id),
    contract_id uuid not null references contracts (id),
    funding_before jsonb,
    funding_after jsonb,
    modification jsonb,
    despite_test text
);

create table variation_answers (
    id uuid primary key default gen_random_uuid(),
    variation_id uuid not null references variations (id),
    contract_id uuid not null references contracts (id),
    side variation_side not null,
    organisation_id uuid,
    agreed boolean not null,
    answered_on date not null,
    note text,
    recorded_by_organisation_id uuid not null,
    client_id uuid not null,
    person text,
    recorded_at timestamptz not null default clock_timestamp(),
    constraint variation_answers_once unique nulls not distinct (variation_id, side, organisation_id)
);
create index variation_answers_contract on variation_answers (contract_id);
"""

_OURS = "(select contracts.ctx_organisations())::uuid[]"
_OWN = f"c.owner_organisation_id = any ({_OURS})"
_PROVIDED = f"(c.disclosed and c.provider_ids && {_OURS})"
_COMMISSIONED = "c.partnership_id = any ((select contracts.ctx_in('commissioner'))::uuid[])"
_AUDITED = (
    "(c.partnership_id = any ((select contracts.ctx_audited_in())::uuid[]) and exists ("
    "select from contracts.ctx_audited_years() audit where audit.partnership_id = c.partnership_id"
    " and audit.body_id = any (c.owner_organisation_id || c.associate_ids) and audit.first_day <= c.runs_until"
    " and audit.last_day >= coalesce(c.start_date, '-infinity'::date)))"
)
_WHOLE = f"{_OWN} or {_COMMISSIONED} or c.associate_ids && {_OURS} or {_AUDITED}"


def _of(who: str, table: str) -> str:
    return f"(exists (select from contracts.contracts c where c.id = {table}.contract_id and ({who})))"


_ANSWERS = _of(
    f"{_OWN} or ({_PROVIDED} and variation_answers.side = 'provider'"
    f" and variation_answers.organisation_id = any ({_OURS}))",
    "variation_answers",
)

_WALLS = f"""
alter table variations enable row level security;
alter table variations force row level security;
alter table variation_plans enable row level security;
alter table variation_plans force row level security;
alter table variation_answers enable row level security;
alter table variation_answers force row level security;
create policy variations_read on variations for select to contracts_app
    using {_of(f"{_WHOLE} or {_PROVIDED}", "variations")};
create policy variations_add on variations for insert to contracts_app with check (
    exists (select from contracts.contracts c where c.id = variations.contract_id and {_OWN}
        and c.owner_organisation_id = variations.owner_organisation_id
        and c.partnership_id is not distinct from variations.partnership_id));
create policy variations_change on variations for update to contracts_app
    using {_of(f"{_OWN} or {_PROVIDED}", "variations")}
    with check ({_of(_OWN, "variations")}
        or (state in ('proposed', 'agreed', 'declined', 'not_accepted') and {_of(_PROVIDED, "variations")}));
create policy variation_plans_read on variation_plans for select to contracts_app
    using {_of(f"{_OWN} or {_COMMISSIONED}", "variation_plans")};
create policy variation_plans_add on variation_plans for insert to contracts_app
    with check {_of(_OWN, "variation_plans")};
create policy variation_plans_change on variation_plans for update to contracts_app
    using {_of(_OWN, "variation_plans")} with check {_of(_OWN, "variation_plans")};
create policy variation_answers_read on variation_answers for select to contracts_app
    using {_of(f"{_WHOLE} or {_PROVIDED}", "variation_answers")};
create policy variation_answers_add on variation_answers for insert to contracts_app with check (
    recorded_by_organisation_id = (select contracts.ctx_organisation())
    and client_id = (select contracts.ctx_client()) and {_ANSWERS});
grant select, insert on variations, variation_plans, variation_answers to contracts_app;
grant update (state, version, changed_at) on variations to contracts_app;
grant update (modification, despite_test) on variation_plans to contracts_app;
"""  # noqa: S608 fixed names

# The second lock on rules/variation.py: moves, both sides' answers before anything holds, and no two versions of one
# term at one time. What was proposed stays as it was.
_GUARDS = """
create function variation_moves() returns trigger language plpgsql as $$
begin
    if new.version <> old.version + 1 then
        raise exception 'the version of a variation counts one on' using errcode = 'restrict_violation';
    end if;
    if new.state <> old.state and not (
        (old.state = 'proposed' and new.state in ('agreed', 'declined', 'not_accepted', 'withdrawn'))
        or (old.state = 'agreed' and new.state in ('withdrawn', 'in_effect')))
    then
        raise exception 'a variation does not move from % to %', old.state, new.state
            using errcode = 'integrity_constraint_violation', constraint = 'variation_moves';
    end if;
    if new.state = 'agreed' and (
        select count(distinct side) from contracts.variation_answers where variation_id = new.id and agreed) < 2
    then
        raise exception 'variation % lacks the agreement of a side', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'variation_agreed';
    end if;
    if new.state = 'in_effect' and exists (
        select from contracts.variations other
         where other.contract_id = new.contract_id and other.id <> new.id and other.state = 'in_effect'
           and other.effective_on >= new.effective_on and other.fields && new.fields)
    then
        raise exception 'variation % overlaps another version', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'variations_overlap';
    end if;
    return new;
end $$;
create trigger variations_move before update on variations for each row execute function variation_moves();
create trigger variations_no_delete before delete on variations for each row execute function refuse_change();
create trigger variations_no_truncate before truncate on variations for each statement execute function refuse_change();
create trigger variation_answers_append_only before update or delete on variation_answers
    for each row execute function refuse_change();
create trigger variation_answers_no_truncate before truncate on variation_answers
    for each statement execute function refuse_change();
create trigger variation_plans_no_delete before delete on variation_plans
    for each row execute function refuse_change();
"""
