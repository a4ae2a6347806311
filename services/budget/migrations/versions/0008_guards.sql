-- The second lock on what the rules of agreements, versions, signatures, milestones and disputes decide.
create function bodies_approved(which uuid, text_edition integer, whose uuid[]) returns boolean
    language sql stable as $$
    select not exists (
        select from unnest(whose) party where not exists (
            select from budget.decisions d
             where d.subject = 'agreement' and d.subject_id = which and d.edition = text_edition
               and d.owner_organisation_id = party and d.outcome in ('approved', 'approved_subject_to')
               and d.ratifies_decision_id is null
               and (d.call_in_ends_on is null or d.call_in_ends_on < (now() at time zone 'Europe/London')::date)
               and jsonb_array_length(d.conditions) =
                   (select count(*) from budget.met_conditions m where m.decision_id = d.id)
               and (d.ratify_by is null or d.ratify_by >= (now() at time zone 'Europe/London')::date
                    or exists (select from budget.decisions r
                                where r.ratifies_decision_id = d.id and r.outcome = 'approved'))
               and not exists (select from budget.decisions r
                                where r.ratifies_decision_id = d.id and r.outcome = 'rejected')))
$$;

-- Each party signs, and says from when, for itself.
create function only_own_added(before jsonb, after jsonb) returns boolean language sql stable as $$
    select not exists (
        select from jsonb_array_elements(coalesce(after, '[]')) each
         where not coalesce(before, '[]') @> jsonb_build_array(each)
           and (each ->> 'organisation_id')::uuid is distinct from budget.ctx_organisation())
$$;
create function signed_by_all(signatures jsonb, whose uuid[]) returns boolean language sql immutable as $$
    select (select array_agg(distinct (each ->> 'organisation_id')::uuid)
              from jsonb_array_elements(signatures) each) @> whose
       and jsonb_array_length(signatures) = cardinality(whose)
$$;
grant execute on function bodies_approved(uuid, integer, uuid[]), only_own_added(jsonb, jsonb),
    signed_by_all(jsonb, uuid[]) to budget_app;

create or replace function agreement_moves() returns trigger language plpgsql as $$
declare
    taken_over boolean := false;
begin
    if (select array_agg((party ->> 'organisation_id')::uuid order by place)
          from jsonb_array_elements(new.terms -> 'parties') with ordinality as each (party, place))
       is distinct from new.party_ids then
        raise exception 'the parties differ from the terms' using errcode = 'integrity_constraint_violation';
    end if;
    if new.last_day is distinct from coalesce(new.ended_on, (new.terms ->> 'ends_on')::date) then
        raise exception 'the last day differs from the terms' using errcode = 'integrity_constraint_violation';
    end if;
    if tg_op = 'INSERT' then
        if new.state <> 'draft' or new.version <> 1 or new.edition <> 1 or new.shadow_consents <> '{}'
           or new.candidates <> '{}' then
            raise exception 'an agreement begins as a draft' using errcode = 'integrity_constraint_violation';
        end if;
        return new;
    end if;
    taken_over := old.state = 'in_force' and new.state = 'in_force' and exists (
        select from budget.agreement_texts t
         where t.agreement_id = new.id and t.edition = new.edition and t.terms = new.terms
           and t.stage = 'in_force' and t.holds_from = new.holds_from and t.signatories = new.signatories);
    if new.version <> old.version + 1
       or (not taken_over and new.edition <> old.edition + (new.terms <> old.terms)::integer)
       or (new.terms <> old.terms and old.state <> 'draft' and not taken_over)
       or (old.commenced_on is not null and new.commenced_on is distinct from old.commenced_on)
       or (old.ended_on is not null and new.ended_on is distinct from old.ended_on)
       or (old.closed_on is not null)
       or not (new.state = old.state or (old.state, new.state) in (
            ('draft', 'approved'), ('approved', 'draft'), ('approved', 'executed'), ('executed', 'in_force'),
            ('in_force', 'winding_up'), ('winding_up', 'closed'))) then
        raise exception 'the agreement cannot change that way'
            using errcode = 'integrity_constraint_violation', constraint = 'agreement_moves';
    end if;
    if not taken_over and not (budget.only_own_added(old.signatories, new.signatories)
            and budget.only_own_added(old.commencing, new.commencing))
       or not budget.only_own_added(old.final_account -> 'signatories', new.final_account -> 'signatories') then
        raise exception 'a party signs for itself'
            using errcode = 'integrity_constraint_violation', constraint = 'agreement_signs_for_itself';
    end if;
    if new.state = 'executed' and old.state = 'approved'
       and not budget.signed_by_all(new.signatories, new.party_ids)
       or new.state = 'closed' and old.state = 'winding_up'
       and not budget.signed_by_all(new.final_account -> 'signatories', new.party_ids) then
        raise exception 'not every party has signed'
            using errcode = 'integrity_constraint_violation', constraint = 'agreement_signed_by_all';
    end if;
    if exists (select from unnest(new.shadow_consents) each
                where each <> all (old.shadow_consents) and each <> budget.ctx_organisation()) then
        raise exception 'a party consents for itself'
            using errcode = 'integrity_constraint_violation', constraint = 'agreement_consents';
    end if;
    if new.state = 'approved' and old.state <> 'approved'
       and not budget.bodies_approved(new.id, new.edition, new.party_ids) then
        raise exception 'not every party has approved'
            using errcode = 'integrity_constraint_violation', constraint = 'agreement_approved_by_all';
    end if;
    return new;
end $$;

create function agreement_text_moves() returns trigger language plpgsql as $$
declare
    present budget.agreements;
begin
    select * into present from budget.agreements a where a.id = new.agreement_id;
    if tg_op = 'INSERT' then
        if new.version <> 1
           or new.stage = 'in_force' and (present.edition, present.terms, present.state, present.holds_from,
                    present.owner_organisation_id, present.party_ids)
                is distinct from (new.edition, new.terms, 'in_force', new.holds_from,
                    new.owner_organisation_id, new.signer_ids)
           or new.stage <> 'in_force' and (new.stage <> 'draft' or present.state <> 'in_force'
                or new.owner_organisation_id <> all (present.party_ids)
                or not (new.signer_ids @> present.party_ids) or new.signatories <> '[]'
                or new.edition <> 1 + (select max(edition) from budget.agreement_texts t
                                        where t.agreement_id = new.agreement_id)) then
            raise exception 'a version begins as a draft of an agreement in force'
                using errcode = 'integrity_constraint_violation';
        end if;
        return new;
    end if;
    if new.version <> old.version + 1 or not (new.stage = old.stage or (old.stage, new.stage) in (
            ('draft', 'approved'), ('approved', 'draft'), ('approved', 'executed'), ('executed', 'in_force'),
            ('in_force', 'superseded'), ('draft', 'withdrawn'), ('approved', 'withdrawn'))) then
        raise exception 'the version cannot change that way'
            using errcode = 'integrity_constraint_violation', constraint = 'agreement_text_moves';
    end if;
    if not (budget.only_own_added(old.signatories, new.signatories)
            and budget.only_own_added(old.commencing, new.commencing)) then
        raise exception 'a party signs for itself'
            using errcode = 'integrity_constraint_violation', constraint = 'agreement_signs_for_itself';
    end if;
    if new.stage = 'executed' and old.stage = 'approved'
       and not budget.signed_by_all(new.signatories, new.signer_ids) then
        raise exception 'not every party has signed'
            using errcode = 'integrity_constraint_violation', constraint = 'agreement_signed_by_all';
    end if;
    if new.stage = 'approved' and old.stage <> 'approved'
       and not budget.bodies_approved(new.agreement_id, new.edition, new.signer_ids) then
        raise exception 'not every party has approved'
            using errcode = 'integrity_constraint_violation', constraint = 'agreement_approved_by_all';
    end if;
    return new;
end $$;
create trigger agreement_texts_move before insert or update on agreement_texts
    for each row execute function agreement_text_moves();
create trigger agreement_texts_no_delete before delete on agreement_texts
    for each row execute function refuse_change();
create trigger agreement_texts_no_truncate before truncate on agreement_texts
    for each statement execute function refuse_change();
-- A dispute moves on and not back, and only who raised it ends it.
create function dispute_moves_on() returns trigger language plpgsql as $$
declare
    stages text[] := array['raised', 'negotiation', 'escalation', 'mediation', 'determination', 'resolved'];
begin
    if old.stage = 'resolved' or new.version <> old.version + 1
       or array_position(stages, new.stage) <= array_position(stages, old.stage)
       or new.stage_began_on < old.stage_began_on
       or new.stage = 'resolved' and new.owner_organisation_id <> all (budget.ctx_organisations()) then
        raise exception 'the dispute cannot change that way'
            using errcode = 'integrity_constraint_violation', constraint = 'dispute_moves_on';
    end if;
    new.updated_at := clock_timestamp();
    return new;
end $$;
create trigger disputes_move_on before update on disputes for each row execute function dispute_moves_on();
create trigger disputes_no_delete before delete on disputes for each row execute function refuse_change();
create trigger disputes_no_truncate before truncate on disputes
    for each statement execute function refuse_change();
create trigger documents_append_only before update or delete on documents
    for each row execute function refuse_change();
create trigger documents_no_truncate before truncate on documents
    for each statement execute function refuse_change();

create function milestone_is_reached_once() returns trigger language plpgsql as $$
begin
    if old.reached is not null or new.reached is null or new.version <> old.version + 1 then
        raise exception 'a milestone is reached once'
            using errcode = 'integrity_constraint_violation', constraint = 'milestone_reached_once';
    end if;
    new.updated_at := clock_timestamp();
    return new;
end $$;
create trigger milestones_reached_once before update on milestones
    for each row execute function milestone_is_reached_once();
create trigger milestones_no_delete before delete on milestones for each row execute function refuse_change();
create trigger milestones_no_truncate before truncate on milestones
    for each statement execute function refuse_change();
create trigger reclassifications_append_only before update or delete on reclassifications
    for each row execute function refuse_change();
create trigger reclassifications_no_truncate before truncate on reclassifications
    for each statement execute function refuse_change();

-- Real, a pool turns once; its owner becomes the host that the agreement in force names, and nobody else.
create or replace function pool_turns_real() returns trigger language plpgsql as $$
begin
    if (tg_op = 'UPDATE' and (new.version <> old.version + 1
            or new.arrangement <> old.arrangement
               and (old.arrangement <> 'shadow' or new.arrangement <> 'pooled')
            or new.arrangement = old.arrangement and new.owner_organisation_id = old.owner_organisation_id))
       or ((tg_op = 'INSERT' or new.arrangement <> old.arrangement) and new.arrangement = 'pooled' and not exists (
            select from budget.agreements a where a.id = new.agreement_id and a.state = 'in_force')) then
        raise exception 'a pool is real only under an agreement in force, and turns once'
            using errcode = 'integrity_constraint_violation', constraint = 'pool_turns_real';
    end if;
    if tg_op = 'UPDATE' and new.owner_organisation_id <> old.owner_organisation_id and not exists (
            select from budget.agreements a
             where a.id = new.agreement_id and a.state = 'in_force'
               and (a.terms ->> 'host_organisation_id')::uuid = new.owner_organisation_id) then
        raise exception 'a pool is its host''s' using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
create function account_follows_its_pool() returns trigger language plpgsql as $$
begin
    if to_jsonb(new) - '{owner_organisation_id,updated_at}'::text[]
          <> to_jsonb(old) - '{owner_organisation_id,updated_at}'::text[]
       or not exists (select from budget.pools p
                    where p.id = new.pool_id and p.owner_organisation_id = new.owner_organisation_id
                      and new.arrangement = 'pooled') then
        raise exception 'an account follows its pool and changes no other way'
            using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
create trigger accounts_follow_their_pool before update on accounts
    for each row execute function account_follows_its_pool();

-- A posting that waited while the last party signed the final account finds the agreement closed.
create function journal_before_final_account() returns trigger language plpgsql as $$
begin
    if exists (select from budget.entries e join budget.accounts a on a.id = e.account_id
                 join budget.pools p on p.id = a.pool_id join budget.agreements g on g.id = p.agreement_id
                where e.journal_id = new.id and g.closed_on is not null) then
        raise exception 'journal % is under an agreement whose final account is signed', new.id
            using errcode = 'integrity_constraint_violation', constraint = 'journal_before_final_account';
    end if;
    return null;
end $$;
create constraint trigger journals_before_final_account after insert on journals deferrable initially deferred
    for each row when (new.arrangement = 'pooled') execute function journal_before_final_account();
