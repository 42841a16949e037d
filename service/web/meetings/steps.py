"""The one next step of a meeting, for whoever looks: what it is, and where it is done."""

from datetime import datetime, timedelta
from typing import NamedTuple

from service import clock
from service.language.dates import spoken
from service.language.speech import _
from service.meetings.agenda.queries import with_agenda
from service.meetings.attendance.queries import rows_of, standing
from service.meetings.attendance.rules import stands
from service.meetings.door import Scene
from service.meetings.minutes.queries import standing_of
from service.meetings.polls.commands import unanswered
from service.meetings.queries import end_of
from service.meetings.tables import MeetingRow
from service.web.meetings.scene import answers_for
from service.zones import day_in

# A meeting that lies further ahead waits; its chair is reminded four weeks before it.
_NEAR = timedelta(days=92)


class Step(NamedTuple):
    """What is to be done, and the address below the meeting's where it is; `done` where it only can be looked at."""

    words: str
    address: str
    done: bool = False


def next_steps(at: Scene, rows: list[MeetingRow]) -> dict[str, Step]:
    """The next step of each of several meetings for whoever looks; a meeting without one is left out."""
    if not at.inside:
        return {}
    called = [row.id for row in rows if row.state in ("proposed", "called")]
    held = [row.id for row in rows if row.state == "held"]
    answered = rows_of(at.session, at.group_id, called) if called else {}
    planned = with_agenda(at.session, at.group_id, called) if called else set()
    written = standing_of(at.session, at.group_id, held) if held else {}
    asked = unanswered(at.session, at.group_id, called) if called else {}
    found: dict[str, Step | None] = {}
    for row in rows:
        if row.state == "held":
            found[row.id] = _after(at, row, *written.get(row.id, ("", None)))
        elif row.id in asked and (step := _poll(at, row, asked[row.id])) is not None:
            found[row.id] = step
        elif row.state == "proposed":
            found[row.id] = _before_call(at, row)
        elif row.state == "called":
            missing = [
                name
                for id_, name in answers_for(at, row, "meeting.respond")
                if (one := answered.get((row.id, id_))) is None or not stands(standing(one), row.schedules)
            ]
            found[row.id] = _before(at, row, missing, planned=row.id in planned)
    return {id_: step for id_, step in found.items() if step is not None}


def next_step(at: Scene, row: MeetingRow) -> Step | None:
    """The next step of one meeting."""
    return next_steps(at, [row]).get(row.id)


def is_over(row: MeetingRow) -> bool:
    """Whether a called meeting has ended and nobody has put on record that it was held."""
    return row.state == "called" and end_of(row) <= clock.now()


def _poll(at: Scene, row: MeetingRow, answered: set[str]) -> Step | None:
    """To say when it suits a member that has not said so yet."""
    missing = [name for id_, name in answers_for(at, row, "poll.vote") if id_ not in answered]
    return Step(_("Say when it suits {member}", member=missing[0]), "#polls") if missing else None


def _before_call(at: Scene, row: MeetingRow) -> Step | None:
    if at.may("meeting.call") is None:
        return None
    if not clock.now() < row.start <= clock.now() + _NEAR:
        return None
    return Step(_("Call it, so that everybody is invited"), "#next")


def _before(at: Scene, row: MeetingRow, missing: list[str], *, planned: bool) -> Step | None:
    if row.start <= clock.now():
        return Step(_("Put on record who was there"), "/hold") if at.may("meeting.hold") else None
    if missing:
        return Step(_("Answer whether {member} comes", member=missing[0]), "#answer")
    if at.may("agenda.set") and not planned:
        return Step(_("Set the agenda"), "/agenda")
    return Step(_("Read the agenda"), "/agenda", done=True) if planned else None


def _after(at: Scene, row: MeetingRow, state: str, until: datetime | None) -> Step | None:
    writes = at.may("minutes.write") is not None
    if state in ("", "draft"):
        words = _("Circulate the minutes") if state else _("Write the minutes")
        return Step(words, "/minutes" if state else "/minutes/write") if writes else None
    if state == "contested" and writes:
        return Step(_("Look at the objections, and write the minutes anew"), "/minutes")
    if state == "circulated" and until is not None and answers_for(at, row, "minutes.object"):
        return Step(_("Read the minutes; object until {day}", day=last_day(until, at)), "/minutes")
    return Step(_("Read the minutes"), "/minutes", done=True)


def last_day(until: datetime, at: Scene) -> str:
    """The last day before an instant, in words, in the group's zone."""
    return spoken(day_in(until - timedelta(seconds=1), at.charter.group.timezone))
