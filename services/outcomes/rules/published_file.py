"""Published reference files read into what the doors take: areas of England, and the metadata of Fingertips."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

LONGEST = 4000
_TAG = re.compile(r"<[^>]{0,200}>")
_SPACES = re.compile(r"[ \t\u00a0]+")
_BREAKS = re.compile(r"\s*\n\s*")
_PER = re.compile(r"per [\d,]+", re.IGNORECASE)
_POLARITIES = {"Low is good": "low_is_good", "High is good": "high_is_good"}
_FREQUENCIES = {"monthly": "monthly", "quarterly": "quarterly"}
_INTERVALS = {"Wilson Score method": "Wilson", "Byar's method": "Byar"}


def areas_of(rows: Iterable[Mapping[str, str]]) -> list[dict[str, Any]]:
    """Areas for a hierarchy, each with the codes that it lies in, from a table that names the children of each.

    Columns: `Children` (codes between bars), `AreaCode`, `AreaName`, `AreaType`. A child that the table does not hold
    (a GP practice) is left out.
    """
    kept = list(rows)
    known = {row["AreaCode"] for row in kept}
    above: dict[str, list[str]] = defaultdict(list)
    for row in kept:
        for child in filter(None, row["Children"].split("|")):
            if child in known and child != row["AreaCode"]:
                above[child].append(row["AreaCode"])
    return [
        {
            "code": row["AreaCode"],
            "name": row["AreaName"],
            "kind": row["AreaType"],
            "parent_codes": sorted(set(above[row["AreaCode"]])),
        }
        for row in kept
    ]


def indicator_of(record: Mapping[str, Any], partnership_id: str) -> dict[str, Any]:
    """The body of an indicator from a record of Fingertips metadata; tags and entities of its pages are taken out.

    Fingertips prints one figure for two kinds of number: a life expectancy or a standardised ratio becomes a score.
    """
    unit = str(record.get("unitLabel") or "") or None
    kind, multiplier = _kind(unit, str(record.get("unitValue") or ""))
    interval = _INTERVALS.get(str(record.get("ciMethod")), str(record.get("ciMethod") or "not stated"))
    return {
        "partnership_id": partnership_id,
        "code": f"fingertips-{record['indicatorID']}",
        "title": str(record["indicatorName"])[:200],
        "definition": words(record.get("indicatorDefinition")) or str(record["indicatorName"]),
        "rationale": words(record.get("rationale")),
        "caveats": words(f"Confidence intervals: {interval}. {record.get('caveats') or ''}"),
        "numerator": words(record.get("countDefinition")),
        "denominator": words(record.get("denominatorDefinition")),
        "unit": unit,
        "value_type": kind,
        "multiplier": multiplier,
        "polarity": _POLARITIES.get(str(record["polarity"]), "none"),
        "frequency": _FREQUENCIES.get(str(record["frequency"]), _yearly(str(record["periodType"]))),
        "source": (words(record.get("dataSource")) or "Fingertips")[:200],
        "counts_people": True,
    }


def _kind(unit: str | None, value: str) -> tuple[str, str | None]:
    if unit == "%":
        return "percentage", None
    if unit is not None and _PER.match(unit):
        return "rate", value
    return "score", None


def _yearly(period_type: str) -> str:
    return "financial_yearly" if period_type.startswith("Financial") else "calendar_yearly"


def words(text: Any) -> str | None:
    """Plain words of a page's text, at most 4,000 characters; None where there are none."""
    if not text:
        return None
    plain = _SPACES.sub(" ", html.unescape(_TAG.sub(" ", str(text))).replace("\r", ""))
    cleaned = _BREAKS.sub("\n", plain).strip()
    return cleaned[:LONGEST].strip() or None
