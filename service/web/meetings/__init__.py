"""Meetings: the list, the page of each, and what the chair does with them."""
