"""What stops a local start, as one sentence that the person at the keyboard can act on."""

from __future__ import annotations


class CannotStart(Exception):
    """The start cannot go on. The text is printed as it is, without a traceback, and the exit code is 1."""
