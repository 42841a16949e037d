"""Whether what somebody says of an action fits the group: members, people, purposes, where it comes from."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlmodel import Session

from service.followups.actions.people import serves
from service.followups.actions.rules import CHAIR, HELPERS, owners
from service.followups.activities.tables import ActivityRow
from service.followups.decisions.tables import GroupDecisionRow
from service.groups import queries as groups
from service.groups.charter import Charter
from service.language.speech import N_, _, ngettext
from service.meetings.minutes.tables import OutcomeRow
from service.problems import Problem
from service.rotation.engine import terms

# A handover is known as far ahead as its term is near.
_YEARS = 2
SOURCE = r"^((decision|activity|handover):[a-z0-9][a-z0-9-]{0,39}|outcome:[a-z0-9-]{1,80}/[1-9][0-9]{0,2})$"


def owner(charter: Charter, id_: str, today: date) -> str:
    """Raises:
    Problem: 422, it is neither `chair` nor a member on this day.
    """
    if id_ != CHAIR:
        _members(charter, [id_], today, "owner")
    return id_


def helpers(charter: Charter, ids: Sequence[str], owner: str, today: date) -> list[str]:
    """Helpers in the order of the charter, each once.

    Raises:
        Problem: 422, one is no member on this day, or answers for the action already.
    """
    if len(ids) > HELPERS:
        raise Problem(
            422,
            "too-many-helpers",
            ngettext("An action has at most {n} helper.", "An action has at most {n} helpers.", HELPERS),
        )
    _members(charter, ids, today, "helpers")
    if owner in ids:
        raise Problem(422, "owner-is-helper", _("helpers names the owner, who answers for it already; take it out."))
    return [member.id for member in charter.members if member.id in ids]


_STRANGERS = {
    "owner": N_("owner names one that is no member today; the members are {known}."),
    "helpers": N_("helpers names one that is no member today; the members are {known}."),
}


def _members(charter: Charter, ids: Iterable[str], today: date, field: str) -> None:
    standing = {member.id for member in charter.members if member.stands(today)}
    if not set(ids) <= standing:
        known = ", ".join(sorted(standing))
        raise Problem(
            422,
            "no-such-member",
            _(_STRANGERS[field], known=known),
        )


def purposes(charter: Charter, numbers: Sequence[int]) -> list[int]:
    """Raises:
    Problem: 422, one is no purpose of the group.
    """
    if not set(numbers) <= set(charter.purposes):
        known = ", ".join(str(number) for number in sorted(charter.purposes)) or "–"
        raise Problem(
            422, "no-such-purpose", _("purposes names one that the charter does not have; it has {known}.", known=known)
        )
    return sorted(set(numbers))


def assignee(session: Session, charter: Charter, email: str, owner: str, chair: Sequence[str], today: date) -> str:
    """The id of the person with that address, who serves the owner.

    Raises:
        Problem: 422, nobody with that address does.
    """
    found = next((person for person in charter.people if person.email.casefold() == email.casefold()), None)
    if found is None or serves(charter, found, owners(owner, chair), today) is None:
        raise Problem(
            422,
            "no-such-assignee",
            _("assignee is not one of the owner's people today; appoint them first, or leave it to the focal point."),
        )
    rows = groups.people_rows(session, charter.group.id)
    return next(row.id for row in rows if row.email == found.email)


def source(session: Session, charter: Charter, text: str, today: date) -> str:
    """Where an action comes from, as `kind:id`.

    Raises:
        Problem: 422, there is no such thing.
    """
    kind, _colon, id_ = text.partition(":")
    if not _exists(session, charter, kind, id_, today):
        raise Problem(422, "no-such-source", _("What source names is not here; check its id."))
    return text


def _exists(session: Session, charter: Charter, kind: str, id_: str, today: date) -> bool:
    group_id = charter.group.id
    if kind == "outcome":
        meeting, _, number = id_.partition("/")
        return session.get(OutcomeRow, (group_id, meeting, int(number))) is not None
    if kind == "handover":
        return any(term.key == id_ for term in terms(charter, date(today.year + _YEARS, 1, 1)))
    table = GroupDecisionRow if kind == "decision" else ActivityRow
    return session.get(table, (group_id, id_)) is not None
