"""Invitations out: each person gets the net change since they were last told, as an iTIP message in a mail."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlmodel import col, or_, select, update

from service import zones
from service.access.links import sign_rsvp
from service.calendars.entries import inside_item
from service.calendars.itip import Method, Party, itip_bytes
from service.groups.stations import station
from service.meetings.agenda.queries import items
from service.meetings.agenda.rules import settles_on
from service.meetings.attendance.queries import observers
from service.meetings.inviting.queries import invitation_rows, owed_by, said_of
from service.meetings.inviting.rules import SETTLES, Owed, settled
from service.meetings.inviting.tables import InvitationRow
from service.meetings.queries import end_of
from service.meetings.tables import MeetingRow
from service.notifications.look import About, Look, Recipient
from service.notifications.meetings.rules import who
from service.notifications.meetings.saying import Part, Reader, changes, facts, message, short_when, title
from service.notifications.outbox.tables import WAITING, DeliveryRow
from service.rotation.people import chairs_people
from service.rotation.reasons import spoken
from service.settings import current

TOLD = "meeting.told"
_SUBJECTS = {"new": "New", "changed": "Changed", "cancelled": "Cancelled", "removed": "Cancelled for you"}


def waiting(look: Look) -> list[MeetingRow]:
    """The meetings that may owe somebody a message: those to come that are called, or were told before."""
    asked = select(MeetingRow).where(MeetingRow.group_id == look.group_id, col(MeetingRow.start) > look.now)
    told = select(InvitationRow.meeting).where(InvitationRow.group_id == look.group_id)
    mine = asked.where(or_(col(MeetingRow.state) == "called", col(MeetingRow.id).in_(told)))
    return list(look.session.exec(mine.order_by(col(MeetingRow.start), col(MeetingRow.id))))


def settles_at(look: Look, row: MeetingRow) -> datetime | None:
    """When a change that is still settling is to be told."""
    return row.changed_at + SETTLES if not settled(row.state, row.changed_at, look.now) else None


def invite(look: Look, row: MeetingRow) -> None:
    """Put what a meeting owes into the outbox, and note what each was told."""
    if not settled(row.state, row.changed_at, look.now):
        return
    known = invitation_rows(look.session, row)
    for owed in owed_by(look.session, look.charter, row, look.today):
        event = look.event(TOLD, row.id, f"{row.version}:{owed.news}", look.now, sequence=row.sequence)
        key = f"{TOLD}.{owed.news}:{look.group_id}:{row.id}:{row.version}:{who(owed.to.address)}"
        _supersede(look, row, owed.to.address)
        about = About(f"meeting-{row.id}", row.sequence, invitation=_invitation(look, row, owed))
        look.post(event, Recipient(owed.to.name, owed.to.address), _wording(look, row, owed), key, end_of(row), about)
        remember(look, row, known.get(owed.to.address), owed)


def remember(look: Look, row: MeetingRow, known: InvitationRow | None, owed: Owed) -> None:
    """Note what somebody was told; the ground of the next message."""
    told = known or InvitationRow(
        group_id=row.group_id, meeting=row.id, address=owed.to.address, name=owed.to.name, sequence=0, said={},
        told_at=look.now,
    )  # fmt: skip
    told.name, told.organization = owed.to.name, owed.to.organization
    told.invited, told.sequence, told.told_at = owed.invited, row.sequence, look.now
    told.said = dict(owed.said)
    look.session.add(told)


def _supersede(look: Look, row: MeetingRow, address: str) -> None:
    """An older invitation that has not gone out would come after the newer one."""
    look.session.exec(
        update(DeliveryRow)
        .where(
            col(DeliveryRow.group_id) == look.group_id,
            col(DeliveryRow.subject) == f"meeting-{row.id}",
            col(DeliveryRow.recipient) == address,
            col(DeliveryRow.state).in_(WAITING),
            col(DeliveryRow.dedupe_key).startswith(TOLD),
        )
        .values(state="superseded")
    )


def _invitation(look: Look, row: MeetingRow, owed: Owed) -> tuple[str, bytes] | None:
    """The iTIP message: a REQUEST, or a CANCEL for who is to take it out again."""
    if not owed.invited:
        return None
    gone = owed.said["state"] == "cancelled"
    method: Method = "CANCEL" if gone else "REQUEST"
    item = inside_item(look.charter, row, [] if owed.to.organization else _given(look, row, owed))
    item = replace(
        item,
        status="CANCELLED" if gone else "CONFIRMED",
        modified=look.now,
        transparent=False,
        conference=owed.said["link"] if not gone else None,
    )
    if not owed.to.organization:
        lines = [f"Join: {owed.said['link']}"] if owed.said["link"] and not gone else []
        item = replace(item, description="\n".join([*lines, *_given(look, row, owed)]))
    return method, itip_bytes(
        method, item, Party(look.charter.group.label, current().sender), _parties(look, row, owed)
    )


def _parties(look: Look, row: MeetingRow, owed: Owed) -> list[Party]:
    """The recipient, and the chair; who is both stands once."""
    day = zones.day_in(row.start, look.zone)
    chair = next(chairs_people(look.charter, row.chair, min(day, look.today)), None)
    chairs, guest = chair is not None and chair[0].email == owed.to.address, not owed.to.organization
    mine = Party(owed.to.name, owed.to.address, chairs, answers=not guest, guest=guest)
    others = [Party(chair[0].name, chair[0].email, chairs=True)] if chair is not None and not mine.chairs else []
    return [mine, *others]


def _given(look: Look, row: MeetingRow, owed: Owed) -> list[str]:
    """The agenda items that an observer was given, by title."""
    given = {id_ for one in observers(look.session, row) if one.email == owed.to.address for id_ in one.items}
    return [item.title for item in items(look.session, row.group_id, row.id) if item.id in given]


def reader_of(look: Look, name: str, organization: str) -> Reader:
    """Who reads, with the city and zone of their duty station."""
    zone, _ = station(look.charter, organization)
    found = look.charter.organization(organization)
    return Reader(name, (found.city if found else None) or "", zone)


def _wording(look: Look, row: MeetingRow, owed: Owed) -> Any:
    said = owed.said
    reader = reader_of(look, owed.to.name, owed.to.organization)
    subject = f"{_SUBJECTS[owed.news]}: {title(look.charter, said)}, {short_when(said)}"
    shown = changes(look.charter, owed.was, said) if owed.news == "changed" and owed.was else []
    return message(
        look.charter,
        reader,
        subject,
        Part(
            _lead(look, row, owed),
            facts(look.charter, said, reader),
            shown,
            *_agenda(look, row, owed),
            action=_action(look, row, owed),
            because=_because(look, owed),
        ),
        look.url,
    )


def _lead(look: Look, row: MeetingRow, owed: Owed) -> str:
    name = f"{title(look.charter, owed.said)}"
    if owed.news == "new":
        settles = spoken(settles_on(zones.day_in(row.start, look.zone), row.freeze))
        more = f" Items for its agenda are taken until {settles}." if owed.to.organization else ""
        return f"{name} is called; you are invited.{more}"
    if owed.news == "changed":
        again = _asks_again(owed.was, owed.said) and owed.invited
        return f"{name} has changed." + (" Please answer again." if again else "")
    if owed.news == "removed":
        return f"{name}: you are no longer asked to this meeting; it takes place without a change for the others."
    return f"{name} is cancelled: {row.reason or 'no reason was given'}."


def _asks_again(was: Mapping[str, Any] | None, said: Mapping[str, Any]) -> bool:
    return was is not None and any(was[name] != said[name] for name in ("start", "minutes", "zone", "place"))


def _agenda(look: Look, row: MeetingRow, owed: Owed) -> tuple[str, list[str]]:
    if owed.said["state"] == "cancelled":
        return "", []
    if not owed.to.organization:
        return "What you were given of the agenda", _given(look, row, owed)
    on = [item.title for item in items(look.session, row.group_id, row.id) if item.state == "accepted"]
    return "On the agenda", on


def _action(look: Look, row: MeetingRow, owed: Owed) -> tuple[str, str] | None:
    """The link by which a member's person answers; an observer is a guest, and is asked for none."""
    person = look.people.get(owed.to.address)
    if owed.said["state"] == "cancelled" or not owed.to.organization or person is None or not owed.invited:
        return None
    link = sign_rsvp(look.group_id, row.id, owed.to.organization, person)
    return f"Answer for {look.charter.short(owed.to.organization)}", f"{look.url}/rsvp/{link}"


def _because(look: Look, owed: Owed) -> str:
    if not owed.invited:
        return "You get this because you were told of this meeting as its host."
    if not owed.to.organization:
        return f"You get this because you are invited by {look.charter.group.name}."
    return f"You get this because you serve {look.charter.short(owed.to.organization)} in {look.charter.group.name}."


def host_told(look: Look, row: MeetingRow, name: str, address: str, organization: str) -> None:
    """Note that the host of a proposed meeting was told of it: it hears of changes from now on."""
    known = invitation_rows(look.session, row).get(address)
    if known is None:
        look.session.add(
            InvitationRow(
                group_id=row.group_id,
                meeting=row.id,
                address=address,
                name=name,
                organization=organization,
                invited=False,
                sequence=row.sequence,
                said=said_of(row),
                told_at=look.now,
            )
        )
