create table boards (
    id uuid primary key,
    partnership_id uuid not null references partnerships (id),
    owner_organisation_id uuid not null references organisations (id),
    -- Whose body it is in law; null for a meeting of several, which is no legal body.
    organisation_id uuid references organisations (id),
    kind text not null,
    name text not null,
    short_name text,
    reports_to_board_id uuid,
    terms_of_reference text,
    quorum integer check (quorum between 1 and 100),
    from_date date not null,
    to_date date,
    seats jsonb not null,
    version integer not null default 1,
    recorded_at timestamptz not null default clock_timestamp(),
    constraint boards_place unique (id, partnership_id),
    constraint boards_name unique (owner_organisation_id, partnership_id, name, from_date),
    constraint boards_dates check (to_date >= from_date),
    constraint boards_above foreign key (reports_to_board_id, partnership_id) references boards (id, partnership_id)
);
create index boards_partnership on boards (partnership_id, name, id);
create index boards_above_of on boards (reports_to_board_id) where reports_to_board_id is not null;

create table responsibility_charts (
    id uuid primary key,
    partnership_id uuid not null references partnerships (id),
    owner_organisation_id uuid not null references organisations (id),
    title text not null,
    source text not null,
    columns jsonb not null check (jsonb_array_length(columns) between 1 and 50),
    activities jsonb not null check (jsonb_array_length(activities) between 1 and 200),
    version integer not null default 1,
    recorded_at timestamptz not null default clock_timestamp(),
    constraint responsibility_charts_title unique (owner_organisation_id, partnership_id, title)
);
create index responsibility_charts_partnership on responsibility_charts (partnership_id, title, id);

create table risks (
    id uuid primary key,
    partnership_id uuid not null references partnerships (id),
    owner_organisation_id uuid not null references organisations (id),
    kind text not null check (kind in ('risk', 'issue')),
    reference text not null,
    title text not null,
    board_id uuid not null,
    owner_post text not null,
    raised_on date not null,
    current_likelihood smallint check (current_likelihood between 1 and 5),
    current_impact smallint check (current_impact between 1 and 5),
    target_likelihood smallint check (target_likelihood between 1 and 5),
    target_impact smallint check (target_impact between 1 and 5),
    actions jsonb not null,
    route uuid[] not null check (cardinality(route) <= 10),
    escalated_to uuid,
    steps jsonb not null,
    state text not null default 'open' check (state in ('open', 'closed')),
    closed_on date check (closed_on >= raised_on),
    version integer not null default 1,
    recorded_at timestamptz not null default clock_timestamp(),
    constraint risks_reference unique (owner_organisation_id, partnership_id, reference),
    constraint risks_board foreign key (board_id, partnership_id) references boards (id, partnership_id),
    -- A rating is known whole or not at all, and a target is no worse than where things stand.
    constraint risks_rating_whole check ((current_likelihood is null) = (current_impact is null)
        and (target_likelihood is null) = (target_impact is null)),
    constraint risks_target check (target_likelihood * target_impact <= current_likelihood * current_impact),
    constraint risks_escalated check (escalated_to is null or escalated_to = any (route)),
    constraint risks_closed check ((state = 'closed') = (closed_on is not null))
);
create index risks_partnership on risks (partnership_id, reference, id);

create table programme_parts (
    id uuid primary key,
    partnership_id uuid not null references partnerships (id),
    owner_organisation_id uuid not null references organisations (id),
    kind text not null check (kind in ('programme', 'project', 'area')),
    name text not null,
    part_of_id uuid,
    board_id uuid,
    from_date date not null,
    to_date date,
    source text not null,
    dependencies jsonb not null,
    things jsonb not null,
    version integer not null default 1,
    recorded_at timestamptz not null default clock_timestamp(),
    constraint programme_parts_place unique (id, partnership_id),
    constraint programme_parts_name unique (owner_organisation_id, partnership_id, name, from_date),
    constraint programme_parts_dates check (to_date >= from_date),
    constraint programme_parts_whole check ((kind = 'programme') = (part_of_id is null)),
    foreign key (part_of_id, partnership_id) references programme_parts (id, partnership_id),
    foreign key (board_id, partnership_id) references boards (id, partnership_id)
);
create index programme_parts_partnership on programme_parts (partnership_id, name, id);

create table papers (
    id uuid primary key,
    partnership_id uuid not null references partnerships (id),
    owner_organisation_id uuid not null references organisations (id),
    board_id uuid,
    title text not null,
    edition text not null,
    dated_on date not null,
    legal_bases text[] not null,
    stated_approved boolean not null,
    review_every_months smallint check (review_every_months between 1 and 120),
    stated_review_on date,
    sections jsonb not null,
    signatories jsonb not null,
    signer_ids uuid[] not null,
    voices_needed text[] not null,
    signatures jsonb not null,
    reviews jsonb not null,
    version integer not null default 1,
    recorded_at timestamptz not null default clock_timestamp(),
    constraint papers_edition unique (owner_organisation_id, partnership_id, title, edition),
    foreign key (board_id, partnership_id) references boards (id, partnership_id)
);
create index papers_partnership on papers (partnership_id, title, id);

create table assurance_reports (
    id uuid primary key,
    partnership_id uuid not null references partnerships (id),
    owner_organisation_id uuid not null references organisations (id),
    board_id uuid not null,
    title text not null,
    as_at date not null,
    content jsonb not null,
    version integer not null default 1,
    recorded_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null generated always as (recorded_at) stored,
    foreign key (board_id, partnership_id) references boards (id, partnership_id)
);
create index assurance_reports_partnership on assurance_reports (partnership_id, as_at, id);

-- The second lock on lines of reporting: two writers at once make no circle, since they take turns.
create function boards_make_no_circle() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('boards ' || new.partnership_id, 0));
    if exists (
        with recursive above as (
            select b.id, b.reports_to_board_id from gateway.boards b where b.id = new.reports_to_board_id
            union
            select b.id, b.reports_to_board_id from gateway.boards b join above a on b.id = a.reports_to_board_id)
        select from above where above.id = new.id)
    then
        raise exception 'board % would report to itself', new.id
            using errcode = 'check_violation', constraint = 'boards_make_no_circle';
    end if;
    return new;
end $$;
create trigger boards_make_no_circle before insert or update of reports_to_board_id on boards
    for each row execute function boards_make_no_circle();

-- What was said once stays: seats, signatures, reviews and steps are added to, and a closed risk stays closed.
create function risk_stays_closed() returns trigger language plpgsql as $$
begin
    if old.state = 'closed' or jsonb_array_length(new.steps) < jsonb_array_length(old.steps)
       or not new.steps @> old.steps then
        raise exception 'risk % is closed, or its history was cut', new.id
            using errcode = 'check_violation', constraint = 'risk_stays_closed';
    end if;
    return new;
end $$;
create trigger risks_stay_closed before update on risks for each row execute function risk_stays_closed();
create function paper_keeps_signatures() returns trigger language plpgsql as $$
begin
    if not (new.signatures @> old.signatures and new.reviews @> old.reviews) then
        raise exception 'paper % would lose a signature or a review', new.id
            using errcode = 'check_violation', constraint = 'paper_keeps_signatures';
    end if;
    return new;
end $$;
create trigger papers_keep_signatures before update on papers
    for each row execute function paper_keeps_signatures();
create trigger assurance_reports_append_only before update or delete on assurance_reports
    for each row execute function refuse_change();
create trigger assurance_reports_no_truncate before truncate on assurance_reports
    for each statement execute function refuse_change();
