"""What is to be delivered waits off the queue until its webhook is active."""

from shared.migrate import run_sql

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    run_sql(_TAKE)


_TAKE = """
set role gateway_totals;
create or replace function take_deliveries(most integer) returns table (delivery_id uuid)
    language sql volatile security definer set search_path = gateway, pg_temp as $$
    update webhook_deliveries set queued = true where id in (
        select d.id from webhook_deliveries d join webhooks w on w.id = d.webhook_id
         where not d.queued and d.state = 'pending' and w.state = 'active'
         order by d.recorded_at limit most for update of d skip locked)
    returning id
$$;
set role gateway_owner;
"""
