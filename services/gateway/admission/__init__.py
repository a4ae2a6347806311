"""Who is let in: tokens, the client behind them, what it may call, and how often."""
