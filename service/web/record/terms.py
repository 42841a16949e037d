"""The terms before and after a change, as a preview shows them side by side."""

from typing import Any, NamedTuple

from service.groups.charter import Charter
from service.language.dates import listed
from service.language.speech import _
from service.rotation.reasons import KINDS, STATUSES

_SHOWN = 40


class Side(NamedTuple):
    """A term on one side of a comparison: who, until when, and how it stands; empty where no term begins."""

    chair: str
    until: str
    standing: str


class Compared(NamedTuple):
    """A day on which a term begins before or after the change."""

    day: str
    before: Side | None
    after: Side | None


def compared(charter: Charter, changes: list[dict[str, Any]]) -> tuple[list[Compared], int]:
    """The changes as the API has answered them, and how many more there are than are shown."""
    lines = [
        Compared(one["day"], _side(charter, one["before"]), _side(charter, one["after"])) for one in changes[:_SHOWN]
    ]
    return lines, max(0, len(changes) - _SHOWN)


def _side(charter: Charter, term: dict[str, Any] | None) -> Side | None:
    if term is None:
        return None
    chair = listed([charter.short(id_) for id_ in term["chair"]]) or _("vacant")
    kind, status = KINDS[term["kind"]], STATUSES[term["status"]]
    # That it is regular, or vacant, need not be said beside its chair.
    words = [] if term["kind"] in ("regular", "vacant") else [_(kind)]
    return Side(chair, term["end"], listed([*words, _(status)]))
