"""Counts and timings of a process, for Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
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

    def text(self) -> bytes:
        return generate_latest(self.registry)
