"""The peers: the same done the usual way. They run in an environment of their own (requirements-bench.txt)."""
