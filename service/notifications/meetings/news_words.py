"""What the service says of minutes in silence, adopted and objected to, and of polls that open and close. Pure."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from service.groups.charter import Charter
from service.language.dates import hour, spoken, weekday
from service.language.speech import _
from service.meetings.polls.rules import Tally
from service.notifications.meetings.saying import Said, facts, slots, title
from service.notifications.wording.common import because
from service.notifications.wording.message import Message, Reader


def circulated(
    charter: Charter, said: Said, last: date, outcomes: Sequence[str], text: str, member: str, reader: Reader
) -> Message:
    """Minutes that are adopted unless a member objects; `last` is the last day to do so."""
    names = {"name": title(charter, said), "day": spoken(last)}
    return Message(
        subject=_("{name}: minutes, for silence until {day}", **names),
        lead=_("The minutes of {name} are circulated.", name=names["name"]),
        notes=(_("They are adopted unless a member objects by the end of {day}.", day=names["day"]),),
        facts=facts(charter, said, reader),
        lists=((_("Outcomes"), tuple(outcomes)),),
        text=text,
        because=because(charter, member),
    )


def adopted(charter: Charter, said: Said, outcomes: Sequence[str], member: str, reader: Reader) -> Message:
    """Minutes to which nobody has objected."""
    name = title(charter, said)
    return Message(
        subject=_("{name}: minutes adopted", name=name),
        lead=_("The minutes of {name} are adopted: nobody has objected.", name=name),
        facts=facts(charter, said, reader),
        lists=((_("Outcomes"), tuple(outcomes)),),
        because=because(charter, member),
    )


def objected(charter: Charter, said: Said, objections: Sequence[str], member: str, reader: Reader) -> Message:
    """To the chair: a member objects, and a new version is needed."""
    name = title(charter, said)
    return Message(
        subject=_("{name}: objection to the minutes", name=name),
        lead=_("A member objects to the minutes of {name}.", name=name),
        notes=(_("Write a new version and circulate it."),),
        lists=((_("Objections"), tuple(objections)),),
        because=because(charter, member),
    )


def asked(
    charter: Charter, said: Said, starts: Sequence[str], deadline: datetime, is_last_call: bool, link: str,
    member: str, reader: Reader,
) -> Message:  # fmt: skip
    """When a meeting should be: the slots begin at `starts`, and by `link` the reader answers for a member."""
    name, closes = title(charter, said), deadline.astimezone(ZoneInfo(said["zone"]))
    if is_last_call:
        subject = _("{name}: your answer is missing", name=name)
    else:
        subject = _("{name}: when does it suit you?", name=name)
    return Message(
        subject=subject,
        lead=_("When should {name} take place?", name=name),
        notes=(
            _(
                "The poll closes by itself on {day}, {hour} ({zone}).",
                day=weekday(closes.date()), hour=hour(closes), zone=said["zone"],
            ),
        ),
        lists=((_("To choose from"), tuple(slots(said, starts, reader))),),
        actions=((_("Answer for {organization}", organization=charter.short(member)), link),),
        because=because(charter, member),
    )  # fmt: skip


def closed(
    charter: Charter, said: Said, starts: Sequence[str], tallies: Sequence[Tally], member: str, reader: Reader
) -> Message:
    """To the chair: what the members answered, from the best slot to the worst."""
    name, times = title(charter, said), slots(said, starts)
    found = tuple(
        _(
            "{slot}: {yes} yes, {if_need_be} if need be, {no} no",
            slot=times[one.slot], yes=one.yes, if_need_be=one.if_need_be, no=one.no,
        )
        for one in tallies
    )  # fmt: skip
    return Message(
        subject=_("{name}: the poll is closed", name=name),
        lead=_("The poll on {name} is closed.", name=name),
        notes=(_("Move the meeting to the slot you choose, and call it."),),
        lists=((_("From best to worst"), found),),
        because=because(charter, member),
    )
