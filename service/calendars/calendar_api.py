"""The HTTP door of the calendar: the entries of a feed for some days, as JSON."""

from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from fastapi import Query, Request, Response
from pydantic import Field
from sqlmodel import Session

from service.access.bodies import Out, answer, new_router
from service.access.door import ANYBODY, Answer, glance, look
from service.access.rules import Caller
from service.access.scene import Scene, scene
from service.calendars.rules import Kind
from service.calendars.shown import Read, entries, feed_path, own_view, read
from service.groups.parts import Day
from service.language.speech import _
from service.problems import Problem, not_found

router = new_router("calendars")
Show = Literal["all", "chair", "meetings", "mine"]
SHOWS: tuple[Show, ...] = ("all", "chair", "meetings", "mine")
DAYS = 400
_YEAR = timedelta(days=366)


class EntryOut(Out):
    """An entry as the feed has it. `id` is that of the meeting, external event or action, else the key of the term.

    `from` and `until` are its days in the group's zone, `until` being the day after the last. `start` and `end` are
    its instants; null for whole days.
    """

    kind: Kind
    id: str
    uid: str = Field(description="The UID that it has in feeds.")
    title: str
    status: Literal["tentative", "confirmed", "cancelled"] = Field(
        description="tentative: a term by rule and not on record, a meeting that is proposed."
    )
    from_: date = Field(alias="from")
    until: date
    start: datetime | None
    end: datetime | None
    zone: str | None = Field(description="The zone in which its hours are shown; null for whole days.")
    place: str
    url: str
    members: list[str] = Field(description="Whose it is; empty for everybody's.")


class CalendarOut(Out):
    """The entries that share a day with `[from, until)`, in order of days; `feed` is null for one's own calendar."""

    from_: date = Field(alias="from")
    until: date
    feed: str | None = Field(description="The address of the feed that shows the same.")
    entries: list[EntryOut]


@router.get("/calendar", response_model=CalendarOut, openapi_extra=ANYBODY)
def calendar(
    group: str,
    request: Request,
    show: Annotated[Show | None, Query(description="As the feed of that name; mine: your own. Default: all.")] = None,
    member: Annotated[str | None, Query(max_length=40, description="As the feed of that member.")] = None,
    from_: Annotated[Day | None, Query(alias="from", description="First day; default: today.")] = None,
    until: Annotated[Day | None, Query(description="Day after the last; default: a year on.")] = None,
) -> Response:
    """What a feed of the group holds in some days, past or coming, as far as terms are shown."""

    def do(session: Session, caller: Caller | None) -> Answer:
        at = scene(session, group, caller)
        view = view_of(at, show, member)
        first = from_ or at.today
        days = (first, until or first + _YEAR)
        found = between(at, view, days)
        feed = None if view.startswith("inside") else feed_path(group, view)
        return answer(CalendarOut(from_=days[0], until=days[1], feed=feed, entries=[_out(one) for one in found]))

    return look(request, group, do) if show == "mine" else glance(request, group, do)


def view_of(at: Scene, show: str | None, member: str | None) -> str:
    """The view that a filter stands for; of one's own actions, the days on which they are due.

    Raises:
        Problem: 404, there is no such member; 422, the two do not go together, or nobody is there whose it could be.
    """
    if member:
        if show not in (None, "", "all"):
            raise Problem(422, "invalid-filter", _("Ask for a member or for a kind of entries, not for both."))
        if at.charter.member(member) is None:
            raise not_found(_("This member is not here; check the address."))
        return f"member:{member}"
    if show == "mine":
        if at.caller is None:
            raise Problem(422, "invalid-filter", _("Your own calendar is for who is signed in."))
        return own_view(at.now, at.caller, "event")
    if show and show not in SHOWS:
        raise Problem(422, "invalid-filter", _("show takes {names}.", names=", ".join(SHOWS)))
    return show or "all"


def between(at: Scene, view: str, days: tuple[date, date]) -> list[Read]:
    """What a view shows in `days`, `[first, after the last)`.

    Raises:
        Problem: 422, these are no days, or too many.
    """
    if days[1] <= days[0]:
        raise Problem(422, "invalid-period", _("until is not after from; until is the day after the last."))
    if (days[1] - days[0]).days > DAYS:
        raise Problem(422, "span-too-long", _("Ask for at most {days} days at once.", days=DAYS))
    return read(at.session, at.group_id, entries(at.session, at.group_id, view, at.today, days))


def _out(one: Read) -> EntryOut:
    whole = not isinstance(one.start, datetime)
    return EntryOut(
        kind=one.kind, id=one.id, uid=one.uid, title=one.summary, status=one.status.lower(), from_=one.days[0],
        until=one.days[1], start=None if whole else one.start, end=None if whole else one.end,
        zone=None if whole else one.zone or "UTC", place=one.place, url=one.url, members=list(one.of),
    )  # fmt: skip
