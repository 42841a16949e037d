"""Pages of the decisions of the group."""
