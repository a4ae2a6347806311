"""P2: the same read through the gateway; beside the service itself, and beside an nginx hop to it."""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.performance.gate import gateway
from tests.performance.load import CLIENTS, CannotMeasure, Load, compare, wrk
from tests.performance.place import Place
from tests.performance.reading import posted, same
from tests.performance.rig import free_port, process
from tests.performance.table import Judged, Row
from tests.stack import Stack

WHAT = "one journal read through the gateway; access token, policy row, assertion, then the service's walls"

_NGINX = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr crit;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    upstream service {{ server {address}; keepalive 64; }}
    server {{
        listen 127.0.0.1:{port};
        keepalive_requests 100000000;
        location = /nginx-ready {{ return 200; }}
        location / {{
            proxy_pass http://service;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }}
    }}
}}
"""


def measure(stack: Stack) -> Iterator[Row]:
    """The rows of P2."""
    place = asyncio.run(Place().put(stack))
    with gateway(stack, place) as gate:
        path = posted(gate.direct, place, stack)

        def through(clients: int = CLIENTS) -> Load:
            return wrk(gate.base + path, headers=gate.headers(), clients=clients)

        def at(base: str, clients: int = CLIENTS) -> Load:
            return wrk(base + path, headers=place.assertion(stack), clients=clients)

        same(gate.base + path, gate.direct + path, gate.headers(), place.assertion(stack))
        row = Row("P2", WHAT, "the same read at the service (P1)", goal=0.6, must=0.3)
        yield compare(row, "/s", lambda: through().per_second, lambda: at(gate.direct).per_second)
        what = "what the gateway adds to that read's p50, one client"
        row = Row("P2", what, "p50 at the service", 0.4, 0.8, at_most=True, judged=Judged.ADDED)
        yield compare(row, "ms", lambda: through(1).p50_ms, lambda: at(gate.direct, 1).p50_ms)
        row = Row("P2", WHAT, "an nginx hop to the same service", goal=0.2, must=0.1)
        with ExitStack() as beside:
            try:
                hop = beside.enter_context(nginx(gate.direct))
                same(gate.base + path, hop + path, gate.headers(), place.assertion(stack))
                compare(row, "/s", lambda: through().per_second, lambda: at(hop).per_second)
            except CannotMeasure as why:
                row.notes.append(str(why))
        yield row


@contextmanager
def nginx(service: str) -> Iterator[str]:
    """One nginx worker that passes everything on to the service over kept connections. Its address."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        raise CannotMeasure("nginx is not installed (the package nginx-light of Debian and Ubuntu)")
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "nginx.conf"
        path.write_text(_NGINX.format(folder=folder, port=port, address=service.removeprefix("http://")))
        with process("nginx", [program, "-c", str(path)], {}, f"http://127.0.0.1:{port}/nginx-ready"):
            yield f"http://127.0.0.1:{port}"
