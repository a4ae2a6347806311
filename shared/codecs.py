"""How values travel between the database and Python: jsonb by msgspec, numeric as it was written."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec


async def set_codecs(connection: Any) -> None:
    """Teach a new connection of the driver to read and write them."""
    decoder, encoder = msgspec.json.Decoder(), msgspec.json.Encoder()
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=lambda value: b"\x01" + encoder.encode(value),
        decoder=lambda data: decoder.decode(data[1:]),
        format="binary",
    )
    # As text, since the driver's own reading of 100000 is 1.0E+5, which is not how it was written.
    await connection.set_type_codec(
        "numeric", schema="pg_catalog", encoder=str, decoder=Decimal, format="text"
    )
