"""What of the calendar is shown: the same filters in the pages, the feeds and the API."""

from datetime import date, timedelta
from typing import NamedTuple
from urllib.parse import urlencode

from service.access.scene import Scene
from service.calendars.calendar_api import SHOWS, view_of
from service.calendars.shown import Read, feed_path, last_day
from service.language.speech import N_, _
from service.problems import Problem
from service.settings import current
from service.web.calendar.months import Month, Reach, month_of, read_month

_NAMES = {
    "all": N_("Everything"), "chair": N_("Chair and handovers"), "meetings": N_("Meetings"),
    "mine": N_("My own, with what is due"),
}  # fmt: skip


class Choice(NamedTuple):
    """What is shown: the view, and how it stands in an address, `show` or `member`."""

    group: str
    view: str
    show: str
    member: str

    def query(self, **more: str) -> str:
        """The end of an address that shows the same."""
        said = {"member": self.member} if self.member else {"show": self.show}
        return "?" + urlencode(said | {name.rstrip("_"): value for name, value in more.items()})

    @property
    def own(self) -> bool:
        return self.show == "mine"

    @property
    def feed(self) -> str:
        """The address of the feed that shows the same; empty for one's own, which only its owner knows."""
        return "" if self.own else f"{current().public_url}{feed_path(self.group, self.view)}"

    def json(self, first: date, until: date) -> str:
        """Where the API answers with the same."""
        query = self.query(from_=first.isoformat(), until=until.isoformat())
        return f"/api/v1/groups/{self.group}/calendar{query}"


def choose(at: Scene, show: str, member: str) -> Choice:
    """The choice in an address; without one, one's own calendar for the people of the group, else everything.

    Raises:
        Problem: see `view_of`.
    """
    wanted = show or ("mine" if at.inside and not member else "all")
    return Choice(at.group_id, view_of(at, wanted, member), wanted, member)


def tabs(at: Scene, choice: Choice, page: str, **more: str) -> list[tuple[str, str, bool]]:
    """What else can be shown: its name, its address on this page, and whether it is shown now."""
    offered = [show for show in SHOWS if show != "mine" or at.inside]
    return [
        (
            _(_NAMES[show]),
            f"/groups/{at.group_id}{page}{choice._replace(show=show, member='').query(**more)}",
            not choice.member and show == choice.show,
        )
        for show in offered
    ]


def name_of(at: Scene, choice: Choice) -> str:
    """What the view is called."""
    return at.charter.short(choice.member) if choice.member else _(_NAMES[choice.show])


def members(at: Scene) -> list[tuple[str, str]]:
    """The members that have a calendar of their own."""
    return [(one.id, one.label) for one in at.charter.members if one.stands(at.today)]


def reach(at: Scene) -> Reach:
    """From the month in which the group was founded to the last that feeds reach."""
    last = last_day(at.session, at.group_id, at.today) - timedelta(days=1)
    return Reach(month_of(at.charter.group.founded), month_of(last))


def month_in(at: Scene, text: str, within: Reach) -> tuple[Month, str]:
    """The month that an address names, else that of today; and what is wrong with it, if it is."""
    today = month_of(at.today)
    now = min(max(today, within.first), within.last)
    if not text:
        return now, ""
    found = read_month(text)
    if found is None:
        return now, _("Write a month as {example}, year and number.", example=now.text)
    if not within.has(found):
        return now, _(
            "The calendar goes from {first} to {last}; choose a month between them.",
            first=within.first.text, last=within.last.text,
        )  # fmt: skip
    return found, ""


def needs_sign_in(at: Scene, show: str) -> None:
    """Lead whoever asks for their own calendar to the sign-in.

    Raises:
        Problem: 401, nobody is signed in.
    """
    if show == "mine" and at.caller is None:
        raise Problem(401, "sign-in-required", _("Your own calendar is for who is signed in."))


def begun(found: list[Read], first: date) -> tuple[list[Read], list[Read]]:
    """What has begun before a day, and what begins from it on."""
    return [one for one in found if one.days[0] < first], [one for one in found if one.days[0] >= first]
