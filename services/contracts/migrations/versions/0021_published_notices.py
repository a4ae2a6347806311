"""Notices that were published of contracts; what was withheld of one record is withheld of those that came of it before."""

from shared.migrate import run_sql

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    run_sql(_KINDS)
    run_sql(_TABLE)
    run_sql(_CARRIED)


# Due of a contract from its next change on: a value of an enum cannot be used before it is committed.
_KINDS = """
alter type due_kind add value 'contract_award_notice';
alter type due_kind add value 'contract_details_notice';
alter type due_kind add value 'contract_copy';
alter type due_kind add value 'contract_termination_notice';
alter type due_kind add value 'pcr_award_notice';
alter type due_kind add value 'psr_award_notice';
"""

_TABLE = """
create table published_notices (
    id uuid primary key,
    contract_id uuid not null references contracts (id),
    partnership_id uuid,
    owner_organisation_id uuid not null,
    kind text not null check (kind in (
        'contract_award_notice', 'contract_details_notice', 'contract_copy', 'contract_performance_notice',
        'contract_change_notice', 'contract_termination_notice', 'pcr_award_notice', 'pcr_modification_notice',
        'psr_intention_notice', 'psr_award_notice', 'psr_modification_notice')),
    published_on date not null,
    reference text not null,
    url text,
    sha256 text check (sha256 ~ '^[0-9a-f]{64}$'),
    process text check (process in (
        'direct_award_a', 'direct_award_b', 'direct_award_c', 'most_suitable_provider', 'competitive', 'urgent',
        'framework_call_off')),
    urgent boolean not null,
    representations integer not null check (representations >= 0),
    representations_summary text,
    recorded_at timestamptz not null default clock_timestamp(),
    constraint published_notices_process check (
        (process is not null) = (kind in ('psr_intention_notice', 'psr_award_notice'))),
    constraint published_notices_representations check (
        (representations > 0) = (representations_summary is not null))
);
create index published_notices_contract on published_notices (contract_id, kind, recorded_at, id);
create index published_notices_recorded on published_notices (recorded_at, id);
alter table published_notices enable row level security;
alter table published_notices force row level security;
create policy published_notices_read on published_notices for select to contracts_app using (
    exists (select from contracts.contracts c where c.id = published_notices.contract_id));
create policy published_notices_add on published_notices for insert to contracts_app with check (
    owner_organisation_id = any ((select contracts.ctx_organisations())::uuid[])
    and exists (select from contracts.contracts c where c.id = published_notices.contract_id
                   and c.owner_organisation_id = published_notices.owner_organisation_id));
grant select, insert on published_notices to contracts_app;
create trigger published_notices_append_only before update or delete on published_notices
    for each row execute function refuse_change();
create trigger published_notices_no_truncate before truncate on published_notices
    for each statement execute function refuse_change();
"""

# Records that came of a transfer, a consolidation or a split before these carried what was withheld (0017): as if they
# had come today. Where nobody decided on them by hand, and where a source hides a field that they show. Their releases
# go out again, so that a reader of the feed learns of it. The owner is held by the walls too.
_CARRIED = """
alter table contracts no force row level security;
alter table contract_plans no force row level security;
alter table publications no force row level security;
alter table contract_editions no force row level security;
with carried_now as (
    select c.id, carried.*
      from contracts c
      join contract_plans plan on plan.contract_id = c.id
      join publications p on p.contract_id = c.id and not p.decided,
           lateral contracts.carried_publication(c) carried
     where exists (
            select from jsonb_array_elements(plan.related) each
             where each ->> 'relation' in ('transferred_from', 'consolidates', 'split_from'))
       and (carried.closed or exists (
            select from jsonb_array_elements(carried.withheld) hidden
             where not p.withheld @> jsonb_build_array(jsonb_build_object('field', hidden -> 'field'))))),
     changed as (
    update publications p
       set open = p.open and not carried_now.closed, decided = p.decided or carried_now.closed,
           shown = p.shown and not carried_now.closed,
           from_stage = greatest(p.from_stage, carried_now.from_stage), version = p.version + 1,
           withheld = p.withheld || (
               select coalesce(jsonb_agg(hidden), '[]') from jsonb_array_elements(carried_now.withheld) hidden
                where not p.withheld @> jsonb_build_array(jsonb_build_object('field', hidden -> 'field')))
      from carried_now where carried_now.id = p.contract_id
    returning p.contract_id)
update contract_editions e set released_at = clock_timestamp() from changed where changed.contract_id = e.contract_id;
set constraints all immediate;
alter table contracts force row level security;
alter table contract_plans force row level security;
alter table publications force row level security;
alter table contract_editions force row level security;
"""
