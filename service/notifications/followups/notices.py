"""The digest of notices: on Mondays at the duty station's hour, to all focal points, if there is anything new.

Each notice is told once to a person: a digest carries the number of the last notice that stands in it, and the
next one begins behind it.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import partial

from sqlmodel import col, func, select

from service import zones
from service.followups.notices.queries import notices
from service.followups.notices.tables import NoticeRow
from service.groups.stations import station
from service.notifications.followups import notice_words as words
from service.notifications.followups.audience import Addressed, focal_points
from service.notifications.look import Look
from service.notifications.meetings.rules import who
from service.notifications.outbox.tables import DeliveryRow
from service.notifications.posting import About, Recipient, post

DIGEST, SUBJECT = "notice.digest", "notices"
_WEEK = timedelta(days=7)
# What is older is no news to anybody; who is told for the first time hears of all of this.
_NEWS_FOR = timedelta(days=35)
_MOST = 1000


def digest(look: Look) -> None:
    """Put the digests that are due into the outbox."""
    fresh = _fresh(look)
    if not fresh:
        return
    last = _last_told(look)
    for to in _readers(look):
        monday, due = max(one for one in _mondays(look, to) if one[1] <= look.now)
        news = [row for row in fresh if row.published_at < due and row.number > last.get(to.person.email, 0)]
        if news:
            _tell(look, to, monday, due, news)


def coming(look: Look) -> Iterator[datetime]:
    """The instants at which a digest falls due, while there is anything that may stand in it."""
    if _fresh(look):
        for to in _readers(look):
            yield from (due for _, due in _mondays(look, to) if due > look.now)


def _fresh(look: Look) -> list[NoticeRow]:
    """The notices that may be news to somebody, oldest first."""
    found = notices(look.session, look.group_id, inside=True, since=look.now - _NEWS_FOR, limit=_MOST)
    return found[::-1]


def _last_told(look: Look) -> dict[str, int]:
    """The number of the last notice that each person was told of, by address."""
    asked = select(DeliveryRow.recipient, func.max(DeliveryRow.revision)).where(
        DeliveryRow.group_id == look.group_id,
        DeliveryRow.subject == SUBJECT,
        col(DeliveryRow.state) != "superseded",
    )
    return dict(look.session.exec(asked.group_by(col(DeliveryRow.recipient))).all())


def _readers(look: Look) -> list[Addressed]:
    """The focal points, each person once."""
    found: dict[str, Addressed] = {}
    for to in focal_points(look.charter, look.today):
        found.setdefault(to.person.email, to)
    return list(found.values())


def _mondays(look: Look, to: Addressed) -> Iterator[tuple[date, datetime]]:
    """The Mondays around today, each with when its digest is due: where the station rests, on its next working day."""
    today = zones.day_in(look.now, station(look.charter, to.organization)[0])
    for weeks in (-5, -4, -3, -2, -1, 0, 1):
        monday = today - timedelta(days=today.weekday()) + weeks * _WEEK
        yield monday, look.due_at(to.organization, monday, 0)


def _tell(look: Look, to: Addressed, monday: date, due: datetime, news: Sequence[NoticeRow]) -> None:
    event = look.event(DIGEST, SUBJECT, monday.isoformat(), due)
    # It may have been written before, and taken back unsent with one of its notices.
    before = f"{DIGEST}:{look.group_id}:{monday}:{who(to.person.email)}:"
    key = f"{before}{sum(one.startswith(before) for one in look.known(SUBJECT))}"
    person = Recipient(to.person.name, to.person.email, to.organization)
    say = partial(words.digest, look.charter, monday, news)
    post(look, event, "notices", person, key, due + _WEEK, About(SUBJECT, news[-1].number), say)
