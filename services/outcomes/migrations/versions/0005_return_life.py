"""What happens to a return besides its own moves: associates' decisions, disputes, comments; and silence as data."""

from shared.migrate import run_sql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    run_sql(_LIFE)
    run_sql(_WALLS)


_BELOW = """
    return_id uuid not null,
    revision integer not null check (revision >= 0),
    obligation_id uuid not null,
    period text not null,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    lead_organisation_id uuid not null,
    reader_organisation_ids uuid[] not null,
    financial_year text not null,
    foreign key (return_id, obligation_id, period, partnership_id, owner_organisation_id, lead_organisation_id,
        reader_organisation_ids, financial_year) references returns (id, obligation_id, period, partnership_id,
        owner_organisation_id, lead_organisation_id, reader_organisation_ids, financial_year)
"""

# organisation_id is who wrote the row: a party of the contract, in its own name.
_LIFE = f"""
alter table obligations add column silence_days smallint check (silence_days between 1 and 366);

-- A change of the last day of an obligation; the newest holds, and what begins after it is no longer due.
create table obligation_terms (
    obligation_id uuid not null,
    edition integer not null check (edition > 0),
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    contract_id uuid not null,
    provider_organisation_id uuid not null,
    reader_organisation_ids uuid[] not null,
    ends_on date not null,
    reason text not null,
    set_by_organisation_id uuid not null,
    set_by_client_id uuid not null,
    recorded_at timestamptz not null default clock_timestamp(),
    constraint obligation_terms_edition primary key (obligation_id, edition),
    foreign key (obligation_id, partnership_id, contract_id, owner_organisation_id, provider_organisation_id,
        reader_organisation_ids) references obligations (id, partnership_id, contract_id, lead_organisation_id,
        provider_organisation_id, reader_organisation_ids)
);
alter table obligation_terms enable row level security;
alter table obligation_terms force row level security;
create policy obligation_terms_read on obligation_terms for select to outcomes_app using (
    partnership_id = any ((select outcomes.ctx_in('commissioner'))::uuid[])
    or reader_organisation_ids && (select outcomes.ctx_organisations())::uuid[]
    or outcomes.bodies_audited(partnership_id, reader_organisation_ids, '*'));
create policy obligation_terms_add on obligation_terms for insert to outcomes_app with check (
    partnership_id = any ((select outcomes.ctx_in('commissioner'))::uuid[])
    and owner_organisation_id = any ((select outcomes.ctx_organisations())::uuid[])
    and set_by_organisation_id = (select outcomes.ctx_organisation()));
grant select, insert on obligation_terms to outcomes_app;
create trigger obligation_terms_no_truncate before truncate on obligation_terms
    for each statement execute function refuse_change();

create type validation_operator as enum ('equal', 'not_equal', 'less', 'at_most', 'more', 'at_least',
    'compulsory_pair', 'exclusive_pair');
create type validation_severity as enum ('error', 'warning', 'off');
create type missing_policy as enum ('skip_if_any_missing', 'skip_if_all_missing', 'never_skip');
-- A rule stays as it was set; one that another replaces no longer holds.
create table validation_rules (
    id uuid primary key,
    obligation_id uuid not null,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    contract_id uuid not null,
    provider_organisation_id uuid not null,
    reader_organisation_ids uuid[] not null,
    replaces_id uuid,
    words text not null,
    "left" text not null,
    operator validation_operator not null,
    "right" text not null,
    severity validation_severity not null,
    missing missing_policy not null,
    recorded_at timestamptz not null default clock_timestamp(),
    unique (id, obligation_id),
    constraint validation_rules_replaced unique (obligation_id, replaces_id),
    foreign key (obligation_id, partnership_id, contract_id, owner_organisation_id, provider_organisation_id,
        reader_organisation_ids) references obligations (id, partnership_id, contract_id, lead_organisation_id,
        provider_organisation_id, reader_organisation_ids),
    foreign key (replaces_id, obligation_id) references validation_rules (id, obligation_id)
);
create index validation_rules_partnership on validation_rules (partnership_id, recorded_at, id);
alter table validation_rules enable row level security;
alter table validation_rules force row level security;
create policy validation_rules_read on validation_rules for select to outcomes_app using (
    partnership_id = any ((select outcomes.ctx_in('commissioner'))::uuid[])
    or reader_organisation_ids && (select outcomes.ctx_organisations())::uuid[]
    or outcomes.bodies_audited(partnership_id, reader_organisation_ids, '*'));
create policy validation_rules_add on validation_rules for insert to outcomes_app with check (
    partnership_id = any ((select outcomes.ctx_in('commissioner'))::uuid[])
    and owner_organisation_id = any ((select outcomes.ctx_organisations())::uuid[]));
grant select, insert on validation_rules to outcomes_app;
create trigger validation_rules_no_truncate before truncate on validation_rules
    for each statement execute function refuse_change();

create type associate_decision as enum ('accepted', 'objected');
create type dispute_stage as enum ('negotiation', 'mediation', 'expert_determination');
create type dispute_outcome as enum ('upheld', 'partly_upheld', 'rejected', 'withdrawn');

create table associate_decisions (
    associate_organisation_id uuid not null,
    decision associate_decision not null,
    organisation_id uuid not null,
    client_id uuid not null,
    recorded_at timestamptz not null default clock_timestamp(),
    {_BELOW},
    primary key (return_id, revision, associate_organisation_id),
    constraint associate_decisions_party check (associate_organisation_id = any (reader_organisation_ids)
        and associate_organisation_id not in (lead_organisation_id, owner_organisation_id))
);

create table return_comments (
    id uuid primary key,
    pointer text,
    text text not null,
    organisation_id uuid not null,
    client_id uuid not null,
    recorded_at timestamptz not null default clock_timestamp(),
    {_BELOW}
);
create index return_comments_return on return_comments (return_id, recorded_at, id);

create table disputes (
    id uuid primary key,
    organisation_id uuid not null,
    client_id uuid not null,
    points jsonb not null,
    disputed_indicator_ids uuid[] not null,
    undisputed_indicator_ids uuid[] not null,
    stage dispute_stage not null,
    stage_until date not null,
    outcome dispute_outcome,
    resolution text,
    resolved_at timestamptz,
    version integer not null default 1,
    recorded_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    {_BELOW},
    unique (id, return_id),
    constraint disputes_resolved check (num_nulls(outcome, resolution, resolved_at) in (0, 3))
);
create index disputes_return on disputes (return_id, updated_at, id);

create table dispute_steps (
    dispute_id uuid not null,
    position integer not null check (position > 0),
    stage dispute_stage not null,
    until date not null,
    note text,
    organisation_id uuid not null,
    client_id uuid not null,
    recorded_at timestamptz not null default clock_timestamp(),
    {_BELOW},
    primary key (dispute_id, position),
    foreign key (dispute_id, return_id) references disputes (id, return_id)
);

create function disputes_move_rightly() returns trigger language plpgsql as $$
begin
    if new.version <> old.version + 1 then
        raise exception 'a change of a dispute counts its version up' using
            errcode = 'integrity_constraint_violation', constraint = 'disputes_versioned';
    end if;
    if old.outcome is not null or new.stage < old.stage then
        raise exception 'a resolved dispute stays as it is, and no stage comes again' using
            errcode = 'integrity_constraint_violation', constraint = 'disputes_move';
    end if;
    return new;
end $$;
create trigger disputes_move_rightly before update on disputes for each row execute function disputes_move_rightly();
create trigger disputes_no_delete before delete on disputes for each row execute function refuse_change();

do $$
declare
    kept text;
begin
    foreach kept in array array['associate_decisions', 'return_comments', 'dispute_steps', 'obligation_terms',
        'validation_rules'] loop
        execute format('create trigger %1$s_append_only before update or delete on %1$s'
            ' for each row execute function refuse_change()', kept);
    end loop;
end $$;
"""


def _wall(table: str) -> str:
    """Who sees the return sees what is written under it; each party writes in its own name."""
    # What a provider notes on a draft is its own, as the draft is.
    read = (
        "owner_organisation_id = any ((select outcomes.ctx_organisations())::uuid[])"
        " or revision > 0 and (partnership_id = any ((select outcomes.ctx_in('commissioner'))::uuid[])"
        " or reader_organisation_ids && (select outcomes.ctx_organisations())::uuid[]"
        " or outcomes.bodies_audited(partnership_id, reader_organisation_ids, financial_year))"
    )
    add = (
        "reader_organisation_ids && (select outcomes.ctx_organisations())::uuid[]"
        " and organisation_id = (select outcomes.ctx_organisation())"
    )
    moves = ""
    if table == "disputes":
        mine = (
            "organisation_id = any ((select outcomes.ctx_organisations())::uuid[])"
            " or lead_organisation_id = any ((select outcomes.ctx_organisations())::uuid[])"
        )
        moves = f"""
create policy disputes_move on disputes for update to outcomes_app using ({mine}) with check ({mine});
grant update (stage, stage_until, outcome, resolution, resolved_at, version, updated_at) on disputes to outcomes_app;
"""
    return f"""
alter table {table} enable row level security;
alter table {table} force row level security;
create policy {table}_read on {table} for select to outcomes_app using ({read});
create policy {table}_add on {table} for insert to outcomes_app with check ({add});
grant select, insert on {table} to outcomes_app;
create trigger {table}_no_truncate before truncate on {table} for each statement execute function refuse_change();
{moves}"""


_WALLS = "\n".join(
    _wall(table) for table in ("associate_decisions", "return_comments", "disputes", "dispute_steps")
)
