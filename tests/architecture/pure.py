"""What rules and renderings may know: a short list of modules, and frozen records of their own."""

import ast
from collections.abc import Iterable, Iterator

from tests.architecture.sources import Source, at, dotted, imported_names

# Parts of Python that give the same answer every day and touch nothing outside.
_WORDS = """
    __future__ abc base64 binascii bisect calendar collections collections.abc csv dataclasses datetime decimal
    enum fractions functools hashlib heapq hmac html io ipaddress itertools json math operator re statistics string
    textwrap types typing unicodedata urllib.parse uuid zoneinfo
"""
_PYTHON = frozenset(_WORDS.split())
_SHARED = frozenset(
    {"shared.errors", "shared.text", "shared.money", "shared.calendar", "shared.day", "shared.name_words"}
    | {"shared.succession"}  # records of a succession, which services hold alike
    | {"shared.caller"}  # for the record of a caller; what checks its signature stands beside it
)

# Beyond that, for some: which rules, and why it does not make them impure.
ALSO = {
    "joserfc": (("services/gateway/rules/",), "checks signatures of tokens: bytes and a key in, claims out"),
    "joserfc.jwk": (("services/gateway/rules/",), "keys as records"),
    "joserfc.jws": (("services/gateway/rules/",), "checks signatures"),
    "joserfc.jwt": (("services/gateway/rules/",), "checks signatures"),
    "joserfc.errors": (("services/gateway/rules/",), "what a wrong signature raises"),
    "pyxirr": (("services/budget/rules/",), "finds an internal rate of return: numbers in, a number out"),
}
_NOT_OF_UUID = frozenset({"uuid1", "uuid4", "uuid6", "uuid7", "getnode"})


def _allowed(source: Source, module: str) -> bool:
    inside = (f"services.{source.service}.rules", f"services.{source.service}.renderings")
    if module in _PYTHON | _SHARED or any(module == each or module.startswith(each + ".") for each in inside):
        return True
    return module in ALSO and source.path.startswith(ALSO[module][0])


def rules(files: Iterable[Source]) -> Iterator[str]:
    """Rules and renderings that import something else, or keep records that can be changed."""
    for source in files:
        if source.room not in {"rules", "renderings"}:
            continue
        for line, module, name in imported_names(source):
            if not _allowed(source, module) and not _allowed(source, f"{module}.{name}"):
                yield at(source, line, f"imports {module}, which a rule need not know")
            if module == "uuid" and name in _NOT_OF_UUID:
                yield at(source, line, f"imports {name}: a rule is given its ids")
        for node in source.nodes:
            if isinstance(node, ast.ClassDef):
                yield from _frozen(source, node)


def _frozen(source: Source, node: ast.ClassDef) -> Iterator[str]:
    for decorator in node.decorator_list:
        call = decorator if isinstance(decorator, ast.Call) else None
        name = dotted(call.func if call else decorator).rpartition(".")[2]
        options = {each.arg: each.value for each in call.keywords} if call else {}
        frozen = options.get("frozen")
        private = node.name.startswith("_")  # a step on the way to an answer may grow
        if (
            name == "dataclass"
            and not private
            and not (isinstance(frozen, ast.Constant) and frozen.value is True)
        ):
            yield at(source, node.lineno, f"{node.name} is a record that can be changed: freeze it")
