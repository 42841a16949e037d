"""One action: where it stands and what is next, all that is known of it, and everything that happened to it."""

from datetime import date
from typing import Any, NamedTuple

from fastapi import APIRouter, Request, Response

from service.access.scene import Scene
from service.followups.actions.bodies import EntryOut, LoggedOut, Teller
from service.followups.actions.queries import action_row
from service.followups.actions.rules import VERBS
from service.followups.actions.tables import ActionRow
from service.language.dates import listed, spoken
from service.language.speech import N_, _
from service.web.followups.actions import words
from service.web.followups.actions.people import allowed, every_owner, members, people
from service.web.followups.actions.sources import meeting, source
from service.web.frame.forms import Fault
from service.web.frame.page import page
from service.web.frame.visitor import looking

router = APIRouter(include_in_schema=False)
ONE = "/groups/{group}/actions/{action}"
# So many entries of a log stand on a page, newest first; each may hold a text of 4,000 characters.
_ENTRIES = 12
_FIELDS = {
    "due": N_("Due"),
    "owner": N_("Owner"),
    "assignee": N_("Who does it"),
    "helpers": N_("Who helps"),
}


class Entry(NamedTuple):
    """Something that happened: what, the fields that changed as (name, before, now), and the entry itself."""

    what: str
    changes: list[tuple[str, str, str]]
    entry: EntryOut


@router.get(ONE)
def one(group: str, action: str, request: Request, before: int | None = None) -> Response:
    """An action with its log, and what who looks may do; `before` is the number of an entry, for older ones."""
    return show(request, group, action, before=before)


def show(request: Request, group: str, action: str, fault: Fault | None = None, before: int | None = None) -> Response:
    """The page of an action; with a fault, as the form was filled and with what happened since it was opened."""
    with looking(request, group) as at:
        at.need("action.look")
        row = action_row(at.session, group, action)
        teller = Teller(at)
        found = teller.logged(row)
        entries = [_entry(teller, one) for one in reversed(found.log) if before is None or one.number < before]
        older = entries[_ENTRIES - 1].entry.number if len(entries) > _ENTRIES else None
        return page(
            "followups/action.html",
            fault.status if fault else 200,
            at=at,
            title=found.title,
            action=found,
            entries=entries[:_ENTRIES],
            older=older,
            since=_since(teller, found, fault),
            fault=fault,
            **_standing(at, found),
            **(doing := _doing(at, row, found)),
            lost=_lost(fault, doing),
        )


def _lost(fault: Fault | None, doing: dict[str, Any]) -> list[str] | None:
    """What was typed into a form that stands on the page no more, since somebody was faster; None where it stands."""
    standing = (doing["may"] - {"start", "finish", "log"}) | ({"update"} if "log" in doing["may"] else set())
    if fault is None or fault.form in standing | {doing["quick"]}:
        return None
    return [text for name in ("text", "reason") if (text := fault.typed.text(name))]


def _standing(at: Scene, found: LoggedOut) -> dict[str, Any]:
    return {
        "marks": words.marks(found, at.today),
        "due": words.due(found, at.charter.group.timezone),
        "owner": words.owner(at.charter, found.owner, found.members),
        "source": source(at, found.source),
        "meeting": meeting(at, found.meeting),
        "helpers": listed([at.charter.short(id_) for id_ in found.helpers]),
        "purposes": [(number, at.charter.purposes.get(number, str(number))) for number in found.purposes],
        "circle": _(words.CIRCLES[found.visibility]),
        "before_words": _(words.BEFORE[found.before]) if found.before in words.BEFORE else None,
    }


def _doing(at: Scene, row: ActionRow, found: LoggedOut) -> dict[str, Any]:
    """What who looks may do to it as it stands, and what its forms offer."""
    may = allowed(at, row, [verb for verb, (starts, _to) in VERBS.items() if verb != "follow" and row.state in starts])
    whose = words.owner(at.charter, found.owner, found.members)
    return {
        "may": may,
        "changes": bool(may - {"log", "start", "finish"}),
        "next": words.next_step(found, may, whose),
        "quick": words.quick_verb(found, may),
        "how_far": words.said(words.HOW_FAR, "", *(may & {"start", "finish"})),
        "before_choices": [("", _("on the day above")), *words.said(words.BEFORE)],
        "doers": [("", _("nobody in particular")), *people(at, found.members)] if "assign" in may else [],
        "helping": [one for one in members(at) if one[0] != found.owner] if "assign" in may else [],
        "others": [one for one in every_owner(at) if one[0] != found.owner] if "transfer" in may else [],
    }


def _since(teller: Teller, found: LoggedOut, fault: Fault | None) -> list[Entry]:
    """What others have put on record since a form was opened that came too late, oldest first."""
    if fault is None or not fault.conflict:
        return []
    seen = fault.typed.whole("version")
    new = [one for one in found.log if isinstance(seen, int) and one.number > seen]
    return [_entry(teller, one) for one in new[-_ENTRIES:]]


def _entry(teller: Teller, one: EntryOut) -> Entry:
    changed = [name for name in _FIELDS if name in one.to and one.verb != "open"]
    changes = [(_(_FIELDS[name]), _value(teller, one.from_, name), _value(teller, one.to, name)) for name in changed]
    return Entry(_(words.VERBS[one.verb]), changes, one)


def _value(teller: Teller, values: dict[str, Any], name: str) -> str:
    """A field of an entry in words."""
    value = values.get(name)
    if not value:
        return _("no day is set") if name == "due" else _("nobody in particular")
    if name == "due":
        return spoken(date.fromisoformat(value))
    if name == "assignee":
        found = teller.assignee(value, "chair")
        return found.name if found and found.name else _("somebody who has left")
    charter = teller.at.charter
    if name == "helpers":
        return listed([charter.short(id_) for id_ in value])
    return _("the chair, whoever it is") if value == "chair" else charter.short(value)
