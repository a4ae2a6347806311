"""When to stop asking a service that does not answer, and when to try it again."""

from __future__ import annotations

from collections import deque

FAILURES = 5
WITHIN_SECONDS = 10.0
OPEN_SECONDS = 2.0


class Breaker:
    """Opens after five failures in ten seconds, then lets one call in every two seconds try the service.

    Times are seconds of one monotonic clock, given by whoever asks.
    """

    __slots__ = ("_failures", "_opened_at")

    def __init__(self) -> None:
        self._failures: deque[float] = deque(maxlen=FAILURES)
        self._opened_at: float | None = None

    @property
    def is_open(self) -> bool:
        return self._opened_at is not None

    def allows(self, now: float) -> bool:
        """Whether a call may be made. While open, the one that may also starts the next wait."""
        if self._opened_at is None:
            return True
        if now - self._opened_at < OPEN_SECONDS:
            return False
        self._opened_at = now
        return True

    def succeeded(self) -> None:
        if self._failures:
            self._failures.clear()
        self._opened_at = None

    def failed(self, now: float) -> None:
        """Count a failure to answer. An answer that refuses the caller is not one."""
        self._failures.append(now)
        too_many = len(self._failures) == FAILURES and now - self._failures[0] <= WITHIN_SECONDS
        if too_many or self._opened_at is not None:
            self._opened_at = now
