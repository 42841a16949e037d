"""What the forms of activities offer to choose from, and how what was typed becomes what the API takes."""

from datetime import date, timedelta
from typing import Any

from service.access.scene import Scene
from service.language.speech import _
from service.meetings.outside.commands import external_events
from service.meetings.outside.tables import ExternalRow
from service.problems import Problem
from service.web.followups.decisions import words as decisions_words
from service.web.frame.forms import Typed

_MOST = 50


def choices(at: Scene) -> dict[str, Any]:
    """What can be chosen in the forms; nothing to the public, which sees none."""
    if not at.inside:
        return {name: [] for name in ("members", "areas", "purposes", "externals", "visibility")}
    return {
        "members": [(one.id, one.label) for one in at.charter.members if one.stands(at.today)],
        "areas": [(area, area) for area in at.charter.areas],
        "purposes": [(number, f"{number}. {text}") for number, text in at.charter.purposes.items()],
        "externals": [(row.id, row.title) for row in _coming(at)],
        "visibility": [(key, _(text)) for key, text in decisions_words.VISIBILITY],
    }


def external_of(at: Scene, id_: str | None) -> ExternalRow | None:
    """The external event that an activity contributes to."""
    if id_ is None:
        return None
    return next((row for row in external_events(at.session, at.group_id) if row.id == id_), None)


def described(typed: Typed) -> dict[str, Any]:
    """What is said of an activity, as it was typed; the form asks for the last day, the API for the one after.

    Raises:
        Problem: 422, the last day is before the first.
    """
    first, last = typed.text("from"), typed.text("until")
    if first and last and _is_day(first) and _is_day(last) and last < first:
        raise Problem(422, "invalid-period", _("The last day is before the first."), field="until")
    return {
        **{name: typed.text(name) for name in ("title", "objective", "lead", "from", "visibility")},
        "until": after(typed.text("until")),
        "purposes": typed.wholes("purposes"),
        "areas": typed.all("areas"),
        "partners": typed.all("partners"),
        "expected": [line.strip() for line in typed.get("expected").splitlines() if line.strip()],
        "external": typed.text("external"),
    }


def after(day: str | None) -> str | None:
    """The day after a day as it was typed; what is no day is left as it is, for the check to complain of."""
    try:
        return (date.fromisoformat(day) + timedelta(days=1)).isoformat() if day else None
    except (ValueError, OverflowError):
        return day


def _is_day(text: str) -> bool:
    return after(text) != text


def day_before(day: date) -> date:
    """The last day of what ends before `day`."""
    return day - timedelta(days=1)


def _coming(at: Scene) -> list[ExternalRow]:
    """The external events of this year and later."""
    year = at.today.year
    rows = [row for row in external_events(at.session, at.group_id) if not row.withdrawn and row.end.year >= year]
    return rows[:_MOST]
