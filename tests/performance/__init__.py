"""`make bench`: what the hot paths do, each beside its limit measured in the same run."""
