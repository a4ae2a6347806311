"""How many people others placed with a provider: told by a function that alone sees the rows, and never of few."""

from shared.migrate import run_sql

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    run_sql(_COUNTS)
    run_sql(_OWNER)


# The same rule as rules/provider_view.py. One number for each commissioner and partnership, always of the same
# placements whoever asks, so that no two answers differ by one of them. Providers are told of nobody's but their own rows.
_COUNTS = """
create index placements_provider_here on placements (provider_organisation_id, partnership_id)
    where state in ('active', 'reviewed');

create function placements_with(provider uuid, place uuid)
    returns table (partnership_id uuid, owner_organisation_id uuid, shown integer)
    language sql stable security definer set search_path = contracts, pg_temp as $$
    select p.partnership_id, p.owner_organisation_id,
           case when count(*) >= 8 then (count(*) + 2)::integer / 5 * 5 end
      from placements p
     where p.provider_organisation_id = provider and (place is null or p.partnership_id = place)
       and p.state in ('active', 'reviewed')
       and p.partnership_id = any ((select ctx_in('commissioner'))::uuid[])
       and p.partnership_id <> all ((select ctx_in('provider'))::uuid[])
     group by p.partnership_id, p.owner_organisation_id
$$;
"""

_OWNER = """
alter function placements_with(uuid, uuid) owner to contracts_totals;
set role contracts_totals;
grant execute on function placements_with(uuid, uuid) to contracts_app;
set role contracts_owner;
"""
