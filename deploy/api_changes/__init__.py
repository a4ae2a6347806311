"""Whether today's API still serves a client that was made from the last release."""
