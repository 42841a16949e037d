"""What an agency is asked at meetings and about decisions: by the rules that reminders go out by."""

from datetime import datetime
from typing import NamedTuple

from service import clock, zones
from service.access.scene import Scene
from service.followups.decisions import rules
from service.followups.decisions.queries import answers, running, silent
from service.followups.decisions.tables import GroupDecisionRow
from service.meetings.agenda.queries import news
from service.meetings.attendance.queries import attendance_rows, standing
from service.meetings.attendance.rules import stands
from service.meetings.minutes.queries import in_circulation, state_of
from service.meetings.minutes.tables import MinutesRow
from service.meetings.people import taking_part
from service.meetings.polls.commands import ballots, open_polls
from service.meetings.polls.tables import PollRow
from service.meetings.queries import meeting_row, meetings
from service.meetings.tables import MeetingRow
from service.web.followups.decisions.words import Deadline, deadline
from service.web.term.served import times

# So many of each are shown; a group that asks for more at once has lists of its own for them.
MOST = 8


class Invitation(NamedTuple):
    """A meeting that is called and that a member has not answered; `before`: it has, for another time or place."""

    member: str
    row: MeetingRow
    when: str
    there: str | None
    before: bool
    may: bool


class News(NamedTuple):
    """The next meeting that a member has not told its news for."""

    member: str
    row: MeetingRow
    when: str


class Poll(NamedTuple):
    """A poll that a member has not answered: its slots as (time in the meeting's zone, in the reader's)."""

    member: str
    poll: PollRow
    meeting: MeetingRow
    slots: list[tuple[str, str | None]]


class Silence(NamedTuple):
    """A decision that silence adopts unless a member speaks; `contested`: one has, and others may still."""

    member: str
    row: GroupDecisionRow
    ends: Deadline
    contested: bool


class Minutes(NamedTuple):
    """Minutes that are adopted by silence unless a member objects; `contested`: one does."""

    row: MinutesRow
    meeting: MeetingRow
    ends: Deadline
    contested: bool


def takes_part(at: Scene, row: MeetingRow, member: str) -> bool:
    """Whether a meeting is for a member."""
    day = zones.day_in(row.start, at.charter.group.timezone)
    return any(one.id == member for one in taking_part(at.charter, row.members, day))


def called(at: Scene) -> list[MeetingRow]:
    """The meetings that are called and to come, the nearest first."""
    return meetings(at.session, at.group_id, since=clock.now(), states=("called",), most=MOST)


def invitations(at: Scene, members: list[str], coming: list[MeetingRow]) -> list[Invitation]:
    """Invitations without an answer to the meeting as it is."""
    found = []
    for row in coming:
        known, day = attendance_rows(at.session, row), zones.day_in(row.start, at.charter.group.timezone)
        for member in members:
            said = known.get(member)
            if takes_part(at, row, member) and not (said and stands(standing(said), row.schedules)):
                may = at.may("meeting.respond", member, day=day) is not None
                before = said is not None and bool(said.answer)
                found.append(Invitation(member, row, *times(at, row), before, may))
    return found


def missing_news(at: Scene, members: list[str], coming: list[MeetingRow]) -> list[News]:
    """For each member the next meeting for which it has told no news."""
    found = []
    for member in members:
        row = next((row for row in coming if takes_part(at, row, member)), None)
        if row is None or at.may("news.tell", member, day=zones.day_in(row.start, at.charter.group.timezone)) is None:
            continue
        if all(one.member != member for one in news(at.session, row)):
            found.append(News(member, row, times(at, row)[0]))
    return found


def polls(at: Scene, members: list[str]) -> list[Poll]:
    """Polls that take ballots and have none of a member."""
    found: list[Poll] = []
    for poll in open_polls(at.session, at.group_id):
        if len(found) >= MOST:
            break
        meeting, voted = meeting_row(at.session, at.group_id, poll.meeting), ballots(at.session, poll)
        day = zones.day_in(meeting.start, at.charter.group.timezone)
        for member in members:
            may = at.may("poll.vote", member, day=day) is not None
            if may and member not in voted and takes_part(at, meeting, member):
                found.append(Poll(member, poll, meeting, _slots(at, poll, meeting)))
    return found


def _slots(at: Scene, poll: PollRow, meeting: MeetingRow) -> list[tuple[str, str | None]]:
    return [times(at, _at(meeting, datetime.fromisoformat(start))) for start in poll.slots]


def _at(meeting: MeetingRow, start: datetime) -> MeetingRow:
    """The meeting as it would be; never added to the session."""
    return MeetingRow(**meeting.model_dump() | {"start": start})


def silences(at: Scene, members: list[str]) -> list[Silence]:
    """Decisions that wait for the word of a member, those that end first before the others."""
    found: list[Silence] = []
    for row in running(at.session, at.group_id):
        if len(found) >= MOST:
            break
        said = rules.standing(answers(at.session, row), row.round)
        quiet = silent(at.charter, row, said)
        found += [
            Silence(member, row, deadline(at, row.until), row.objections > 0)
            for member in members
            if row.until is not None and member in quiet and at.may("decision.answer", member) is not None
        ]
    return found


def circulating(at: Scene) -> list[Minutes]:
    """Minutes that members may object to now."""
    found = []
    for row in in_circulation(at.session, at.group_id, clock.now(), MOST):
        meeting = meeting_row(at.session, at.group_id, row.meeting)
        state = state_of(at.session, meeting, row)
        if row.until is not None and state in ("circulated", "contested"):
            found.append(Minutes(row, meeting, deadline(at, row.until), state == "contested"))
    return found
