"""Agreements with their history, the decisions of bodies, and the conditions that were met."""

from shared.migrate import run_sql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    run_sql(_TABLES)
    run_sql(_WALLS)
    run_sql(_GUARDS)


_TABLES = """
-- `terms` is the text that the bodies approve; `party_ids` repeats its parties for the policies.
create table agreements (
    id uuid primary key,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    reference text not null,
    type text not null check (
        type in ('s75', 's76', 's256', 's113', 's10_children_act', 's65z5', 'MoU', 'MoA')),
    terms jsonb not null,
    party_ids uuid[] not null check (cardinality(party_ids) >= 2),
    state text not null default 'draft' check (
        state in ('draft', 'approved', 'executed', 'in_force', 'winding_up', 'closed')),
    edition integer not null default 1,
    version integer not null default 1,
    approvals jsonb not null default '[]',
    approved_from date,
    signed_on date,
    signatories jsonb not null default '[]',
    commenced_on date,
    shadow_consents uuid[] not null default '{}',
    missing text[] not null default '{}',
    recorded_at timestamptz not null default clock_timestamp(),
    unique (owner_organisation_id, reference),
    unique (id, partnership_id),
    constraint agreements_approved check (state = 'draft' or approved_from is not null),
    constraint agreements_signed check ((state in ('draft', 'approved')) = (signed_on is null)),
    constraint agreements_signed_after_approval check (signed_on is null or signed_on >= approved_from),
    constraint agreements_commenced check ((state in ('draft', 'approved', 'executed')) = (commenced_on is null))
);
create index agreements_partnership on agreements (partnership_id, id);

-- What stood when, so that a position as recorded at an instant shows who was a party and who had consented.
create table agreement_versions (
    agreement_id uuid not null references agreements (id),
    version integer not null,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    state text not null,
    party_ids uuid[] not null,
    shadow_consents uuid[] not null,
    aligned_lines_open boolean not null,
    recorded_at timestamptz not null default clock_timestamp(),
    primary key (agreement_id, version)
);
create index agreement_versions_partnership on agreement_versions (partnership_id);

-- A decision is a body's; the row is made by a client of the body's own organisation and stays as it is.
create table decisions (
    id uuid primary key,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    subject text not null check (
        subject in ('agreement', 'business_case', 'contract', 'variation', 'virement', 'budget')),
    subject_id uuid not null,
    subject_title text not null,
    edition integer,
    body text not null,
    body_type text not null check (body_type in (
        'cabinet', 'full_council', 'governing_body', 'board', 'committee', 'officer', 'executive_meeting')),
    decided_on date not null,
    outcome text not null check (
        outcome in ('approved', 'approved_subject_to', 'deferred', 'rejected', 'noted', 'called_in')),
    conditions jsonb not null default '[]',
    delegates jsonb,
    authority jsonb,
    key_decision boolean not null default false,
    part text not null check (part in ('part_1', 'part_2')),
    exemption_paragraph smallint,
    call_in_ends_on date,
    reference text,
    recorded_by_client_id uuid not null,
    recorded_at timestamptz not null default clock_timestamp(),
    unique (id, owner_organisation_id),
    constraint decisions_conditions check (
        (outcome = 'approved_subject_to') = (jsonb_array_length(conditions) > 0)),
    constraint decisions_exemption check (
        (part = 'part_2') = (exemption_paragraph is not null) and exemption_paragraph between 1 and 7),
    constraint decisions_authority check ((body_type = 'officer') = (authority is not null)),
    constraint decisions_executive_meeting check (body_type <> 'executive_meeting' or outcome = 'noted'),
    constraint decisions_call_in check (call_in_ends_on >= decided_on),
    constraint decisions_edition check ((subject = 'agreement') = (edition is not null))
);
create index decisions_subject on decisions (subject_id, recorded_at);
create index decisions_partnership on decisions (partnership_id, recorded_at, id);

create table met_conditions (
    decision_id uuid not null,
    number integer not null,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    met_on date not null,
    evidence text not null,
    recorded_at timestamptz not null default clock_timestamp(),
    primary key (decision_id, number),
    foreign key (decision_id, owner_organisation_id) references decisions (id, owner_organisation_id)
);
"""

_COMMISSIONED = "partnership_id = any ((select budget.ctx_in('commissioner'))::uuid[])"


def _walls() -> str:
    partners = f"({_COMMISSIONED} or budget.ctx_audited(partnership_id, null, '*'))"
    own = "owner_organisation_id = (select budget.ctx_organisation())"
    party = "(select budget.ctx_organisation()) = any (party_ids)"
    parts = []
    for table in ("agreements", "agreement_versions", "decisions", "met_conditions"):
        parts += [
            f"alter table {table} enable row level security;",
            f"alter table {table} force row level security;",
            f"create policy {table}_read on {table} for select to budget_app using {partners};",
            f"grant select, insert on {table} to budget_app;",
        ]
    return (
        "\n".join(parts)
        + f"""
create policy agreements_add on agreements for insert to budget_app with check ({own} and {_COMMISSIONED});
create policy agreements_change on agreements for update to budget_app
    using ({_COMMISSIONED} and {party}) with check ({_COMMISSIONED});
grant update (terms, party_ids, state, edition, version, approvals, approved_from, signed_on, signatories,
    commenced_on, shadow_consents, missing) on agreements to budget_app;
create policy agreement_versions_add on agreement_versions for insert to budget_app with check ({_COMMISSIONED});
create policy decisions_add on decisions for insert to budget_app with check (
    {own} and {_COMMISSIONED} and recorded_by_client_id = (select budget.ctx_client()));
create policy met_conditions_add on met_conditions for insert to budget_app with check (
    owner_organisation_id = any ((select budget.ctx_organisations())::uuid[]) and {_COMMISSIONED});
"""
    )


_WALLS = _walls()

# The second lock on what rules/agreement.py and rules/approval.py decide.
_GUARDS = """
create function agreement_moves() returns trigger language plpgsql as $$
begin
    if (select array_agg((party ->> 'organisation_id')::uuid order by place)
          from jsonb_array_elements(new.terms -> 'parties') with ordinality as each (party, place))
       is distinct from new.party_ids then
        raise exception 'the parties differ from the terms' using errcode = 'integrity_constraint_violation';
    end if;
    if tg_op = 'INSERT' then
        if new.state <> 'draft' or new.version <> 1 or new.edition <> 1 or new.shadow_consents <> '{}' then
            raise exception 'an agreement begins as a draft' using errcode = 'integrity_constraint_violation';
        end if;
        return new;
    end if;
    if new.version <> old.version + 1
       or new.edition <> old.edition + (new.terms <> old.terms)::integer
       or (new.terms <> old.terms and old.state <> 'draft')
       or not (new.state = old.state or (old.state, new.state) in (
            ('draft', 'approved'), ('approved', 'draft'), ('approved', 'executed'), ('executed', 'in_force'),
            ('in_force', 'winding_up'), ('winding_up', 'closed'))) then
        raise exception 'the agreement cannot change that way'
            using errcode = 'integrity_constraint_violation', constraint = 'agreement_moves';
    end if;
    if exists (select from unnest(new.shadow_consents) each
                where each <> all (old.shadow_consents) and each <> budget.ctx_organisation()) then
        raise exception 'a party consents for itself'
            using errcode = 'integrity_constraint_violation', constraint = 'agreement_consents';
    end if;
    if new.state = 'approved' and old.state <> 'approved' and exists (
        select from unnest(new.party_ids) party where not exists (
            select from budget.decisions d
             where d.subject = 'agreement' and d.subject_id = new.id and d.edition = new.edition
               and d.owner_organisation_id = party and d.outcome in ('approved', 'approved_subject_to')
               and (d.call_in_ends_on is null or d.call_in_ends_on < (now() at time zone 'Europe/London')::date)
               and jsonb_array_length(d.conditions) =
                   (select count(*) from budget.met_conditions m where m.decision_id = d.id))) then
        raise exception 'not every party has approved'
            using errcode = 'integrity_constraint_violation', constraint = 'agreement_approved_by_all';
    end if;
    return new;
end $$;
create trigger agreements_moves before insert or update on agreements
    for each row execute function agreement_moves();

create function keep_agreement_version() returns trigger language plpgsql as $$
begin
    insert into budget.agreement_versions (agreement_id, version, partnership_id, owner_organisation_id, state,
        party_ids, shadow_consents, aligned_lines_open)
    values (new.id, new.version, new.partnership_id, new.owner_organisation_id, new.state,
        new.party_ids, new.shadow_consents, coalesce((new.terms ->> 'aligned_lines_open')::boolean, false));
    return null;
end $$;
create trigger agreements_history after insert or update on agreements
    for each row execute function keep_agreement_version();

-- A version is what its agreement was: nobody writes another history by hand.
create function version_is_of_its_agreement() returns trigger language plpgsql as $$
begin
    if not exists (
        select from budget.agreements a
         where a.id = new.agreement_id and a.version = new.version and a.partnership_id = new.partnership_id
           and a.owner_organisation_id = new.owner_organisation_id and a.state::text = new.state
           and a.party_ids = new.party_ids and a.shadow_consents = new.shadow_consents
           and coalesce((a.terms ->> 'aligned_lines_open')::boolean, false) = new.aligned_lines_open
    ) then
        raise exception 'a version must be as its agreement' using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
create trigger agreement_versions_true before insert on agreement_versions
    for each row execute function version_is_of_its_agreement();

create trigger agreements_no_delete before delete on agreements for each row execute function refuse_change();
create trigger agreements_no_truncate before truncate on agreements
    for each statement execute function refuse_change();
create trigger agreement_versions_append_only before update or delete on agreement_versions
    for each row execute function refuse_change();
create trigger decisions_append_only before update or delete on decisions
    for each row execute function refuse_change();
create trigger met_conditions_append_only before update or delete on met_conditions
    for each row execute function refuse_change();
"""
