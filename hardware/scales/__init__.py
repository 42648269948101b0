"""Counter scales: how each protocol asks for a weight and what it answers; prices are elsewhere."""
