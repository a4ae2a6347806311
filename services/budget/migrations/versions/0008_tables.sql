-- Tables of an agreement's later life, of decisions' papers, milestones, disputes and documents.
-- `commenced_on` is when the agreement first came into force, `holds_from` since when its present text holds.
-- `last_day` repeats the day as it ended, or as its text says, for the posting of journals. `candidates` are
-- organisations that would join by a version on its way: they decide and sign, and are no parties yet.
alter table agreements
    add column commencing jsonb not null default '[]',
    add column holds_from date,
    add column ended_on date,
    add column ending jsonb,
    add column last_day date,
    add column final_account jsonb,
    add column closed_on date,
    add column candidates uuid[] not null default '{}',
    add constraint agreements_ended check ((state in ('winding_up', 'closed')) = (ended_on is not null)),
    add constraint agreements_closed check ((state = 'closed') = (closed_on is not null)),
    add constraint agreements_end_after_commencement check (ended_on >= commenced_on);

-- A text of an agreement, by edition: the one that holds, those before it, and one that is on its way.
create table agreement_texts (
    agreement_id uuid not null,
    edition integer not null check (edition > 0),
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    type text not null,
    terms jsonb not null,
    reason text,
    signer_ids uuid[] not null check (cardinality(signer_ids) >= 2),
    stage text not null check (
        stage in ('draft', 'approved', 'executed', 'in_force', 'superseded', 'withdrawn')),
    version integer not null,
    approvals jsonb not null,
    approved_from date,
    signed_on date,
    signatories jsonb not null,
    commencing jsonb not null,
    holds_from date,
    held_until date,
    missing text[] not null,
    recorded_at timestamptz not null default clock_timestamp(),
    primary key (agreement_id, edition),
    foreign key (agreement_id, partnership_id) references agreements (id, partnership_id),
    constraint agreement_texts_signed check (
        (stage in ('executed', 'in_force', 'superseded')) = (signed_on is not null)),
    constraint agreement_texts_signed_after_approval check (signed_on is null or signed_on >= approved_from),
    constraint agreement_texts_held check (
        (stage in ('in_force', 'superseded')) = (holds_from is not null)
        and (stage = 'superseded') = (held_until is not null))
);
create unique index agreement_texts_one_on_its_way on agreement_texts (agreement_id)
 where stage in ('draft', 'approved', 'executed');
create unique index agreement_texts_one_in_force on agreement_texts (agreement_id) where stage = 'in_force';
create index agreement_texts_partnership on agreement_texts (partnership_id, agreement_id, edition);

-- An urgent decision names the day by which it is ratified; the ratification names it. `paper` holds what came with the
-- decision's paper: clearances, versions, consultation, what it touches.
alter table decisions drop constraint decisions_subject_check, drop constraint decisions_body_type_check;
alter table decisions
    add column ratify_by date,
    add column ratifies_decision_id uuid,
    add column at_meeting_id uuid,
    add column paper jsonb not null default '{}',
    add unique (id, partnership_id),
    add constraint decisions_subject_check check (subject in (
        'agreement', 'business_case', 'contract', 'variation', 'virement', 'budget', 'settlement')),
    add constraint decisions_body_type_check check (body_type in (
        'cabinet', 'full_council', 'governing_body', 'board', 'committee', 'officer', 'executive_meeting',
        'locality_board')),
    add constraint decisions_ratify_by check (ratify_by >= decided_on),
    add constraint decisions_ratify_once unique (ratifies_decision_id),
    add constraint decisions_ratification check (
        ratifies_decision_id is null or outcome in ('approved', 'rejected') and ratify_by is null),
    add constraint decisions_at_meeting check (at_meeting_id is null or body_type = 'officer'),
    add constraint decisions_locality check (
        body_type <> 'locality_board' or outcome not in ('approved', 'approved_subject_to')
        or not coalesce((paper ->> 'affects_other_localities')::boolean, false)),
    add constraint decisions_ratifies_own foreign key (ratifies_decision_id, owner_organisation_id)
        references decisions (id, owner_organisation_id),
    add constraint decisions_meeting_here foreign key (at_meeting_id, partnership_id)
        references decisions (id, partnership_id);

-- What was posted under interim authority and moved into the pool afterwards, journal by journal.
create table reclassifications (
    journal_id uuid not null references journals (id),
    interim_account_id uuid not null references accounts (id),
    agreement_id uuid not null,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    amount_pence bigint not null check (amount_pence <> 0),
    recorded_at timestamptz not null default clock_timestamp(),
    primary key (journal_id, interim_account_id),
    foreign key (agreement_id, partnership_id) references agreements (id, partnership_id)
);
create index reclassifications_agreement on reclassifications (agreement_id, recorded_at);
create index reclassifications_partnership on reclassifications (partnership_id);

-- Times are text, as exactly as the source has them: a day, a month or a year.
create table milestones (
    id uuid primary key,
    agreement_id uuid not null,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    name text not null,
    planned text not null check (planned ~ '^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$'),
    source text not null,
    stage text check (stage in (
        'aligned_management', 'pooled_same_employers', 'pooled_one_employer', 'new_entity')),
    reached text check (reached ~ '^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$'),
    reached_source text,
    version integer not null default 1,
    recorded_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    foreign key (agreement_id, partnership_id) references agreements (id, partnership_id),
    constraint milestones_reached_by check ((reached is null) = (reached_source is null))
);
create index milestones_agreement on milestones (agreement_id, planned, id);
create index milestones_partnership on milestones (partnership_id);

-- Where a dispute stands; the audit trail keeps each step.
create table disputes (
    id uuid primary key,
    subject text not null check (subject in ('agreement', 'journal')),
    subject_id uuid not null,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    matter text not null,
    raised_on date not null,
    disputed_pence bigint check (disputed_pence > 0),
    disputed_status money_status not null,
    disputed_qualifier money_qualifier,
    undisputed_pence bigint check (undisputed_pence >= 0),
    undisputed_status money_status not null,
    stage text not null check (stage in (
        'raised', 'negotiation', 'escalation', 'mediation', 'determination', 'resolved')),
    stage_began_on date not null,
    due_on date not null check (due_on >= stage_began_on),
    outcome text check (outcome in ('upheld', 'partly_upheld', 'rejected', 'settled', 'withdrawn')),
    resolution text,
    version integer not null default 1,
    recorded_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    constraint disputes_resolved check ((stage = 'resolved') = (outcome is not null)
        and (outcome is null) = (resolution is null))
);
create index disputes_subject on disputes (subject_id, raised_on, id);
create index disputes_partnership on disputes (partnership_id);

-- The document itself lies elsewhere: here are its hash, its place, who may have it and how long it is kept.
create table documents (
    id uuid primary key,
    subject text not null check (subject in ('agreement', 'decision')),
    subject_id uuid not null,
    partnership_id uuid not null,
    owner_organisation_id uuid not null,
    kind text not null check (kind in (
        'signed_agreement', 'deed', 'decision_record', 'notice', 'final_account', 'other')),
    title text not null,
    sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    location text not null,
    publication_class text not null check (publication_class in ('public', 'partners', 'exempt')),
    dated_on date not null,
    keep_until date check (keep_until > dated_on),
    recorded_at timestamptz not null default clock_timestamp(),
    constraint documents_once unique (owner_organisation_id, subject_id, sha256)
);
create index documents_subject on documents (subject_id, dated_on, id);
create index documents_partnership on documents (partnership_id);
