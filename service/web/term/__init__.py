"""The desk of an agency and the board of a term: what is due, and the one next step."""
