"""The revisions of the database, and how it is brought to one."""
