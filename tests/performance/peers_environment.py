"""The environment in which the peers run: made from requirements-bench.txt, apart from what they are compared with."""

from functools import cache
from pathlib import Path

from tests.environments import NotInstalledError, locked_environment
from tests.performance.load import CannotMeasure


@cache
def peers_python() -> Path:
    """The peers' Python; installs it on first use, and again when the lock has changed."""
    try:
        return locked_environment("bench") / "bin" / "python"
    except NotInstalledError as failure:
        raise CannotMeasure(f"the peers could not be installed: {failure}") from None
