"""One way to a transaction: who may begin, end or configure one, who may read a clock, and that reading never writes."""

import ast
import re
from collections.abc import Iterable, Iterator

from tests.architecture.sources import Source, at, dotted, imported_names

_ENDS = re.compile(
    r"(?:^|;)\s*(?:(?:commit|rollback|abort|savepoint|release|prepare\s+transaction|start\s+transaction)\b"
    r"|begin(?:\s*;|\s+(?:work|transaction|isolation|read)\b|\s*$))",
    re.IGNORECASE,
)
_SESSION = re.compile(
    r"(?:^|;)\s*(?:(?i:set)\s+(?:(?i:session|role)\s|(?i:local)\s+(?i:role|session)\s|[a-z_.]+\s*(?:=|(?i:to)\b))"
    r"|(?i:reset|discard)\s+[a-z])"
    r"|(?i:set_config)\s*\((?:[^()]|\([^()]*\))*,\s*(?:(?i:false)|'f'|'off'|0)\s*\)",
)
_BECOMES = re.compile(r"set role (\w+)_(?:owner|totals)\b")  # in a migration, whose connection ends with it
# Where a transaction is made, and the programs that work before or outside any caller.
MAKES_TRANSACTIONS = {
    "shared/db.py": "hands out every transaction",
    "shared/context.py": "writes the opening of every transaction",
    "shared/migrate.py": "migrations have no caller; they run as the owner, before the service starts",
    "shared/job_queue.py": "the queue library works on tables of its own, on connections that nothing else uses",
    "deploy/local/schemas.py": "asks a schema for its revision before anything is started, and closes the connection",
}
_OTHER_WAYS = re.compile(
    r"\b(?:create_pool|create_engine|create_async_engine|begin_nested)$"
    r"|(?:pool|writing|reading|engine|connection|asyncpg|database|db)\.(?:acquire|connect|transaction)$"
)
_CLOCK = {
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "time": {
        "time",
        "time_ns",
        "monotonic",
        "monotonic_ns",
        "perf_counter",
        "localtime",
        "gmtime",
        "strftime",
    },
    "func": {"now", "current_date", "localtimestamp", "current_timestamp"},
}
_SQL_CLOCK = re.compile(
    r"\b(?:current_date|localtimestamp|localtime|now\s*\(\s*\)|current_timestamp)", re.IGNORECASE
)
NO_CLOCK = ("rules", "renderings", "store", "actions", "views", "joint")
CHANCE = frozenset({"random", "secrets"})
CHANCE_IDS = frozenset({"uuid1", "uuid4", "uuid6", "uuid7"})


def endings(files: Iterable[Source]) -> Iterator[str]:
    """Begin, commit and rollback by hand."""
    for source in files:
        if source.path in MAKES_TRANSACTIONS:
            continue
        for call, name in source.calls():
            if name.rpartition(".")[2] in {"commit", "rollback"} and "." in name:
                yield at(source, call.lineno, f"`{name}` ends a transaction by hand")
        for line, text in source.strings():
            if _ENDS.search(text):
                yield at(source, line, f"`{text.strip()[:40]}` begins or ends a transaction by hand")


def beginnings(files: Iterable[Source]) -> Iterator[str]:
    """Transactions and connections that come from anywhere but `db.begin` in an `async with`."""
    for source in files:
        if source.path in MAKES_TRANSACTIONS or source.parts[0] == "deploy":
            continue
        opened = {
            id(item.context_expr)
            for node in source.nodes
            if isinstance(node, ast.AsyncWith)
            for item in node.items
        }
        for call, name in source.calls():
            receiver, _, method = name.rpartition(".")
            is_database = receiver.rpartition(".")[2] in {"db", "_db"}
            if method == "begin" and receiver and is_database != (id(call) in opened):
                yield at(source, call.lineno, f"`{name}` is not Database.begin in `async with`")
            elif source.service is not None and _OTHER_WAYS.search(name):
                yield at(source, call.lineno, f"`{name}` is another way to a connection")
        for line, module, _ in imported_names(source):
            if (
                source.service
                and module.partition(".")[0] in {"asyncpg", "psycopg"}
                and source.room != "migrations"
            ):
                yield at(source, line, "the driver is behind shared.db")


def session_settings(files: Iterable[Source]) -> Iterator[str]:
    """Settings that outlive their transaction: the next caller on the connection would have them."""
    for source in files:
        if source.path in MAKES_TRANSACTIONS:
            continue
        strings = source.strings() if source.path.endswith(".py") else [(1, source.text)]
        for line, text in strings:
            if source.room == "migrations":
                text = _BECOMES.sub("", text)  # noqa: PLW2901 the same text, without what a migration may say
            if found := _SESSION.search(text):
                words = " ".join(found[0].strip(";").split())
                yield at(source, line, f"`{words[:60]}` outlives its transaction")


def clocks(files: Iterable[Source]) -> Iterator[str]:
    """Clocks and chance in rooms that must give the same answer every day."""
    for source in files:
        if source.room in NO_CLOCK:
            yield from _python_clocks(source)
        if source.room == "store" and source.stem != "clock":
            for line, text in source.strings():
                if found := _SQL_CLOCK.search(text):
                    yield at(
                        source, line, f"`{found[0]}`: times are clock_timestamp(), today is asked in clock.py"
                    )


def _python_clocks(source: Source) -> Iterator[str]:
    for call, name in source.calls():
        receiver, _, method = name.rpartition(".")
        if method in _CLOCK.get(receiver.rpartition(".")[2], ()):
            yield at(source, call.lineno, f"`{name}` reads a clock; take the instant as an argument")
        if method in CHANCE_IDS and source.room == "rules":
            yield at(source, call.lineno, f"`{name}` makes chance in a rule")
    for line, module, name in imported_names(source):
        if module == "time" or (module in CHANCE and source.room in {"rules", "renderings", "store"}):
            yield at(source, line, f"imports {module} {name}".rstrip())


def _is_get(node: ast.AsyncFunctionDef | ast.FunctionDef) -> bool:
    calls = (each for each in node.decorator_list if isinstance(each, ast.Call))
    return any(dotted(call.func).rpartition(".")[2] in {"get", "head"} for call in calls)


def _writes(node: ast.AST) -> Iterator[int]:
    for each in ast.walk(node):
        if isinstance(each, ast.Call) and dotted(each.func).endswith(".begin"):
            for keyword in each.keywords:
                constant = isinstance(keyword.value, ast.Constant) and keyword.value.value is False
                if keyword.arg == "write" and not constant:
                    yield each.lineno


def reading_doors(files: Iterable[Source]) -> Iterator[str]:
    """GET doors that could write: a writing transaction, or an action. Doors never write but through actions."""
    for source in files:
        if source.room != "api":
            continue
        verbs = {name for _, module, name in imported_names(source) if ".actions" in module}
        for line in _writes(source.tree):
            yield at(source, line, "a door opens a writing transaction; that is what actions are for")
        for node in source.nodes:
            if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef) and _is_get(node):
                used = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)} & verbs
                for name in sorted(used):
                    yield at(source, node.lineno, f"the GET `{node.name}` calls the action `{name}`")
