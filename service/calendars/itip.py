"""Invitations: one meeting, one method, one recipient (RFC 5546, RFC 6047).

ORGANIZER is one address of the service for good, so that a handover breaks no invitation; the chair is
an ATTENDEE with ROLE=CHAIR. DTSTAMP is the instant of sending, SEQUENCE the meeting's own: a receiver
takes the higher SEQUENCE first and then the later DTSTAMP (RFC 5546 2.1.5).
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from icalendar import vCalAddress
from icalendar.prop import vText

from service.calendars.lines import clean
from service.calendars.rules import Item
from service.calendars.writer import calendar_bytes, event_of

Method = Literal["REQUEST", "CANCEL"]


class Party(NamedTuple):
    """Somebody on an invitation. `answers` asks for an answer; `chairs` makes it ROLE=CHAIR.

    A `guest` is no participant of the meeting and is asked for no answer (ROLE=NON-PARTICIPANT, RFC 5545 3.2.16).
    """

    name: str
    address: str
    chairs: bool = False
    answers: bool = False
    guest: bool = False

    @property
    def role(self) -> str:
        return "CHAIR" if self.chairs else "NON-PARTICIPANT" if self.guest else "REQ-PARTICIPANT"


def itip_bytes(method: Method, item: Item, organizer: Party, attendees: Sequence[Party]) -> bytes:
    """The message as a calendar; `item.modified` is the instant of sending.

    Raises:
        ValueError: as `event_bytes`; no attendee, or a CANCEL of what is not cancelled (RFC 5546 3.2.5).
    """
    if not attendees:
        raise ValueError("an invitation needs an attendee")
    if (method == "CANCEL") != (item.status == "CANCELLED"):
        raise ValueError(f"{method} does not go with STATUS {item.status}")
    event = event_of(item)
    event.add("ORGANIZER", _address(organizer))
    for one in attendees:
        address = _address(one)
        address.params["ROLE"] = vText(one.role)
        if method == "REQUEST":
            address.params["PARTSTAT"] = vText("NEEDS-ACTION" if one.answers else "ACCEPTED")
            address.params["RSVP"] = vText("TRUE" if one.answers else "FALSE")
        event.add("ATTENDEE", address)
    tzids = [item.zone] if item.zone and item.zone != "UTC" else []
    return calendar_bytes([f"METHOD:{method}"], tzids, [bytes(event.to_ical(sorted=False))])


def _address(party: Party) -> vCalAddress:
    found = vCalAddress(f"mailto:{party.address}")
    found.params["CN"] = vText(clean(party.name).replace('"', "'"))
    return found
