"""Things in an order that whoever looks may change: one goes a place up or down."""

from service.language.speech import _
from service.problems import Problem


def moved(ids: list[str], shown: list[str], item: str, *, up: bool) -> list[str]:
    """Every thing in its new order: `item` changes places with its neighbour among those that the form shows.

    Raises:
        Problem: 422, the item is the first or the last, or is not there.
    """
    at = shown.index(item) if item in shown else -1
    beside = at - 1 if up else at + 1
    if at < 0 or not 0 <= beside < len(shown):
        raise Problem(422, "no-place", _("There is no place further in that direction."))
    first, second = shown[at], shown[beside]
    swapped = {first: second, second: first}
    return [swapped.get(id_, id_) for id_ in ids]
