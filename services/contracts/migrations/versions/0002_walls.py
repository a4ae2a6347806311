"""The walls of the register: who reads and writes which rows, and the second lock on what rules decide."""

from shared.migrate import run_sql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    run_sql(_CONTEXT)
    run_sql(_walls())
    run_sql(_GUARDS)


_OURS = "(select contracts.ctx_organisations())::uuid[]"
_OWN = f"$.owner_organisation_id = any ({_OURS})"
_COMMISSIONED = "$.partnership_id = any ((select contracts.ctx_in('commissioner'))::uuid[])"
_ASSOCIATED = f"$.associate_ids && {_OURS}"
_PROVIDED = f"($.disclosed and $.provider_ids && {_OURS})"
_OBSERVED = "($.disclosed and $.partnership_id = any ((select contracts.ctx_in('observer'))::uuid[]))"
_AUDITED = (
    "($.partnership_id = any ((select contracts.ctx_audited_in())::uuid[]) and exists ("
    "select from contracts.ctx_audited_years() audit where audit.partnership_id = $.partnership_id"
    " and audit.body_id = any ({bodies}) and audit.first_day <= coalesce($.end_date, 'infinity'::date)"
    " and audit.last_day >= coalesce($.start_date, '-infinity'::date)))"
)
_AUDITED_WHOLE = _AUDITED.format(bodies="$.owner_organisation_id || $.associate_ids")
_LED = f"({_OWN} and ($.partnership_id is null or {_COMMISSIONED}))"

# Who reads what, beside the contract's own row. Commissioners of the partnership, associates and auditors read all
# of these, but funding: there an associate reads its own money and an auditor the money of the bodies named.
_COMMISSIONING = f"{_OWN} or {_COMMISSIONED} or {_ASSOCIATED} or {_AUDITED_WHOLE}"
_PARTIES = f"{_COMMISSIONING} or {_PROVIDED}"
_READERS = {
    "contract_terms": _PARTIES,
    "contract_parties": _PARTIES,
    "notices": _PARTIES,
    "due_dates": f"{_COMMISSIONING} or ({_PROVIDED} and not due_dates.private)",
    "contract_plans": _COMMISSIONING,
    "contract_funding": f"{_OWN} or {_COMMISSIONED}"
    f" or ({_ASSOCIATED} and contract_funding.organisation_id = any ({_OURS}))"
    f" or {_AUDITED.format(bodies='array[contract_funding.organisation_id]')}",
    "register_entries": f"{_OWN} or {_COMMISSIONED}",
}
_GRANTS = {
    "contract_terms": "select, insert, update",
    "contract_plans": "select, insert, update",
    "contract_parties": "select, insert, delete",
    "contract_funding": "select, insert, delete",
    "due_dates": "select, insert, delete",
    "notices": "select, insert",
    "register_entries": "select, insert, update",
}


def _of_itself(who: str, table: str) -> str:
    """A policy on the table that has the columns itself. In full, since within a subquery a bare name is another's."""
    return f"({who})".replace("$.", f"{table}.")


def _of_its_contract(who: str, table: str) -> str:
    """A policy on a table whose rows belong to a contract."""
    return (
        f"(exists (select from contracts.contracts c where c.id = {table}.contract_id and ({who})))".replace(
            "$.", "c."
        )
    )


def _walls() -> str:
    parts: list[str] = []
    for table in ("contracts", "register_imports", *_READERS):
        parts += [
            f"alter table {table} enable row level security;",
            f"alter table {table} force row level security;",
        ]
    visible, led, own = (_of_itself(who, "contracts") for who in (f"{_PARTIES} or {_OBSERVED}", _LED, _OWN))
    of_import, sent_in = (_of_itself(who, "register_imports") for who in (_OWN, _LED))
    parts += [
        f"create policy contracts_read on contracts for select to contracts_app using {visible};",
        f"create policy contracts_add on contracts for insert to contracts_app with check {led};",
        f"create policy contracts_change on contracts for update to contracts_app using {own} with check {led};",
        "grant select, insert on contracts to contracts_app;",
        f"grant update ({_CHANGEABLE}) on contracts to contracts_app;",
        f"create policy register_imports_read on register_imports for select to contracts_app using {of_import};",
        f"create policy register_imports_add on register_imports for insert to contracts_app with check {sent_in};",
        "grant select, insert on register_imports to contracts_app;",
    ]
    for table, who in _READERS.items():
        parts.append(
            f"create policy {table}_read on {table} for select to contracts_app using {_of_its_contract(who, table)};"
        )
        mine = _of_its_contract(_OWN, table)
        parts.append(f"create policy {table}_add on {table} for insert to contracts_app with check {mine};")
        if "update" in _GRANTS[table]:
            parts.append(
                f"create policy {table}_change on {table} for update to contracts_app using {mine} with check {mine};"
            )
        if "delete" in _GRANTS[table]:
            parts.append(f"create policy {table}_remove on {table} for delete to contracts_app using {mine};")
        parts.append(f"grant {_GRANTS[table]} on {table} to contracts_app;")
    return "\n".join(parts)


_CHANGEABLE = (
    "associate_ids, provider_ids, providers, reference, reference_key, title, description, category, service,"
    " procurement_category, department, state, agreement_form, award_regime, tender_type, start_date, end_date,"
    " end_status, max_end_date, review_date, value_pence, value_status, value_qualifier, value_basis,"
    " irrecoverable_vat_pence, irrecoverable_vat_status, irrecoverable_vat_qualifier, awarded_on, version, changed_at"
)

# An audit is of named bodies and years: `partnership/body/2014/15` in the context, `*` for any. A contract is of
# every year in which it may have run; a start or end that is not known leaves that side open. Each arm of a policy
# has a part that an index can serve, so that the whole can be answered from indexes.
_CONTEXT = """
create function ctx_audited_years()
    returns table (partnership_id uuid, body_id uuid, first_day date, last_day date) language sql stable parallel safe
    begin atomic
        select split_part(audit, '/', 1)::uuid, split_part(audit, '/', 2)::uuid,
               make_date(split_part(audit, '/', 3)::integer, 4, 1),
               make_date(split_part(audit, '/', 3)::integer + 1, 3, 31)
          from unnest(nullif(current_setting('app.audits', true), '')::text[]) as audit
         where split_part(audit, '/', 2) <> '*' and split_part(audit, '/', 3) <> '*';
    end;
create function ctx_audited_in() returns uuid[] language sql stable parallel safe
    begin atomic
        select coalesce(array_agg(distinct partnership_id), '{}') from contracts.ctx_audited_years();
    end;
grant execute on function ctx_audited_years(), ctx_audited_in() to contracts_app;
"""

# The second lock on what rules/ decide: parties and funding fit together when a change commits, a state follows
# only from one that leads to it, a version counts one on, and what was served or sent in stays as it was.
_GUARDS = """
create function contract_is_whole() returns trigger language plpgsql as $$
declare
    changed jsonb := to_jsonb(case when tg_op = 'DELETE' then old else new end);
    contract uuid := case tg_table_name when 'contracts' then changed ->> 'id' else changed ->> 'contract_id' end;
    it record;
    found record;
begin
    select owner_organisation_id, associate_ids, provider_ids, state, xmin = pg_current_xact_id()::xid as new_here
      into it from contracts.contracts where id = contract;
    if it.new_here and tg_table_name <> 'contracts' then
        return null;  -- its own trigger looks at the whole, once for all its parties and lines
    end if;
    select count(*) filter (where role = 'lead_commissioner' and organisation_id = it.owner_organisation_id) as own,
           count(*) filter (where role = 'lead_commissioner') as leads,
           count(*) filter (where role = 'provider') as providers,
           coalesce(array_agg(organisation_id order by position)
               filter (where role = 'associate_commissioner'), '{}') as associate_ids,
           coalesce(array_agg(organisation_id order by position)
               filter (where role = 'provider' and organisation_id is not null), '{}') as provider_ids,
           sum(share_percent) as shares
      into found from contracts.contract_parties where contract_id = contract;
    if found.own <> 1 or found.leads <> 1 or found.associate_ids <> it.associate_ids
        or found.provider_ids <> it.provider_ids or found.shares <> 100
        or (found.providers = 0 and it.state not in ('pipeline', 'procurement', 'standstill', 'abandoned')) then
        raise exception 'the parties of contract % do not fit together', contract
            using errcode = 'integrity_constraint_violation', constraint = 'contract_is_whole';
    end if;
    if (select sum(share_percent) <> 100 from contracts.contract_funding where contract_id = contract) then
        raise exception 'the funding of contract % is not whole', contract
            using errcode = 'integrity_constraint_violation', constraint = 'contract_funding_is_whole';
    end if;
    return null;
end $$;
create constraint trigger contracts_whole after insert or update on contracts deferrable initially deferred
    for each row execute function contract_is_whole();
create constraint trigger contract_parties_whole after insert or delete on contract_parties
    deferrable initially deferred for each row execute function contract_is_whole();
create constraint trigger contract_funding_whole after insert or delete on contract_funding
    deferrable initially deferred for each row execute function contract_is_whole();

create function contract_moves() returns trigger language plpgsql as $$
begin
    if new.version <> old.version + 1 then
        raise exception 'the version of a contract counts one on' using errcode = 'restrict_violation';
    end if;
    if new.state <> old.state and not exists (
        select from (values
            ('pipeline', 'procurement'), ('pipeline', 'awarded'), ('pipeline', 'abandoned'),
            ('procurement', 'standstill'), ('procurement', 'awarded'), ('procurement', 'abandoned'),
            ('standstill', 'awarded'), ('standstill', 'abandoned'),
            ('awarded', 'active'), ('awarded', 'recorded_as_active'), ('awarded', 'expired'),
            ('awarded', 'abandoned'),
            ('active', 'suspended'), ('active', 'notice_given'), ('active', 'part_terminated'),
            ('active', 'held_over'), ('active', 'expired'), ('active', 'terminated'), ('active', 'novated'),
            ('active', 'consolidated'),
            ('recorded_as_active', 'active'), ('recorded_as_active', 'suspended'),
            ('recorded_as_active', 'notice_given'), ('recorded_as_active', 'part_terminated'),
            ('recorded_as_active', 'held_over'), ('recorded_as_active', 'expired'),
            ('recorded_as_active', 'terminated'), ('recorded_as_active', 'novated'),
            ('recorded_as_active', 'consolidated'),
            ('suspended', 'active'), ('suspended', 'notice_given'), ('suspended', 'held_over'),
            ('suspended', 'expired'), ('suspended', 'terminated'), ('suspended', 'novated'),
            ('suspended', 'consolidated'),
            ('notice_given', 'active'), ('notice_given', 'recorded_as_active'), ('notice_given', 'held_over'),
            ('notice_given', 'expired'), ('notice_given', 'terminated'), ('notice_given', 'novated'),
            ('notice_given', 'consolidated'),
            ('part_terminated', 'suspended'), ('part_terminated', 'notice_given'),
            ('part_terminated', 'held_over'), ('part_terminated', 'expired'),
            ('part_terminated', 'terminated'), ('part_terminated', 'novated'),
            ('part_terminated', 'consolidated'),
            ('held_over', 'notice_given'), ('held_over', 'expired'), ('held_over', 'terminated'),
            ('held_over', 'novated'), ('held_over', 'consolidated'),
            ('expired', 'held_over')
        ) as move (come, go) where come = old.state::text and go = new.state::text
    ) then
        raise exception 'a contract does not move from % to %', old.state, new.state
            using errcode = 'integrity_constraint_violation', constraint = 'contract_moves';
    end if;
    return new;
end $$;
create trigger contracts_move before update on contracts for each row execute function contract_moves();

create trigger contracts_no_delete before delete on contracts for each row execute function refuse_change();
create trigger contracts_no_truncate before truncate on contracts for each statement execute function refuse_change();
create trigger notices_append_only before update or delete on notices
    for each row execute function refuse_change();
create trigger notices_no_truncate before truncate on notices for each statement execute function refuse_change();
create trigger register_imports_append_only before update or delete on register_imports
    for each row execute function refuse_change();
create trigger register_imports_no_truncate before truncate on register_imports
    for each statement execute function refuse_change();
"""
