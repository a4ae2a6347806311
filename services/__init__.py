"""The four houses. Each owns one schema and knows nothing of the others."""
