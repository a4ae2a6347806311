"""How the system is started: locally in one command, in containers, and with its demonstration."""
