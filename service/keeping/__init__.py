"""Keeping it safe: backups, restoring them, and whether all is as it should be."""
