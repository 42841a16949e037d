"""The day of a handover: what passes on with the chair, and the dossier that is frozen and sent.

Whatever is seen late is recorded once, with the instant from which it holds; nobody is told of what is long past.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlmodel import col, select

from service import zones
from service.events import Event
from service.followups.actions.tables import ActionRow
from service.followups.handovers import queries
from service.followups.handovers.commands import begun
from service.followups.handovers.compiling import named
from service.followups.handovers.pdf import NoPdf
from service.followups.handovers.rules import SIDES, Boundary, side_people
from service.followups.handovers.tables import DossierRow
from service.groups.charter import Person
from service.notifications.followups.confirming import ask, is_asked, waiting
from service.notifications.followups.dossiers import FROZEN, freeze
from service.notifications.followups.saying import because, between, page
from service.notifications.handovers.tables import BoundaryRow
from service.notifications.look import About, Look, Recipient
from service.notifications.meetings.inviting import reader_of
from service.notifications.meetings.rules import who
from service.notifications.meetings.saying import Part, message
from service.rotation.reasons import spoken

PASSED = "action.passed"
_NEWS_FOR = timedelta(days=30)


def hand_over(look: Look) -> None:
    """Pass on what the chair owns, freeze the dossier, send both out, and ask those who have not confirmed."""
    come = _come(look)
    for _, boundary in come:
        _pass_on(look, boundary)
    _send_dossiers(look)
    for row, boundary in come:
        if is_asked(look, row):
            ask(look, row, boundary)


def coming(look: Look) -> Iterator[datetime]:
    """When somebody is to be asked to confirm."""
    for row, boundary in _come(look):
        if is_asked(look, row):
            for asked in waiting(look, row, boundary):
                yield from asked.times


def _come(look: Look) -> list[tuple[BoundaryRow, Boundary]]:
    """The handovers of the chair whose day has come, and that were known of before it was over."""
    asked = select(BoundaryRow).where(
        BoundaryRow.group_id == look.group_id,
        BoundaryRow.member == "",
        ~col(BoundaryRow.gone),
        col(BoundaryRow.day) <= look.today,
    )
    found = look.session.exec(asked.order_by(col(BoundaryRow.day), col(BoundaryRow.key)))
    rows = [row for row in found if zones.day_in(row.learned_at, look.zone) <= row.day]
    known = {one.key: one for one in queries.all_boundaries(look.charter, look.today)} if rows else {}
    return [(row, known[row.key]) for row in rows if row.key in known]


def _pass_on(look: Look, boundary: Boundary) -> None:
    """What the day of a handover brings, once; all of it waits for the next look where no PDF can be made."""
    row = queries.handover_row(look.session, look.group_id, boundary.key)
    if row is not None and row.passed_at is not None:
        return
    begins = zones.midnight(boundary.day, look.zone)
    if not queries.dossiers(look.session, look.group_id, boundary.key):
        try:
            freeze(look.session, look.charter, boundary)
        except NoPdf:
            return
    row = begun(look.session, look.group_id, boundary)
    row.passed_at = begins
    chairs = {side: [*boundary.chair(side)] for side in SIDES}
    owned = queries.chair_actions(look.session, look.group_id, begins)
    passed = [
        look.event(PASSED, one.id, f"{boundary.key}:{boundary.day}", begins, turn=boundary.key, **chairs)
        for one in owned
    ]
    if passed and look.today < boundary.until and begins > look.now - _NEWS_FOR:
        _tell_what_passed(look, boundary, passed[0], [one for one in owned if one.pending])


def _tell_what_passed(look: Look, boundary: Boundary, event: Event, owned: list[ActionRow]) -> None:
    """One message to each of the incoming chair's people, however many actions have passed."""
    incoming = named(look.charter, boundary.after.chair)
    lead = f"The chair has passed {between(look.charter, boundary)}, and with it what the chair has still to do."
    listed = [
        f"{one.id}: {one.title}" + (f", due on {spoken(one.due)}" if one.due else ", without a date") for one in owned
    ]
    subject = f"{look.charter.group.label}: what passes to {incoming} with the chair"
    for person, organization in side_people(look.charter, boundary, "incoming", look.today):
        part = Part(
            lead,
            heading="Open actions of the chair",
            listed=listed,
            action=page(look, boundary.key),
            because=because(look, organization),
        )
        _post(look, event, person, organization, subject, part, About(f"passed-{boundary.key}", 0))


def _send_dossiers(look: Look) -> None:
    """Send each dossier to the people of both sides, unless it was made of a handover long ago without a reason."""
    asked = select(Event).where(
        Event.group_id == look.group_id, Event.kind == FROZEN, col(Event.recorded_at) > look.now - _NEWS_FOR
    )
    found = look.session.exec(asked.order_by(col(Event.recorded_at), col(Event.id))).all()
    known = {one.key: one for one in queries.all_boundaries(look.charter, look.today)} if found else {}
    for event in found:
        row = look.session.get(DossierRow, (look.group_id, event.subject, event.data["number"]))
        boundary = known.get(event.subject)
        if row is None or boundary is None:
            continue
        if row.reason or zones.midnight(boundary.day, look.zone) > look.now - _NEWS_FOR:
            _send_dossier(look, event, row, boundary)


def _send_dossier(look: Look, event: Event, row: DossierRow, boundary: Boundary) -> None:
    chairs, label = between(look.charter, boundary), look.charter.group.label
    lead = f"The dossier of the handover {chairs} on {spoken(boundary.day)} is frozen and attached."
    facts = [("Dossier", f"number {row.number}"), ("SHA-256 of the file", row.sha256)]
    if row.reason:
        facts.insert(1, ("Why there is another", row.reason))
    name = f"{look.group_id}-{row.turn}-dossier-{row.number}.pdf"
    about = About(f"dossier-{row.turn}", row.number, attachment=(name, row.pdf))
    for side in SIDES:
        for person, organization in side_people(look.charter, boundary, side, look.today):
            part = Part(lead, facts, action=page(look, row.turn), because=because(look, organization))
            subject = f"{label}: dossier of the handover of {spoken(boundary.day)}"
            _post(look, event, person, organization, subject, part, about)


def _post(look: Look, event: Event, person: Person, organization: str, subject: str, part: Part, about: About) -> None:
    key = f"{event.kind}:{event.id}:{who(person.email)}"
    if key not in look.known(about.subject):
        wording = message(look.charter, reader_of(look, person.name, organization), subject, part, look.url)
        look.post(event, Recipient(person.name, person.email), wording, key, look.now + _NEWS_FOR, about)
