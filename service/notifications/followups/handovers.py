"""The day of a handover: what passes on with the chair, and the dossier that is frozen and sent.

Whatever is seen late is recorded once, with the instant from which it holds; nobody is told of what is long past.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from sqlmodel import col, select

from service import zones
from service.events import Event, lately
from service.followups.actions.tables import ActionRow
from service.followups.handovers import queries
from service.followups.handovers.commands import begun
from service.followups.handovers.pdf import NoPdf
from service.followups.handovers.rules import SIDES, Boundary, side_people
from service.followups.handovers.tables import DossierRow, HandoverRow
from service.groups.charter import Person
from service.notifications.followups import handover_words as words
from service.notifications.followups.confirming import ask, asked_since, waiting
from service.notifications.followups.dossiers import FROZEN, freeze
from service.notifications.handovers.tables import BoundaryRow
from service.notifications.look import Look
from service.notifications.meetings.rules import who
from service.notifications.posting import About, Recipient, Say, post

PASSED = "action.passed"
_NEWS_FOR = timedelta(days=30)


def hand_over(look: Look) -> None:
    """Pass on what the chair owns, freeze the dossier, send both out, and ask those who have not confirmed."""
    come = _come(look)
    for _, boundary in come:
        _pass_on(look, boundary)
    _send_dossiers(look)
    for row, boundary in come:
        if row.day > asked_since(look):
            ask(look, row, boundary)


def coming(look: Look) -> Iterator[datetime]:
    """When somebody is to be asked to confirm."""
    for row, boundary in _come(look):
        if row.day > asked_since(look):
            for asked in waiting(look, row, boundary):
                yield from asked.times


def _come(look: Look) -> list[tuple[BoundaryRow, Boundary]]:
    """The handovers of the chair whose day has come, and that were known of before it was over.

    One that has passed on what it had to, and is asked about no more, is left where it lies.
    """
    kept = (col(HandoverRow.group_id) == BoundaryRow.group_id) & (col(HandoverRow.turn) == BoundaryRow.key)
    asked = (
        select(BoundaryRow)
        .join(HandoverRow, kept, isouter=True)
        .where(
            BoundaryRow.group_id == look.group_id,
            BoundaryRow.member == "",
            ~col(BoundaryRow.gone),
            col(BoundaryRow.day) <= look.today,
            (col(BoundaryRow.day) > asked_since(look)) | col(HandoverRow.passed_at).is_(None),
        )
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
    say = partial(words.passed, look.charter, boundary, owned, _page(look, boundary.key))
    for person, organization in side_people(look.charter, boundary, "incoming", look.today):
        _post(look, event, person, organization, About(f"passed-{boundary.key}", 0), say)


def _send_dossiers(look: Look) -> None:
    """Send each dossier to the people of both sides, unless it was made of a handover long ago without a reason."""
    found = lately(look.session, look.group_id, [FROZEN], look.now - _NEWS_FOR)
    known = {one.key: one for one in queries.all_boundaries(look.charter, look.today)} if found else {}
    for event in found:
        row = look.session.get(DossierRow, (look.group_id, event.subject, event.data["number"]))
        boundary = known.get(event.subject)
        if row is None or boundary is None:
            continue
        if row.reason or zones.midnight(boundary.day, look.zone) > look.now - _NEWS_FOR:
            _send_dossier(look, event, row, boundary)


def _send_dossier(look: Look, event: Event, row: DossierRow, boundary: Boundary) -> None:
    kept = words.Kept(row.number, row.reason, row.sha256)
    name = f"{look.group_id}-{row.turn}-dossier-{row.number}.pdf"
    about = About(f"dossier-{row.turn}", row.number, attachment=(name, row.pdf))
    say = partial(words.dossier, look.charter, boundary, kept, _page(look, row.turn))
    for side in SIDES:
        for person, organization in side_people(look.charter, boundary, side, look.today):
            _post(look, event, person, organization, about, say)


def _page(look: Look, turn: str) -> str:
    """Where the handover is shown."""
    return f"{look.url}/handovers/{turn}"


def _post(look: Look, event: Event, person: Person, organization: str, about: About, say: Say) -> None:
    key = f"{event.kind}:{event.id}:{who(person.email)}"
    if key not in look.known(about.subject):
        to = Recipient(person.name, person.email, organization)
        post(look, event, "chair", to, key, look.now + _NEWS_FOR, about, say)
