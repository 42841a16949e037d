"""The ways through a group's pages, for whoever looks: what they may not open is not offered."""

from typing import NamedTuple

from service.access.keeping import mine
from service.access.scene import Scene
from service.language.speech import N_, _
from service.web.frame.speaking import asked


class Way(NamedTuple):
    """A page that can be gone to; `current` is `page` for the page itself, `true` for one below it."""

    address: str
    name: str
    current: str


_PUBLIC = (
    ("", N_("Group")), ("/chair", N_("Chair")), ("/calendar", N_("Calendar")), ("/members", N_("Members")),
    ("/decisions", N_("Decisions")), ("/activities", N_("Activities")), ("/figures", N_("Figures")),
)  # fmt: skip
# What is offered to whom: the address, its name, and the verb that one has to be allowed.
_INSIDE = (
    ("/desk", N_("My agency"), "action.look"), ("/meetings", N_("Meetings"), "meeting.details"),
    ("/actions", N_("Actions"), "action.look"), ("/notices", N_("Notices"), "notice.look"),
    ("/board", N_("Chair's board"), "meeting.call"),
    ("/record", N_("Record"), "charter.look"),
)  # fmt: skip


def ways(at: Scene) -> tuple[tuple[Way, ...], tuple[Way, ...]]:
    """The pages that everybody sees, and those of whoever is signed in."""
    base = f"/groups/{at.group_id}"
    inside = [(path, name) for path, name, verb in _INSIDE if _offers(at, path, verb)]
    return tuple(_way(base, *one) for one in _PUBLIC), tuple(_way(base, *one) for one in inside)


def _offers(at: Scene, path: str, verb: str) -> bool:
    """Whether whoever looks finds something there; who serves no member has no agency of their own."""
    return at.caller is not None and at.may(verb) is not None and (path != "/desk" or bool(mine(at)))


def _way(base: str, path: str, name: str) -> Way:
    here, address = asked().path, base + path
    below = bool(path) and here.startswith(f"{address}/")
    return Way(address, _(name), "page" if here == address else "true" if below else "")
