"""Documents in forms: a few rows of title and address; what is left empty is left out."""

from service.web.frame.forms import Typed

ROWS = 3


def documents(typed: Typed, name: str = "document") -> list[dict[str, str]]:
    """The documents that were typed, as the API takes them."""
    rows = [(typed.get(f"{name}-title-{at}").strip(), typed.get(f"{name}-url-{at}").strip()) for at in _rows()]
    return [{"title": title, "url": url} for title, url in rows if title or url]


def _rows() -> range:
    return range(1, ROWS + 1)
