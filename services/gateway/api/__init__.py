"""The gateway's own doors: routes and their bodies."""
