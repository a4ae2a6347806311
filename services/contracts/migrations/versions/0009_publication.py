"""What is published: publishers, the publication of each contract, and the editions of which releases are made."""

from shared.migrate import run_sql

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    run_sql(_TABLES)
    run_sql(_WALLS)
    run_sql(_EDITIONS)
    run_sql(_FILL)
    run_sql(_SEARCH)


_TABLES = """
-- In the order in which a contracting process goes through them.
create type release_stage as enum ('planning', 'tender', 'award', 'contract');
create type publisher_kind as enum ('local_authority', 'nhs_commissioner', 'other_public_body');

-- A body that publishes its contracts, as it is named in what it publishes.
create table publishers (
    owner_organisation_id uuid primary key,
    name text not null,
    kind publisher_kind not null,
    identifiers jsonb not null,
    open_by_default boolean not null,
    version integer not null,
    recorded_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp()
);
create trigger publishers_note_change before update on publishers for each row execute function note_change();

-- Whether and from which stage on a contract is published, what is withheld, and what only publication says of it.
-- `shown`: that somebody outside can see any of it now. `decided`: by hand, so that no default changes it.
create table publications (
    contract_id uuid primary key,
    owner_organisation_id uuid not null,
    open boolean not null,
    decided boolean not null,
    shown boolean not null default false,
    from_stage release_stage not null,
    withheld jsonb not null,
    particulars jsonb not null,
    version integer not null,
    recorded_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    foreign key (contract_id, owner_organisation_id) references contracts (id, owner_organisation_id)
);
create index publications_owner on publications (owner_organisation_id, contract_id);
create trigger publications_note_change before update on publications
    for each row execute function note_change();

-- What could be published of a contract after each change of it: one for each time that it differs.
create table contract_editions (
    contract_id uuid not null,
    number integer not null check (number > 0),
    owner_organisation_id uuid not null,
    stage release_stage not null,
    contract_version integer not null,
    content jsonb not null,
    move contract_move,
    reason text,
    recorded_at timestamptz not null default clock_timestamp(),
    released_at timestamptz not null default clock_timestamp(),
    primary key (contract_id, number),
    foreign key (contract_id, owner_organisation_id) references contracts (id, owner_organisation_id)
);
create index contract_editions_released on contract_editions (released_at, contract_id, number);
create index contract_editions_owner on contract_editions (owner_organisation_id, released_at);
create trigger contract_editions_no_delete before delete on contract_editions
    for each row execute function refuse_change();
create trigger contract_editions_no_truncate before truncate on contract_editions
    for each statement execute function refuse_change();
"""

# What is published is everybody's, with a caller or as the public: a caller without an organisation.
_WALLS = """
alter table publishers enable row level security;
alter table publishers force row level security;
create policy publishers_read on publishers for select to contracts_app
    using ((select contracts.ctx_client()) is not null);
create policy publishers_add on publishers for insert to contracts_app
    with check (owner_organisation_id = any ((select contracts.ctx_organisations())::uuid[]));
create policy publishers_change on publishers for update to contracts_app
    using (owner_organisation_id = any ((select contracts.ctx_organisations())::uuid[]))
    with check (owner_organisation_id = any ((select contracts.ctx_organisations())::uuid[]));
grant select, insert on publishers to contracts_app;
grant update (name, kind, identifiers, open_by_default, version, updated_at) on publishers to contracts_app;

alter table publications enable row level security;
alter table publications force row level security;
create policy publications_read on publications for select to contracts_app using (
    owner_organisation_id = any ((select contracts.ctx_organisations())::uuid[])
    or (shown and (select contracts.ctx_client()) is not null)
    or exists (select from contracts.contracts c where c.id = publications.contract_id));
create policy publications_add on publications for insert to contracts_app
    with check (owner_organisation_id = any ((select contracts.ctx_organisations())::uuid[]));
create policy publications_change on publications for update to contracts_app
    using (owner_organisation_id = any ((select contracts.ctx_organisations())::uuid[]))
    with check (owner_organisation_id = any ((select contracts.ctx_organisations())::uuid[]));
grant select, insert on publications to contracts_app;
grant update (open, decided, shown, from_stage, withheld, particulars, version, updated_at)
    on publications to contracts_app;

alter table contract_editions enable row level security;
alter table contract_editions force row level security;
create policy contract_editions_read on contract_editions for select to contracts_app using (
    owner_organisation_id = any ((select contracts.ctx_organisations())::uuid[])
    or ((select contracts.ctx_client()) is not null and exists (
        select from contracts.publications p where p.contract_id = contract_editions.contract_id
           and p.shown and contract_editions.stage >= p.from_stage)));
create policy contract_editions_add on contract_editions for insert to contracts_app
    with check (owner_organisation_id = any ((select contracts.ctx_organisations())::uuid[]));
create policy contract_editions_again on contract_editions for update to contracts_app
    using (owner_organisation_id = any ((select contracts.ctx_organisations())::uuid[]))
    with check (owner_organisation_id = any ((select contracts.ctx_organisations())::uuid[]));
grant select, insert on contract_editions to contracts_app;
grant update (released_at) on contract_editions to contracts_app;
"""

# Whatever changes a contract, its edition is kept when the change commits: a notice or a suspension, which is the
# parties' business until it takes effect, makes none. Opening a contract, or changing what is withheld, sends all its
# editions out again at the end of the feed, under ids that name the version of the publication.
_EDITIONS = """
create function edition_content(of contracts, particulars jsonb, related jsonb) returns jsonb language sql stable as $$
    select jsonb_strip_nulls(jsonb_build_object(
        'reference', of.reference, 'title', of.title, 'description', of.description, 'category', of.category,
        'service', of.service, 'procurement_category', of.procurement_category, 'department', of.department,
        'state', case when of.state in ('active', 'recorded_as_active', 'suspended', 'notice_given',
                                        'part_terminated', 'held_over') then 'active' else of.state::text end,
        'agreement_form', of.agreement_form, 'award_regime', of.award_regime, 'tender_type', of.tender_type,
        'start_date', of.start_date, 'end_date', of.end_date, 'end_status', of.end_status,
        'max_end_date', of.max_end_date, 'review_date', of.review_date, 'value_pence', of.value_pence,
        'value_status', of.value_status, 'value_qualifier', of.value_qualifier, 'value_basis', of.value_basis,
        'irrecoverable_vat_pence', of.irrecoverable_vat_pence,
        'irrecoverable_vat_status', of.irrecoverable_vat_status, 'awarded_on', of.awarded_on,
        'ended_on', of.ended_on, 'associate_ids', of.associate_ids, 'providers', of.providers,
        'particulars', particulars, 'related', related))
$$;
grant execute on function edition_content(contracts, jsonb, jsonb) to contracts_app;

create function keep_edition(of contracts) returns void language plpgsql as $$
declare
    publication contracts.publications;
    newest contracts.contract_editions;
    content jsonb;
    stage contracts.release_stage;
begin
    select * into publication from contracts.publications p where p.contract_id = of.id;
    select * into newest from contracts.contract_editions e where e.contract_id = of.id
     order by e.number desc limit 1;
    if publication.contract_id is null then
        insert into contracts.publications (contract_id, owner_organisation_id, open, decided, from_stage, withheld,
                                            particulars, version)
        values (of.id, of.owner_organisation_id,
                coalesce((select p.open_by_default from contracts.publishers p
                           where p.owner_organisation_id = of.owner_organisation_id), false),
                false, 'award', '[]', '{}', 1)
        returning * into publication;
    end if;
    content := contracts.edition_content(of, publication.particulars, (
        select p.related from contracts.contract_plans p where p.contract_id = of.id));
    stage := case
        when of.state = 'pipeline' then 'planning'
        when of.state in ('procurement', 'standstill') then 'tender'
        when of.state = 'abandoned' and of.awarded_on is null then coalesce(newest.stage, 'planning')
        when of.state in ('awarded', 'abandoned') then 'award'
        else 'contract' end;
    if newest.content is distinct from content then
        insert into contracts.contract_editions (contract_id, number, owner_organisation_id, stage,
                                                 contract_version, content, move, reason)
        select of.id, coalesce(newest.number, 0) + 1, of.owner_organisation_id, stage, of.version, content,
               step.move, step.reason
          from (select of.id) made left join contracts.contract_steps step
            on step.contract_id = of.id and step.version = of.version;
    end if;
    if publication.shown is distinct from (publication.open and stage >= publication.from_stage)
        and not (publication.shown and publication.open) then
        update contracts.publications set shown = open and (stage >= from_stage or exists (
                   select from contracts.contract_editions e
                    where e.contract_id = of.id and e.stage >= publications.from_stage))
         where contract_id = of.id;
    end if;
end $$;
grant execute on function keep_edition(contracts) to contracts_app;

create function contract_edition_of_contract() returns trigger language plpgsql as $$
begin
    perform contracts.keep_edition(c) from contracts.contracts c where c.id = new.id and c.version = new.version;
    return null;
end $$;
create constraint trigger contracts_edition after insert or update on contracts deferrable initially deferred
    for each row execute function contract_edition_of_contract();

create function contract_edition_of_publication() returns trigger language plpgsql as $$
begin
    update contracts.publications p set shown = p.open and exists (
        select from contracts.contract_editions e where e.contract_id = p.contract_id and e.stage >= p.from_stage)
     where p.contract_id = new.contract_id;
    perform contracts.keep_edition(c) from contracts.contracts c where c.id = new.contract_id;
    if new.open then
        update contracts.contract_editions set released_at = clock_timestamp() where contract_id = new.contract_id;
    end if;
    return null;
end $$;
create constraint trigger publications_edition after update on publications deferrable initially deferred
    for each row when (old.version <> new.version) execute function contract_edition_of_publication();
"""

# The owner is held by the walls too.
_FILL = """
alter table contracts no force row level security;
alter table contract_plans no force row level security;
alter table publications no force row level security;
alter table contract_editions no force row level security;
insert into publications (contract_id, owner_organisation_id, open, decided, from_stage, withheld, particulars,
                          version)
select id, owner_organisation_id, false, false, 'award', '[]', '{}', 1 from contracts;
insert into contract_editions (contract_id, number, owner_organisation_id, stage, contract_version, content,
                               recorded_at)
select c.id, 1, c.owner_organisation_id,
       case when c.state = 'pipeline' then 'planning'
            when c.state in ('procurement', 'standstill') then 'tender'
            when c.state = 'abandoned' and c.awarded_on is null then 'planning'
            when c.state in ('awarded', 'abandoned') then 'award'
            else 'contract' end::release_stage,
       c.version, edition_content(c, '{}', p.related), c.changed_at
  from contracts c left join contract_plans p on p.contract_id = c.id;
do $$
begin
    if (select count(*) from contracts) <> (select count(*) from publications)
        or (select count(*) from contracts) <> (select count(*) from contract_editions) then
        raise exception 'not every contract has its publication and first edition';
    end if;
end $$;
alter table contracts force row level security;
alter table contract_plans force row level security;
alter table publications force row level security;
alter table contract_editions force row level security;
"""

# Words of titles for searching, and what is withheld on a day, so that nobody finds a contract by what is.
_SEARCH = """
alter table contracts add column title_words tsvector not null
    generated always as (to_tsvector('simple', title)) stored;
create index contracts_title_words on contracts using gin (title_words);
create function withheld_now(withheld jsonb, day date) returns text[] language sql stable parallel safe as $$
    select coalesce(array_agg(each ->> 'field'), '{}') from jsonb_array_elements(withheld) each
     where coalesce((each ->> 'until')::date, 'infinity'::date) >= day
$$;
grant execute on function withheld_now(jsonb, date) to contracts_app;
"""
