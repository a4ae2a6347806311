"""Outcomes keeps frameworks, indicators, baselines, targets, comparators, obligations, returns and scorecards.

It owns no contract, no budget and no directory: those are ids here. A number always carries its status, its
source and its denominator, and what is not known is never 0.
"""
