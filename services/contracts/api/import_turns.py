"""How many files are taken in at a time by one process: registers and placements together."""

from __future__ import annotations

from shared.web.csv_files import Turns

# Each holds one of the eight sessions that write (`Settings.pool_size`), so that half are left for everybody else.
AT_ONCE = 4
WAIT_SECONDS = 10.0
IMPORT_TURNS = Turns(AT_ONCE, WAIT_SECONDS)
