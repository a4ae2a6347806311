"""Records that go on as others say so, and keep what they were first awarded as: notices, counts and the modification test."""

from shared.migrate import run_sql

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    run_sql(_CARRIED)
    run_sql(_AWARDS)


# The owner is held by the walls too. What was due of the award of a record that only goes on is due no more, nor of the
# end of one that goes on as another.
_CARRIED = """
alter table contract_plans add column carried_over boolean not null default false;
alter table contracts no force row level security;
alter table contract_plans no force row level security;
alter table regroupings no force row level security;
alter table transfers no force row level security;
alter table due_dates no force row level security;
update contract_plans plan set carried_over = true
 where exists (select from regroupings r where plan.contract_id = any (r.contract_ids))
    or exists (select from transfers t where t.new_contract_id = plan.contract_id);
delete from due_dates due using contract_plans plan
 where plan.contract_id = due.contract_id and plan.carried_over
   and due.kind::text in ('contract_award_notice', 'contract_details_notice', 'contract_copy', 'pcr_award_notice',
                          'psr_award_notice');
delete from due_dates due using contracts c
 where c.id = due.contract_id and c.state in ('novated', 'consolidated')
   and due.kind::text = 'contract_termination_notice';
set constraints all immediate;
alter table contracts force row level security;
alter table contract_plans force row level security;
alter table regroupings force row level security;
alter table transfers force row level security;
alter table due_dates force row level security;
"""

# For who leads the record alone: of what was joined it tells what several were awarded as together. A succession changes
# the lead of a record, and of this with it.
_AWARDS = """
create table contract_first_awards (
    contract_id uuid primary key,
    owner_organisation_id uuid not null,
    value_pence bigint,
    changed_pence bigint,
    starts_on date,
    last_day date check (last_day >= starts_on),
    foreign key (contract_id, owner_organisation_id) references contracts (id, owner_organisation_id) on update cascade
);
alter table contract_first_awards enable row level security;
alter table contract_first_awards force row level security;
create policy contract_first_awards_read on contract_first_awards for select to contracts_app using (
    owner_organisation_id = any ((select contracts.ctx_organisations())::uuid[]));
create policy contract_first_awards_add on contract_first_awards for insert to contracts_app with check (
    owner_organisation_id = any ((select contracts.ctx_organisations())::uuid[]));
grant select, insert on contract_first_awards to contracts_app;
create trigger contract_first_awards_no_delete before delete on contract_first_awards
    for each row execute function refuse_change();
create trigger contract_first_awards_no_truncate before truncate on contract_first_awards
    for each statement execute function refuse_change();
create function first_award_stays() returns trigger language plpgsql as $$
begin
    if (new.contract_id, new.value_pence, new.changed_pence, new.starts_on, new.last_day)
        is distinct from (old.contract_id, old.value_pence, old.changed_pence, old.starts_on, old.last_day) then
        raise exception 'what contract % was first awarded as stays', old.contract_id using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger contract_first_awards_stay before update on contract_first_awards
    for each row execute function first_award_stays();
alter table transfers add column handed_award jsonb;
grant update (handed_award) on transfers to contracts_app;
"""
