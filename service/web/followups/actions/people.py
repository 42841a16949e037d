"""Who may answer for an action and who may do it, for whoever looks; addresses of people stay on this side."""

from collections.abc import Sequence

from service.access.scene import Scene
from service.followups.actions.people import serves
from service.followups.actions.rules import CHAIR, owners
from service.followups.actions.tables import ActionRow
from service.groups import queries as groups
from service.language.speech import _

Choice = tuple[str, str]


def members(at: Scene) -> list[Choice]:
    """The members of today."""
    return [(one.id, one.label) for one in at.charter.members if one.stands(at.today)]


def own(at: Scene) -> list[Choice]:
    """The members that whoever looks serves today."""
    return [(id_, name) for id_, name in members(at) if at.may("action.start", id_) == "own"]


def every_owner(at: Scene) -> list[Choice]:
    """Who may answer for an action at all."""
    return [(CHAIR, _("the chair, whoever it is")), *members(at)]


def offered(at: Scene) -> list[Choice]:
    """For whom who looks may open an action; one's own come first."""
    first = own(at)
    others = [one for one in members(at) if one not in first and at.may("action.open", one[0]) is not None]
    chair = [(CHAIR, _("the chair, whoever it is"))] if at.may("action.open", *at.now.chair) is not None else []
    return [*first, *chair, *others]


def allowed(at: Scene, row: ActionRow, verbs: Sequence[str]) -> set[str]:
    """Which of some verbs who looks may do to an action; who helps may log."""
    near = owners(row.owner, at.now.chair)
    found = {verb for verb in verbs if at.may(f"action.{verb}", *near) is not None}
    if "log" in verbs and at.may("action.log", *near, *row.helpers) is not None:
        found.add("log")
    return found


def people(at: Scene, ids: Sequence[str]) -> list[Choice]:
    """The people who act for any of some members today: their ids, and their names."""
    rows = {row.email: row.id for row in groups.people_rows(at.session, at.group_id)}
    found = [one for one in at.charter.people if serves(at.charter, one, ids, at.today) is not None]
    return [(rows[one.email], one.name) for one in found if one.email in rows]


def address(at: Scene, id_: str) -> str:
    """The address of a person; an id that is nobody's as it is, for the check to complain of."""
    rows = groups.people_rows(at.session, at.group_id)
    return next((row.email for row in rows if row.id == id_), id_)
