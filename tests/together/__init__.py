"""The four services together, on real sockets and a real database, in one process."""
