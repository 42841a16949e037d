"""What the doors of actions share: the filters of a list, who acts for whom."""

from typing import Annotated, Literal

from fastapi import Depends, Query

from service.access.rules import Caller
from service.access.scene import Scene
from service.access.verbs import Authority
from service.followups.actions.bodies import Source
from service.followups.actions.changing import By
from service.followups.actions.listing import Filters
from service.followups.actions.rules import Status, Visibility, owners
from service.groups.parts import Day
from service.language.speech import _
from service.problems import Problem
from service.text import Id


def asked_for(
    owner: Annotated[Id | None, Query(description="A member's id, or `chair`.")] = None,
    status: Annotated[Status | None, Query(description="`pending` is open or in progress.")] = None,
    due_from: Annotated[Day | None, Query(description="Due on this day or later.")] = None,
    due_until: Annotated[Day | None, Query(description="Due before this day.")] = None,
    purpose: Annotated[int | None, Query(ge=1, le=1000)] = None,
    source: Annotated[Source | None, Query()] = None,
    helper: Annotated[Id | None, Query()] = None,
    assignee: Annotated[
        str | None, Query(pattern="^(me|[a-z0-9-]{1,36})$", description="`me`, or a person's id.")
    ] = None,
    visibility: Annotated[Visibility | None, Query()] = None,
    due: Annotated[Literal["none"] | None, Query(description="`none`: those without a due date.")] = None,
) -> Filters:
    """The filters of a list."""
    return Filters(owner, status, due_from, due_until, purpose, source, helper, assignee, visibility, due)


Asked = Annotated[Filters, Depends(asked_for)]


def resolved(filters: Filters, caller: Caller) -> Filters:
    """The filters with `me` as who asks.

    Raises:
        Problem: 422, the token is nobody's own.
    """
    if filters.assignee != "me":
        return filters
    kind, _colon, id_ = caller.id.partition(":")
    if kind != "person":
        raise Problem(422, "nobody", _("This token acts for no person; name the person's id in assignee."))
    return filters._replace(assignee=id_)


def by_of(at: Scene, authority: Authority, *members: str) -> By:
    """Who acts, and for which of `members` or of the chair."""
    near = members if authority == "own" else at.now.chair if authority == "chair" else ()
    if at.caller is None:
        return By("", None)
    served = (id_ for id_ in near if at.caller.serves(at.now.organizations([id_], at.today), at.today))
    return By(at.actor, next(served, None))


def owner_of(at: Scene, owner: str | None) -> str:
    """The owner that is meant: without one, the member that who asks serves.

    Raises:
        Problem: 422, they serve none, or several.
    """
    if owner is not None:
        return owner
    mine = [member.id for member in at.charter.members if at.may("action.start", member.id) == "own"]
    if len(mine) != 1:
        raise Problem(422, "owner-required", _("Say whose action it is: owner is a member's id, or chair."))
    return mine[0]


def needed(at: Scene, verb: str, owner: str) -> By:
    """By whom, where who asks may do `verb` to an action of `owner`.

    Raises:
        Problem: as `Scene.need`.
    """
    members = owners(owner, at.now.chair)
    return by_of(at, at.need(verb, *members), *members)
