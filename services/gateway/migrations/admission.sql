-- What admission must know before there is a caller. These run as gateway_totals, which signs in nowhere, may
-- read no more than the tables above, and change nothing but the one-time ids.

create function client_for_admission(client uuid) returns jsonb
    language sql stable security definer set search_path = gateway, pg_temp as $$
    select jsonb_build_object(
        'today', (now() at time zone 'Europe/London')::date,
        'client', jsonb_build_object('id', c.id, 'scopes', c.scopes, 'disabled', c.disabled_at is not null),
        'organisation', jsonb_build_object('id', o.id, 'kind', o.kind, 'parent_id', o.parent_id),
        'keys', coalesce((select jsonb_agg(jsonb_build_object('kid', k.kid, 'algorithm', k.algorithm, 'jwk', k.jwk))
                            from client_keys k where k.client_id = c.id and k.retired_at is null), '[]'),
        'secrets', coalesce((select jsonb_agg(encode(s.digest, 'hex'))
                               from client_secrets s where s.client_id = c.id and s.retired_at is null
                                and (s.expires_at is null or s.expires_at > now())), '[]'),
        'memberships', coalesce((select jsonb_agg(to_jsonb(m) - array['is_body', 'recorded_at', 'updated_at'] order by m.id)
                                   from members m where m.organisation_id = coalesce(o.parent_id, o.id)), '[]'))
      from clients c join organisations o on o.id = c.organisation_id
     where c.id = client
$$;

create function issuers_for_admission() returns jsonb
    language sql stable security definer set search_path = gateway, pg_temp as $$
    select coalesce(jsonb_agg(to_jsonb(i) - array['recorded_at', 'updated_at'] || jsonb_build_object('clients',
               coalesce((select jsonb_object_agg(m.claim_value, m.client_id)
                           from issuer_clients m where m.issuer_id = i.id), '{}'))), '[]')
      from issuers i where i.enabled
$$;

create function use_assertion_id(client uuid, id text, forget timestamptz) returns boolean
    language plpgsql volatile security definer set search_path = gateway, pg_temp as $$
begin
    delete from used_assertion_ids where (client_id, jti) in (
        select client_id, jti from used_assertion_ids where forget_at < now() limit 20 for update skip locked);
    insert into used_assertion_ids (client_id, jti, forget_at) values (client, id, forget) on conflict do nothing;
    return found;
end $$;

grant execute on function client_for_admission(uuid), issuers_for_admission(),
    use_assertion_id(uuid, text, timestamptz) to gateway_app;
alter function client_for_admission(uuid) owner to gateway_totals;
alter function issuers_for_admission() owner to gateway_totals;
alter function use_assertion_id(uuid, text, timestamptz) owner to gateway_totals;
