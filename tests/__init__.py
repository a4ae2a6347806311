"""Everything that proves the services, and the list of capabilities it answers to."""
