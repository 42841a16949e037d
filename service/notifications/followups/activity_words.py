"""What is said of common activities: proposed, agreed, with a milestone ahead, gone silent. Nothing is read here."""

from collections.abc import Iterator
from datetime import timedelta

from service.calendars.items import group_name
from service.followups.activities.tables import ActivityRow, MilestoneRow
from service.groups.charter import Charter
from service.language.dates import listed, spoken
from service.language.speech import _
from service.notifications.followups.milestones import Step
from service.notifications.wording.common import because
from service.notifications.wording.message import Message, Reader

_DAY = timedelta(days=1)


def proposed(charter: Charter, row: ActivityRow, reader: Reader) -> Message:
    """To the chair: an activity waits for the group."""
    return Message(
        subject=_("{group}: proposed: {title}", group=group_name(charter), title=row.title),
        lead=_("This is proposed. Put it to the group, and put on record what it has agreed, or turn it down."),
        facts=tuple(_facts(charter, row)),
        text=row.objective,
        because=because(charter, reader.organization),
    )


def agreed(charter: Charter, row: ActivityRow, reader: Reader) -> Message:
    """To who takes part: an activity may begin."""
    return Message(
        subject=_("{group}: agreed: {title}", group=group_name(charter), title=row.title),
        lead=_("The group has agreed this. Begin, and report how far it has come; the first report starts it."),
        facts=tuple(_facts(charter, row)),
        text=row.objective,
        because=because(charter, reader.organization),
    )


def milestone(charter: Charter, row: ActivityRow, mark: MilestoneRow, step: Step, reader: Reader) -> Message:
    """To the lead: a milestone comes, or was missed."""
    said = {"group": group_name(charter), "day": spoken(mark.due), "milestone": mark.title, "title": row.title}
    if step.days < 0:
        subject = _("{group}: milestone due {day}: {milestone}", **said)
        lead = _("A milestone of {title} is due by the end of {day}.", **said)
    else:
        subject = _("{group}: milestone overdue since {day}: {milestone}", **said)
        lead = _("A milestone of {title} was due by {day}. Say that it is reached, or move it with the reason.", **said)
    facts = (
        (_("Milestone"), f"{mark.number}: {mark.title}"),
        (_("Due"), spoken(mark.due)),
        *_facts(charter, row),
    )
    return Message(subject=subject, lead=lead, facts=facts, because=because(charter, reader.organization))


def silent(charter: Charter, row: ActivityRow, reader: Reader) -> Message:
    """To the lead: the activity was to be over by now."""
    return Message(
        subject=_("{group}: how did it end? {title}", group=group_name(charter), title=row.title),
        lead=_(
            "{title} was to end by {day}, and nothing was reported for three months. Report what came of it; the chair "
            "then completes it. If it goes on, give it another end.",
            title=row.title,
            day=spoken(row.until_day - _DAY),
        ),
        facts=tuple(_facts(charter, row)),
        because=because(charter, reader.organization),
    )


def _facts(charter: Charter, row: ActivityRow) -> Iterator[tuple[str, str]]:
    # The kinds of activities are the charter's own words.
    yield _("Activity"), f"{row.id}: {row.title} ({row.kind})"
    yield _("Lead"), charter.short(row.lead)
    if row.partners:
        yield _("Partners"), listed([charter.short(id_) for id_ in row.partners])
    yield _("Period"), _("{first} to {last}", first=spoken(row.from_day), last=spoken(row.until_day - _DAY))
    if row.decision:
        yield _("Decision"), row.decision
