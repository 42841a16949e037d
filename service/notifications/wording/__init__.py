"""What the service says about a handover, as subject, plain text and HTML."""

from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from service.calendars.items import group_name, named
from service.followups.handovers.rules import CHECKLIST
from service.groups.charter import Charter
from service.notifications.handovers.rules import Told
from service.rotation.reasons import BY_RULE, spoken

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class Wording(NamedTuple):
    """A message before it is a mail."""

    subject: str
    text: str
    html: str


class Handover(NamedTuple):
    """What a message about a handover says: chairs before and after, days, reasons and standing."""

    outgoing: tuple[str, ...]
    incoming: tuple[str, ...]
    member: str
    day: date
    until: date
    why: tuple[str, ...]
    projected: bool


def handover_reminder(charter: Charter, told: Told, handover: Handover, on: date, url: str) -> Wording:
    """A reminder of a coming handover, as read on the day `on` by one recipient."""
    days = (handover.day - on).days
    subject = f"{_subject(charter, told, handover)} {_in_days(days, handover.day)}"
    return worded(subject, "reminder", _values(charter, told, handover, url) | {"days": days})


def handover_changed(charter: Charter, told: Told, was: Handover, now: Handover | None, url: str) -> Wording:
    """A correction for somebody who was told, or whose own turn has moved."""
    place = _place(charter, was.member)
    subject = f"Changed: {place}: handover of {spoken(was.day)}"
    values = _values(charter, told, now or was, url) | {
        "was_day": spoken(was.day),
        "was_incoming": named(charter, was.incoming),
        "gone": now is None,
        "projected": bool(now and now.projected),
    }
    return worded(subject, "changed", values)


def chair_asked(charter: Charter, told: Told, handover: Handover, url: str, link: str) -> Wording:
    """The question to the coming chair whether it takes its turn; `link` is where the reader answers."""
    incoming = named(charter, handover.incoming)
    subject = f"{_place(charter, '')}: will {incoming} take the chair on {spoken(handover.day)}?"
    return worded(subject, "asked", _values(charter, told, handover, url) | {"link": link})


def worded(subject: str, template: str, values: dict[str, Any]) -> Wording:
    """A message from its template, as text and as HTML."""
    values["subject"] = subject
    return Wording(
        subject,
        _templates.get_template(f"{template}.txt").render(values),
        _templates.get_template(f"{template}.html").render(values),
    )


def _values(charter: Charter, told: Told, handover: Handover, url: str) -> dict[str, Any]:
    return {
        "name": told.person.name,
        "group": charter.group.name,
        "place": _place(charter, handover.member),
        "relation": told.relation,
        "organization": charter.short(told.organization),
        "outgoing": named(charter, handover.outgoing),
        "incoming": named(charter, handover.incoming),
        "day": _long(handover.day),
        "until": _long(handover.until),
        "zone": charter.group.timezone,
        "why": [sentence for sentence in handover.why if sentence != BY_RULE],
        "projected": handover.projected,
        "checklist": [one[1:] for one in CHECKLIST] if told.relation in ("incoming", "outgoing") else [],
        "url": url,
    }


def _place(charter: Charter, member: str) -> str:
    return f"{group_name(charter)}, seat of {charter.short(member)}" if member else group_name(charter)


def _subject(charter: Charter, told: Told, handover: Handover) -> str:
    place, noun = _place(charter, handover.member), "the seat" if handover.member else "the chair"
    if told.relation == "incoming":
        return f"{place}: {named(charter, handover.incoming)} takes {noun}"
    if told.relation == "outgoing":
        return f"{place}: {named(charter, handover.outgoing)} hands over {noun}"
    return f"{place}: {noun} passes to {named(charter, handover.incoming)}"


def _in_days(days: int, day: date) -> str:
    when = {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")
    return f"{when} ({spoken(day)})" if days >= 0 else f"({spoken(day)})"


def _long(day: date) -> str:
    return f"{day:%A}, {spoken(day)}"
