"""Kills the service and its database at random points while writers post, and shows that each kill hit."""

import os
import random
import signal
import time
from dataclasses import dataclass, field

from deploy.local.postgres import Cluster
from tests.faults.lives import Lives
from tests.faults.server import Server
from tests.faults.writers import Writers

RECOVERED = "database system was not properly shut down; automatic recovery in progress"
AT_MOST_SECONDS = 0.3  # between the service's being at work again and the next kill


@dataclass
class Kills:
    """The processes that were killed, by what they were."""

    services: list[int] = field(default_factory=list)
    postmasters: list[int] = field(default_factory=list)
    backends: list[int] = field(default_factory=list)
    immediate_stops: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        """How many kill -9 of the service and of the database as a whole: what the promise counts."""
        return len(self.services) + len(self.postmasters)


def plan(count: int, chance: random.Random) -> list[str]:
    """In random order: three kills of the service to two of PostgreSQL, and besides some of its other ends."""
    postmasters, others = count * 2 // 5, max(1, count // 10)
    order = ["service"] * (count - postmasters) + ["postmaster"] * postmasters
    order += ["backend", "immediate stop"] * others
    chance.shuffle(order)
    return order


def torment(
    server: Server, cluster: Cluster, writers: Writers | Lives, count: int, chance: random.Random
) -> Kills:
    """Kill so often, each time once the writers get on again, and start what was killed."""
    done = Kills()
    for victim in plan(count, chance):
        writers.wait_for_more(8)
        time.sleep(chance.uniform(0, AT_MOST_SECONDS))
        if victim == "service":
            done.services.append(kill_service(server, writers))
        elif victim == "postmaster":
            done.postmasters.append(kill_postmaster(cluster))
        elif victim == "backend":
            done.backends.append(kill_backend(cluster, chance))
        else:
            done.immediate_stops.append(stop_immediately(cluster))
    writers.wait_for_more(8)
    return done


def kill_service(server: Server, writers: Writers | Lives) -> int:
    assert server.process is not None
    broken, pid = writers.broken, server.process.pid
    server.kill()
    server.start()
    assert writers.broken > broken, (
        f"nobody's connection broke when process {pid} was killed: {writers.answers}"
    )
    return pid


def kill_postmaster(cluster: Cluster) -> int:
    """Kill -9 the server's first process, as a power cut of the database's machine would."""
    pid, recoveries = cluster.pid, count_recoveries(cluster)
    cluster.kill()
    _start_again(cluster, pid, recoveries)
    return pid


def stop_immediately(cluster: Cluster) -> int:
    """An immediate stop: sessions are told and cut off, nothing is written down."""
    pid, recoveries = cluster.pid, count_recoveries(cluster)
    assert cluster._end_by(signal.SIGQUIT, 10.0)
    _start_again(cluster, pid, recoveries)
    return pid


def kill_backend(cluster: Cluster, chance: random.Random) -> int:
    """Kill -9 one writing session. PostgreSQL then ends all others and recovers by itself."""
    sessions = cluster.psql(
        "select pid from pg_stat_activity where application_name = 'budget-write'"
    ).split()
    pid, recoveries = int(chance.choice(sessions)), count_recoveries(cluster)
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while count_recoveries(cluster) == recoveries:
        assert time.monotonic() < deadline, f"the database did not recover from the kill of session {pid}"
        time.sleep(0.02)
    return pid


def _start_again(cluster: Cluster, pid: int, recoveries: int) -> None:
    cluster.start()
    assert cluster.pid != pid
    assert count_recoveries(cluster) == recoveries + 1, f"the database had nothing to recover after {pid}"


def count_recoveries(cluster: Cluster) -> int:
    return cluster.log.read_text(encoding="utf-8", errors="replace").count(RECOVERED)
