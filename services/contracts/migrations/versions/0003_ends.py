"""When a contract ends as things stand: by notice or as agreed, so that lists go by it."""

from shared.migrate import run_sql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    run_sql(_ENDS)
    run_sql(_FILL)
    run_sql(_INDEXES)


# Like the state, the end by notice is shown to the parties only: store/contract_lists.py says who is told which end.
_ENDS = """
alter table contracts
    add column notice_ends_on date,
    add column ends_as_it_stands date not null generated always as (
        coalesce(least(end_date, notice_ends_on), 'infinity'::date)) stored;
grant update (notice_ends_on) on contracts to contracts_app;
"""

# The owner is held by the walls too, and a fill is no change that counts the version on.
_FILL = """
alter table contracts no force row level security;
alter table contract_terms no force row level security;
alter table notices no force row level security;
alter table contracts disable trigger user;
update contracts set notice_ends_on = notices.ends_on
  from contract_terms join notices on notices.id = contract_terms.notice_id
 where contract_terms.contract_id = contracts.id;
alter table contracts enable trigger user;
alter table contracts force row level security;
alter table contract_terms force row level security;
alter table notices force row level security;
"""

_INDEXES = """
drop index contracts_partnership_ends;
drop index contracts_owner_ends;
create index contracts_partnership_ends on contracts (partnership_id, ends_as_it_stands, id);
create index contracts_owner_ends on contracts (owner_organisation_id, ends_as_it_stands, id);
"""
