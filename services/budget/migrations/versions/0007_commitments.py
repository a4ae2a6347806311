"""Delegation limits, virements, commitments, forecasts with their early warnings, and what a position shows of them."""

from pathlib import Path

from shared.migrate import run_sql
from shared.schema import with_last_change

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    run_sql(_file("tables"))
    run_sql(with_last_change(*_CHANGING))
    run_sql(_WALLS)
    run_sql(_file("guards"))
    run_sql(_TOTALS_READ)
    run_sql(_file("sums"))


def _file(name: str) -> str:
    return Path(__file__).with_name(f"0007_{name}.sql").read_text(encoding="utf-8")


_COMMISSIONED = "partnership_id = any ((select budget.ctx_in('commissioner'))::uuid[])"
_OWN = "owner_organisation_id = (select budget.ctx_organisation())"
_MONEY = f"""(
    (arrangement = 'pooled' and {_COMMISSIONED})
    or (arrangement = 'shadow' and {_COMMISSIONED}
        and partnership_id::text || '/' || owner_organisation_id::text
            = any ((select budget.once_open_shadows())::text[]))
    or owner_organisation_id = any ((select budget.ctx_organisations())::uuid[])
    or (arrangement <> 'aligned' and budget.ctx_audited(partnership_id, null, financial_year))
    or budget.ctx_audited(partnership_id, owner_organisation_id, financial_year)
)"""
_PARTNERS = f"({_COMMISSIONED} or budget.ctx_audited(partnership_id, null, '*'))"
_KEPT = f"({_COMMISSIONED} and (arrangement = 'pooled' or {_OWN}))"
_MADE = " and made_by_organisation_id = (select budget.ctx_organisation())"
_CLIENT = " and {0}client_id = (select budget.ctx_client())"

# For each table: who reads, who adds, and which columns somebody may change, with the rows in which.
_RULES: dict[str, tuple[str, str, str | None, str]] = {
    "delegation_limits": (
        _PARTNERS,
        f"({_COMMISSIONED} and {_OWN})",
        f"({_COMMISSIONED} and {_OWN})",
        "in_force_to, version",
    ),
    "warning_thresholds": (
        _PARTNERS,
        f"({_COMMISSIONED} and {_OWN})",
        f"({_COMMISSIONED} and {_OWN})",
        "in_force_to, version",
    ),
    "virements": (
        _MONEY,
        f"({_COMMISSIONED} and {_OWN}{_CLIENT.format('proposed_by_')})",
        _KEPT,
        "state, journal_id, posting_period, version",
    ),
    "virement_decisions": (_MONEY, f"({_COMMISSIONED} and {_OWN}{_CLIENT.format('')})", None, ""),
    "commitment_limits": (_MONEY, f"({_COMMISSIONED} and {_OWN})", None, ""),
    "commitments": (
        _MONEY,
        _KEPT + _MADE,
        _KEPT,
        "reserved_pence, drawn_pence, released_pence, version",
    ),
    "commitment_moves": (_MONEY, _KEPT + _MADE, None, ""),
    "commitment_balances": (_MONEY, _KEPT, _KEPT, "amount_pence, day_pence"),
    "forecasts": (_MONEY, _KEPT + _MADE, None, ""),
    "action_plans": (_MONEY, _KEPT + _MADE, _KEPT, "steps, state, outcome, version"),
}
_CHANGING = ("delegation_limits", "warning_thresholds", "virements", "commitments", "action_plans")
_HISTORY = ("virement_decisions", "commitment_limits", "commitment_moves", "forecasts")


def _walls() -> str:
    parts = [
        # Locking a line needs the right to update one column of it; this policy lets nothing be written.
        f"create policy lines_lock on lines for update to budget_app using {_KEPT} with check (false);",
        "grant update (version) on lines to budget_app;",
    ]
    for table, (read, add, change, columns) in _RULES.items():
        parts += [
            f"alter table {table} enable row level security;",
            f"alter table {table} force row level security;",
            f"create policy {table}_read on {table} for select to budget_app using {read};",
            f"create policy {table}_add on {table} for insert to budget_app with check ({add});",
            f"grant select, insert on {table} to budget_app;",
        ]
        if change is not None:
            parts += [
                f"create policy {table}_change on {table} for update to budget_app using {change} with check {change};",
                f"grant update ({columns}) on {table} to budget_app;",
            ]
    for table in _HISTORY:
        parts.append(
            f"create trigger {table}_append_only before update or delete on {table}"
            " for each row execute function refuse_change();"
        )
    for table in _RULES:
        parts.append(
            f"create trigger {table}_no_truncate before truncate on {table}"
            " for each statement execute function refuse_change();"
        )
    return "\n".join(parts)


_WALLS = _walls()

_TOTALS_READ = "\n".join(
    f"""
create policy {table}_totals on {table} for select to budget_totals using (
    partnership_id = any ((select budget.ctx_in('commissioner'))::uuid[])
    or partnership_id = any ((select budget.ctx_in('observer'))::uuid[]));
grant select on {table} to budget_totals;"""
    for table in ("commitment_balances", "commitment_moves", "forecasts")
)
