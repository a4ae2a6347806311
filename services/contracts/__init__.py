"""Contracts keeps one register over all commissioners: contracts, their parties, funding, dates and moves.

It owns no pool, no indicator and no directory: those are ids here. A register that is sent in is taken row by
row, or explained.
"""
