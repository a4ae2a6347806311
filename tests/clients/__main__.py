"""`make clients`: start the system, generate a client per language from its documents, compile and play each."""

import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

from deploy.local.house import ROOT
from tests.clients.documents import examine
from tests.clients.go_client import try_go
from tests.clients.java_client import try_java
from tests.clients.lint import try_lint
from tests.clients.python_client import try_python
from tests.clients.tally import Tally
from tests.clients.tools import tools
from tests.clients.typescript_client import try_typescript
from tests.journey.system import running_system

BUILD = ROOT / "build" / "clients"


def main() -> int:
    """Do everything, and end with how much passed and failed."""
    began, tally = time.monotonic(), Tally()
    BUILD.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(BUILD / "python-3.0", ignore_errors=True)
    print("Starting the system with its demonstration ...", flush=True)
    with tempfile.TemporaryDirectory(prefix="clients-") as folder, running_system(Path(folder)) as system:
        new, old = system.document("/openapi.json"), system.document("/openapi-3.0.json")
        (BUILD / "openapi.json").write_text(json.dumps(new), encoding="utf-8")
        (BUILD / "openapi-3.0.json").write_text(json.dumps(old), encoding="utf-8")
        examine(tally, new, old)
        try_lint(tally, BUILD, new, old)
        try_python(tally, system, BUILD)
        try_typescript(tally, system, BUILD)
        with tally.check("the generator and the compilers of Java and Go are there"):
            found = tools()
            try_java(tally, found, system, BUILD)
            try_go(tally, found, system, BUILD)
    print(f"The clients took {time.monotonic() - began:.0f} s.")
    print(tally.summary())
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
