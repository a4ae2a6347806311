"""The steps of every kind of change that several services make, by which one that was left half done is gone on with."""

from __future__ import annotations

from services.gateway.joint.change import Drive
from services.gateway.joint.contract import bring_into_force, end
from services.gateway.joint.records import go_on
from services.gateway.joint.terms import change_terms
from services.gateway.rules.joint_change import ChangeKind

_DRIVES: dict[ChangeKind, Drive] = {
    ChangeKind.ACTIVATION: bring_into_force,
    ChangeKind.TERMINATION: end,
    ChangeKind.COMPLETION: end,
    ChangeKind.VARIATION: change_terms,
    ChangeKind.EXTENSION: change_terms,
    ChangeKind.PART_TERMINATION: change_terms,
    ChangeKind.NOVATION: go_on,
    ChangeKind.STATUTORY_TRANSFER: go_on,
    ChangeKind.CONSOLIDATION: go_on,
    ChangeKind.SPLIT: go_on,
}


def drive_of(kind: ChangeKind) -> Drive:
    return _DRIVES[kind]
