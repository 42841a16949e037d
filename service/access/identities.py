"""Who a person is at a provider of identities, inside the transaction of the caller."""

from sqlmodel import Session

from service import audit, clock, events
from service.access.oidc import Claims, Untrusted
from service.access.queries import person_caller
from service.access.rules import Caller
from service.access.tables import IdentityRow, SignInRow
from service.groups import queries as groups


def person_of(session: Session, group_id: str, claims: Claims) -> Caller:
    """The person of a group whom the provider has signed in: known by issuer and subject together.

    The first time, a person is found by an address that the provider has verified: it is worth what a link
    mailed to that address is worth. From then on the address counts no more.

    Raises:
        Untrusted: nobody of the group, or no longer, or the address is not verified.
    """
    row = session.get(IdentityRow, (group_id, claims.issuer, claims.subject))
    known = person_caller(session, group_id, row.person_id) if row is not None else None
    if known is not None:
        return known
    if claims.email is None:
        raise Untrusted("email-unverified")
    groups.group_row(session, group_id, lock=True)
    address = claims.email.casefold()
    person = next((one for one in groups.people_rows(session, group_id) if one.email.casefold() == address), None)
    found = person_caller(session, group_id, person.id) if person is not None else None
    if person is None or found is None:
        raise Untrusted("unknown-person")
    audit.act(session, found.id, found.name)
    if row is None:
        row = IdentityRow(
            group_id=group_id, issuer=claims.issuer, subject=claims.subject, person_id=person.id,
            created_at=clock.now(),
        )  # fmt: skip
    # Whoever has left and come back is another person of the charter.
    row.person_id = person.id
    session.add(row)
    events.record(session, group_id, "identity.bound", person.id, actor=found.name, issuer=claims.issuer)
    return found


def refuse(session: Session, asked: SignInRow, why: str) -> None:
    """Put a sign-in by a provider that was refused on record, once: why, and nothing of what was sent."""
    groups.group_row(session, asked.group_id, lock=True)
    events.record(session, asked.group_id, "sign-in.refused", "provider", asked.hash[:40], why=why)
