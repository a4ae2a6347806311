"""The chain of the audit: what of a row is hashed, in which form, and how one link follows another."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import rfc8785

# What of an audit row counts, in the words of the export. Whoever holds these can compute its leaf.
RECORD = (
    "id",
    "recorded_at",
    "what",
    "thing",
    "thing_id",
    "partnership_id",
    "owner_organisation_id",
    "reader_organisation_ids",
    "actor_organisation_id",
    "actor_client_id",
    "on_behalf_of",
    "request_id",
    "facts",
)


def record_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """An audit row as JSON has it: ids and instants as text, instants in UTC with six decimals."""
    return {name: _plain(row[name]) for name in RECORD}


def leaf_of(record: Mapping[str, Any]) -> bytes:
    """The SHA-256 of a record in the canonical form of RFC 8785.

    Facts whose numbers that form cannot hold (beyond 2**53) count as their text, with members in order.
    """
    try:
        return sha256(rfc8785.dumps(dict(record))).digest()
    except rfc8785.CanonicalizationError:
        text = json.dumps(record["facts"], sort_keys=True, ensure_ascii=False)
        return sha256(rfc8785.dumps({**record, "facts": text})).digest()


def next_hash(before: bytes, position: int, leaf: bytes) -> bytes:
    """The hash of a link: over the link before it, its own position (eight bytes, big-endian) and its leaf."""
    return sha256(before + position.to_bytes(8, "big") + leaf).digest()


def beginning(service: str) -> bytes:
    """What the first link of a service's chain follows."""
    return sha256(service.encode("ascii")).digest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, list):
        return [str(each) for each in value]
    if value is None or isinstance(value, (str, dict)):
        return value
    return str(value)
