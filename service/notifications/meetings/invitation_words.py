"""What the service says of a meeting that is called, changed or cancelled, and to whom it is no longer open. Pure."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from service.groups.charter import Charter
from service.language.dates import spoken
from service.language.speech import _
from service.meetings.inviting.rules import Owed
from service.notifications.meetings.saying import Said, changes, facts, short_when, title
from service.notifications.wording.common import because, invited
from service.notifications.wording.message import Message, Reader


def invitation(
    charter: Charter, owed: Owed, reader: Reader, settles: date, reason: str, agenda: Sequence[str], link: str | None
) -> Message:
    """What somebody is told of a meeting. Items are taken for its agenda until `settles`; by `link` they answer.

    `agenda` holds the titles that they may see; `reason` says why the meeting is cancelled, if it is.
    """
    said, guest = owed.said, not owed.to.organization
    names = {"name": title(charter, said)}
    more: dict[str, Any] = {}
    if owed.news == "new":
        lead = _("{name} is called; you are invited.", **names)
        if not guest:
            more["notes"] = (_("Items for its agenda are taken until {day}.", day=spoken(settles)),)
    elif owed.news == "changed":
        lead = _("{name} has changed.", **names)
        if owed.invited and _asks_again(owed.was, said):
            more["notes"] = (_("Please answer again."),)
        if owed.was is not None:
            more["changes"] = changes(charter, owed.was, said)
    elif owed.news == "removed":
        lead = _(
            "{name}: you are no longer asked to this meeting; it takes place without a change for the others.", **names
        )
    elif reason:
        lead = _("{name} is cancelled: {reason}", reason=reason, **names)
    else:
        lead = _("{name} is cancelled; no reason was given.", **names)
    if said["state"] != "cancelled":
        more["lists"] = ((_("What you were given of the agenda") if guest else _("On the agenda"), tuple(agenda)),)
    if link is not None:
        more["actions"] = ((_("Answer for {organization}", organization=charter.short(owed.to.organization)), link),)
    return Message(
        subject=_subject(charter, owed),
        lead=lead,
        facts=facts(charter, said, reader),
        because=_because(charter, owed),
        **more,
    )


def _subject(charter: Charter, owed: Owed) -> str:
    said = {"name": title(charter, owed.said), "when": short_when(owed.said)}
    if owed.news == "new":
        return _("New: {name}, {when}", **said)
    if owed.news == "changed":
        return _("Changed: {name}, {when}", **said)
    if owed.news == "removed":
        return _("Cancelled for you: {name}, {when}", **said)
    return _("Cancelled: {name}, {when}", **said)


def _asks_again(was: Said | None, said: Said) -> bool:
    return was is not None and any(was[name] != said[name] for name in ("start", "minutes", "zone", "place"))


def _because(charter: Charter, owed: Owed) -> str:
    if not owed.invited:
        return _("You get this because you were told of this meeting as its host.")
    if not owed.to.organization:
        return invited(charter)
    return because(charter, owed.to.organization)
