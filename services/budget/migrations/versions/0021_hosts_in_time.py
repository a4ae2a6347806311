"""Which edition of its text an agreement had and who hosted it, as it was on record at an instant."""

from shared.migrate import run_sql

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    run_sql(_VERSIONS)
    run_sql(_AS_BEFORE)


_VERSIONS = """
alter table agreement_versions add column edition integer, add column host_organisation_id uuid;
create or replace function keep_agreement_version() returns trigger language plpgsql as $$
begin
    insert into budget.agreement_versions (agreement_id, version, partnership_id, owner_organisation_id, state,
        party_ids, shadow_consents, aligned_lines_open, edition, host_organisation_id)
    values (new.id, new.version, new.partnership_id, new.owner_organisation_id, new.state,
        new.party_ids, new.shadow_consents, coalesce((new.terms ->> 'aligned_lines_open')::boolean, false),
        new.edition, (new.terms ->> 'host_organisation_id')::uuid);
    return null;
end $$;
create or replace function version_is_of_its_agreement() returns trigger language plpgsql as $$
begin
    if not exists (
        select from budget.agreements a
         where a.id = new.agreement_id and a.version = new.version and a.partnership_id = new.partnership_id
           and a.owner_organisation_id = new.owner_organisation_id and a.state::text = new.state
           and a.party_ids = new.party_ids and a.shadow_consents = new.shadow_consents
           and coalesce((a.terms ->> 'aligned_lines_open')::boolean, false) = new.aligned_lines_open
           and a.edition = new.edition
           and (a.terms ->> 'host_organisation_id')::uuid is not distinct from new.host_organisation_id
    ) then
        raise exception 'a version must be as its agreement' using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;

-- Its rows have two columns more.
create or replace function agreements_at(instant timestamptz) returns setof agreement_versions
    language sql stable parallel safe begin atomic
    select distinct on (v.agreement_id) v.* from budget.agreement_versions v
     where v.recorded_at <= instant order by v.agreement_id, v.version desc;
end;
"""

# What agreements are now is known; what they were at their earlier versions is not, and shows as it is now. The owner
# sees rows while its own policies are not forced, and so does what 0017 meant to note of pools that changed their host.
_AS_BEFORE = """
alter table agreements no force row level security;
alter table agreement_versions no force row level security;
alter table agreement_versions disable trigger agreement_versions_append_only;
update agreement_versions v set edition = a.edition, host_organisation_id = (a.terms ->> 'host_organisation_id')::uuid
  from agreements a where a.id = v.agreement_id and a.version = v.version;
alter table agreement_versions enable trigger agreement_versions_append_only;
alter table agreement_versions force row level security;
alter table agreements force row level security;

alter table pools no force row level security;
alter table accounts no force row level security;
alter table entries no force row level security;
update pools set kept_before = former.hosts
  from (select p.id as pool_id, array_agg(distinct n.owner_organisation_id order by n.owner_organisation_id) as hosts
          from pools p join accounts a on a.pool_id = p.id and a.arrangement = 'pooled'
          join entries n on n.account_id = a.id
         where n.owner_organisation_id <> p.owner_organisation_id
         group by p.id) former
 where former.pool_id = pools.id and pools.kept_before = '{}';
alter table entries force row level security;
alter table accounts force row level security;
alter table pools force row level security;
"""
