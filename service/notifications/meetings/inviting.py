"""Invitations out: each person gets the net change since they were last told, as an iTIP message in a mail."""

from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlmodel import col, or_, select, update

from service import zones
from service.access.links import sign_rsvp
from service.calendars.entries import inside_item
from service.calendars.itip import Method, Party, itip_bytes
from service.meetings.agenda.queries import items
from service.meetings.agenda.rules import settles_on
from service.meetings.attendance.queries import observers
from service.meetings.inviting.queries import invitation_rows, owed_by, said_of
from service.meetings.inviting.rules import SETTLES, Owed, settled
from service.meetings.inviting.tables import InvitationRow
from service.meetings.queries import end_of
from service.meetings.tables import MeetingRow
from service.notifications.look import Look
from service.notifications.meetings.invitation_words import invitation
from service.notifications.meetings.rules import who
from service.notifications.outbox.tables import WAITING, DeliveryRow
from service.notifications.posting import About, Recipient, post
from service.notifications.wording.message import Message, Reader
from service.rotation.people import chairs_people
from service.settings import current

TOLD = "meeting.told"


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
        to = Recipient(owed.to.name, owed.to.address, owed.to.organization)
        post(look, event, "invitations", to, key, end_of(row), about, partial(_say, look, row, owed))
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


def _say(look: Look, row: MeetingRow, owed: Owed, reader: Reader) -> Message:
    settles = settles_on(zones.day_in(row.start, look.zone), row.freeze)
    agenda = _agenda(look, row) if owed.to.organization else _given(look, row, owed)
    return invitation(look.charter, owed, reader, settles, row.reason or "", agenda, _link(look, row, owed, reader))


def _agenda(look: Look, row: MeetingRow) -> list[str]:
    return [item.title for item in items(look.session, row.group_id, row.id) if item.state == "accepted"]


def _link(look: Look, row: MeetingRow, owed: Owed, reader: Reader) -> str | None:
    """Where the reader answers for a member; an observer is a guest, and is asked for no answer."""
    person = look.people.get(reader.address)
    if owed.said["state"] == "cancelled" or not owed.to.organization or person is None or not owed.invited:
        return None
    return f"{look.url}/rsvp/{sign_rsvp(look.group_id, row.id, owed.to.organization, person)}"


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
