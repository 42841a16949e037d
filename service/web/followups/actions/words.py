"""What is said of actions on pages: where one stands, by when, whose it is, and what is next. Nothing is read here."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from service import zones
from service.calendars.items import named
from service.followups.actions.bodies import ActionOut
from service.followups.actions.rules import CHAIR, PENDING
from service.groups.charter import Charter
from service.language.dates import weekday
from service.language.speech import N_, _, ngettext

# For each state: how it is marked, and its name.
STATES = {
    "open": ("waiting", N_("open")),
    "in-progress": ("", N_("in progress")),
    "done": ("done", N_("done")),
    "dropped": ("", N_("dropped")),
}
# What a list can be asked for: every state, and two that are read from it.
STATUSES = {
    "pending": N_("not finished yet"),
    "overdue": N_("overdue"),
    **{key: name for key, (_mark, name) in STATES.items()},
}
CIRCLES = {"members": N_("for members of the group"), "public": N_("for everybody")}
ORDERS = {"due": N_("by the day they are due"), "newest": N_("newest first")}
# Before which meeting an action may be due, where none is named.
BEFORE = {
    "next": N_("before the next meeting"),
    "next:principals": N_("before the next meeting of the principals"),
    "next:focal-points": N_("before the next meeting of the focal points"),
}
# How far an action is by an update: what else is put on record with it.
HOW_FAR = {"": N_("leave it as it is"), "start": N_("work has begun"), "finish": N_("it is done")}
# An entry of the log, by its verb.
VERBS = {
    "open": N_("Opened"),
    "start": N_("Work has begun"),
    "log": N_("Update"),
    "finish": N_("It is done"),
    "drop": N_("Dropped"),
    "reopen": N_("Taken up again"),
    "reschedule": N_("Due date moved"),
    "assign": N_("Who does it, and who helps"),
    "transfer": N_("Passed on"),
    "follow": N_("Due date follows its meeting"),
}


class Mark(NamedTuple):
    """A state in words, and how its outline repeats them."""

    outline: str
    words: str


def said(words: dict[str, str], *keys: str) -> list[tuple[str, str]]:
    """Words to choose from, in the language of the page; all of them, or those of `keys`."""
    return [(key, _(text)) for key, text in words.items() if not keys or key in keys]


def marks(action: ActionOut, today: date) -> list[Mark]:
    """Where an action stands, and by how much it is late."""
    outline, name = STATES[action.state]
    found = [Mark(outline, _(name))]
    if action.overdue and action.due is not None:
        late = ngettext("overdue by {n} day", "overdue by {n} days", (today - action.due).days)
        found.append(Mark("late", late))
    return found


def due(action: ActionOut, zone: str) -> str:
    """By when it is due, or when it was finished, on days in the group's zone."""
    if action.closed_at is not None:
        day = weekday(zones.day_in(action.closed_at, zone))
        return _("done on {day}", day=day) if action.state == "done" else _("dropped on {day}", day=day)
    if action.due is not None:
        return _("due by the end of {day}", day=weekday(action.due))
    return _("waits for the next meeting to be set") if action.before else _("no day is set")


def owner(charter: Charter, id_: str, members: Sequence[str]) -> str:
    """Who answers for it; of the chair, who that is today."""
    return _("the chair ({names})", names=named(charter, members)) if id_ == CHAIR else charter.short(id_)


def next_step(action: ActionOut, allowed: set[str], whose: str) -> str:
    """The one thing to do now: by who looks if they may, else by whom it is to be done."""
    if action.state not in PENDING:
        if "reopen" in allowed:
            return _("Nothing is to be done. If it is not settled after all, take it up again with the reason.")
        return _("Nothing is to be done.")
    if "finish" not in allowed:
        if "log" in allowed:
            return _("{owner} answers for it. You may log what you know of it.", owner=whose)
        return _("{owner} answers for it; nothing is asked of you.", owner=whose)
    if action.overdue:
        return _("Finish it, log how far it is, or move its due date with the reason.")
    if action.state == "open":
        return _("Begin, and say so here; or log what is known already.")
    return _("Log how far it is, or say that it is done.")


def quick_verb(action: ActionOut, allowed: set[str]) -> str:
    """What is done by one press beside the next step; nothing where there is no such thing."""
    wanted = {"open": "start", "in-progress": "finish"}.get(action.state, "")
    return wanted if wanted in allowed else ""
