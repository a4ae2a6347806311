"""Random lives of contracts against a model: value conserved, one lead, no date past the furthest, history rebuilds.

Over 2,000 sequences drive the pure rules; test_lifecycles_kept.py drives 200 through the doors and the database.
"""

from pathlib import Path

import pytest

from tests.contracts.ruled_life import Life

SEQUENCES, MOVES = 2200, 9


@pytest.mark.row("S1-C09", "S5-C03")
def test_random_lives_keep_value_lead_dates_history_and_lineage(shared_data: Path) -> None:
    """At least 2,000 sequences of moves, made and refused, against a model of its own arithmetic."""
    seen: dict[str, int] = {}
    releases, schema = 0, shared_data / "ocds" / "schema_1_1"
    for seed in range(SEQUENCES):
        life = Life(seed)
        for _ in range(MOVES):
            said = life.move()
            seen[said] = seen.get(said, 0) + 1
            if said == "over":
                break
            life.check()
        releases += life.check_told(schema)
    assert releases > 20_000
    for kind in ("extend", "vary", "novate", "consolidate", "split", "terminate"):
        assert seen[f"{kind} made"] > 100, seen
        assert seen[f"{kind} refused"] > 20, seen
