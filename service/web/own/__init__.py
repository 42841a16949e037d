"""One's own account: who one is here, what reaches one, feeds and tokens."""
