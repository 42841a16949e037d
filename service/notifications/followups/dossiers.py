"""Dossiers: all that is known about a handover, put together from the rows; frozen once its day has come.

It stands here, above the rooms of the follow-ups, because a dossier says who was told what.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal, NamedTuple

from sqlmodel import Session, col, select

from service import clock, events, zones
from service.followups.handovers import queries
from service.followups.handovers.commands import begun
from service.followups.handovers.compiling import (
    Ahead,
    Checked,
    Contact,
    Delivered,
    Known,
    Paper,
    compiled,
    moment,
)
from service.followups.handovers.contents import Dossier
from service.followups.handovers.markdown import markdown
from service.followups.handovers.pdf import pdf
from service.followups.handovers.queries import Handover
from service.followups.handovers.rules import CHECKLIST, SIDES, Boundary, side_people
from service.followups.handovers.tables import DossierRow
from service.followups.reports.queries import term_report
from service.groups import queries as groups
from service.groups.charter import Charter
from service.meetings.outside.tables import ExternalRow
from service.meetings.queries import meetings
from service.notifications.outbox.tables import DeliveryRow
from service.rotation.people import serving

FROZEN = "dossier.frozen"
_MOST = 2000
_FOR_MEMBERS = " · for the members of the group"
_MESSAGES = {
    "handover.reminder": "reminder",
    "handover.changed": "change of the handover",
    "handover.unacknowledged": "word that nobody has acknowledged it",
    "unconfirmed": "request to confirm",
    "chair.asked": "question whether it takes the chair",
}


class Shown(NamedTuple):
    """A dossier as it is shown: frozen, or put together now (a draft after the day, a preview before it)."""

    state: Literal["frozen", "draft", "preview"]
    number: int | None
    at: datetime
    reason: str | None
    dossier: Dossier
    markdown: str
    row: DossierRow | None = None

    def pdf(self, charter: Charter) -> bytes:
        """Its bytes on paper: those that were frozen, or new ones that say what they are.

        Raises:
            NoPdf: it could not be made.
        """
        if self.row is not None:
            return self.row.pdf
        words = f"{self.state.capitalize()} of {moment(self.at, charter.group.timezone)}, not frozen{_FOR_MEMBERS}"
        return pdf(self.dossier, words, self.at)


def shown(session: Session, charter: Charter, found: Handover, boundary: Boundary, number: int | None) -> Shown | None:
    """The dossier of a handover, by default the newest; None when there is none of that number.

    One of a day that has come and is not frozen yet is put together now, so that it waits for nobody.
    """
    kept = queries.dossiers(session, charter.group.id, boundary.key)
    if number is None and not kept:
        now = clock.now()
        dossier = compiled(charter, boundary, known(session, charter, found, boundary))
        state: Literal["draft", "preview"] = "draft" if now >= _begins(charter, boundary) else "preview"
        return Shown(state, None, now, None, dossier, markdown(dossier))
    row = next((one for one in kept[::-1] if number is None or one.number == number), None)
    return frozen(row) if row is not None else None


def frozen(row: DossierRow) -> Shown:
    """A dossier as it was frozen."""
    dossier = Dossier.model_validate(row.data)
    return Shown("frozen", row.number, row.frozen_at, row.reason, dossier, row.markdown, row)


def freeze(
    session: Session, charter: Charter, boundary: Boundary, *, reason: str | None = None, actor: str | None = None
) -> DossierRow:
    """Freeze a dossier of a handover as it stands: the first, or with a `reason` a correction beside it.

    Raises:
        NoPdf: it could not be put on paper.
    """
    group, now = charter.group, clock.now()
    row = begun(session, group.id, boundary)
    number = len(queries.dossiers(session, group.id, boundary.key)) + 1
    handover = Handover(boundary.key, boundary, row)
    dossier = compiled(charter, boundary, known(session, charter, handover, boundary), reason)
    words = f"Dossier {number}, frozen on {moment(now, group.timezone)} ({group.timezone}){_FOR_MEMBERS}"
    body = pdf(dossier, words, now)
    kept = DossierRow(
        group_id=group.id, turn=boundary.key, number=number, frozen_at=now, by=actor, reason=reason,
        data=dossier.model_dump(mode="json"), markdown=markdown(dossier), pdf=body, sha256=sha256(body).hexdigest(),
    )  # fmt: skip
    session.add(kept)
    events.record(
        session, group.id, FROZEN, boundary.key, str(number), actor=actor, number=number, reason=reason,
        sha256=kept.sha256,
    )  # fmt: skip
    session.flush()
    return kept


def known(session: Session, charter: Charter, found: Handover, boundary: Boundary) -> Known:
    """Everything that a dossier says, as it stands now."""
    row = found.row
    checklist = queries.answers(session, charter.group.id, boundary.key) if row is not None else {}
    checked, papers = [], []
    for heading in CHECKLIST:
        answer = checklist.get(heading.key)
        checked.append(
            Checked(heading.title, answer.text, answer.done, answer.side, answer.by)
            if answer
            else Checked(heading.title, "", False, None, None)
        )
        papers += [_paper(link, heading.title) for link in (answer.links if answer else ())]
    papers = [*(_paper(one, "") for one in (row.documents if row else ())), *papers]
    return Known(
        confirmed=[(f"Confirmed, {side} side", _confirmation(charter, found, side)) for side in SIDES],
        reservations=row.reservations if row is not None and found.confirmed("incoming") else "",
        checklist=checked,
        papers=papers,
        report=term_report(session, charter, boundary.before),
        meetings=_meetings(session, charter, boundary),
        externals=_externals(session, charter, boundary),
        told=_told(session, charter, boundary),
        contacts=_contacts(charter, boundary),
    )


def _begins(charter: Charter, boundary: Boundary) -> datetime:
    return zones.midnight(boundary.day, charter.group.timezone)


def _confirmation(charter: Charter, found: Handover, side: Literal["outgoing", "incoming"]) -> str:
    row = found.row
    if row is None or not found.confirmed(side):
        return "not yet"
    at, member, by = (getattr(row, f"{side}_{name}") for name in ("at", "member", "by"))
    stands_for = charter.short(member) if member else "the secretariat"
    return f"{moment(at, charter.group.timezone)}, by {by} for {stands_for}"


def _paper(said: dict[str, object], under: str) -> Paper:
    def text(name: str) -> str:
        return "–" if said.get(name) is None else str(said[name])

    return Paper(text("title"), text("url"), text("symbol"), text("language"), text("revision"), under)


def _meetings(session: Session, charter: Charter, boundary: Boundary) -> list[Ahead]:
    zone = charter.group.timezone
    since, until = _begins(charter, boundary), zones.midnight(boundary.until, zone)
    found = meetings(session, charter.group.id, since=since, until=until, states=("proposed", "called", "held"))
    return [Ahead(f"{moment(row.start, row.zone)} ({row.zone})", row.title, row.place, row.state) for row in found]


def _externals(session: Session, charter: Charter, boundary: Boundary) -> list[Ahead]:
    asked = select(ExternalRow).where(
        ExternalRow.group_id == charter.group.id,
        ~col(ExternalRow.withdrawn),
        col(ExternalRow.end) > _begins(charter, boundary),
        col(ExternalRow.start) < zones.midnight(boundary.until, charter.group.timezone),
    )
    found = session.exec(asked.order_by(col(ExternalRow.start), col(ExternalRow.id)).limit(_MOST))
    return [Ahead(_when(row), row.title, row.place, "outside of the group", row.url) for row in found]


def _when(row: ExternalRow) -> str:
    if not row.all_day:
        return f"{moment(row.start, row.zone)} ({row.zone})"
    first, last = (moment(at, "UTC").rpartition(",")[0] for at in (row.start, row.end - timedelta(days=1)))
    return first if first == last else f"{first} to {last}"


def _told(session: Session, charter: Charter, boundary: Boundary) -> list[Delivered]:
    names = {row.id: row.name for row in groups.people_rows(session, charter.group.id)}
    asked = select(DeliveryRow).where(DeliveryRow.group_id == charter.group.id, DeliveryRow.subject == boundary.key)
    found = session.exec(
        asked.order_by(col(DeliveryRow.recipient), col(DeliveryRow.created_at), col(DeliveryRow.dedupe_key)).limit(
            _MOST
        )
    )
    return [
        Delivered(names.get(row.person_id, ""), row.recipient, _kind(row.dedupe_key), row.state, row.accepted_at)
        for row in found
    ]


def _kind(key: str) -> str:
    kind, *rest = key.split(":")
    words = _MESSAGES.get(kind, kind)
    if kind != "handover.reminder":
        return words
    lead = int(rest[3])
    return f"{words}, {lead} day{'s' if lead > 1 else ''} ahead" if lead else f"{words} on the day"


def _contacts(charter: Charter, boundary: Boundary) -> list[Contact]:
    today = zones.day_in(clock.now(), charter.group.timezone)
    found: dict[tuple[str, str], Contact] = {}
    for side in SIDES:
        for person, served in side_people(charter, boundary, side, today):
            one = Contact(person.name, person.email, served, side if served else "secretariat")
            found.setdefault((person.email, served), one)
    for organization in charter.organizations():
        if organization.stands(max(today, boundary.day)):
            for person in serving(charter, organization.id, ("focal-point",), today):
                one = Contact(person.name, person.email, organization.id, "focal point")
                found.setdefault((person.email, organization.id), one)
    return list(found.values())
