"""SQL that is put together at run time, and refusals: each code and each sentence stands once."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from tests.architecture.sources import Source, at, dotted, imported_names, joined

_SQL = re.compile(
    r"\bselect\b.+\bfrom\b|^\s*select\b|\binsert\s+into\b|\bupdate\s+\S+\s+set\b|\bdelete\s+from\b|\bmerge\s+into\b"
    r"|\b(?:create|alter|drop)\s+(?:table|type|function|policy|role|schema|trigger|index|view|unique|or\s+replace)\b"
    r"|\b(?:grant|revoke)\s+\w+.*\b(?:on|to|from)\b|\bset_config\s*\(|^\s*set\s+(?:local|role|search_path)\b"
    r"|^\s*(?:where|order\s+by|copy|lock\s+table|truncate|with)\s",
    re.IGNORECASE | re.DOTALL,
)

# Files that put SQL together from parts, and why no part can come from outside.
BUILDS_SQL = {
    "shared/context.py": "names fixed in the file; values quoted, and tested with hostile ones",
    "shared/audit.py": "column names fixed in the file and argument numbers",
    "shared/idempotency.py": "adds the fixed parts of shared/audit.py",
    "shared/migrate.py": "the service's name, one of those that have a folder",
    "shared/schema.py": "the service's name, one of those that have a folder",
    "deploy/local/schemas.py": "the service's name, one of those that have a folder",
    "deploy/postgres/roles.py": "names that must be identifiers, and passwords made here, quoted",
}


def _parts(node: ast.AST) -> Iterator[str]:
    """The constant text of an f-string, a `+`, a `%`, a `.format` or a `.replace`, where something is put in."""
    if isinstance(node, ast.JoinedStr) and any(isinstance(each, ast.FormattedValue) for each in node.values):
        yield joined(node)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        for side in (node.left, node.right):
            if isinstance(side, ast.Constant) and isinstance(side.value, str):
                other = node.right if side is node.left else node.left
                if not isinstance(other, ast.Constant):
                    yield side.value
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        text = node.func.value
        if node.func.attr in {"format", "format_map", "join"} and isinstance(text, ast.Constant):
            yield str(text.value)


def _run_time_nodes(source: Source) -> Iterator[ast.AST]:
    """What is inside functions. Those that are only called at the top of their own module count as the top."""
    functions = [each for each in source.nodes if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
    inside = {id(inner): each.name for each in functions for inner in ast.walk(each) if inner is not each}
    called = {node.id for node in source.nodes if isinstance(node, ast.Name) and id(node) in inside}
    for node in source.nodes:
        name = inside.get(id(node))
        if name is not None and not (name.startswith("_") and name not in called):
            yield node


def built_sql(files: Iterable[Source]) -> Iterator[str]:
    """SQL with something put into it while the program runs.

    At the top of a module, where nothing has come in from outside, fixed pieces may be put together.
    Migrations may anyhow: their DDL takes no parameters and nobody's input.
    """
    for source in files:
        if source.path in BUILDS_SQL or source.room == "migrations":
            continue
        for node in _run_time_nodes(source):
            for text in _parts(node):
                if _SQL.search(text):
                    line = getattr(node, "lineno", 1)
                    yield at(source, line, f"puts something into SQL: `{' '.join(text.split())[:60]}`")


def idle_exemptions(files: Iterable[Source]) -> Iterator[str]:
    """Exemptions of files that are no longer there."""
    paths = {each.path for each in files}
    return (f"{path} is exempt and does not exist" for path in BUILDS_SQL if path not in paths)


def _declared(files: Iterable[Source]) -> Iterator[tuple[Source, ast.Call, bool]]:
    """Every call of `reason`, and whether it stands at the top of its module."""
    for source in files:
        top = {id(each.value) for each in source.tree.body if isinstance(each, ast.Assign | ast.AnnAssign)}
        for call, name in source.calls():
            if name.rpartition(".")[2] == "reason" and len(call.args) + len(call.keywords) >= 3:
                yield source, call, id(call) in top


def _constant(call: ast.Call, position: int) -> str | None:
    node = call.args[position] if len(call.args) > position else None
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def reasons(files: Iterable[Source]) -> Iterator[str]:
    """Reasons that a reader could not find by their sentence: declared inside a function, put together, or twice."""
    files = list(files)
    codes: dict[str, list[str]] = defaultdict(list)
    sentences: dict[str, list[str]] = defaultdict(list)
    for source, call, top in _declared(files):
        code, sentence = _constant(call, 0), _constant(call, 2)
        if not top:
            yield at(source, call.lineno, "a reason is declared at the top of its module")
        if code is None or not re.fullmatch(r"[a-z][a-z0-9_]*", code):
            yield at(source, call.lineno, "the code of a reason is one written word, like pool_unknown")
        if sentence is None:
            yield at(source, call.lineno, "the sentence of a reason is one string, with facts beside it")
            continue
        if (
            not (sentence[0].isupper() or sentence[0].isdigit() or "-" in sentence.split()[0])
            or sentence[-1] not in ".?"
        ):
            yield at(source, call.lineno, f"`{sentence}` is no sentence")
        codes[code or ""].append(f"{source.path}:{call.lineno}")
        sentences[" ".join(sentence.split()).casefold()].append(f"{source.path}:{call.lineno}")
    for what, places in {**codes, **sentences}.items():
        if len(places) > 1:
            yield f"{places[-1]}: `{what}` stands {len(places)} times, first at {places[0]}"
    yield from _repeated(files, sentences)


def _repeated(files: Iterable[Source], sentences: Iterable[str]) -> Iterator[str]:
    """Sentences of reasons that are written again elsewhere."""
    known = set(sentences)
    places: dict[str, list[str]] = defaultdict(list)
    for source in files:
        for line, text in source.strings():
            if (plain := " ".join(text.split()).casefold()) in known:
                places[plain].append(f"{source.path}:{line}")
    for text, found in places.items():
        if len(found) > 1:
            yield f"{found[-1]}: `{text[:60]}` is written {len(found)} times"


def bare_refusals(files: Iterable[Source]) -> Iterator[str]:
    """Refusals that bypass the declared reasons."""
    for source in files:
        if source.path.startswith("shared/"):
            continue
        for node in source.nodes:
            called = node.exc.func if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) else None
            if called is not None and dotted(called).rpartition(".")[2] in {"Refusal", "HTTPException"}:
                yield at(source, called.lineno, f"raises {dotted(called)} instead of a declared reason")


def model_imports(files: Iterable[Source]) -> Iterator[str]:
    """Models in property tests that get their expectations from the code that they are to judge.

    A model stands in a file of its own, `model_<noun>.py`; every class called `...Model` stands in such a file.
    """
    for source in files:
        is_model = source.stem.startswith("model_")
        for node in source.nodes:
            if isinstance(node, ast.ClassDef) and node.name.endswith("Model") and not is_model:
                yield at(source, node.lineno, f"{node.name} belongs in a file model_<noun>.py")
        for line, module, _ in imported_names(source):
            if is_model and module.partition(".")[0] in {"services", "shared"}:
                yield at(source, line, f"a model judges the code, and cannot lean on {module}")
