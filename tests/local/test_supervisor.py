"""A request to stop is heeded wherever it comes, also where Python drops what is raised."""

import signal
import warnings

import pytest

from deploy.local.supervisor import StopAsked, Supervisor


@pytest.fixture
def supervisor():
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    made = Supervisor(None, None)
    made.listen_for_stop()
    yield made
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_stop_that_comes_in_a_destructor_is_heeded_at_the_next_look(supervisor):
    class Dying:
        def __del__(self):
            signal.raise_signal(signal.SIGTERM)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        thing = Dying()
        del thing  # what is raised here goes nowhere
    with pytest.raises(StopAsked):
        supervisor.watch()


def test_a_stop_that_comes_elsewhere_is_heeded_at_once(supervisor):
    with pytest.raises(StopAsked):
        signal.raise_signal(signal.SIGTERM)
