"""What a file may be called, how it opens, how long it may be, and what an action's file holds."""

import ast
import re
from collections.abc import Iterable, Iterator

from tests.architecture.sources import SERVICES, Source, at, imported_names

DRAWERS = frozenset(
    {"util", "utils", "helper", "helpers", "common", "base", "manager", "managers", "service", "misc"}
)
MOST_LINES = 300

# Modules of a store that hold no table's statements, but a part that several of them share.
PARTS_OF_STORES = {
    "clock": "the database's clock, asked in one place",
    "line_changes": "what a change of a line tells, and to whom",
    "horizon": "the instant up to which the books are settled",
    "reconciliation": "questions over all tables at once",
    "visibility": "the scoped query that all reads share",
}

# Words that end in s and are singular, or that no English speaker uses in the singular.
SINGULAR = {
    **dict.fromkeys(SERVICES, "a service's own name"),
    "terms": "the terms of an agreement are one thing",
    "facts": "the facts that a decision rests on are one thing",
    "figures": "the figures of a plan are one thing",
    "status": "singular",
    "analysis": "singular",
    "basis": "singular",
}


def drawers(files: Iterable[Source]) -> Iterator[str]:
    """Files and folders that say nothing about what is in them."""
    for source in files:
        for word in (*source.parts[1:-1], source.stem):
            if word in DRAWERS or word.rpartition("_")[2] in {"utils", "util", "helpers", "helper", "misc"}:
                yield at(source, 1, f"`{word}` is a drawer: name the file after the thing that is in it")


def openings(files: Iterable[Source]) -> Iterator[str]:
    """Files that do not open with one line saying what they are for."""
    for source in files:
        words = ast.get_docstring(source.tree, clean=False) if source.text.strip() else None
        if source.stem == "__init__" and source.parts[0] == "tests":
            continue
        if not words or not words.strip():
            yield at(source, 1, "opens without a line that says what it is for")
        elif source.stem != "__init__":
            first, _, rest = words.partition("\n")
            if not first.strip() or first.rstrip()[-1] not in ".:":
                yield at(source, 1, "its first line is no whole sentence")
            elif rest.strip() and rest.split("\n", 1)[0].strip():
                yield at(source, 1, "its first line runs on: leave an empty line after it")


def lengths(files: Iterable[Source], most: int = MOST_LINES) -> Iterator[str]:
    """Files that are longer than a reader holds in mind."""
    for source in files:
        lines = source.text.count("\n")
        if lines > most:
            yield at(source, lines, f"has {lines} lines; {most} at most")


def _public(source: Source) -> dict[str, ast.AsyncFunctionDef | ast.FunctionDef | ast.ClassDef]:
    kinds = (ast.AsyncFunctionDef, ast.FunctionDef, ast.ClassDef)
    return {each.name: each for each in source.tree.body if isinstance(each, kinds) and each.name[0] != "_"}


def _is_frozen(node: ast.stmt) -> bool:
    return isinstance(node, ast.ClassDef) and any(
        "frozen=True" in ast.unparse(each) for each in node.decorator_list
    )


def actions(files: Iterable[Source]) -> Iterator[str]:
    """Action files that do not hold one public async function of their own name, in one transaction.

    A function that another action imports (`enter` of post_journal) may be public too, and so may frozen records:
    what the action is told, and what it answers.
    """
    rooms = [each for each in files if each.room == "actions" and each.stem != "__init__"]
    shared = {
        (module.rpartition(".")[2], name)
        for source in rooms
        for _, module, name in imported_names(source)
        if ".actions." in module
    }
    for source in rooms:
        public = _public(source)
        main = public.pop(source.stem, None)
        if "_" not in source.stem:
            yield at(source, 1, "an action is called verb_noun")
        if not isinstance(main, ast.AsyncFunctionDef):
            yield at(source, 1, f"holds no public `async def {source.stem}`")
        for name, node in public.items():
            if not ((source.stem, name) in shared or _is_frozen(node)):
                yield at(source, node.lineno, f"`{name}` is public and is not the action")
        begins = [call.lineno for call, name in source.calls() if name.endswith(".begin")]
        if len(begins) > 1:
            yield at(source, begins[1], "begins a second transaction")


def grammar(files: Iterable[Source]) -> Iterator[str]:
    """Rules in the plural, stores and doors in the singular. A door may also bear its word in the address."""
    for source in files:
        last = source.stem.rpartition("_")[2]
        if source.stem.startswith("__") or source.service is None:
            continue
        if source.room == "rules" and last.endswith("s") and not last.endswith("ss") and last not in SINGULAR:
            yield at(source, 1, "a rule is a singular noun")
        in_address = re.compile(rf"/{source.stem.replace('_', '-')}(?![a-z-])")
        plural = last.endswith("s") or any(in_address.search(text) for _, text in source.strings())
        part = source.room == "store" and source.stem in PARTS_OF_STORES
        if source.room in {"store", "api"} and not plural and not part:
            yield at(source, 1, "is a plural noun, or the word in its address")
