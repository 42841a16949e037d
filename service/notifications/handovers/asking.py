"""Succession: the coming chair is asked in time whether it takes its turn, and whoever moves up after it."""

from datetime import datetime
from functools import partial

from sqlmodel import select

from service import zones
from service.access.links import AnswerLink, sign
from service.events import Event
from service.notifications.handovers.posting import post_about
from service.notifications.handovers.reminders import incoming_people
from service.notifications.handovers.rules import Told
from service.notifications.handovers.saying import asked
from service.notifications.handovers.tables import BoundaryRow
from service.notifications.look import Look
from service.notifications.wording.message import Message, Reader
from service.rotation.succession import asked_member

ASKED = "chair.asked"


def ask_at(look: Look, row: BoundaryRow) -> datetime | None:
    """When the coming chair is to be asked: at its own hour; None when nobody is to be asked."""
    lead, term = look.charter.reminders.ask, look.term(row)
    member = asked_member(term) if term is not None and not row.member and row.day > look.today else None
    return None if member is None or lead is None else look.due_at(member, row.day, lead)


def ask(look: Look, row: BoundaryRow) -> None:
    """Ask the coming chair's people, once for each day and member: each gets a link of their own.

    Who learns late that the turn is theirs, because another passed, is asked at once.
    """
    due = ask_at(look, row)
    if due is None or due > look.now:
        return
    (member,) = row.incoming
    question = {"day": row.day.isoformat(), "member": member}
    if _asked_last(look, row) == question:
        return
    occurrence = f"{row.day}:{row.revision}:{member}"
    event = look.event(ASKED, row.key, occurrence, max(due, row.learned_at), **question, revision=row.revision)
    for told in incoming_people(look, row):
        key = f"{ASKED}:{look.group_id}:{row.key}:{row.revision}:{member}:{look.person(told)}:mail"
        last = zones.midnight(row.day, look.zone)
        post_about(look, event, row, told, key, last, partial(_say, look, row, told, member))


def _say(look: Look, row: BoundaryRow, told: Told, member: str, reader: Reader) -> Message:
    """The link is that of whoever reads, who may stand in for the one who is asked."""
    link = sign(AnswerLink(look.group_id, member, row.day, look.people[reader.address]))
    return asked(look.charter, told, look.handover(row), f"{look.url}/answer/{link}")


def _asked_last(look: Look, row: BoundaryRow) -> dict[str, str] | None:
    """The day and the member that were asked about this turn last."""
    before = select(Event.data).where(Event.group_id == look.group_id, Event.kind == ASKED, Event.subject == row.key)
    last = max(look.session.exec(before), key=lambda data: int(data["revision"]), default=None)
    return {"day": last["day"], "member": last["member"]} if last is not None else None
