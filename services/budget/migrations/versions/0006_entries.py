"""What an entry says besides its amount: VAT and dimensions; batches; and books that raw SQL cannot bend."""

from shared.migrate import run_sql

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    run_sql(_VAT)
    run_sql(_DIMENSIONS)
    run_sql(_DIMENSION_GUARDS)
    run_sql(_BATCHES)
    run_sql(_KEYS)
    run_sql(_POLICIES)
    run_sql(_BOOKS)
    run_sql(_AGREEMENTS)


_VAT = """
alter type account_kind add value 'vat_control';
create type vat_regime as enum ('s33', 'nhs_contracted_out', 'agency', 'no_recovery', 'outside_scope');

-- All of them, or none where the poster did not say. What counts is the net amount with the VAT that nobody recovers.
alter table entries
    add column vat_regime vat_regime,
    add column vat_organisation_id uuid,
    add column vat_tax_point date,
    add column vat_net_pence bigint,
    add column vat_recoverable_pence bigint,
    add column vat_irrecoverable_pence bigint,
    add constraint entries_vat_whole check (
        num_nonnulls(vat_regime, vat_tax_point, vat_net_pence, vat_recoverable_pence, vat_irrecoverable_pence) in (0, 5)
        and (vat_organisation_id is null or vat_regime is not null)),
    add constraint entries_vat_adds_up check (amount_pence = vat_net_pence + vat_irrecoverable_pence);
"""

_COMMISSIONED = "partnership_id = any ((select budget.ctx_in('commissioner'))::uuid[])"
_OWN = "owner_organisation_id = any ((select budget.ctx_organisations())::uuid[])"
_SELF = "(select budget.ctx_organisation())"

# Like the entries that they describe: pooled to all partners, shadow by consent, aligned to its owner, auditors by year.
_SEEN = f"""(
    (arrangement = 'pooled' and {_COMMISSIONED})
    or (arrangement = 'shadow' and {_COMMISSIONED}
        and partnership_id::text || '/' || owner_organisation_id::text
            = any ((select budget.once_open_shadows())::text[]))
    or {_OWN}
    or (arrangement <> 'aligned' and budget.ctx_audited(partnership_id, null, financial_year))
    or budget.ctx_audited(partnership_id, owner_organisation_id, financial_year)
)"""

_DIMENSIONS = f"""
-- What an entry was for, as told with it (version 1) or added since. The latest version of an entry's row counts.
create table entry_dimensions (
    journal_id uuid not null,
    position smallint not null,
    version integer not null check (version >= 1),
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    arrangement arrangement not null,
    financial_year text not null,
    recorded_by_organisation_id uuid not null,
    contract_id uuid,
    provider_organisation_id uuid,
    service_code text,
    locality_code text,
    recorded_at timestamptz not null default clock_timestamp(),
    constraint entry_dimensions_pkey primary key (journal_id, position, version),
    foreign key (journal_id, position) references entries (journal_id, position)
);
create index entry_dimensions_contract on entry_dimensions (partnership_id, contract_id) where contract_id is not null;
create index entry_dimensions_provider on entry_dimensions (partnership_id, provider_organisation_id)
 where provider_organisation_id is not null;

alter table entry_dimensions enable row level security;
alter table entry_dimensions force row level security;
create policy entry_dimensions_read on entry_dimensions for select to budget_app using {_SEEN};
create policy entry_dimensions_add on entry_dimensions for insert to budget_app with check (
    {_COMMISSIONED} and recorded_by_organisation_id = {_SELF}
    and (arrangement = 'pooled' or owner_organisation_id = {_SELF}));
grant select, insert on entry_dimensions to budget_app;
"""

_DIMENSION_GUARDS = """
-- A row is of its journal, from its keeper or its poster, and takes the next number.
create function dimensions_of_their_journal() returns trigger language plpgsql as $$
begin
    if not exists (
        select from budget.journals j
         where j.id = new.journal_id and j.partnership_id = new.partnership_id and j.arrangement = new.arrangement
           and j.owner_organisation_id = new.owner_organisation_id and j.financial_year = new.financial_year
           and (new.recorded_by_organisation_id in (j.owner_organisation_id, j.posted_by_organisation_id)
                or exists (select from budget.entries e join budget.accounts a on a.id = e.account_id
                            where e.journal_id = j.id and a.owner_organisation_id = new.recorded_by_organisation_id))
    ) then
        raise exception 'dimensions must be of their journal, from who keeps or posted it'
            using errcode = 'integrity_constraint_violation', constraint = 'dimensions_of_their_journal';
    end if;
    return null;
end $$;
create constraint trigger entry_dimensions_true after insert on entry_dimensions deferrable initially deferred
    for each row execute function dimensions_of_their_journal();
create trigger entry_dimensions_append_only before update or delete on entry_dimensions
    for each row execute function refuse_change();
create trigger entry_dimensions_no_truncate before truncate on entry_dimensions
    for each statement execute function refuse_change();
"""

_BATCHES = f"""
-- What was sent together. The owner is who sent it; what became of each item stays as it was answered.
create table journal_batches (
    id uuid primary key,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    mode text not null check (mode in ('all_or_nothing', 'continue')),
    control_total_pence bigint,
    reverses_batch_id uuid,
    items jsonb not null,
    posted integer not null check (posted >= 1),
    refused integer not null check (refused >= 0),
    total_pence bigint not null,
    recorded_at timestamptz not null default clock_timestamp(),
    unique (id, partnership_id, owner_organisation_id),
    foreign key (reverses_batch_id, partnership_id, owner_organisation_id)
        references journal_batches (id, partnership_id, owner_organisation_id),
    constraint journal_batches_reversed_once unique (reverses_batch_id),
    constraint journal_batches_whole check (posted + refused = jsonb_array_length(items)),
    constraint journal_batches_mode check (mode = 'continue' or refused = 0)
);
create index journal_batches_partnership on journal_batches (partnership_id, recorded_at, id);

alter table journal_batches enable row level security;
alter table journal_batches force row level security;
create policy journal_batches_read on journal_batches for select to budget_app using ({_OWN});
create policy journal_batches_add on journal_batches for insert to budget_app with check (
    owner_organisation_id = {_SELF} and {_COMMISSIONED});
grant select, insert on journal_batches to budget_app;
create trigger journal_batches_append_only before update or delete on journal_batches
    for each row execute function refuse_change();
create trigger journal_batches_no_truncate before truncate on journal_batches
    for each statement execute function refuse_change();
"""

# Whoever writes past the rules still cannot join what belongs to two partnerships, or name another's promise.
_KEYS = """
alter table lines add constraint lines_of_partnership unique (id, partnership_id);
alter table accounts add constraint accounts_of_partnership unique (id, partnership_id);
alter table contributions add constraint contributions_of_owner unique (id, partnership_id, owner_organisation_id);
alter table accounts
    drop constraint accounts_pool_id_fkey, drop constraint accounts_line_id_fkey,
    add constraint accounts_pool foreign key (pool_id, partnership_id) references pools (id, partnership_id),
    add constraint accounts_line foreign key (line_id, partnership_id) references lines (id, partnership_id);
alter table entries
    drop constraint entries_account_id_fkey,
    add constraint entries_account foreign key (account_id, partnership_id) references accounts (id, partnership_id);
alter table balances
    drop constraint balances_account_id_fkey,
    add constraint balances_account foreign key (account_id, partnership_id) references accounts (id, partnership_id),
    -- Far inside a bigint, so that no sum of what one posting adds can leave it (rules/journal.py, LARGEST_BALANCE).
    add constraint balances_within check (
        amount_pence between -10000000000000000 and 10000000000000000
        and 10000000000000000 >= all (day_pence) and -10000000000000000 <= all (day_pence));
alter table contributions
    drop constraint contributions_replaces_contribution_id_fkey,
    add constraint contributions_replaces foreign key (replaces_contribution_id, partnership_id, owner_organisation_id)
        references contributions (id, partnership_id, owner_organisation_id);
"""

# Whose a pool and its accounts are, comes from the agreement; only a party opens or promises anything in it.
_PARTY = f"{_SELF} = any (a.party_ids)"
_POLICIES = f"""
alter policy pools_add on pools with check ({_COMMISSIONED} and exists (
    select from budget.agreements a
     where a.id = pools.agreement_id and a.partnership_id = pools.partnership_id and {_PARTY}
       and a.terms ->> 'host_organisation_id' = pools.owner_organisation_id::text));
alter policy accounts_add on accounts with check (
    {_COMMISSIONED} and (arrangement = 'pooled' or owner_organisation_id = {_SELF})
    and (pool_id is null and arrangement <> 'pooled' or exists (
        select from budget.pools p join budget.agreements a on a.id = p.agreement_id
         where p.id = accounts.pool_id and {_PARTY}
           and (accounts.arrangement <> 'pooled' or p.owner_organisation_id = accounts.owner_organisation_id))));
alter policy contributions_add on contributions with check (
    owner_organisation_id = {_SELF} and {_COMMISSIONED} and exists (
        select from budget.pools p join budget.agreements a on a.id = p.agreement_id
         where p.id = contributions.pool_id and {_PARTY}));
"""  # noqa: S608 fixed text

# The second lock on what rules/journal.py and rules/posting_right.py decide.
_BOOKS = """
-- Of this very transaction, in a part of it that began at a savepoint: a row that is seen and not committed is ours.
create function is_new_here(row_xmin xid) returns boolean language sql stable return
    pg_xact_status((((pg_current_xact_id()::text::bigint >> 32) << 32) + row_xmin::text::bigint)::text::xid8)
        = 'in progress';
grant execute on function is_new_here(xid) to budget_app;

alter table entries add constraint entries_numbered check (position >= 1);
-- Looked at once for each journal, by its last entry: entries are numbered without a gap, so that whatever is added to
-- a journal brings a new last one.
create or replace function journal_is_whole() returns trigger language plpgsql as $$
declare
    journal uuid := to_jsonb(new) ->> case tg_table_name when 'journals' then 'id' else 'journal_id' end;
    last integer := coalesce((to_jsonb(new) ->> 'position')::integer, 0);
    found record;
begin
    if exists (select from budget.entries e where e.journal_id = journal and e.position > last) then
        return null;
    end if;
    select count(*) as entries, max(e.position) as last, coalesce(sum(e.amount_pence), 0) as out_by,
           bool_and(e.partnership_id = j.partnership_id and e.arrangement = j.arrangement and e.book = j.book
               and e.owner_organisation_id = j.owner_organisation_id and e.effective_date = j.effective_date
               and e.posting_period = j.posting_period and e.recorded_at = j.recorded_at) as alike,
           bool_and(a.arrangement = e.arrangement and a.owner_organisation_id = e.owner_organisation_id) as kept,
           count(a.id) as accounts,
           bool_or(e.vat_recoverable_pence <> 0) and sum(e.vat_recoverable_pence) is distinct from
               coalesce(sum(e.amount_pence) filter (where a.kind::text = 'vat_control'), 0) as vat_lost,
           bool_and(case when j.xmin = pg_current_xact_id()::xid then true else budget.is_new_here(j.xmin) end) as new_here
      into found
      from budget.journals j left join budget.entries e on e.journal_id = j.id
      left join budget.accounts a on a.id = e.account_id
     where j.id = journal;
    if found.entries < 2 or found.last <> found.entries or found.out_by <> 0 or not found.alike or not found.kept
       or found.accounts <> found.entries or not found.new_here then
        raise exception 'journal % is not whole', journal
            using errcode = 'integrity_constraint_violation', constraint = 'journal_is_whole';
    end if;
    if found.vat_lost then
        raise exception 'journal % recovers VAT that is on no control account', journal
            using errcode = 'integrity_constraint_violation', constraint = 'journal_vat_recovered';
    end if;
    return null;
end $$;

-- Who does not keep the books pays its own contribution in, and undoes only what it posted. The last to approve a
-- virement posts it, whoever that is.
create function journal_by_a_partner() returns trigger language plpgsql as $$
begin
    if new.book = 'budget' and exists (select from budget.virements v where v.journal_id = new.id) then
        return null;
    end if;
    if (new.kind = 'reversal' and not exists (
            select from budget.journals j
             where j.id = new.reverses_journal_id and j.posted_by_organisation_id = new.posted_by_organisation_id))
       or (new.kind <> 'reversal' and (
            new.kind not in ('contribution', 'in_kind')
            or not exists (
                select from budget.entries e join budget.accounts a on a.id = e.account_id
                 where e.journal_id = new.id and a.kind = 'contribution')
            or exists (
                select from budget.entries e join budget.accounts a on a.id = e.account_id
                 where e.journal_id = new.id and case a.kind::text
                    when 'contribution' then
                        a.organisation_id is distinct from new.posted_by_organisation_id or e.amount_pence > 0
                    when 'fund' then new.kind <> 'contribution'
                    when 'expenditure' then new.kind <> 'in_kind'
                    else true end))) then
        raise exception 'journal % is not its partner''s to post', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'journal_by_a_partner';
    end if;
    return null;
end $$;
create constraint trigger journals_by_a_partner after insert on journals deferrable initially deferred
    for each row when (new.posted_by_organisation_id <> new.owner_organisation_id)
    execute function journal_by_a_partner();

-- A reversal is of a journal of the same books.
create function reversal_of_the_same_books() returns trigger language plpgsql as $$
begin
    if not exists (
        select from budget.journals j
         where j.id = new.reverses_journal_id and j.partnership_id = new.partnership_id
           and j.arrangement = new.arrangement and j.book = new.book and j.kind <> 'reversal') then
        raise exception 'journal % reverses one of other books', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'reversal_of_the_same_books';
    end if;
    return null;
end $$;
create constraint trigger journals_reversal_of_the_same after insert on journals deferrable initially deferred
    for each row when (new.reverses_journal_id is not null) execute function reversal_of_the_same_books();
"""

# What was signed stays signed: the second lock on rules/agreement.py for whoever writes past it.
_AGREEMENTS = """
create function agreement_papers_stay() returns trigger language plpgsql as $$
begin
    if new.edition = old.edition and (
        (old.state not in ('draft', 'approved')
            and (new.signatories, new.signed_on, new.approvals, new.approved_from)
                is distinct from (old.signatories, old.signed_on, old.approvals, old.approved_from))
        or (old.state = 'approved' and new.state <> 'draft' and not new.signatories @> old.signatories)) then
        raise exception 'what was approved and signed stays as it was'
            using errcode = 'integrity_constraint_violation', constraint = 'agreement_papers_stay';
    end if;
    return new;
end $$;
create trigger agreements_papers_stay before update on agreements
    for each row execute function agreement_papers_stay();
"""
