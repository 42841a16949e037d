"""The pages that a link in a mail leads to: the link itself is the authority."""
