"""Pictures made on the server, each beside a table with the same numbers. Pure."""
