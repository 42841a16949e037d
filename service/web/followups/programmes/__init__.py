"""Pages of the programme of a term, and of reports."""
