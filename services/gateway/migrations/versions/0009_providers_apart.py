"""Providers of a partnership see its commissioners and others, and not each other (domain, section 2)."""

from shared.migrate import run_sql

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    run_sql(_WALLS)


_OPERATOR = "(select gateway.ctx_operator())"
_OWN = "any ((select gateway.ctx_organisations())::uuid[])"
# A membership: of a partnership in which the caller is more than a provider; where it is a provider, those of
# everybody but the other providers.
_SEEN_MEMBER = f"""({_OPERATOR}
    or partnership_id = any ((select gateway.ctx_partnerships_beyond_provider())::uuid[])
    or partnership_id = any ((select gateway.ctx_in('provider'))::uuid[])
       and (role <> 'provider' or organisation_id = {_OWN}))"""
_SEEN_ORGANISATION = f"""({_OPERATOR}
    or id = {_OWN}
    or parent_id = {_OWN}
    or exists (select from gateway.members m where m.organisation_id in (organisations.id, organisations.parent_id)))"""
_WALLS = f"""
create function ctx_partnerships_beyond_provider() returns uuid[] language sql stable parallel safe return
    gateway.ctx_in('commissioner') || gateway.ctx_in('host') || gateway.ctx_in('associate')
    || gateway.ctx_in('observer') || gateway.ctx_in('auditor');
grant execute on function ctx_partnerships_beyond_provider() to gateway_app, gateway_totals;
alter policy members_read on members using {_SEEN_MEMBER};
alter policy organisations_read on organisations using {_SEEN_ORGANISATION};
"""
