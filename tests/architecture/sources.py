"""The Python files of the repository, read once, as the tests of the house look at them."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("budget", "contracts", "outcomes", "gateway")
CODE = ("shared", "services", "deploy")
EVERYTHING = (*CODE, "tests")


@dataclass(frozen=True)
class Source:
    """One file: its path from the root of the repository, with slashes, and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @cached_property
    def parts(self) -> tuple[str, ...]:
        return PurePosixPath(self.path).parts

    @property
    def stem(self) -> str:
        return PurePosixPath(self.path).stem

    @property
    def service(self) -> str | None:
        return self.parts[1] if self.parts[0] == "services" and len(self.parts) > 2 else None

    @property
    def room(self) -> str | None:
        """`rules`, `store`, ... or `app`, `worker` for the files that stand beside the rooms."""
        if self.service is None:
            return None
        return self.parts[2] if len(self.parts) > 3 else self.stem

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        return tuple(ast.walk(self.tree))

    @cached_property
    def docstrings(self) -> frozenset[int]:
        """The ids of the nodes that are docstrings: words about the code, not part of it."""
        holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        found = set()
        for node in self.nodes:
            first = node.body[0] if isinstance(node, holders) and node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                found.add(id(first.value))
        return frozenset(found)

    def strings(self) -> Iterator[tuple[int, str]]:
        """Every string that the code works with, with its line; an f-string's holes read as ` ? `."""
        words = self.docstrings | {
            id(part) for node in self.nodes if isinstance(node, ast.JoinedStr) for part in ast.walk(node)
        }
        for node in self.nodes:
            if isinstance(node, ast.JoinedStr):
                yield node.lineno, joined(node)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in words:
                yield node.lineno, node.value

    def calls(self) -> Iterator[tuple[ast.Call, str]]:
        """Every call with the dotted name that is called, as `door.db.begin`."""
        for node in self.nodes:
            if isinstance(node, ast.Call):
                yield node, dotted(node.func)


def joined(node: ast.JoinedStr) -> str:
    return "".join(str(part.value) if isinstance(part, ast.Constant) else " ? " for part in node.values)


def dotted(node: ast.AST) -> str:
    """`a.b.c` of nested attributes; what is not a name reads as `?`."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


@lru_cache
def sources(*folders: str) -> tuple[Source, ...]:
    """The Python files under these folders of the repository; what tools generated is left out."""
    return tuple(
        Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.py"))
        if not {"generated", "node_modules"} & set(path.parts)
    )


def in_rooms(files: Iterable[Source], *rooms: str) -> Iterator[Source]:
    return (each for each in files if each.room in rooms)


def at(source: Source, line: int, what: str) -> str:
    """A finding as editors understand it."""
    return f"{source.path}:{line}: {what}"


def imported_names(source: Source) -> Iterator[tuple[int, str, str]]:
    """Line, module and name of everything imported; the name is empty for `import module`."""
    for node in source.nodes:
        if isinstance(node, ast.Import):
            yield from ((node.lineno, each.name, "") for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.lineno, node.module, each.name) for each in node.names)


def sql_files() -> tuple[Source, ...]:
    """The SQL files that migrations run."""
    return tuple(
        Source(path.relative_to(ROOT).as_posix(), re.sub(r"--[^\n]*", "", path.read_text(encoding="utf-8")))
        for folder in ("shared", "services")
        for path in sorted((ROOT / folder).rglob("*.sql"))
    )
