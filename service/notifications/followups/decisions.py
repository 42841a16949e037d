"""Tells of the group's decisions: opened, revised, contested, adopted, withdrawn; and reminds those who are silent.

That silence has adopted a decision is an event that time makes: it is recorded once, with the instant from which
it holds, however late it is seen.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial

from service import zones
from service.access.links import sign_decision
from service.events import Event, lately
from service.followups.decisions import rules
from service.followups.decisions.commands import note_adopted
from service.followups.decisions.queries import ADOPTED, answers, course, decision_row, running, unrecorded
from service.followups.decisions.tables import GroupAnswerRow, GroupDecisionRow
from service.meetings.queries import meeting_row
from service.notifications.followups import decision_words as words
from service.notifications.followups.audience import Addressed, focal_points
from service.notifications.look import Look
from service.notifications.meetings.rules import who
from service.notifications.posting import About, Recipient, Say, post
from service.notifications.wording.message import Message, Reader
from service.rotation.people import chairs_people

REMINDER = "decision.reminder"
# Days before the last day.
LEAD = 2
# What was not told for so long is no news any more.
_NEWS_FOR = timedelta(days=30)


def passing(look: Look) -> None:
    """Record what silence alone has brought about."""
    for row in unrecorded(look.session, look.group_id):
        if row.until is not None:
            note_adopted(look.session, row, row.until)


def coming(look: Look) -> Iterator[datetime]:
    """The instants at which a decision falls due, or somebody is owed a reminder of one."""
    for row in running(look.session, look.group_id):
        if row.until is not None:
            yield row.until
        yield from (at for _, at in _owed(look, row) if at > look.now)


def tell(look: Look) -> None:
    """Put what has happened and was told to nobody into the outbox, and remind of what comes."""
    for event in lately(look.session, look.group_id, _TELLS, look.now - _NEWS_FOR):
        _TELLS[event.kind](look, event, decision_row(look.session, look.group_id, event.subject))
    for row in running(look.session, look.group_id):
        _remind(look, row)


def _post(
    look: Look,
    event: Event,
    row: GroupDecisionRow,
    audience: Iterable[tuple[str, Addressed, Say]],
    last: datetime,
    *,
    key: Callable[[Addressed], str] | None = None,
) -> None:
    """To each of the audience a message of a kind, unless it is in the outbox already; by default one a mailbox."""
    about = About(f"decision-{row.id}", row.round)
    known = look.known(about.subject)
    for kind, to, say in audience:
        named = key(to) if key else f"{event.kind}:{event.id}:{who(to.person.email)}"
        if named not in known:
            person = Recipient(to.person.name, to.person.email, to.organization)
            post(look, event, kind, person, named, last, about, say)


def _chairs(look: Look) -> Iterator[Addressed]:
    for id_ in look.chair:
        for person, organization in chairs_people(look.charter, [id_], look.today):
            yield Addressed(person, id_, organization, True)


def _subject(look: Look, row: GroupDecisionRow) -> words.Subject:
    meeting = meeting_row(look.session, look.group_id, row.meeting) if row.meeting else None
    found = (meeting.title, zones.day_in(meeting.start, look.zone)) if meeting else None
    return words.Subject(look.charter, row, found)


def _standing(look: Look, row: GroupDecisionRow) -> dict[str, GroupAnswerRow]:
    return rules.standing(answers(look.session, row), row.round)


def _asked(look: Look, event: Event, row: GroupDecisionRow) -> None:
    """The text of a round to all, with a link to answer; a round that is over is told to nobody."""
    if row.until is None or event.data["round"] != row.round or not rules.takes_answers(course(row), look.now):
        return
    about = _subject(look, row)
    # Who does not answer for a member is not asked; to them it is news.
    audience = [
        ("decisions" if to.answers else "decision-news", to, partial(_ask, look, about, to, words.asked))
        for to in focal_points(look.charter, look.today)
    ]
    _post(
        look, event, row, audience, row.until,
        key=lambda to: f"{event.kind}:{event.id}:{to.member}:{who(to.person.email)}",
    )  # fmt: skip


Asks = Callable[[words.Subject, str, str | None, Reader], Message]


def _ask(look: Look, about: words.Subject, to: Addressed, say: Asks, reader: Reader) -> Message:
    """What asks somebody for the answer of their member, with the link by which the reader gives it."""
    return say(about, to.member, _link(look, about.row, to, reader), reader)


def _link(look: Look, row: GroupDecisionRow, to: Addressed, reader: Reader) -> str | None:
    """Where the reader answers for a member; what is for somebody who does not speak for it is only read."""
    person = look.people.get(reader.address)
    if person is None or not to.answers:
        return None
    return f"{look.url}/decision/{sign_decision(look.group_id, row.id, to.member, person)}"


def _owed(look: Look, row: GroupDecisionRow) -> Iterator[tuple[Addressed, datetime]]:
    """Who of the silent members is reminded, and when: at their own hour, unless the round began later than that."""
    if row.until is None or row.objections:
        return
    heard = _standing(look, row)
    last = zones.day_in(row.until - timedelta(seconds=1), look.zone)
    for to in focal_points(look.charter, look.today):
        if to.answers and to.member not in heard:
            at = look.due_at(to.organization, last, LEAD)
            if at > row.asked_at:
                yield to, at


def _remind(look: Look, row: GroupDecisionRow) -> None:
    owed = [(to, at) for to, at in _owed(look, row) if at <= look.now]
    if not owed or row.until is None:
        return
    about = _subject(look, row)
    event = look.event(REMINDER, row.id, str(row.round), min(at for _, at in owed), round=row.round)
    _post(
        look,
        event,
        row,
        [("decisions", to, partial(_ask, look, about, to, words.missing)) for to, _ in owed],
        row.until,
        key=lambda to: f"{REMINDER}:{event.id}:{to.member}:{who(to.person.email)}",
    )


def _contested(look: Look, event: Event, row: GroupDecisionRow) -> None:
    """To the chair, whose turn it is, and to all: it does not pass as it stands."""
    if event.data["round"] != row.round or row.withdrawn_at is not None or not row.objections:
        return
    objecting = [one for one in _standing(look, row).values() if one.answer == "object"]
    say = partial(words.contested, _subject(look, row), objecting)
    chairs = [("chair", to, say) for to in _chairs(look)]
    others = [("decision-news", to, say) for to in focal_points(look.charter, look.today)]
    _post(look, event, row, chairs + others, look.now + _NEWS_FOR)


def _answered(look: Look, event: Event, row: GroupDecisionRow) -> None:
    """To the chair alone: a member wants another text, or objects to what is contested already."""
    number = int(event.occurrence.partition(":")[2])
    found = next((one for one in _standing(look, row).values() if one.number == number), None)
    if event.data["contests"] or row.withdrawn_at is not None or found is None or found.answer not in _CHAIRS:
        return
    say = partial(words.wanted, _subject(look, row), found)
    _post(look, event, row, [("chair", to, say) for to in _chairs(look)], look.now + _NEWS_FOR)


def _ended(look: Look, event: Event, row: GroupDecisionRow) -> None:
    """The outcome to all, with who endorses it and who stands aside."""
    ending = words.adopted if event.kind == ADOPTED else words.withdrawn
    say = partial(ending, _subject(look, row), list(_standing(look, row).values()))
    audience = [("decision-news", to, say) for to in focal_points(look.charter, look.today)]
    _post(look, event, row, audience, look.now + _NEWS_FOR)


_CHAIRS = ("change", "object")
_TELLS: dict[str, Callable[[Look, Event, GroupDecisionRow], None]] = {
    "decision.opened": _asked,
    "decision.revised": _asked,
    "decision.contested": _contested,
    "decision.answered": _answered,
    ADOPTED: _ended,
    "decision.withdrawn": _ended,
}
