"""Silence procedures that run, actions by agency, and messages that did not arrive, for the chair's board."""

from datetime import timedelta
from typing import NamedTuple

from service import clock
from service.access.scene import Scene
from service.followups.actions.queries import Counts, counts
from service.followups.decisions import rules
from service.followups.decisions.queries import answers, running, silent
from service.followups.decisions.tables import GroupDecisionRow
from service.meetings.minutes.queries import objections
from service.notifications.outbox.queries import troubled
from service.web.followups.decisions.words import Deadline, deadline
from service.web.term.asked import MOST, Minutes, circulating

RECENT, TROUBLES = timedelta(days=30), 20
_CHOICES: tuple[rules.Choice, ...] = ("endorse", "change", "dissociate", "object")


class Running(NamedTuple):
    """A decision in silence: how many members have answered what, who is silent, and until when."""

    row: GroupDecisionRow
    ends: Deadline
    said: list[tuple[rules.Choice, int]]
    silent: list[str]
    contested: bool


class Circulated(NamedTuple):
    """Minutes in silence, and which members object."""

    minutes: Minutes
    objecting: list[str]


class Line(NamedTuple):
    """How an owner's actions stand."""

    owner: str
    counts: Counts


def silences(at: Scene) -> list[Running]:
    """The decisions that members may answer to now."""
    found = []
    for row in running(at.session, at.group_id)[:MOST]:
        known = rules.standing(answers(at.session, row), row.round)
        each = {choice: sum(one.answer == choice for one in known.values()) for choice in _CHOICES}
        if row.until is not None:
            said = [(choice, n) for choice, n in each.items() if n]
            quiet = silent(at.charter, row, known)
            found.append(Running(row, deadline(at, row.until), said, quiet, row.objections > 0))
    return found


def circulated(at: Scene) -> list[Circulated]:
    """The minutes that members may object to now."""
    return [
        Circulated(one, [said.member for said in objections(at.session, one.meeting, one.row.version)])
        for one in circulating(at)
    ]


def by_agency(at: Scene) -> tuple[list[Line], Counts]:
    """How the actions of the chair and of each agency stand, and of all together; who has none is left out."""
    found = counts(at.session, at.group_id, at.today)
    order = ["chair", *(member.id for member in at.charter.members)]
    lines = [Line(owner, found[owner]) for owner in order if owner in found and any(found[owner])]
    return lines, Counts(*(sum(line.counts[at_] for line in lines) for at_ in range(3)))


def failed(at: Scene) -> int | None:
    """How many messages of the last 30 days need a hand, counted up to `TROUBLES`; None for who may not see them."""
    if at.may("delivery.look") is None:
        return None
    return len(troubled(at.session, at.group_id, clock.now() - RECENT, TROUBLES))
