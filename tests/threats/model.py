"""A group in memory: who chairs, and what meetings, decisions and actions become. It knows no database and no HTTP.

It says of each request what it is answered with and what it leaves behind, in the order in which the doors look: at
the headers, at who asks, at whether they may, at the version, and at the thing itself.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

ZURICH = ZoneInfo("Europe/Zurich")
HANDOVER = datetime(2008, 6, 30, 22, tzinfo=UTC)
# Who asks, by the member that they serve; nobody sends no token.
SECRETARIAT, NOBODY = "secretariat", "nobody"
PEOPLE = ("unfpa", "unhcr", "ilo", "iom", SECRETARIAT, NOBODY)
KEPT = timedelta(hours=24)
OPEN, BEGUN = "open", "in-progress"


class Outcome(NamedTuple):
    """How a request ends: the status, and how many events and entries of the audit it leaves behind."""

    status: int
    events: int = 0
    entries: int = 0


DONE_ALREADY = Outcome(200)


@dataclass
class Action:
    id: str
    owner: str
    due: date | None = None
    state: str = OPEN
    version: int = 1


@dataclass
class Meeting:
    id: str
    day: date
    hour: int
    title: str
    titled: bool = False
    state: str = "proposed"
    version: int = 1

    @property
    def start(self) -> datetime:
        return datetime(self.day.year, self.day.month, self.day.day, self.hour, tzinfo=ZURICH)


@dataclass
class Decision:
    id: str
    until: datetime
    round: int = 1
    withdrawn: bool = False
    version: int = 1
    answers: dict[str, tuple[str, str | None]] = field(default_factory=dict)

    def state(self, now: datetime) -> str:
        if self.withdrawn:
            return "withdrawn"
        if any(answer == "object" for answer, _ in self.answers.values()):
            return "contested"
        return "adopted" if now >= self.until else OPEN


def today(now: datetime) -> date:
    return now.astimezone(ZURICH).date()


def end_of(day: date) -> datetime:
    after = day + timedelta(days=1)
    return datetime(after.year, after.month, after.day, tzinfo=ZURICH)


def chair(now: datetime) -> str:
    return "unfpa" if now < HANDOVER else "unhcr"


def chairs(who: str, now: datetime) -> bool:
    """Authority follows the chair, by the second."""
    return who == chair(now)


def owns(who: str, owner: str, now: datetime) -> bool:
    return chairs(who, now) if owner == "chair" else who == owner


def headers(who: str, tag: str, *, required: bool = True) -> int | None:
    """What is refused before anything is read: no token, then no version. None where neither is missing."""
    if who == NOBODY:
        return 401
    return 428 if tag == "*" or (required and tag == "") else None


def stale(tag: str, version: int) -> bool:
    return tag not in ("", f'"{version}"')


# Which states each verb of an action starts from, where it leads, and whether the secretariat may.
PENDING = (OPEN, BEGUN)
ACTION_VERBS: dict[str, tuple[tuple[str, ...], str | None, bool]] = {
    "start": ((OPEN,), BEGUN, False),
    "log": ((*PENDING, "done", "dropped"), None, True),
    "finish": (PENDING, "done", False),
    "drop": (PENDING, "dropped", False),
    "reopen": (("done", "dropped"), OPEN, False),
    "reschedule": (PENDING, None, True),
    "transfer": (PENDING, None, False),
}


def open_action(who: str, owner: str, now: datetime) -> Outcome:
    if who == NOBODY:
        return Outcome(401)
    may = owns(who, owner, now) or chairs(who, now) or who == SECRETARIAT
    return Outcome(201, 1, 2) if may else Outcome(403)


def act(
    action: Action, verb: str, who: str, tag: str, now: datetime, *, due: date | None = None, to: str = ""
) -> Outcome:
    """What becomes of an action: it changes here where it changes there."""
    refused = headers(who, tag, required=verb != "log")
    if refused:
        return Outcome(refused)
    starts, leads, secretariat = ACTION_VERBS[verb]
    own = owns(who, action.owner, now) and verb != "transfer"
    if not (own or chairs(who, now) or (secretariat and who == SECRETARIAT)):
        return Outcome(403)
    if stale(tag, action.version):
        return Outcome(412)
    if action.state not in starts:
        return Outcome(409)
    if verb == "reschedule":
        if due is not None and due < today(now):
            return Outcome(422)
        if due == action.due:
            return Outcome(409)
        action.due = due
    if verb == "transfer":
        if to == action.owner:
            return Outcome(409)
        action.owner = to
    action.state = leads or action.state
    action.version += 1
    # The row itself and the entry of its log.
    return Outcome(200, 1, 2)


def propose(who: str, day: date, hour: int, now: datetime) -> Outcome:
    if who == NOBODY:
        return Outcome(401)
    if not chairs(who, now):
        return Outcome(403)
    return Outcome(201, 1, 1) if Meeting("", day, hour, "").start > now else Outcome(409)


def steer(meeting: Meeting, verb: str, who: str, tag: str, now: datetime, *, hour: int = 0, title: str = "") -> Outcome:
    """What becomes of a meeting."""
    refused = headers(who, tag)
    if refused:
        return Outcome(refused)
    if not (chairs(who, now) or (verb == "hold" and who == SECRETARIAT)):
        return Outcome(403)
    if stale(tag, meeting.version):
        return Outcome(412)
    begun = now >= meeting.start
    was = meeting.state
    if verb == "edit":
        if meeting.state == "cancelled":
            return Outcome(409)
        # To say a title by hand keeps it from following its rhythm, also where it is the same.
        if title == meeting.title and meeting.titled:
            return DONE_ALREADY
        meeting.title, meeting.titled = title, True
    elif verb == "move":
        moved = Meeting("", meeting.day, hour, "").start
        if meeting.state not in ("proposed", "called") or begun or now >= moved:
            return Outcome(409)
        if hour == meeting.hour:
            return DONE_ALREADY
        meeting.hour = hour
    elif verb == "call":
        if meeting.state != "proposed" or begun:
            return Outcome(409)
        meeting.state = "called"
    elif verb == "cancel":
        if meeting.state not in ("proposed", "called") or begun:
            return Outcome(409)
        meeting.state = "cancelled"
    elif verb == "hold":
        if meeting.state != "called" or not begun:
            return Outcome(409)
        meeting.state = "held"
    meeting.version += 1
    # With its call a meeting has the exchange of information on its agenda, which ends with it.
    exchange = verb == "call" or (was == "called" and verb in ("hold", "cancel"))
    return Outcome(200, 1, 2 if exchange else 1)


def put_to_silence(who: str, days: int, now: datetime) -> Outcome:
    if who == NOBODY:
        return Outcome(401)
    if not chairs(who, now):
        return Outcome(403)
    return Outcome(201, 1, 1) if days >= 2 else Outcome(422)


def answer(
    decision: Decision, member: str, said: str, reason: str | None, who: str, tag: str, now: datetime, round_: int
) -> Outcome:
    """What becomes of a decision when a member answers."""
    refused = headers(who, tag, required=False)
    if refused:
        return Outcome(refused)
    if who != member:
        return Outcome(403)
    if stale(tag, decision.version):
        return Outcome(412)
    if decision.withdrawn or now >= decision.until or round_ != decision.round:
        return Outcome(409)
    if said == "object" and reason is None:
        return Outcome(422)
    if decision.answers.get(member) == (said, reason):
        return DONE_ALREADY
    before = decision.state(now)
    decision.answers[member] = (said, reason)
    decision.version += 1
    contests = before != "contested" and decision.state(now) == "contested"
    return Outcome(200, 2 if contests else 1, 2)


def put_again(decision: Decision, verb: str, who: str, tag: str, now: datetime, days: int = 0) -> Outcome:
    """What becomes of a decision that is revised or withdrawn."""
    refused = headers(who, tag)
    if refused:
        return Outcome(refused)
    if not chairs(who, now):
        return Outcome(403)
    if stale(tag, decision.version):
        return Outcome(412)
    if decision.state(now) not in (OPEN, "contested"):
        return Outcome(409)
    if verb == "revise":
        if days < 2:
            return Outcome(422)
        decision.round += 1
        decision.answers = {}
        decision.until = end_of(today(now) + timedelta(days=days))
    else:
        decision.withdrawn = True
    decision.version += 1
    return Outcome(200, 1, 1)
