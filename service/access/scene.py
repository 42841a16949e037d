"""What every door needs, inside the request's transaction: the group as it stands, who asks, whether they may."""

from datetime import date
from functools import cached_property

from sqlmodel import Session

from service import audit, clock
from service.access.rules import NOTHING, Caller, Now, Thing, chaired, is_inside, may
from service.access.verbs import VERBS, Authority
from service.groups import queries as groups
from service.groups.charter import Charter
from service.language.speech import N_, _
from service.problems import Problem, not_found

_CHAIR_ONLY = {
    "ended": (
        "chair-term-ended",
        N_("Your organization's term in the chair has ended; the chair of today may do this."),
    ),
    "not-begun": ("chair-term-not-begun", N_("Your organization's term in the chair has not begun yet.")),
    None: (
        "chair-only",
        N_("This is for the people of today's chair; where nobody chairs, for the secretariat."),
    ),
}
_REFUSED = {
    "self": (
        "no-person",
        N_("This token is the secretariat's, of no person; use a person's own for what is their own."),
    ),
    "own": ("not-yours", N_("Only a member's own people speak for it.")),
    "member": (
        "members-only",
        N_("This is for the members of the group; an observer is told what is given."),
    ),
    "secretariat": ("secretariat-only", N_("This is kept by the secretariat; ask it for this change.")),
}


class Scene:
    """The group as it stands at this instant, and who asks."""

    def __init__(self, session: Session, charter: Charter, caller: Caller | None) -> None:
        self.session = session
        self.charter = charter
        self.caller = caller
        self.now = Now(charter, clock.now())

    @property
    def group_id(self) -> str:
        return self.charter.group.id

    @property
    def today(self) -> date:
        """The day in the group's zone."""
        return self.now.today

    @property
    def actor(self) -> str:
        return self.caller.name if self.caller else ""

    @cached_property
    def inside(self) -> bool:
        """Whether who asks belongs to the group, and sees what its members see."""
        return is_inside(self.caller)

    def may(self, verb: str, *members: str, day: date | None = None) -> Authority | None:
        """By whose authority the caller may do `verb` to what belongs to `members`; None where they may not."""
        return may(self.caller, verb, Thing(members, day) if members or day else NOTHING, self.now)

    def need(self, verb: str, *members: str, day: date | None = None) -> Authority:
        """As `may`; the authority that is used goes on record with the write.

        Raises:
            Problem: 403, who asks may not, with the reason; 404, one of `members` is not known here.
        """
        for id_ in members:
            if self.charter.organization(id_) is None:
                raise not_found(_("This member is not here; check the address."))
        found = self.may(verb, *members, day=day)
        if found is None:
            raise self._refusal(verb)
        audit.authorize(self.session, verb, found)
        return found

    def _refusal(self, verb: str) -> Problem:
        by, scope = VERBS[verb]
        caller = self.caller
        if caller is not None and scope is not None and scope not in caller.scopes:
            return Problem(
                403, "scope-missing", _("This token was not made for {scope}; use one with that scope.", scope=scope)
            )
        if "chair" in by and by[0] == "chair":
            type_, detail = _CHAIR_ONLY[chaired(caller, self.now) if caller else None]
            return Problem(403, type_, _(detail))
        type_, detail = _REFUSED[by[0]]
        return Problem(403, type_, _(detail))


def scene(session: Session, group: str, caller: Caller | None, *, lock: bool = False) -> Scene:
    """The group as it stands; with `lock`, nobody else changes it until this transaction ends.

    Raises:
        Problem: 404, there is no such group.
    """
    groups.group_row(session, group, lock=lock)
    return Scene(session, groups.charter(session, group), caller)
