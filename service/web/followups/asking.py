"""Filters in the address of a list: an empty field asks for nothing, and so does one that cannot be read."""

from collections.abc import Container
from typing import Any


def one_of(value: str, known: Container[str]) -> Any:
    """A word of a table; None for any other."""
    return value if value in known else None


def whole(value: str, least: int, most: int) -> int | None:
    """A whole number from `least` to `most`; None for anything else."""
    plain = value.isascii() and value.isdecimal() and len(value) < 10
    return int(value) if plain and least <= int(value) <= most else None


def tick(value: str) -> bool | None:
    """Whether a box was ticked; None where it was left, since a browser sends nothing then."""
    return {"true": True, "yes": True, "false": False}.get(value)
