-- The second lock on what rules/virement.py, rules/virement_approval.py and rules/commitment.py decide.
create function virement_moves() returns trigger language plpgsql as $$
begin
    if old.state <> 'proposed' or new.version <> old.version + 1
       or (new.state = 'withdrawn' and old.owner_organisation_id <> budget.ctx_organisation())
       or (new.state = 'refused' and not exists (
            select from budget.virement_decisions d where d.virement_id = old.id and d.outcome = 'refused'))
       or (new.state = 'posted' and (
            not exists (select from budget.journals j where j.id = new.journal_id and j.kind::text = old.kind
                           and j.book = 'budget' and j.financial_year = old.financial_year)
            or exists (select from jsonb_array_elements(old.asked) each
                        where not exists (
                            select from budget.virement_decisions d
                             where d.virement_id = old.id and d.outcome = 'approved'
                               and d.owner_organisation_id::text = each ->> 'organisation_id'))))
    then
        raise exception 'virement % does not move so', old.id
            using errcode = 'integrity_constraint_violation', constraint = 'virement_moves';
    end if;
    return new;
end $$;
create trigger virements_move before update on virements for each row execute function virement_moves();

create function virement_apart() returns trigger language plpgsql as $$
begin
    if exists (select from budget.virements v where v.id = new.virement_id
                  and (v.proposed_by_client_id = new.client_id
                       or lower(btrim(v.proposed_by_person)) = lower(btrim(new.person)))
                  and new.outcome = 'approved') then
        raise exception 'the maker of virement % does not approve it', new.virement_id
            using errcode = 'integrity_constraint_violation', constraint = 'virement_apart';
    end if;
    return new;
end $$;
create trigger virement_decisions_apart before insert on virement_decisions
    for each row execute function virement_apart();

-- A commitment is what its moves say, in every transaction that touches one of the two.
create function commitment_is_its_moves() returns trigger language plpgsql as $$
declare
    commitment uuid := case tg_table_name when 'commitments' then to_jsonb(new) ->> 'id'
                                          else to_jsonb(new) ->> 'commitment_id' end;
begin
    if not exists (
        select from budget.commitments c,
               lateral (select coalesce(sum(m.amount_pence), 0) as rest, count(*) as moves
                          from budget.commitment_moves m where m.commitment_id = c.id) moved
         where c.id = commitment and moved.rest = c.reserved_pence - c.drawn_pence - c.released_pence
           and moved.moves = c.version) then
        raise exception 'commitment % is not its moves', commitment
            using errcode = 'integrity_constraint_violation', constraint = 'commitment_is_its_moves';
    end if;
    return null;
end $$;
create constraint trigger commitments_whole after insert or update on commitments deferrable initially deferred
    for each row execute function commitment_is_its_moves();
create constraint trigger commitment_moves_whole after insert on commitment_moves deferrable initially deferred
    for each row execute function commitment_is_its_moves();
