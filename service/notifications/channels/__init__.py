"""The ways out, a file for each."""
