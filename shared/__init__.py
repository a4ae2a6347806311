"""What every house needs and none owns. No opinion on health and care budgets lives here."""
