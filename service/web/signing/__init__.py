"""The pages where somebody signs in."""
