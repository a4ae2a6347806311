"""Seals take in the VAT of entries; those that were made before stay what they were."""

from shared.migrate import run_sql

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    run_sql(_SCHEME)
    run_sql(_LEAVES)
    run_sql(_BRANCHES)


# 1: amounts alone. 2: with the parts of VAT, where an entry has them.
_SCHEME = """
alter table seals add column scheme smallint not null default 1 check (scheme in (1, 2));
alter table seals alter column scheme drop default;
"""

# The bytes that are hashed are described in rules/seal.py, which computes the same from what a partner may see.
_LEAVES = """
create function period_leaves(place uuid, owner uuid, of_books text, of_period text, until timestamptz, scheme smallint)
    returns table (arrangement arrangement, branch_owner uuid, leaf text, entries bigint, digest bytea)
    language sql stable parallel safe begin atomic
    select e.arrangement, e.owner_organisation_id, keyed.leaf, count(*),
           sha256('\\x00'::bytea || convert_to(keyed.leaf || E'\\n', 'UTF8') || string_agg(
               sha256(convert_to(concat_ws(E'\\n', e.journal_id, e.position, j.kind, e.book, e.account_id,
                   e.amount_pence, to_char(e.effective_date, 'YYYY-MM-DD'), e.posting_period,
                   to_char(e.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), vat.parts), 'UTF8')),
               ''::bytea order by e.recorded_at, e.journal_id, e.position))
      from budget.journals j
      join budget.entries e on e.journal_id = j.id
      join budget.accounts a on a.id = e.account_id
      left join budget.pools p on p.id = a.pool_id
      cross join lateral (select case when a.line_id is null then 'account/' || a.id else 'line/' || a.line_id end)
          keyed (leaf)
      cross join lateral (select case when scheme > 1 and e.vat_regime is not null then concat_ws(E'\\n',
          e.vat_regime, coalesce(e.vat_organisation_id::text, '-'), to_char(e.vat_tax_point, 'YYYY-MM-DD'),
          e.vat_net_pence, e.vat_recoverable_pence, e.vat_irrecoverable_pence) end) vat (parts)
     where j.partnership_id = place and j.posting_period = of_period and j.recorded_at <= until
       and case of_books when 'aligned' then j.arrangement = 'aligned' and j.owner_organisation_id = owner
                         else j.arrangement <> 'aligned'
                              and coalesce(p.owner_organisation_id, a.owner_organisation_id) = owner end
     group by e.arrangement, e.owner_organisation_id, keyed.leaf;
end;
drop function period_leaves(uuid, uuid, text, text, timestamptz);
-- For its proof that closed periods hold what was sealed.
grant execute on function period_leaves(uuid, uuid, text, text, timestamptz, smallint)
    to budget_app, budget_totals, budget_backup;
"""

# The branches of books that the caller keeps, each as one hash: those of other partners' shadow money too, of which
# it tells nothing else.
_BRANCHES = """
set role budget_totals;
drop function period_branches(uuid, uuid, text, text, timestamptz);
set role budget_owner;
create function period_branches(place uuid, owner uuid, of_books text, of_period text, until timestamptz, scheme smallint)
    returns table (arrangement arrangement, owner_organisation_id uuid, digest bytea)
    language sql stable security definer set search_path = budget, pg_temp as $$
    select l.arrangement, l.branch_owner,
           sha256('\\x01'::bytea || convert_to(l.arrangement || '/' || l.branch_owner || E'\\n', 'UTF8')
               || string_agg(l.digest, ''::bytea order by l.leaf collate "C"))
      from period_leaves(place, owner, of_books, of_period, until, scheme) l
     where place = any (ctx_in('commissioner')) and owner = any (ctx_organisations())
     group by l.arrangement, l.branch_owner
$$;
alter function period_branches(uuid, uuid, text, text, timestamptz, smallint) owner to budget_totals;
set role budget_totals;
grant execute on function period_branches(uuid, uuid, text, text, timestamptz, smallint) to budget_app;
set role budget_owner;
"""
