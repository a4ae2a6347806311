"""How a process leaves: it says so at once, serves on for a moment, and then takes no more requests."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from types import FrameType
from typing import Any

SERVED_ON_SECONDS = 2.0


class Leaving:
    """What SIGTERM begins. `/ready` answers 503 from then on, so that whoever sends requests here sends them elsewhere.

    The server's own handler, which stops it taking requests and waits for those under way, runs `seconds` later; a
    second signal does not wait. Without such a handler (a test, another server) nothing is changed.
    """

    def __init__(self, seconds: float = SERVED_ON_SECONDS) -> None:
        self.begun = False
        self._seconds = seconds
        self._then: list[Callable[[], None]] = []
        self._before: Any = None
        self._listening = False

    def then(self, do: Callable[[], None]) -> None:
        """Have this done when leaving begins."""
        self._then.append(do)

    def listen(self) -> None:
        """Stand in front of the server's handler. For the main thread, once the server has set its own."""
        try:
            before = signal.getsignal(signal.SIGTERM)
            if not callable(before):
                return
            signal.signal(signal.SIGTERM, self._asked)
        except ValueError:  # not in the main thread
            return
        self._before, self._loop, self._listening = before, asyncio.get_running_loop(), True

    def stop_listening(self) -> None:
        """Step aside. Whoever came to stand in front since then keeps its place, and is passed on to what was before."""
        if self._before is None:
            return
        self._listening = False
        if signal.getsignal(signal.SIGTERM) == self._asked:
            signal.signal(signal.SIGTERM, self._before)

    def begin(self) -> None:
        """Say that this process leaves."""
        self.begun = True
        for do in self._then:
            do()

    def _asked(self, number: int, frame: FrameType | None) -> None:
        if self.begun or not self._listening:
            self._before(number, frame)
            return
        self._loop.call_soon_threadsafe(self.begin)
        self._loop.call_soon_threadsafe(self._loop.call_later, self._seconds, self._before, number, None)
