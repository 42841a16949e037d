"""The verbs of the `gmg` command, a file for each noun."""
