"""Which events the code tells: every `Change`, its words followed back to where they are written."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from services.gateway.store import governance_registers
from tests.architecture.sources import ROOT, SERVICES

# What no reader of source can follow, word for word as it stands there. Whoever writes another one adds it here.
KNOWN = {
    "f'commitment_{move.kind.value}'": [
        f"commitment_{each}" for each in ("reserved", "varied", "drawn_down", "restored", "released")
    ],
    "f'contracts_{made.kind.value}'": ["contracts_consolidation", "contracts_split"],
    "f'records_{after.state.value}'": ["records_granted", "records_refused"],
    "WHAT[to]": ["webhook_activated", "webhook_disabled"],
    "f'succession_applied_in_{part.value}'": [
        f"succession_applied_in_{each}" for each in ("directory", "budget", "contracts", "outcomes")
    ],
}


@dataclass(slots=True)
class Told:
    """A type of event as the code tells it: of which thing, and whether others than its owner are named."""

    things: set[str] = field(default_factory=set)
    named: bool = False
    shared: bool = False


class Sources:
    """The files of the services, and who calls whom by which name."""

    def __init__(self) -> None:
        self.trees = {
            path: ast.parse(path.read_text(encoding="utf-8"))
            for service in SERVICES
            for path in sorted((ROOT / "services" / service).rglob("*.py"))
            if "migrations" not in path.parts
        }
        self.names = {path: dict(_imported(tree)) for path, tree in self.trees.items()}
        # Every call by the whole name of what is called: the file, the function around it, and the call.
        self.calls: dict[str, list[tuple[Path, ast.AST | None, ast.Call]]] = {}
        for path, tree in self.trees.items():
            for function, call in _calls(tree):
                self.calls.setdefault(self.named(path, call.func), []).append((path, function, call))
        self.unknown: list[str] = []

    def told(self) -> dict[tuple[str, str], Told]:
        """By service and what was done."""
        found: dict[tuple[str, str], Told] = {}
        for path, function, call in self.calls["shared.audit.Change"]:
            words = {str(each.arg): each.value for each in call.keywords}
            service = path.relative_to(ROOT).parts[1]
            if isinstance(words["thing"], ast.Constant):
                thing = str(words["thing"].value)
                each_of = {(thing, what) for what in self.values(path, function, words["what"])}
            else:
                each_of = self.registered()
            for thing, what in each_of:
                told = found.setdefault((service, what), Told())
                told.things.add(thing)
                told.named |= "readers" in words and ast.unparse(words["readers"]) != "()"
                told.shared |= "partnership_id" in words and ast.unparse(words["partnership_id"]) != "None"
        return found

    def registered(self) -> set[tuple[str, str]]:
        """What is told of registers of governance, whose records are entered and moved in one way."""
        actions = "services.gateway.actions"
        found = {
            (_register(call.args[3]), "entered")
            for _, _, call in self.calls[f"{actions}.enter_record.enter_record"]
        }
        found |= {
            (_register(call.args[3]), ast.literal_eval(call.args[6]))
            for _, _, call in self.calls[f"{actions}.move_record.move_record"]
        }
        for name in vars(governance_registers):
            for _, _, call in self.calls.get(f"{governance_registers.__name__}.{name}.told", ()):
                found.add((getattr(governance_registers, name).thing, ast.literal_eval(call.args[0])))
        return {(thing, f"{thing}_{what}") for thing, what in found}

    def values(self, path: Path, function: ast.AST | None, node: ast.AST, depth: int = 0) -> set[str]:
        """Every text that an expression may be."""
        text = ast.unparse(node)
        if text in KNOWN:
            return set(KNOWN[text])
        if isinstance(node, ast.Constant):
            return {str(node.value)}
        if isinstance(node, ast.IfExp):
            return self.values(path, function, node.body, depth) | self.values(
                path, function, node.orelse, depth
            )
        found: set[str] = set()
        if text == "asked.what":
            found |= self.moved(path)
        elif text == "what" and function is not None and ", what = asked" in ast.unparse(function):
            found |= self.asked(path)
        if (
            isinstance(node, ast.Name)
            and isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
            and depth < 5
        ):
            found |= self.assigned(path, function, node.id, depth) or self.passed(
                path, function, node.id, depth
            )
        if not found:
            self.unknown.append(f"{path.name}: {text}")
        return found

    def assigned(
        self, path: Path, function: ast.FunctionDef | ast.AsyncFunctionDef, name: str, depth: int
    ) -> set[str]:
        found: set[str] = set()
        for each in ast.walk(function):
            if isinstance(each, ast.Assign) and any(ast.unparse(target) == name for target in each.targets):
                found |= self.values(path, function, each.value, depth + 1)
        return found

    def passed(
        self, path: Path, function: ast.FunctionDef | ast.AsyncFunctionDef, name: str, depth: int
    ) -> set[str]:
        """What callers pass for a parameter."""
        order = [each.arg for each in function.args.args]
        whole = f"{'.'.join(path.relative_to(ROOT).with_suffix('').parts)}.{function.name}"
        found: set[str] = set()
        for other, caller, call in self.calls.get(whole, ()):
            given = {each.arg: each.value for each in call.keywords}
            given |= dict(zip(order, call.args, strict=False))
            if name in given:
                found |= self.values(other, caller, given[name], depth + 1)
        return found

    def moved(self, path: Path) -> set[str]:
        """Moves that are asked for in a record of the action's module, whose first field is what is told."""
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        found: set[str] = set()
        for record in (each.name for each in self.trees[path].body if isinstance(each, ast.ClassDef)):
            for other, caller, call in self.calls.get(f"{module}.{record}", ()):
                given = {each.arg: each.value for each in call.keywords}
                found |= self.values(other, caller, given.get("what") or call.args[0])
        return found

    def asked(self, path: Path) -> set[str]:
        """Moves that are asked for as a triple, whose last part is what is told."""
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        found: set[str] = set()
        for other, names in self.names.items():
            if not any(each.startswith(f"{module}.") for each in names.values()):
                continue
            for node in ast.walk(self.trees[other]):
                if (
                    isinstance(node, ast.Assign)
                    and ast.unparse(node.targets[0]) == "asked"
                    and isinstance(node.value, ast.Tuple)
                ):
                    found |= self.values(other, None, node.value.elts[-1])
        return found

    def named(self, path: Path, function: ast.AST) -> str:
        """The whole name of what is called, as far as imports tell it."""
        names = self.names[path]
        if isinstance(function, ast.Name):
            own = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            return names.get(function.id, f"{own}.{function.id}")
        if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
            return f"{names.get(function.value.id)}.{function.attr}"
        return ""


def _register(node: ast.AST) -> str:
    """The thing of the register that a variable stands for."""
    thing: str = getattr(governance_registers, ast.unparse(node)).thing
    return thing


def _imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for each in node.names:
                yield each.asname or each.name, f"{node.module}.{each.name}"


def _calls(tree: ast.AST, function: ast.AST | None = None) -> Iterator[tuple[ast.AST | None, ast.Call]]:
    """Every call, with the function around it."""
    for node in ast.iter_child_nodes(tree):
        inner = node if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else function
        if isinstance(node, ast.Call):
            yield inner, node
        yield from _calls(node, inner)
