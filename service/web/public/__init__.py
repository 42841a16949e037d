"""What anybody may see of a group."""
