"""What is said of actions: given to somebody, due soon, overdue, and the chair's overview. Nothing is read here."""

from collections.abc import Sequence
from datetime import date

from service.calendars.items import group_name, named
from service.followups.actions.rules import CHAIR
from service.followups.actions.tables import ActionRow
from service.groups.charter import Charter
from service.language.dates import spoken
from service.language.speech import N_, _, ngettext
from service.notifications.followups.steps import Step
from service.notifications.wording.common import because
from service.notifications.wording.message import Message, Reader

# What follows an overdue action, by whom its step is told to.
_AFTER = {
    "doer": N_("Finish it, log how far it is, or move its due date with the reason."),
    "focal-point": N_("Who does it was told a week ago, and it is not finished yet."),
    "alternate": N_("Its focal point was told a week ago, and it is not finished yet."),
}


def given(charter: Charter, row: ActionRow, actor: str | None, reader: Reader) -> Message:
    """That an action was given to those who answer for it."""
    group = group_name(charter)
    if row.owner == CHAIR:
        subject = _("{group}: an action for the chair: {title}", group=group, title=row.title)
        lead = _(
            "{actor} has given this to the chair. Log how it goes, through the API or your own programs.", actor=actor
        )
    else:
        owner = charter.short(row.owner)
        subject = _("{group}: an action for {owner}: {title}", group=group, owner=owner, title=row.title)
        lead = _(
            "{actor} has given this to {owner}. Log how it goes, through the API or your own programs.",
            actor=actor,
            owner=owner,
        )
    facts = ((_("Action"), _named(row)), (_("Due"), spoken(row.due) if row.due else _("no day is set")))
    return Message(
        subject=subject, lead=lead, facts=facts, text=row.text, because=because(charter, reader.organization)
    )


def reminder(
    charter: Charter, row: ActionRow, step: Step, chair: Sequence[str], doer: str | None, on: date, reader: Reader
) -> Message:
    """A reminder of an action, as read on the day `on`; `doer` is the name of who does it, `chair` who chairs."""
    said = {"group": group_name(charter), "title": row.title, "day": spoken(row.place)}
    if step.kind == "due-soon":
        subject, lead = _("{group}: due {day}: {title}", **said), _("This is due by the end of {day}.", **said)
        notes: tuple[str, ...] = ()
    else:
        subject = _("{group}: overdue since {day}: {title}", **said)
        lead = ngettext(
            "This was due by {day}, {n} day ago.", "This was due by {day}, {n} days ago.", (on - row.place).days, **said
        )
        notes = (_(_AFTER[step.to]),)
    facts = [(_("Action"), _named(row)), (_("Owner"), _owner(charter, row, chair)), (_("Due"), spoken(row.place))]
    if doer is not None:
        facts.append((_("Who does it"), doer))
    return Message(
        subject=subject,
        lead=lead,
        notes=notes,
        facts=tuple(facts),
        text=row.text,
        because=because(charter, reader.organization),
    )


def overview(charter: Charter, rows: Sequence[ActionRow], chair: Sequence[str], reader: Reader) -> Message:
    """To the chair: what has waited longest."""
    lines = [
        _(
            "{title} ({owner}), due {day}, {id}",
            title=row.title,
            owner=_owner(charter, row, chair),
            day=spoken(row.place),
            id=row.id,
        )
        for row in rows
    ]
    return Message(
        subject=_("{group}: overdue actions ({n})", group=group_name(charter), n=len(rows)),
        lead=ngettext(
            "{n} action is overdue by three weeks or more. Those who answer for it were told in turn.",
            "{n} actions are overdue by three weeks or more. Those who answer for them were told in turn.",
            len(rows),
        ),
        lists=((_("Overdue"), tuple(lines)),),
        because=because(charter, reader.organization),
    )


def _named(row: ActionRow) -> str:
    return f"{row.id}: {row.title}"


def _owner(charter: Charter, row: ActionRow, chair: Sequence[str]) -> str:
    if row.owner != CHAIR:
        return charter.short(row.owner)
    return _("the chair ({names})", names=named(charter, chair))
