"""Counts and timings of a process, for Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4


class Metrics:
    """One registry for each app, so that several apps can live in one process."""

    def __init__(self, service: str) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "requests_total",
            "Requests answered, by operation and status.",
            ("service", "operation", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "request_seconds",
            "Time from the first byte in to the last byte out, by operation.",
            ("service", "operation"),
            registry=self.registry,
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
        )
        self._position = Gauge(
            "sealed_position",
            "The last position of the chain of changes.",
            ("service",),
            registry=self.registry,
        )
        self._unsealed = Gauge(
            "unsealed_rows",
            "Changes older than 5 minutes without a link.",
            ("service",),
            registry=self.registry,
        )
        self._reads_lost = Counter(
            "reads_lost_total", "Reads that could not be logged.", ("service",), registry=self.registry
        )
        self._service = service
        self._known: dict[tuple[str, int], tuple[Counter, Histogram]] = {}

    def answered(self, operation: str, status: int, seconds: float) -> None:
        known = self._known.get((operation, status))
        if known is None:
            known = self._known[operation, status] = (
                self._requests.labels(self._service, operation, str(status)),
                self._seconds.labels(self._service, operation),
            )
        known[0].inc()
        known[1].observe(seconds)

    def sealed(self, position: int) -> None:
        """How far the chain reaches."""
        self._position.labels(self._service).set(position)

    def unsealed(self, rows: int) -> None:
        """How many changes wait too long for their link."""
        self._unsealed.labels(self._service).set(rows)

    def reads_lost(self, reads: int) -> None:
        """Reads that were answered and are in no log."""
        self._reads_lost.labels(self._service).inc(reads)

    def text(self) -> bytes:
        return generate_latest(self.registry)
