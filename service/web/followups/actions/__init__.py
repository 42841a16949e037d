"""Pages of the follow-up actions."""
