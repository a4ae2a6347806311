"""`make run`: the whole system on one machine, with a real PostgreSQL of its own."""
