"""What a virement's moves tell, and to whom."""

from __future__ import annotations

from services.budget.rules.line import Arrangement
from services.budget.rules.virement import Virement
from shared.audit import Change


def told(what: str, virement: Virement) -> Change:
    """To the organisations that are asked, where the money is pooled; to its owner alone where it is not."""
    pooled = virement.arrangement is Arrangement.POOLED
    return Change(
        what=what,
        thing="virement",
        thing_id=virement.id,
        owner_organisation_id=virement.owner_organisation_id,
        partnership_id=virement.partnership_id,
        readers=tuple(each.organisation_id for each in virement.asked) if pooled else (),
        facts={
            "kind": virement.kind.value,
            "state": virement.state.value,
            **({"journal_id": str(virement.journal_id)} if virement.journal_id else {}),
        },
    )
