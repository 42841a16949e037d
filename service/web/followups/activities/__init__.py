"""Pages of the common activities."""
