"""Tests of contracts: rules, the register's import, and the walls."""
