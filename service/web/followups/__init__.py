"""What was agreed: actions, decisions, activities, notices."""
