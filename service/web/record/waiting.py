"""What waits for the secretariat, each with its one next step: read from the group as it stands."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from service import clock
from service.access.scene import Scene
from service.followups.handovers import queries as handovers
from service.followups.handovers.queries import Handover
from service.followups.handovers.rules import near
from service.groups.charter import Charter
from service.language.dates import listed, spoken
from service.language.speech import N_, _, ngettext
from service.notifications.mailing.queries import mailboxes
from service.notifications.outbox.queries import TROUBLED, counts
from service.rotation.engine import add_months
from service.rotation.succession import asked_member
from service.rotation.values import Term

SOON = timedelta(days=60)
# So far ahead a term without a chair is a matter of now.
_AHEAD = 24
_MOST = 15
# So far back a message that did not go out is a matter of now.
_RECENT = timedelta(days=30)
_HANDOVER = {
    "open": N_("The handover to {chair} on {day} is open: {waiting} confirm."),
    "overdue": N_("The handover to {chair} of {day} has passed: {waiting} have not confirmed."),
}
_SIDES = {"outgoing": N_("the outgoing chair"), "incoming": N_("the incoming chair")}


class Waiting(NamedTuple):
    """One thing that waits: a sentence, a state in a word, and the step: its address and name."""

    text: str
    state: str
    is_late: bool
    address: str
    step: str


class Section(NamedTuple):
    """What waits of one kind, and how many more there are than are shown."""

    title: str
    things: list[Waiting]
    more: int


def sections(at: Scene, laid: Sequence[Term]) -> list[Section]:
    """All that waits, in the order in which it is looked at; kinds of which nothing waits are left out."""
    found = (
        (_("The chair"), [*_unanswered(at, laid), *_vacant(at, laid)]),
        (_("Handovers"), list(_handovers(at))),
        (_("People"), [*_unserved(at), *_ending(at)]),
        (_("Messages"), list(_messages(at))),
    )
    return [Section(title, things[:_MOST], max(0, len(things) - _MOST)) for title, things in found if things]


def _home(at: Scene) -> str:
    return f"/groups/{at.group_id}"


def _unanswered(at: Scene, laid: Sequence[Term]) -> Iterator[Waiting]:
    """Coming chairs that were asked whether they take their turn, and have not said."""
    ahead = at.charter.reminders.ask
    for term in laid:
        member = asked_member(term)
        if ahead is None or member is None or not at.today < term.start <= at.today + timedelta(days=ahead):
            continue
        said = _(
            "{member} is asked whether it takes the chair on {day}, and has not answered.",
            member=at.charter.short(member), day=spoken(term.start),
        )  # fmt: skip
        days = (term.start - at.today).days
        query = urlencode({"kind": "accept", "turn": f"{term.start} {member}"})
        yield Waiting(
            said, ngettext("in {n} day", "in {n} days", days), days <= SOON.days,
            f"{_home(at)}/record/chair/new?{query}", _("Put the answer on record"),
        )  # fmt: skip


def _vacant(at: Scene, laid: Sequence[Term]) -> Iterator[Waiting]:
    """Days of now and of the next two years on which nobody chairs."""
    far = add_months(at.today, _AHEAD)
    for term in laid:
        if not term.chair and term.end > at.today and term.start < far:
            said = _("Nobody chairs from {day} until {until}.", day=spoken(term.start), until=spoken(term.end))
            begun = term.start <= at.today
            query = urlencode({"kind": "interim", "from": max(term.start, at.today), "until": term.end})
            if not begun:
                query = urlencode({"kind": "appoint", "term": term.start})
            yield Waiting(
                said, _("now") if begun else _("vacant"), begun,
                f"{_home(at)}/record/chair/new?{query}", _("Name a chair"),
            )  # fmt: skip


def _handovers(at: Scene) -> Iterator[Waiting]:
    """Handovers that are open or overdue, and those confirmed with reservations: their dossier may be wrong."""
    for one in near(handovers.all_boundaries(at.charter, at.today), at.today):
        found = Handover(one.key, one, handovers.handover_row(at.session, at.group_id, one.key))
        state, address = found.state(at.today), f"{_home(at)}/handovers/{one.key}"
        chair = listed([at.charter.short(id_) for id_ in one.after.chair]) or _("a vacant chair")
        if state in _HANDOVER:
            sides = listed([_(_SIDES[side]) for side in found.waiting])
            said = _(_HANDOVER[state], chair=chair, day=spoken(one.day), waiting=sides)
            late = state == "overdue"
            yield Waiting(said, _("overdue") if late else _("open"), late, address, _("See the handover"))
        elif state == "confirmed" and found.row is not None and found.row.reservations:
            said = _("{chair} has confirmed the handover of {day} with reservations.", chair=chair, day=spoken(one.day))
            yield Waiting(said, _("to be looked at"), False, address, _("See whether the dossier is to be corrected"))


def _unserved(at: Scene) -> Iterator[Waiting]:
    """Members that have nobody to speak for them today."""
    for member in at.charter.members:
        if member.stands(at.today) and not _serves(at, (member.id, *(seat.id for seat in member.seats))):
            query = urlencode({"organization": member.id, "role": "focal-point"})
            yield Waiting(
                _("{member} has no focal point today.", member=member.label), _("missing"), True,
                f"{_home(at)}/people?{query}", _("Appoint somebody for {member}", member=member.label),
            )  # fmt: skip


def _serves(at: Scene, organizations: Sequence[str]) -> bool:
    return any(
        role.organization in organizations and role.role == "focal-point" and role.covers(at.today)
        for person in at.charter.people
        for role in person.appointments
    )


def _ending(at: Scene) -> Iterator[Waiting]:
    """Roles that end soon and that nobody takes on, in order of days."""
    roles = [(role.until, person, role) for person in at.charter.people for role in person.appointments if role.until]
    for until, person, role in sorted(roles, key=lambda one: (one[0], one[1].email)):
        if not at.today < until <= at.today + SOON or _is_followed(at.charter, role.organization, role.role, until):
            continue
        place = at.charter.short(role.organization) if role.organization else at.charter.group.label
        said = _("{name} ends for {place} on {day}.", name=person.name, place=place, day=spoken(until))
        query = urlencode({"organization": role.organization or "", "role": role.role})
        yield Waiting(
            said, ngettext("in {n} day", "in {n} days", (until - at.today).days), False,
            f"{_home(at)}/people?{query}", _("Appoint a successor of {name}", name=person.name),
        )  # fmt: skip


def _is_followed(charter: Charter, organization: str | None, role: str, until: date) -> bool:
    return any(
        (other.organization, other.role) == (organization, role) and other.covers(until)
        for person in charter.people
        for other in person.appointments
    )


def _messages(at: Scene) -> Iterator[Waiting]:
    """What did not go out in the last days, and mailboxes that take nothing."""
    found = counts(at.session, at.group_id, clock.now() - _RECENT)
    words = {
        "failed": ngettext("{n} message has failed.", "{n} messages have failed.", found["failed"]),
        "expired": ngettext("{n} message has expired.", "{n} messages have expired.", found["expired"]),
        "held": ngettext("{n} message is held back.", "{n} messages are held back.", found["held"]),
    }
    for state in TROUBLED:
        if found[state]:
            address = f"{_home(at)}/outbox?state={state}"
            steps = {
                "failed": _("See what failed"), "expired": _("See what expired"), "held": _("See what is held back"),
            }  # fmt: skip
            states = {"failed": _("failed"), "expired": _("expired"), "held": _("held back")}
            yield Waiting(words[state], states[state], state == "failed", address, steps[state])
    paused = [row for row in mailboxes(at.session, at.group_id, None, None, 1000) if row.paused_at is not None]
    if paused:
        said = ngettext("{n} mailbox gets no mail any more.", "{n} mailboxes get no mail any more.", len(paused))
        address = f"{_home(at)}/people?mailbox=paused"
        yield Waiting(said, _("mailbox paused"), True, address, _("See whose they are"))
