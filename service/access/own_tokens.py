"""Who may make and revoke which token: everybody their own, the secretariat everybody's. For the API and the pages."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Literal

from service.access import commands
from service.access.scene import Scene
from service.access.tables import TokenRow
from service.access.verbs import SCOPES, Scope
from service.groups.tables import PersonRow
from service.language.speech import _
from service.problems import Problem, not_found


def make(
    at: Scene,
    *,
    kind: Literal["api", "feed"],
    lasts: timedelta,
    name: str | None = None,
    email: str | None = None,
    scopes: Sequence[Scope] | None = None,
) -> tuple[str, TokenRow]:
    """A token for the caller, or for the person with that address; without `scopes` with all of the caller's.

    Raises:
        Problem: 403, the caller may not, or has not all of these scopes; 404 and 422, see `commands.make_token`.
    """
    own = _own_address(at)
    if own is not None and (email is None or email.casefold() == own.casefold()):
        at.need("self.token")
        email = own
    else:
        at.need("token.make")
    held = at.caller.scopes if at.caller is not None else frozenset()
    wanted = [scope for scope in SCOPES if scope in (held if scopes is None else scopes)]
    if not held.issuperset(wanted):
        missing = ", ".join(scope for scope in wanted if scope not in held)
        raise Problem(
            403, "scope-missing", _("Your own token was not made for {missing}; leave it out.", missing=missing)
        )
    if kind == "feed" and email is None:
        raise Problem(422, "no-person", _("A calendar is a person's own; name the person."))
    scope = "write" if len(wanted) == len(SCOPES) else ",".join(wanted) or "read"
    return commands.make_token(
        at.session, at.group_id, kind=kind, email=email, name=name, lasts=lasts, scope=scope, actor=at.actor
    )


def revoke(at: Scene, token_id: str) -> TokenRow:
    """Revoke a token.

    Raises:
        Problem: 403, the caller may not; 404, there is no such token, or it is another's.
    """
    row = at.session.get(TokenRow, token_id)
    here = row is not None and row.group_id == at.group_id
    person = at.caller.person if at.caller is not None else None
    if row is not None and here and person is not None and row.person_id == person:
        at.need("self.token")
    elif at.may("token.revoke") is not None:
        at.need("token.revoke")
    else:
        at.need("self.token")
        raise not_found(_("This token is not here; check the address."))
    if not here:
        raise not_found(_("This token is not here; check the address."))
    return commands.revoke_token(at.session, token_id, actor=at.actor)


def _own_address(at: Scene) -> str | None:
    found = at.session.get(PersonRow, at.caller.person) if at.caller is not None and at.caller.person else None
    return found.email if found is not None else None
