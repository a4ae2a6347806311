"""Which contracts a body is party to though another leads them, answered from the parties' index alone."""

from shared.migrate import run_sql

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    run_sql(_POLICIES)
    run_sql(_FUNCTION)


# The policies of the app on both tables together say which contracts these are; asked of each row of the parties, they
# are worked out over all contracts. Those of the function's owner are the same two arms alone, so that it tells no more:
# an associate's contracts, and a provider's once they are awarded.
_POLICIES = """
create policy contracts_joined on contracts for select to contracts_totals using (
    associate_ids && (select contracts.ctx_organisations())::uuid[]
    or (disclosed and provider_ids && (select contracts.ctx_organisations())::uuid[]));
create policy contract_parties_joined on contract_parties for select to contracts_totals using (
    organisation_id = any ((select contracts.ctx_organisations())::uuid[]));
grant select (id, associate_ids, provider_ids, disclosed) on contracts to contracts_totals;
grant select (contract_id, organisation_id, role) on contract_parties to contracts_totals;
"""

_FUNCTION = """
create function joined_contracts() returns setof uuid language sql stable security definer rows 50
    set search_path = contracts, pg_temp set plan_cache_mode = force_generic_plan as $$
    select c.id from contract_parties p join contracts c on c.id = p.contract_id
     where p.organisation_id = any ((select ctx_organisations())::uuid[]) and p.role <> 'lead_commissioner'
$$;
alter function joined_contracts() owner to contracts_totals;
set role contracts_totals;
grant execute on function joined_contracts() to contracts_app;
set role contracts_owner;
"""
