"""Prove that the audit holds together: `OUTCOMES_BACKUP_URL=... python -m services.outcomes.commands.reconcile`."""

from __future__ import annotations

import sys

from shared.chain_proof import run

if __name__ == "__main__":
    sys.exit(run("outcomes"))
