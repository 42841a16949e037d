"""Which entries a calendar shows, and to whom: what feeds, pages and the API all read, so that none shows another set.

A view is what a calendar shows: `all`, `chair`, `meetings`, `member:` and an id (its terms, its meetings and its
public actions), or somebody's own, `inside:`, how it shows actions (task or event), and whose, joined by commas.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, cast

import icalendar
from sqlalchemy import Select, func, select
from sqlmodel import Session, col

from service import clock
from service.access.rules import Caller, Now, is_inside
from service.calendars.rules import Kind, Status
from service.calendars.tables import LedgerRow
from service.groups import queries as groups
from service.rotation.rules import reach

# How far back feeds go.
PAST = timedelta(days=90)
SHOWN = {
    "all": ("term", "handover", "meeting", "external"),
    "inside": ("term", "handover", "meeting", "external"),
    "chair": ("term", "handover"),
    "meetings": ("meeting",),
    "member": ("term", "meeting"),
}


class Entry(NamedTuple):
    """An entry with its bytes; `days` are its days in the group's zone, `[first, after the last)`."""

    key: str
    kind: Kind
    zone: str | None
    body: bytes
    days: tuple[date, date]


class Read(NamedTuple):
    """What an entry says: `[start, end)`, two days or two aware instants; `of` names the members whose it is."""

    key: str
    kind: Kind
    uid: str
    summary: str
    status: Status
    start: date | datetime
    end: date | datetime
    zone: str | None
    place: str
    url: str
    days: tuple[date, date]
    of: tuple[str, ...]

    @property
    def id(self) -> str:
        """The id of the meeting, external event or action; the key of a term or handover."""
        return self.key.removeprefix(f"{self.kind}-") if self.kind in ("meeting", "external") else self.key


def entries(
    session: Session, group_id: str, view: str, today: date, days: tuple[date, date] | None = None
) -> list[Entry]:
    """The entries of a view that share a day with `days`, `[first, after the last)`, in the group's zone.

    Without `days`, what a feed holds: from `PAST` on, and every action that stands, also one without a day.
    Nothing begins after the last day to which feeds reach.
    """
    what, _, of_whom = view.partition(":")
    inner = func.coalesce(LedgerRow.inner, LedgerRow.body) if what == "inside" else LedgerRow.body
    asked = _columns(inner, LedgerRow.end_day, whose=what == "member")
    found = [
        Entry(key, kind, zone, body, (start, end))
        for key, kind, zone, body, start, end, *of in _asked(
            session, _shown(session, asked, group_id, what, today, days)
        )
        if not of or _concerns(of_whom, kind, *of)
    ]
    return found + list(_actions(session, group_id, what, of_whom, today, days))


def published(session: Session, group_id: str, view: str, today: date) -> list[tuple[str | None, bytes]]:
    """The zone and the bytes of each entry of a feed."""
    if view not in ("all", "chair", "meetings"):
        return [(entry.zone, entry.body) for entry in entries(session, group_id, view, today)]
    # To read the days of each entry takes as long as all the rest, and a feed of everybody needs none.
    asked: Select[Any] = select(LedgerRow.zone, LedgerRow.body)  # type: ignore[call-overload]
    return [(zone, body) for zone, body in _asked(session, _shown(session, asked, group_id, view, today, None))]


def _shown(
    session: Session, asked: Select[Any], group_id: str, what: str, today: date, days: tuple[date, date] | None
) -> Select[Any]:
    """What is asked of the entries of a view, those of the first day first."""
    first, until = days or (today - PAST, date.max)
    far = min(until, last_day(session, group_id, today))
    return (
        asked.where(col(LedgerRow.group_id) == group_id, col(LedgerRow.kind).in_(SHOWN[what]))
        .where(col(LedgerRow.end_day) > first, col(LedgerRow.start_day) < far)
        .where(~col(LedgerRow.cancelled) | (col(LedgerRow.end_day) > today))
        .order_by(col(LedgerRow.start_day), col(LedgerRow.key))
    )


def read(session: Session, group_id: str, found: list[Entry]) -> list[Read]:
    """What entries say, in order of days; their bytes are read, since what is published is what is shown."""
    asked = select(LedgerRow.key, LedgerRow.of).where(  # type: ignore[call-overload]
        LedgerRow.group_id == group_id, col(LedgerRow.key).in_([entry.key for entry in found])
    )
    of = {key: tuple(members or ()) for key, members in session.connection().execute(asked)} if found else {}
    said = [_read(entry, of.get(entry.key, ())) for entry in found]
    return sorted(said, key=_place)


def _place(one: Read) -> tuple[date, float, str]:
    """Whole days stand before hours."""
    return one.days[0], one.start.timestamp() if isinstance(one.start, datetime) else 0.0, one.key


def last_day(session: Session, group_id: str, today: date) -> date:
    """The day from which on nothing is shown: as far as terms are."""
    return reach(groups.cycles(session, group_id), today)


def own_view(now: Now, caller: Caller, actions: str) -> str:
    """Somebody's own calendar: what the group's people see, and the actions of whom they serve, as task or event.

    Who is no longer one of its people sees what everybody sees.
    """
    if not is_inside(caller):
        return "all"
    served = [
        member.id
        for member in now.charter.members
        if caller.serves(now.organizations([member.id], now.today), now.today)
    ]
    steers = caller.secretariat if not now.chair else any(id_ in served for id_ in now.chair)
    return f"inside:{actions}:{','.join([*served, *(['chair'] if steers else [])])}"


def feed_path(group_id: str, view: str) -> str:
    """The address of the feed that shows a view that is everybody's."""
    what, _, member = view.partition(":")
    below = {"all": "", "chair": "/chair", "meetings": "/meetings", "member": f"/members/{member}"}[what]
    return f"/calendars/{group_id}{below}.ics"


def _concerns(member: str, kind: str, of: list[str] | None) -> bool:
    """Whether an entry stands in a member's feed: its own, and the meetings that are everybody's."""
    return member in (of or ()) or (kind == "meeting" and not of)


def _actions(
    session: Session, group_id: str, what: str, of_whom: str, today: date, days: tuple[date, date] | None
) -> Iterator[Entry]:
    """The actions of a view, those that are due first; a member's has what is public, as events of their due day."""
    if what not in ("member", "inside") or not of_whom:
        return
    form, _, ids = of_whom.partition(":")
    mine = set(ids.split(",")) if what == "inside" else {of_whom, *_chairing(session, group_id, of_whom)}
    asked = _columns(LedgerRow.body, LedgerRow.inner, whose=True).where(
        col(LedgerRow.group_id) == group_id, col(LedgerRow.kind) == "action", col(LedgerRow.end_day) > today
    )
    if what == "member":
        asked = asked.where(col(LedgerRow.public))
    if days is not None:
        asked = asked.where(col(LedgerRow.start_day) >= days[0], col(LedgerRow.start_day) < days[1])
    asked = asked.order_by(col(LedgerRow.start_day), col(LedgerRow.key))
    tasks = form == "task" and what == "inside"
    for key, kind, zone, body, start, inner, of in _asked(session, asked):
        said = inner if tasks else body
        if said and not mine.isdisjoint(of):
            yield Entry(key, kind, zone, said, (start, start + timedelta(days=1)))


def _columns(body: Any, more: Any, *, whose: bool) -> Select[Any]:
    # Whose an entry is stands in a list that takes time to read: only who has to know asks for it.
    row = LedgerRow
    return select(row.key, row.kind, row.zone, body, row.start_day, more, *([row.of] if whose else []))  # type: ignore[call-overload,no-any-return]


def _asked(session: Session, asked: Select[Any]) -> Sequence[Any]:
    # All at once: a row at a time takes SQLAlchemy longer than the database.
    return session.connection().execute(asked).all()


def _chairing(session: Session, group_id: str, member: str) -> tuple[str, ...]:
    now = Now(groups.charter(session, group_id), clock.now())
    return ("chair",) if member in now.chair else ()


def _read(entry: Entry, of: tuple[str, ...]) -> Read:
    event = icalendar.Event.from_ical(entry.body)
    return Read(
        entry.key, entry.kind, str(event["UID"]), str(event.get("SUMMARY", "")), cast(Status, str(event["STATUS"])),
        event.decoded("DTSTART"), event.decoded("DTEND"), entry.zone, str(event.get("LOCATION", "")),
        str(event.get("URL", "")), entry.days, of,
    )  # fmt: skip
