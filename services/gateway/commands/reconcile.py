"""Prove that audit and reads hold together: `GATEWAY_BACKUP_URL=... python -m services.gateway.commands.reconcile`."""

from __future__ import annotations

import sys

from services.gateway.store.read_batches import prove_reads
from shared.chain_proof import run

if __name__ == "__main__":
    sys.exit(run("gateway", prove_reads))
