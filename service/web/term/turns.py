"""A member's own turn in the chair: when it is, what it takes, and what the service waits for."""

from datetime import date, timedelta
from typing import NamedTuple

from service.access.scene import Scene
from service.followups.handovers import queries
from service.followups.handovers.outline import handover_out
from service.followups.handovers.rules import OPENS
from service.groups import queries as groups
from service.notifications.handovers.acknowledging import is_acknowledged, is_over
from service.notifications.look import Look
from service.rotation.engine import terms
from service.rotation.rules import horizon
from service.rotation.succession import asked_member
from service.rotation.values import Term


class Turn(NamedTuple):
    """The term in which a member chairs, or will next; `coming` says that it is the very next one.

    `opens` is the day from which its handover can be confirmed.
    """

    member: str
    term: Term
    now: bool
    coming: bool
    opens: date


class Seen(NamedTuple):
    """A handover whose incoming side is asked whether it has seen that the turn is theirs."""

    member: str
    turn: str
    day: date
    version: int


class Wish(NamedTuple):
    """A coming turn of which its member is asked whether it takes it; `version` is the charter's."""

    member: str
    term: Term
    version: int


class Handing(NamedTuple):
    """A handover that is open: how much of its checklist is done, and whether the reader's side has confirmed."""

    member: str
    turn: str
    day: date
    done: int
    of: int
    late: bool


def laid(at: Scene) -> list[Term]:
    """Every term, as far ahead as terms are shown."""
    return terms(at.charter, horizon(at.charter, at.today))


def turns(at: Scene, members: list[str], found: list[Term]) -> list[Turn]:
    """For each member the term in which it chairs now, else its next one; none for a member that has none."""
    ahead = [term for term in found if term.end > at.today]
    coming = next((term for term in ahead if term.start > at.today), None)
    known = []
    for member in members:
        term = next((term for term in ahead if member in term.chair), None)
        if term is not None:
            now = term.start <= at.today
            known.append(Turn(member, term, now, term == coming, term.start - OPENS))
    return known


def unseen(at: Scene, members: list[str]) -> list[Seen]:
    """Coming turns that people were told of, and that nobody of the incoming chair has acknowledged."""
    look = Look(at.session, at.group_id)
    found = []
    for row in look.near():
        if row.member or row.passed or is_over(row, look.zone) or is_acknowledged(look, row):
            continue
        for member in members:
            if member in row.incoming and at.may("handover.acknowledge", member, day=max(row.day, at.today)):
                mark = queries.handover(at.session, at.charter, at.today, row.key).mark
                found.append(Seen(member, row.key, row.day, mark))
    return found


def wishes(at: Scene, members: list[str], found: list[Term]) -> list[Wish]:
    """Turns of which the group asks its member whether it takes them: from the day on which the mail goes out."""
    lead = at.charter.reminders.ask
    term = next((term for term in found if term.start > at.today), None)
    member = asked_member(term) if term is not None else None
    if lead is None or term is None or member not in members or at.today < term.start - timedelta(days=lead):
        return []
    if at.may("chair.accept", member, day=term.start) is None:
        return []
    return [Wish(member, term, groups.group_row(at.session, at.group_id).version)]


def handings(at: Scene, members: list[str]) -> list[Handing]:
    """Handovers that are open or overdue and wait for the word of a member's side."""
    found = []
    for boundary in queries.all_boundaries(at.charter, at.today):
        if abs((boundary.day - at.today).days) > OPENS.days:
            continue
        handover = queries.handover(at.session, at.charter, at.today, boundary.key)
        for side in handover.waiting if handover.state(at.today) in ("open", "overdue") else []:
            mine = [member for member in members if member in boundary.chair(side)]
            if mine:
                out = handover_out(at, handover)
                done = sum(one.done for one in out.checklist)
                late = out.state == "overdue"
                found.append(Handing(mine[0], boundary.key, boundary.day, done, len(out.checklist), late))
    return found
