"""A provider as published has ids of public registers alone, an individual none: the second lock on rules/supplier.py."""

from shared.migrate import run_sql

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    run_sql(_FUNCTION)
    run_sql(_FILL)
    run_sql(_LOCK)


# The registers are those of PUBLIC_SCHEMES; companies' and charities' numbers are as their registers print them.
_FUNCTION = """
create function public_providers(providers jsonb) returns jsonb language sql immutable parallel safe as $$
    select coalesce(jsonb_agg(
        case when each ->> 'kind' = 'individual' then jsonb_set(each, '{identifiers}', '[]')
             else jsonb_set(each, '{identifiers}', coalesce((
                 select jsonb_agg(number order by n)
                   from jsonb_array_elements(each -> 'identifiers') with ordinality numbers (number, n)
                  where case number ->> 'scheme'
                        when 'GB-COH' then regexp_replace(number ->> 'id', '^(gb/|gb-coh-)', '', 'i')
                            ~* '^([0-9]{4,8}|[a-z]{2}[0-9]{6}|[a-z]{2}[0-9]{5}[a-z])$'
                        when 'GB-CHC' then regexp_replace(number ->> 'id', '^gb-chc-', '', 'i')
                            ~* '^(sc|nic)?[0-9]{5,8}(-[0-9]{1,2})?$'
                        else number ->> 'scheme' in ('GB-SC', 'GB-NIC', 'GB-NHS', 'GB-LAE', 'GB-LAC', 'GB-LAS',
                            'GB-LANI', 'GB-GOR', 'GB-UKPRN', 'GB-PPON', 'ODS') end), '[]')) end
        order by at), '[]')
      from jsonb_array_elements(providers) with ordinality listed (each, at)
$$;
grant execute on function public_providers(jsonb) to contracts_app;
"""

# What was recorded before is published without such numbers too, and the releases of it go out again under new ids. No
# contract changes by it: the guards of its moves and versions have nothing to look at. The owner is held by the walls.
_FILL = """
alter table contracts no force row level security;
alter table publications no force row level security;
alter table contract_editions no force row level security;
alter table contracts disable trigger user;
alter table publications disable trigger user;
update contracts set providers = public_providers(providers) where providers <> public_providers(providers);
do $$
declare
    changed uuid[];
begin
    with done as (
        update contract_editions set content = jsonb_set(content, '{providers}', public_providers(content -> 'providers'))
         where content ? 'providers' and content -> 'providers' <> public_providers(content -> 'providers')
        returning contract_id)
    select array_agg(distinct contract_id) into changed from done;
    update publications set version = version + 1, updated_at = clock_timestamp() where contract_id = any (changed);
    update contract_editions set released_at = clock_timestamp() where contract_id = any (changed);
end $$;
alter table contracts enable trigger user;
alter table publications enable trigger user;
alter table contracts force row level security;
alter table publications force row level security;
alter table contract_editions force row level security;
"""

_LOCK = """
alter table contracts add constraint contracts_public_providers check (providers = public_providers(providers));
"""
