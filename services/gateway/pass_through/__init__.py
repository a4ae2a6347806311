"""The thin path through the gateway: every request comes in here, and most go on to a service from here."""
