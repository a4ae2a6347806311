"""What would become of a file of ledger lines: its rows staged, every journal decided under the locks of all accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from services.budget.rules import ledger_import as rules
from services.budget.rules.import_line import Findings
from services.budget.store import import_accounts, import_decisions, import_findings, import_postings
from services.budget.store import staged_lines as staging
from shared.copying import Batches
from shared.db import Transaction

IMPORT_SECONDS = 900  # of any one statement; the way in has the same deadline for the whole


class LedgerFile(Protocol):
    """A file that is read while it comes in. What it was is known once its rows have been taken."""

    def rows(self) -> Batches: ...
    def facts(self) -> rules.FileFacts: ...
    @property
    def findings(self) -> Findings: ...


@dataclass(frozen=True, slots=True)
class Judged:
    """What would become of a file, and everything that was found in it."""

    report: rules.LedgerImport
    found: Findings


async def stage(tx: Transaction, file: LedgerFile) -> None:
    """Take the rows in while they come; nobody is kept waiting for the file but its sender."""
    await tx.take_time(IMPORT_SECONDS)
    await staging.stage(tx, file.rows())


async def judge(tx: Transaction, asked: rules.Asked, file: LedgerFile) -> Judged:
    """Decide every journal of the rows that were staged, under the locks of all accounts. Posts nothing."""
    names = await staging.named(tx, rules.MOST_ACCOUNTS + 1)
    if len(names) > rules.MOST_ACCOUNTS:
        raise rules.TOO_MANY_ACCOUNTS(accounts_at_most=rules.MOST_ACCOUNTS)
    earliest = await staging.earliest(tx)
    numbered: list[tuple[object, ...]] = []
    if earliest is not None:
        books = await import_accounts.lock(tx, asked.partnership_id, names, earliest)
        for number, (name, id_) in enumerate(zip(names, books.ids, strict=True), 1):
            vat_control = import_accounts.is_vat_control(books.open_to_us.get(id_))
            numbered.append((number, name, id_, vat_control))
    else:
        books = import_accounts.none()
    await staging.put_accounts(tx, numbered)
    await staging.group(tx, asked.layout)
    await import_decisions.decide_all(tx, asked.partnership_id, books)
    await import_postings.compare(tx)
    return await _report(tx, asked, file)


async def _report(tx: Transaction, asked: rules.Asked, file: LedgerFile) -> Judged:
    facts = file.facts()
    found = await import_findings.all_of(tx, file.findings)
    report = rules.LedgerImport(
        id=None,
        partnership_id=asked.partnership_id,
        owner_organisation_id=tx.caller.organisation_id,
        layout=asked.layout,
        take=asked.take,
        dry_run=True,
        file_sha256=facts.sha256,
        file_bytes=facts.length,
        encoding=facts.encoding,
        heading_line=facts.heading_line,
        columns_not_read=facts.columns_not_read,
        counts=await import_findings.counts(tx, asked.layout, facts.rows),
        control_total=rules.control(facts.total_pence, asked.control_total_pence),
        causes=rules.causes_of(found.counts),
        findings=tuple(found.kept[: rules.MOST_SHOWN]),
    )
    return Judged(report, found)
