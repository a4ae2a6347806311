"""Changes that several services make together: many transactions, each of them safe to repeat."""
