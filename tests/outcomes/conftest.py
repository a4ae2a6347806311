"""What tests of the outcomes doors share: one partnership's story, told once for the whole session."""

import pytest

from tests.outcomes.plymouth import Plymouth
from tests.outcomes.story import Story


@pytest.fixture(scope="session")
async def story(client_for):
    plymouth = Plymouth()
    return await Story(plymouth, await plymouth.clients(client_for)).tell()
