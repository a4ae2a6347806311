"""HTTP as it comes over the wire: what a server may pass over is passed over, and never costs a body."""

from __future__ import annotations

import re
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LONGEST_HEAD = 64 * 1024
_OFFER = re.compile(rb"\r\nupgrade:[ \t]*h2c[ \t]*(?=\r\n)", re.IGNORECASE)
_END = b"\r\n\r\n"


class Connection(HttpToolsProtocol):
    """uvicorn's HTTP/1.1, deaf to the offer of going on in HTTP/2.

    Java's own client makes that offer with every request over plain http. A server may ignore it (RFC 9110 section 7.8), but
    the parser under uvicorn stops behind such a head, and the body would be lost (uvicorn issue 2722).
    """

    def __init__(self, *words: Any, **named: Any) -> None:
        super().__init__(*words, **named)
        self._between = True
        self._head = b""

    def data_received(self, data: bytes) -> None:
        if self._between:
            data = self._head + data
            end = data.find(_END)
            if end < 0 and len(data) < LONGEST_HEAD:
                self._head = (
                    data  # the idle time of the connection goes on, so a head that never ends is cut off
                )
                return
            self._head = b""
            if b"h2c" in data[:end]:
                data = _OFFER.sub(b"", data[:end] + _END[:2], count=1)[:-2] + data[end:]
        super().data_received(data)

    def on_message_begin(self) -> None:
        self._between = False
        super().on_message_begin()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._between = True
