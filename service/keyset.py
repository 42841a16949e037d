"""Pages of long lists: by the key of the last row seen, never by an offset; the cursor is signed (threat T59)."""

from typing import Annotated, Any

from fastapi import Query
from itsdangerous import BadData, URLSafeSerializer

from service.problems import Problem
from service.settings import current

Limit = Annotated[int, Query(ge=1, le=200, description="How many at most.")]
After = Annotated[
    str | None, Query(max_length=1000, description="`next` of the page before; leave it out for the first page.")
]


def cursor(of: str, key: list[Any]) -> str:
    """Where the next page begins: after the row with this key, in the list that `of` names with its filters."""
    text = URLSafeSerializer(current().secret(), salt=f"page-{of}").dumps(key)
    return text.decode() if isinstance(text, bytes) else text


def read_cursor(of: str, text: str | None) -> list[Any] | None:
    """The key in a cursor; None for the first page.

    Raises:
        Problem: 400, it was not given out here, or for another list.
    """
    if text is None:
        return None
    try:
        found = URLSafeSerializer(current().secret(), salt=f"page-{of}").loads(text)
    except BadData:
        found = None
    if not isinstance(found, list):
        raise Problem(400, "invalid-cursor", "This cursor is not good for this list; begin with its first page.")
    return found
