"""Loads Plymouth 2014 through the public API: `python -m deploy.demo.load --url ... --operator ... --out ...`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import httpx

from deploy.demo.contracts import register_contracts
from deploy.demo.directory import enter_directory
from deploy.demo.fund import (
    approve_agreement,
    approve_business_case,
    consent_to_shadow,
    draft_agreement,
    enter_budgets,
    execute_and_commence,
    open_books,
    open_shadow_pools,
)
from deploy.demo.outcomes import enter_indicators, oblige_provider, play_return
from deploy.demo.partner import Partner, Refused


def load(url: str, operator: dict[str, str], out: Path, tell: Callable[[str], None]) -> None:
    """Play the story from the directory to the first accepted return. Safe to run again after a broken try."""
    tell("directory: organisations, partnership, members, clients")
    by_operator = Partner(url, operator["client_id"], operator["client_secret"])
    earlier = json.loads(out.read_text(encoding="utf-8")) if out.exists() else {}
    known = {name: each["client_secret"] for name, each in earlier.items()}
    given = enter_directory(by_operator, known)
    _write(out, json.dumps({name: asdict(each) for name, each in given.items()}, indent=2) + "\n")
    partner = {name: Partner(url, each.client_id, each.client_secret) for name, each in given.items()}
    pcc, ccg = partner["plymouth-city-council"], partner["new-devon-ccg"]
    both = (("pcc", pcc), ("ccg", ccg))
    tell("budget: business case, draft agreement, three shadow pools")
    for key, each in both:
        approve_business_case(each, key)
    draft_agreement(pcc)
    for key, each in both:
        consent_to_shadow(each, key)
    open_shadow_pools(pcc)
    for key, each in both:
        enter_budgets(each, key)
    tell("contracts: community, acute and public health services")
    register_contracts(ccg, pcc)
    tell("outcomes: 21 indicators with baselines and targets")
    enter_indicators(ccg)
    tell("budget: approvals, execution, commencement, first journal")
    for key, each in both:
        approve_agreement(each, key)
    execute_and_commence(pcc, ccg)
    open_books(pcc)
    tell("outcomes: what a provider owes, and its first return")
    oblige_provider(ccg)
    play_return(partner["plymouth-community-healthcare"], ccg)
    for each in (by_operator, *partner.values()):
        each.close()


def _write(path: Path, text: str) -> None:
    """Write a file of secrets so that nobody else on the machine can read it."""
    path.unlink(missing_ok=True)
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "w", encoding="utf-8") as file:
        file.write(text)


def main() -> int:
    """Read the arguments, load, and say in one sentence what went wrong if it did."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True, help="the gateway's address")
    parser.add_argument("--operator", required=True, type=Path, help="file with the operator's credentials")
    parser.add_argument("--out", required=True, type=Path, help="where the demonstration clients are written")
    arguments = parser.parse_args()
    operator = json.loads(arguments.operator.read_text(encoding="utf-8"))
    try:
        load(arguments.url, operator, arguments.out, lambda step: print(f"  {step}", flush=True))
    except (Refused, httpx.HTTPError) as failure:
        print(f"The demonstration could not be loaded: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
