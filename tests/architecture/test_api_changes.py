"""The merged document serves a client of the last release, but for what was decided on; and each kind of break is seen."""

import copy
import json
from typing import Any

import pytest

from deploy.api_changes.operations import breaks
from deploy.api_changes.release import DECIDED, decided, entry, kept, outdated, released, undecided
from deploy.openapi import MERGED
from tests.architecture.planted_breaks import BREAKING, HARMLESS, WHOLE, small


@pytest.fixture(scope="module")
def today() -> dict[str, Any]:
    made: dict[str, Any] = json.loads((MERGED / "merged.json").read_text(encoding="utf-8"))
    return made


@pytest.fixture(scope="module")
def last() -> dict[str, Any]:
    return released()


def test_a_client_of_the_last_release_is_served(last, today):
    assert len(last["paths"]) > 300
    found, reasons = breaks(last, today), decided(DECIDED.read_text(encoding="utf-8"))
    assert "\n".join(map(entry, undecided(found, reasons))) == "", "decide on it, as CHANGELOG.md says how"
    assert outdated(found, reasons) == []


def test_a_kept_document_is_the_same_api(tmp_path, today):
    path = tmp_path / "kept.json.gz"
    path.write_bytes(kept(today, "any"))
    again = released(path)
    assert breaks(today, again) == breaks(again, today) == []
    assert len(again["components"]["schemas"]) == len(today["components"]["schemas"])
    assert path.read_bytes() == kept(today, "any")  # the same bytes each time


@pytest.mark.parametrize(("plant", "said"), BREAKING, ids=[said for _, said in BREAKING])
def test_a_break_is_seen(plant, said):
    planted = small()
    plant(planted)
    assert said in [str(each) for each in breaks(small(), planted)]


@pytest.mark.parametrize("plant", HARMLESS)
def test_what_breaks_nobody_is_none(plant):
    planted = small()
    plant(planted)
    assert planted != small()
    assert breaks(small(), planted) == []


@pytest.mark.parametrize(("plant", "said"), WHOLE)
def test_a_break_of_the_whole_document_is_seen(last, plant, said):
    planted = copy.deepcopy(last)
    plant(planted)
    found = breaks(last, planted)
    assert any(said in str(each) for each in found)
    assert undecided(found, {}) == [str(each) for each in found] != []
    assert undecided(found, {str(each): "decided" for each in found}) == []


def test_what_is_decided_on_has_a_reason_and_stays_true():
    said = 'what = "GET /v1/lines: it may answer 202 now"\n'
    whole = f'[[break]]\n{said}reason = "Long lists are made in the background; ask again."\n'
    assert list(decided(whole)) == ["GET /v1/lines: it may answer 202 now"]
    assert outdated([], decided(whole)) == ["GET /v1/lines: it may answer 202 now"]
    for wrong in (f'[[break]]\n{said}reason = "so"\n', f"[[break]]\n{said}", whole + whole):
        with pytest.raises(ValueError, match="break"):
            decided(wrong)
