"""What is said when the chair has passed: what passes with it, the dossier, and the request to confirm.

Nothing is read here. `link` is where the handover is shown.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from service.calendars.items import group_name
from service.followups.actions.tables import ActionRow
from service.followups.handovers.rules import CHECKLIST, Boundary, Side
from service.groups.charter import Charter
from service.language.dates import spoken
from service.language.speech import _
from service.notifications.wording.common import because, seated
from service.notifications.wording.message import Message, Reader


class Kept(NamedTuple):
    """A frozen dossier: its number, why there is another (none for the first), and the SHA-256 of its file."""

    number: int
    reason: str | None
    sha256: str


def passed(charter: Charter, boundary: Boundary, owned: Sequence[ActionRow], link: str, reader: Reader) -> Message:
    """To the incoming chair: the open actions that are its own from now on."""
    chairs = _chairs(charter, boundary)
    lines = [
        _("{id}: {title}, due on {day}", id=one.id, title=one.title, day=spoken(one.due))
        if one.due
        else _("{id}: {title}, without a date", id=one.id, title=one.title)
        for one in owned
    ]
    return Message(
        subject=_("{group}: what passes to {incoming} with the chair", group=group_name(charter), **chairs),
        lead=_(
            "The chair has passed from {outgoing} to {incoming}, and with it what the chair has still to do.", **chairs
        ),
        lists=((_("Open actions of the chair"), tuple(lines)),),
        actions=_look(link),
        because=because(charter, reader.organization),
    )


def dossier(charter: Charter, boundary: Boundary, kept: Kept, link: str, reader: Reader) -> Message:
    """To both sides: the dossier, which is attached."""
    day = spoken(boundary.day)
    facts = [(_("Dossier"), _("number {number}", number=kept.number))]
    if kept.reason:
        facts.append((_("Why there is another"), kept.reason))
    facts.append((_("SHA-256 of the file"), kept.sha256))
    return Message(
        subject=_("{group}: dossier of the handover of {day}", group=group_name(charter), day=day),
        lead=_(
            "The dossier of the handover from {outgoing} to {incoming} on {day} is frozen and attached.",
            day=day,
            **_chairs(charter, boundary),
        ),
        facts=tuple(facts),
        actions=_look(link),
        because=because(charter, reader.organization),
    )


def unconfirmed(
    charter: Charter, boundary: Boundary, side: Side, done: Collection[str], link: str, reader: Reader
) -> Message:
    """To a side that has not confirmed; `done` are the headings of the checklist that are."""
    said = _chairs(charter, boundary) | {"day": spoken(boundary.day)}
    if side == "outgoing":
        lead = _(
            "The chair passed from {outgoing} to {incoming} on {day}, and the outgoing side has not confirmed the "
            "handover yet. Fill in what is missing, and confirm it for your side.",
            **said,
        )
    else:
        lead = _(
            "The chair passed from {outgoing} to {incoming} on {day}, and the incoming side has not confirmed the "
            "handover yet. Fill in what is missing, and confirm it for your side.",
            **said,
        )
    lines = [
        _("{heading}: done", heading=_(one.title))
        if one.key in done
        else _("{heading}: not done yet", heading=_(one.title))
        for one in CHECKLIST
    ]
    return Message(
        subject=_("{group}: please confirm the handover of {day}", group=group_name(charter), day=said["day"]),
        lead=lead,
        lists=((_("Where the checklist stands"), tuple(lines)),),
        actions=_look(link),
        because=because(charter, reader.organization),
    )


def _chairs(charter: Charter, boundary: Boundary) -> dict[str, str]:
    """The chairs before and after; one that is vacant has no name."""
    chairs = {"outgoing": boundary.before.chair, "incoming": boundary.after.chair}
    return {side: seated(charter, ids) for side, ids in chairs.items()}


def _look(link: str) -> tuple[tuple[str, str], ...]:
    return ((_("Look at the handover"), link),)
