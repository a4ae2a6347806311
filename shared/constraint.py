"""What it means when a constraint of the database holds: the second lock speaks like the first."""

from __future__ import annotations

from shared.errors import Reason

_CONSTRAINTS: dict[str, tuple[Reason, str | None]] = {}


def refuse_constraint(name: str, found: Reason, pointer: str | None = None) -> None:
    """Say what it means when a constraint of the database holds."""
    if _CONSTRAINTS.setdefault(name, (found, pointer)) != (found, pointer):
        raise ValueError(f"the constraint {name} already stands for {_CONSTRAINTS[name][0].code}")


def refused_by(violation: Exception) -> Exception:
    """The refusal that a constraint stands for, or the violation itself where none was declared."""
    found, pointer = _CONSTRAINTS.get(getattr(violation, "constraint_name", None) or "", (None, None))
    return violation if found is None else found(pointer)
