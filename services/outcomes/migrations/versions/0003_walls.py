"""Row-level security on every table, the grants, and the triggers that hold what the rules decide."""

from shared.migrate import run_sql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    run_sql(_WALLS)
    run_sql(_GUARDS)


def _wall(table: str, read: str, add: str, grants: str = "select, insert") -> str:
    return "\n".join(
        (
            f"alter table {table} enable row level security;",
            f"alter table {table} force row level security;",
            f"create policy {table}_read on {table} for select to outcomes_app using ({read});",
            f"create policy {table}_add on {table} for insert to outcomes_app with check ({add});",
            f"grant {grants} on {table} to outcomes_app;",
        )
    )


_COMMISSIONED = "partnership_id = any ((select outcomes.ctx_in('commissioner'))::uuid[])"
_OBSERVED = "partnership_id = any ((select outcomes.ctx_in('observer'))::uuid[])"
_OWN = "owner_organisation_id = any ((select outcomes.ctx_organisations())::uuid[])"
_LED = "lead_organisation_id = any ((select outcomes.ctx_organisations())::uuid[])"
_PARTY = "reader_organisation_ids && (select outcomes.ctx_organisations())::uuid[]"
_AUDITED_AT_ALL = "outcomes.ctx_audited(partnership_id, null, '*')"
_AUDITED_BODIES = "outcomes.bodies_audited(partnership_id, reader_organisation_ids, '*')"
_AUDITED_YEAR = "outcomes.bodies_audited(partnership_id, reader_organisation_ids, financial_year)"

# Definitions are the partnership's: its commissioners', observers' and auditors'. A party of a contract sees the
# indicators that the contract reports, and of what hangs on them what is not another contract's.
_WHOLE = f"{_COMMISSIONED} or {_OBSERVED} or {_AUDITED_AT_ALL}"
_REPORTED = f"in (select o.indicator_id from outcomes.obligation_indicators o where o.{_PARTY})"  # noqa: S608 fixed text
_OF_CONTRACT = (
    f"indicator_id {_REPORTED} and (contract_id is null or contract_id in"  # noqa: S608 fixed text
    f" (select o.contract_id from outcomes.obligation_indicators o where o.{_PARTY}))"
)
_DEFINE = f"{_COMMISSIONED} and {_OWN}"
_SUBMITTED = f"{_OWN} or {_COMMISSIONED} or {_PARTY} or {_AUDITED_YEAR}"
_DUE = f"{_COMMISSIONED} or {_PARTY} or {_AUDITED_YEAR}"

_WALLS = "\n".join(
    (
        """
create function bodies_audited(partnership uuid, bodies uuid[], financial_year text) returns boolean
    language sql stable parallel safe
    return exists (select from unnest(bodies) as body where outcomes.ctx_audited(partnership, body, financial_year));
-- The same question of a list that the statement brings along: the scoped query's side of the wall.
create function bodies_named(audits text[], partnership uuid, bodies uuid[], financial_year text) returns boolean
    language sql immutable parallel safe
    return exists (select from unnest(bodies) as body
        where partnership::text || '/' || body::text || '/' || financial_year = any (audits));
grant execute on function bodies_audited(uuid, uuid[], text), bodies_named(text[], uuid, uuid[], text),
    known_rightly(numeric, measure_status) to outcomes_app;
""",
        _wall(
            "obligation_indicators",
            f"{_COMMISSIONED} or {_OBSERVED} or {_PARTY} or {_AUDITED_BODIES}",
            _DEFINE,
        ),
        _wall(
            "frameworks",
            f"{_WHOLE} or id in (select p.framework_id from outcomes.indicator_placings p"  # noqa: S608 fixed text
            f" where p.indicator_id {_REPORTED})",
            _DEFINE,
        ),
        _wall("indicators", f"{_WHOLE} or id {_REPORTED}", _DEFINE),
        _wall("indicator_placings", f"{_WHOLE} or indicator_id {_REPORTED}", _DEFINE),
        _wall("baselines", f"{_WHOLE} or ({_OF_CONTRACT})", _DEFINE),
        _wall("targets", f"{_WHOLE} or ({_OF_CONTRACT})", _DEFINE),
        _wall("target_milestones", f"{_WHOLE} or ({_OF_CONTRACT})", _DEFINE),
        _wall("comparators", f"{_WHOLE} or indicator_id {_REPORTED}", _DEFINE),
        _wall("comparator_values", f"{_WHOLE} or indicator_id {_REPORTED}", _DEFINE),
        _wall("populations", _WHOLE, _DEFINE),
        _wall("obligations", f"{_COMMISSIONED} or {_PARTY} or {_AUDITED_BODIES}", _DEFINE),
        _wall("due_returns", _DUE, _DEFINE),
        # A draft is its provider's alone until it is submitted.
        _wall(
            "returns",
            f"{_OWN} or (state <> 'draft' and ({_DUE}))",
            f"{_OWN} and state = 'draft'",
        ),
        _wall("return_drafts", _OWN, _OWN, "select, insert, update, delete"),
        _wall("return_values", _SUBMITTED, _OWN),
        _wall(
            "return_moves",
            _SUBMITTED,
            f"({_OWN} or {_LED}) and organisation_id = (select ctx_organisation())",
        ),
        _wall("observations", f"{_OBSERVED} or {_SUBMITTED}", _LED),
        f"""
create policy returns_move on returns for update to outcomes_app
    using ({_OWN} or ({_LED} and state <> 'draft')) with check ({_OWN} or {_LED});
grant update (state, revision, accepted_revision, submitted_at, days_late, explained, reasons, version, updated_at)
    on returns to outcomes_app;
create policy return_drafts_change on return_drafts for update to outcomes_app using ({_OWN}) with check ({_OWN});
create policy return_drafts_remove on return_drafts for delete to outcomes_app using ({_OWN});
""",
    )
)

# The second lock on what rules/kpi_return.py decides: which moves there are and whose they are, that a revision is
# frozen when it is submitted, that a draft moves only while it is with its provider, and that history stays.
_GUARDS = """
create function returns_move_rightly() returns trigger language plpgsql as $$
declare
    mine boolean := new.owner_organisation_id = any (outcomes.ctx_organisations());
    led boolean := new.lead_organisation_id = any (outcomes.ctx_organisations());
    move text := old.state || ' ' || new.state;
begin
    if new.version <> old.version + 1 then
        raise exception 'a change of a return counts its version up' using
            errcode = 'integrity_constraint_violation', constraint = 'returns_versioned';
    end if;
    if old.state = new.state then
        if not mine or old.state not in ('draft', 'returned') or (old.revision, old.accepted_revision,
            old.submitted_at, old.days_late) is distinct from (new.revision, new.accepted_revision,
            new.submitted_at, new.days_late) then
            raise exception 'only figures in the making change' using
                errcode = 'integrity_constraint_violation', constraint = 'returns_move';
        end if;
    elsif move in ('draft submitted', 'draft validated', 'returned submitted', 'returned validated') then
        if not mine or new.revision <> old.revision + 1
            or new.accepted_revision is distinct from old.accepted_revision then
            raise exception 'the provider submits the next revision' using
                errcode = 'integrity_constraint_violation', constraint = 'returns_submitter';
        end if;
    elsif move in ('submitted accepted', 'validated accepted', 'submitted returned', 'validated returned',
        'accepted locked', 'accepted returned', 'locked returned') then
        if not led or new.revision <> old.revision or (new.submitted_at, new.days_late) is distinct from
            (old.submitted_at, old.days_late) or (new.state not in ('accepted', 'locked')
            and new.accepted_revision is distinct from old.accepted_revision) then
            raise exception 'the lead decides on the revision as submitted' using
                errcode = 'integrity_constraint_violation', constraint = 'returns_decider';
        end if;
    else
        raise exception 'no return moves from % to %', old.state, new.state using
            errcode = 'integrity_constraint_violation', constraint = 'returns_move';
    end if;
    return new;
end $$;
create trigger returns_move_rightly before update on returns for each row execute function returns_move_rightly();

create function return_values_frozen() returns trigger language plpgsql as $$
begin
    if not exists (select from outcomes.returns r where r.id = new.return_id and r.revision = new.revision
        and r.state in ('submitted', 'validated') and r.xmin = pg_current_xact_id()::xid) then
        raise exception 'a revision is whole when it is submitted' using
            errcode = 'integrity_constraint_violation', constraint = 'return_values_frozen';
    end if;
    return new;
end $$;
create trigger return_values_frozen before insert on return_values
    for each row execute function return_values_frozen();

create function return_drafts_open() returns trigger language plpgsql as $$
declare
    draft record;
begin
    if tg_op = 'DELETE' then draft := old; else draft := new; end if;
    if not exists (select from outcomes.returns r where r.id = draft.return_id
        and r.owner_organisation_id = draft.owner_organisation_id and r.state in ('draft', 'returned')) then
        raise exception 'a draft moves while it is with its provider' using
            errcode = 'integrity_constraint_violation', constraint = 'return_drafts_open';
    end if;
    return draft;
end $$;
create trigger return_drafts_open before insert or update or delete on return_drafts
    for each row execute function return_drafts_open();

create function observations_accepted() returns trigger language plpgsql as $$
begin
    if not exists (select from outcomes.returns r where r.id = new.return_id and r.state = 'accepted'
        and r.accepted_revision = new.revision and r.xmin = pg_current_xact_id()::xid) then
        raise exception 'an observation is made when its revision is accepted' using
            errcode = 'integrity_constraint_violation', constraint = 'observations_accepted';
    end if;
    return new;
end $$;
create trigger observations_accepted before insert on observations
    for each row execute function observations_accepted();

do $$
declare
    kept text;
begin
    foreach kept in array array['frameworks', 'indicators', 'indicator_placings', 'baselines', 'comparators',
        'comparator_values', 'targets', 'target_milestones', 'populations', 'obligations', 'obligation_indicators',
        'due_returns', 'return_values', 'return_moves', 'observations']
    loop
        execute format('create trigger %1$s_append_only before update or delete on %1$s'
            ' for each row execute function refuse_change()', kept);
        execute format('create trigger %1$s_no_truncate before truncate on %1$s'
            ' for each statement execute function refuse_change()', kept);
    end loop;
end $$;
create trigger returns_no_delete before delete on returns for each row execute function refuse_change();
create trigger returns_no_truncate before truncate on returns for each statement execute function refuse_change();
"""
