"""Budget keeps agreements, pooled, aligned and shadow funds, contributions and the double-entry ledger.

It owns no contract, no outcome and no directory: those are ids here. Money is never created, lost or edited.
"""
