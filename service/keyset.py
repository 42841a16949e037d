"""Pages of long lists: by the key of the last row seen, never by an offset; the cursor is signed (threat T59)."""

from typing import Annotated, Any

from fastapi import Query

from service import signed
from service.language.speech import _
from service.problems import Problem

Limit = Annotated[int, Query(ge=1, le=200, description="How many at most.")]
After = Annotated[
    str | None, Query(max_length=1000, description="`next` of the page before; leave it out for the first page.")
]


def cursor(of: str, key: list[Any]) -> str:
    """Where the next page begins: after the row with this key, in the list that `of` names with its filters."""
    return signed.sign(f"page-{of}", key)


def read_cursor(of: str, text: str | None) -> list[Any] | None:
    """The key in a cursor; None for the first page.

    Raises:
        Problem: 400, it was not given out here, or for another list.
    """
    if text is None:
        return None
    found = signed.read(f"page-{of}", text)
    if not isinstance(found, list):
        raise Problem(400, "invalid-cursor", _("This cursor is not good for this list; begin with its first page."))
    return found
