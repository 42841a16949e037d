"""The calendar as a month, as a list, and how to subscribe to it."""
