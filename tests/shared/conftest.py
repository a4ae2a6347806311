"""Property tests of shared code give the same examples on every run."""

from hypothesis import settings

settings.register_profile("house", derandomize=True, deadline=None, max_examples=80, database=None)
settings.load_profile("house")
