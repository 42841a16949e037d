"""The chair as it is told to the outside: the same answer in API, command line, page and mail. Pure."""

from collections.abc import Sequence
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from service.groups.charter import Charter, Organization
from service.groups.decision import Decision
from service.rotation.differences import Change
from service.rotation.fairness import Share
from service.rotation.reasons import explain
from service.rotation.rules import Sitting
from service.rotation.values import Kind, Status, Term


class Out(BaseModel):
    model_config = ConfigDict(frozen=True, populate_by_name=True)


class TermOut(Out):
    """Days `[start, end)` in the group's zone under one chair, and why."""

    key: str = Field(description="Identity of the term, kept through every change of its dates or chair.")
    start: date
    end: date = Field(description="The day after the last.")
    chair: list[str] = Field(description="Ids of the chairing members; empty when vacant.")
    kind: Kind
    status: Status = Field(
        description="recorded: in the history; decided: by a decision; projected: by rule, not on record."
    )
    why: list[str]


class HeadOut(Out):
    """The executive head of a chairing member; the person is known only where the charter names one."""

    title: str
    name: str | None = None
    acting: bool = False


class SeatOut(Out):
    """Which seat holds a member's place, and for which days `[from, until)`."""

    id: str
    name: str
    from_: date = Field(alias="from")
    until: date


class ChairOut(Out):
    """Who chairs at an instant."""

    at: datetime
    day: date = Field(description="The day of `at` in the group's zone.")
    timezone: str
    term: TermOut | None = Field(description="Null before the first and after the last term on record or by rule.")
    names: dict[str, str] = Field(description="What people call each member named in this answer.")
    heads: dict[str, HeadOut]
    seats: dict[str, SeatOut]
    next: TermOut | None
    previous: TermOut | None


def term_out(charter: Charter, term: Term) -> TermOut:
    return TermOut(
        key=term.key,
        start=term.start,
        end=term.end,
        chair=list(term.chair),
        kind=term.kind,
        status=term.status,
        why=explain(term, charter.short),
    )


def chair_out(charter: Charter, at: datetime, found: Sitting) -> ChairOut:
    """What `gmg chair` prints and `GET …/chair` answers."""
    near = [term for term in (found.previous, found.term, found.next) if term is not None]
    seats = {}
    for member, inner in found.seats.items():
        seat = charter.organization(inner.seat)
        name = seat.name if seat else inner.seat
        seats[member] = SeatOut(id=inner.seat, name=name, from_=inner.start, until=inner.end)
    heads = {}
    for id_, (title, holder) in found.heads.items():
        heads[id_] = HeadOut(
            title=title, name=holder.name if holder else None, acting=holder.acting if holder else False
        )
    return ChairOut(
        at=at,
        day=found.day,
        timezone=charter.group.timezone,
        term=term_out(charter, found.term) if found.term else None,
        names={id_: charter.short(id_) for term in near for id_ in term.chair},
        heads=heads,
        seats=seats,
        next=term_out(charter, found.next) if found.next else None,
        previous=term_out(charter, found.previous) if found.previous else None,
    )


class ShareOut(Out):
    """What a member served so far and when it is next; months are mean months."""

    member: str
    turns: int
    months: float
    expected_months: float
    last: date | None
    next: date | None


def shares_out(shares: Sequence[Share]) -> list[ShareOut]:
    return [ShareOut(**vars(share)) for share in shares]


class ChangeOut(Out):
    """A day on which a term begins before or after a change, and the terms that begin on it."""

    day: date
    before: TermOut | None
    after: TermOut | None


class ChangesOut(Out):
    """Which terms a change of the charter changes; `saved` says whether it was made."""

    saved: bool
    changes: list[ChangeOut]


class TakenOut(ChangesOut):
    """A decision on the chair and the terms that it changes."""

    decision: Decision


class DecisionsOut(Out):
    """The decisions on the chair."""

    decisions: list[Decision]


def changes_out(charter: Charter, found: Sequence[Change]) -> list[ChangeOut]:
    """The terms before and after; `charter` gives the names for the reasons."""

    def out(term: Term | None) -> TermOut | None:
        return term_out(charter, term) if term is not None else None

    return [ChangeOut(day=change.day, before=out(change.before), after=out(change.after)) for change in found]


class MemberOut(Out):
    """A member of the group, with what the public may know of it."""

    id: str
    name: str
    short: str
    joined: date
    left: date | None
    website: str | None
    city: str | None
    timezone: str | None
    head: HeadOut | None
    mandate: str | None
    seats: list["MemberOut"] = []


def members_out(charter: Charter, day: date) -> list[MemberOut]:
    """The members in the order of the charter; heads as of `day`."""

    def out(part: Organization, seats: list[MemberOut]) -> MemberOut:
        holder = part.head.on(day) if part.head else None
        head = (
            HeadOut(
                title=part.head.title,
                name=holder.name if holder else None,
                acting=bool(holder and holder.acting),
            )
            if part.head
            else None
        )
        return MemberOut(
            head=head,
            short=part.label,
            seats=seats,
            **part.model_dump(include={"id", "name", "joined", "left", "website", "city", "timezone", "mandate"}),
        )

    return [out(member, [out(seat, []) for seat in member.seats]) for member in charter.members]
