"""What the service says to the database when it imports a file, overheard, and written down for psql to say again."""

import csv
import io
import json
import re
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from unittest.mock import patch

from services.budget.actions.import_ledger import import_ledger
from services.budget.api.ledger_files import LedgerFile
from services.budget.api.ledger_imports import LIMITS, _ledger_lines
from services.budget.rules.import_column import LINE_COLUMNS, LINE_NEEDED
from services.budget.rules.ledger_import import Asked, Layout, Take
from shared.context import opening_sql
from shared.csv_in import CsvReader
from shared.db import _PATIENT, Database, Prepared, Transaction
from shared.idempotency import Sent
from shared.web.csv_files import ArrivingCsv
from shared.web.doors import Arriving
from tests.performance.place import Place
from tests.stack import Stack

KEY = "overheard-0000000000"


@dataclass
class Said:
    """The lines of a script of psql, and the files that it copies from. `tag` begins every reference of the file."""

    folder: Path
    tag: str
    id: str = ""  # of the import
    lines: list[str] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)

    def again(self, tag: str) -> Path:
        """The script with other references and other ids, as another file would make it."""
        text = "\n".join(self.lines)
        for number, file in enumerate(self.files):
            copied = self.folder / f"{tag}-{number}.csv"
            copied.write_bytes(file.read_bytes().replace(self.tag.encode(), tag.encode()))
            text = text.replace(str(file), str(copied))
        text = text.replace(self.id, str(uuid.uuid4()))
        script = self.folder / f"{tag}.sql"
        script.write_text(text.replace(KEY, f"key-{uuid.uuid4()}"))
        return script


async def overhear(stack: Stack, place: Place, file: Path, tag: str, folder: Path) -> Said:
    """Import the file once, in this process, and note everything that is said."""
    said = Said(folder, tag)
    said.lines += ["\\set ON_ERROR_STOP 1", "\\set QUIET 1", "\\o /dev/null"]
    said.lines.append(opening_sql(place.caller, False, "read committed") + ";")
    said.lines.append(_PATIENT.replace("$1", "'900s'") + ";")
    db = await Database.open(stack.url("budget"), "budget", size=1)
    try:
        with _listening(said):
            arriving = Arriving("importLedger", KEY, FileRequest(file), sha256(), sha256())  # type: ignore[arg-type]
            csv = ArrivingCsv(arriving, CsvReader(LINE_COLUMNS, LINE_NEEDED, LIMITS))
            ledger_file = LedgerFile(csv, _ledger_lines)
            asked = Asked(place.partnership, Layout.LEDGER, Take.ALL, None)
            sent = Sent("importLedger", KEY, b"\0" * 32)
            answer = await import_ledger(db, place.caller, lambda: sent, asked, ledger_file)
            assert answer.status == 201
            said.id = json.loads(answer.body)["id"]
    finally:
        await db.close()
    said.lines.append("commit;")
    return said


@dataclass
class FileRequest:
    """A request whose body is a file."""

    file: Path

    async def stream(self) -> AsyncIterator[bytes]:
        with self.file.open("rb") as content:
            while piece := content.read(65536):
                yield piece


@contextmanager
def _listening(said: Said) -> Iterator[None]:
    do, every, copy = Transaction.do, Transaction.all, Transaction.copy

    def noted(statement: Prepared, values: dict[str, Any]) -> None:
        said.lines.append(written(statement.sql, statement.arguments(values)) + ";")

    async def doing(self: Transaction, statement: Prepared, **values: Any) -> int:
        noted(statement, values)
        return await do(self, statement, **values)

    async def asking(self: Transaction, statement: Prepared, **values: Any) -> Any:
        noted(statement, values)
        return await every(self, statement, **values)

    async def copying(self: Transaction, table: str, columns: Any, batches: Any) -> int:
        file = said.folder / f"{said.tag}-said-{len(said.files)}.csv"
        said.files.append(file)
        said.lines.append(f"\\copy {table} ({', '.join(columns)}) from '{file}' with (format csv)")
        return await copy(self, table, columns, _kept(batches, file))

    with (
        patch.object(Transaction, "do", doing),
        patch.object(Transaction, "all", asking),
        patch.object(Transaction, "copy", copying),
    ):
        yield


async def _kept(batches: Any, file: Path) -> Any:
    with file.open("w", newline="") as out:
        async for batch in batches:
            rows = list(batch)
            text = io.StringIO()
            csv.writer(text, lineterminator="\n").writerows(rows)
            out.write(text.getvalue())
            yield rows


def written(sql: str, arguments: list[Any]) -> str:
    """The statement with its values in it, on one line."""

    def value(found: re.Match[str]) -> str:
        return _literal(arguments[int(found[1]) - 1], bool(found[2]))

    return " ".join(re.sub(r"\$(\d+)(::JSONB\b)?", value, sql).split())


def _literal(value: Any, as_json: bool) -> str:
    if as_json or isinstance(value, dict):
        return _quoted(json.dumps(value, default=str)) + "::jsonb"
    if value is None:
        return "null"
    if isinstance(value, list | tuple):
        kind = "text" if value and isinstance(value[0], str) else "uuid"
        return f"array[{', '.join(_literal(each, False) for each in value)}]::{kind}[]"
    return next(write(value) for kind, write in _WRITTEN if isinstance(value, kind))


def _quoted(text: str) -> str:
    return "E'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


_WRITTEN: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (bytes, lambda value: f"'\\x{value.hex()}'::bytea"),
    (str, _quoted),
    (uuid.UUID, lambda value: f"'{value}'::uuid"),
    (int, lambda value: f"({value})"),
    (datetime, lambda value: f"'{value.isoformat()}'::timestamptz"),
    (date, lambda value: f"'{value.isoformat()}'::date"),
)
