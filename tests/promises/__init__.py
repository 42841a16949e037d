"""What the service promises, which tests show it, and the page that says so (`docs/promises.md`)."""
