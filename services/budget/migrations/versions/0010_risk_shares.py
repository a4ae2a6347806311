"""Risk shares and their settlements, funding waterfalls, savings with their history, and appraisals."""

from shared.migrate import run_sql
from shared.schema import with_last_change

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    run_sql(_SHARING)
    run_sql(_CASES)
    run_sql(with_last_change("settlements", "settlement_disputes", "waterfalls", "savings"))
    run_sql(_walls())
    run_sql(_GUARDS)


_OWNED = """
    partnership_id uuid not null,
    owner_organisation_id uuid not null"""
_RECORDED = "recorded_at timestamptz not null default clock_timestamp()"
_YEAR = "financial_year text not null check (financial_year ~ '^[0-9]{4}/[0-9]{2}$')"

_SHARING = f"""
-- A version of a pool's scheme. Never edited: a later edition takes effect from its own day.
create table risk_shares (
    id uuid primary key,{_OWNED},
    pool_id uuid not null,
    agreement_id uuid not null,
    edition integer not null check (edition >= 1),
    effective_from date not null,
    clause text not null,
    scheme jsonb not null,
    {_RECORDED},
    unique (id, pool_id, partnership_id),
    foreign key (pool_id, partnership_id) references pools (id, partnership_id),
    foreign key (agreement_id, partnership_id) references agreements (id, partnership_id),
    constraint risk_shares_edition unique (pool_id, edition)
);
create index risk_shares_partnership on risk_shares (partnership_id, effective_from, id);

-- `facts` and `outcome` are what every partner approves, and stay; only where the settlement stands moves.
create table settlements (
    id uuid primary key,{_OWNED},
    pool_id uuid not null,
    risk_share_id uuid not null,
    agreement_id uuid not null,
    {_YEAR},
    source text not null check (source in ('position', 'forecast')),
    as_at date,
    facts jsonb not null,
    outcome jsonb not null,
    party_ids uuid[] not null check (cardinality(party_ids) >= 2),
    state text not null check (state in ('proposed', 'approved', 'part_posted', 'posted', 'withdrawn')),
    withdrawn_because text,
    version integer not null,
    proposed_by_client_id uuid not null,
    proposed_by_person text,
    {_RECORDED},
    unique (id, partnership_id),
    foreign key (risk_share_id, pool_id, partnership_id) references risk_shares (id, pool_id, partnership_id),
    foreign key (agreement_id, partnership_id) references agreements (id, partnership_id),
    constraint settlements_withdrawn check ((state = 'withdrawn') = (withdrawn_because is not null))
);
create index settlements_partnership on settlements (partnership_id, recorded_at, id);
create unique index settlements_one_of_a_year on settlements (pool_id, financial_year) where state <> 'withdrawn';

create table settlement_approvals (
    settlement_id uuid not null,{_OWNED},
    {_YEAR},
    approved_by_client_id uuid not null,
    {_RECORDED},
    primary key (settlement_id, owner_organisation_id),
    foreign key (settlement_id, partnership_id) references settlements (id, partnership_id)
);

-- The steps that a partner contests. The others go on.
create table settlement_disputes (
    id uuid primary key,
    settlement_id uuid not null,{_OWNED},
    {_YEAR},
    steps smallint[] not null check (cardinality(steps) >= 1),
    grounds text not null,
    answer_due_on date not null,
    outcome text check (outcome in ('steps_stand', 'steps_fall')),
    explanation text,
    version integer not null,
    {_RECORDED},
    foreign key (settlement_id, partnership_id) references settlements (id, partnership_id),
    constraint settlement_disputes_resolved check ((outcome is null) = (explanation is null))
);
create index settlement_disputes_settlement on settlement_disputes (settlement_id, recorded_at);

create table settlement_postings (
    settlement_id uuid not null,
    journal_id uuid not null references journals (id),{_OWNED},
    {_YEAR},
    steps smallint[] not null check (cardinality(steps) >= 1),
    {_RECORDED},
    primary key (settlement_id, journal_id),
    foreign key (settlement_id, partnership_id) references settlements (id, partnership_id),
    constraint settlement_postings_once unique (journal_id)
);
"""

_CASES = f"""
create table waterfalls (
    id uuid primary key,{_OWNED},
    title text not null,
    {_YEAR},
    need jsonb not null,
    sources jsonb not null,
    version integer not null,
    {_RECORDED}
);
create index waterfalls_partnership on waterfalls (partnership_id, title, id);

create table savings (
    id uuid primary key,{_OWNED},
    benefit_id text not null,
    title text not null,
    programme text not null,
    terms jsonb not null,
    status text not null check (status in ('planned', 'in_delivery', 'delivered', 'slipped', 'removed')),
    version integer not null,
    {_RECORDED},
    unique (id, partnership_id, owner_organisation_id)
);
create index savings_partnership on savings (partnership_id, title, id);

create table saving_moves (
    saving_id uuid not null,
    number integer not null,{_OWNED},
    from_status text not null,
    to_status text not null,
    on_day date not null,
    slipped_to text,
    delivered jsonb,
    explanation text not null,
    {_RECORDED},
    primary key (saving_id, number),
    foreign key (saving_id, partnership_id, owner_organisation_id)
        references savings (id, partnership_id, owner_organisation_id)
);

create table saving_plans (
    id uuid primary key,{_OWNED},
    title text not null,
    programme text not null,
    years jsonb not null,
    gap jsonb,
    {_RECORDED}
);
create index saving_plans_partnership on saving_plans (partnership_id, title, id);

create table appraisals (
    id uuid primary key,{_OWNED},
    title text not null,
    given jsonb not null,
    {_RECORDED}
);
create index appraisals_partnership on appraisals (partnership_id, title, id);
"""

_COMMISSIONED = "partnership_id = any ((select budget.ctx_in('commissioner'))::uuid[])"
_SELF = "(select budget.ctx_organisation())"
_PARTY = f"{_SELF} = any (a.party_ids)"
_KEEPS = f"owner_organisation_id = {_SELF} and {_COMMISSIONED}"


_REFUSE = "execute function refuse_change();"


def _seen(year: str) -> str:
    return f"{_COMMISSIONED} or budget.ctx_audited(partnership_id, null, {year})"


def _walls() -> str:
    """All partners and the auditors see them; each row is written by its owner, and a party moves a settlement."""
    parts = []
    for table, year in {
        "risk_shares": "'*'",
        "settlements": "financial_year",
        "settlement_approvals": "financial_year",
        "settlement_disputes": "financial_year",
        "settlement_postings": "financial_year",
        "waterfalls": "financial_year",
        "savings": "'*'",
        "saving_moves": "'*'",
        "saving_plans": "'*'",
        "appraisals": "'*'",
    }.items():
        parts += [
            f"alter table {table} enable row level security;",
            f"alter table {table} force row level security;",
            f"create policy {table}_read on {table} for select to budget_app using ({_seen(year)});",
            f"grant select, insert on {table} to budget_app;",
            f"create trigger {table}_no_delete before delete on {table} for each row {_REFUSE}",
            f"create trigger {table}_no_truncate before truncate on {table} for each statement {_REFUSE}",
        ]
    for table in ("waterfalls", "savings", "saving_moves", "saving_plans", "appraisals"):
        parts.append(f"create policy {table}_add on {table} for insert to budget_app with check ({_KEEPS});")
    for table in (
        "risk_shares",
        "settlement_approvals",
        "settlement_postings",
        "saving_moves",
        "saving_plans",
        "appraisals",
    ):
        parts.append(
            f"create trigger {table}_stay before update on {table} for each row execute function refuse_change();"
        )
    return "\n".join(parts) + _OWN_WALLS


_OF_A_PARTY = f"""exists (select from budget.settlements s
     where s.id = settlement_id and {_SELF} = any (s.party_ids) and s.financial_year = {{table}}.financial_year)"""
_OWN_WALLS = f"""
create policy risk_shares_add on risk_shares for insert to budget_app with check (
    {_KEEPS} and exists (select from budget.pools p join budget.agreements a on a.id = p.agreement_id
     where p.id = pool_id and a.id = risk_shares.agreement_id and {_PARTY}));
create policy settlements_add on settlements for insert to budget_app with check (
    {_KEEPS} and proposed_by_client_id = (select budget.ctx_client()) and state = 'proposed' and exists (
        select from budget.agreements a where a.id = settlements.agreement_id and {_PARTY}
           and a.party_ids = settlements.party_ids));
create policy settlements_move on settlements for update to budget_app
    using ({_COMMISSIONED} and {_SELF} = any (party_ids)) with check ({_COMMISSIONED});
grant update (state, withdrawn_because, version) on settlements to budget_app;
create policy settlement_approvals_add on settlement_approvals for insert to budget_app with check (
    {_KEEPS} and approved_by_client_id = (select budget.ctx_client())
    and {_OF_A_PARTY.format(table="settlement_approvals")});
create policy settlement_disputes_add on settlement_disputes for insert to budget_app with check (
    {_KEEPS} and outcome is null and {_OF_A_PARTY.format(table="settlement_disputes")});
create policy settlement_disputes_resolve on settlement_disputes for update to budget_app
    using ({_KEEPS}) with check ({_KEEPS});
grant update (outcome, explanation, version) on settlement_disputes to budget_app;
create policy settlement_postings_add on settlement_postings for insert to budget_app with check (
    {_KEEPS} and {_OF_A_PARTY.format(table="settlement_postings")}
    and exists (select from budget.journals j where j.id = journal_id and j.kind = 'risk_share_adjustment'
        and j.partnership_id = settlement_postings.partnership_id));
create policy waterfalls_approve on waterfalls for update to budget_app using ({_KEEPS}) with check ({_KEEPS});
grant update (sources, version) on waterfalls to budget_app;
create policy savings_move on savings for update to budget_app using ({_KEEPS}) with check ({_KEEPS});
grant update (terms, status, version) on savings to budget_app;
"""  # noqa: S608 fixed pieces of policies

# The second lock on what rules/settlement.py decides.
_GUARDS = """
create function settlement_moves() returns trigger language plpgsql as $$
begin
    if new.version <> old.version + 1 or (old.state, new.state) not in (
        ('proposed', 'proposed'), ('proposed', 'approved'), ('proposed', 'withdrawn'), ('approved', 'approved'),
        ('approved', 'part_posted'), ('approved', 'posted'), ('approved', 'withdrawn'),
        ('part_posted', 'part_posted'), ('part_posted', 'posted'), ('part_posted', 'withdrawn'),
        ('posted', 'withdrawn')) then
        raise exception 'the settlement cannot move that way'
            using errcode = 'integrity_constraint_violation', constraint = 'settlement_moves';
    end if;
    if new.state in ('approved', 'part_posted', 'posted') and exists (
        select from unnest(new.party_ids) party where not exists (
            select from budget.settlement_approvals a
             where a.settlement_id = new.id and a.owner_organisation_id = party)) then
        raise exception 'not every party has approved'
            using errcode = 'integrity_constraint_violation', constraint = 'settlement_approved_by_all';
    end if;
    return new;
end $$;
create trigger settlements_move before update on settlements for each row execute function settlement_moves();

create function settlement_approver_is_another() returns trigger language plpgsql as $$
begin
    if exists (select from budget.settlements s
                where s.id = new.settlement_id and s.proposed_by_client_id = new.approved_by_client_id) then
        raise exception 'whoever proposed does not approve'
            using errcode = 'integrity_constraint_violation', constraint = 'settlement_approver_is_another';
    end if;
    return new;
end $$;
create trigger settlement_approvals_by_another before insert on settlement_approvals
    for each row execute function settlement_approver_is_another();

create function settlement_dispute_ends_once() returns trigger language plpgsql as $$
begin
    if old.outcome is not null or new.version <> old.version + 1 then
        raise exception 'a dispute is resolved once'
            using errcode = 'integrity_constraint_violation', constraint = 'settlement_dispute_ends_once';
    end if;
    return new;
end $$;
create trigger settlement_disputes_end_once before update on settlement_disputes
    for each row execute function settlement_dispute_ends_once();
"""
