"""What every door of the meetings needs: the group and the meeting as they stand, and who may do what."""

from datetime import date
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict
from sqlmodel import Session

from service import clock, zones
from service.access.door import Answer, bearer
from service.access.rules import Caller, answers_for, chairs, is_inside
from service.groups import queries as groups
from service.groups.charter import Charter
from service.meetings.commands import chair_at
from service.meetings.people import taking_part
from service.meetings.queries import meeting_row
from service.meetings.tables import MeetingRow
from service.problems import Problem, not_found
from service.strict import StrictRoute
from service.versions import etag

Preview = Annotated[bool, Query(description="Say what would happen and who would be mailed, and save nothing.")]


class In(BaseModel):
    """A body: no unknown keys, no coercion."""

    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)


class Out(BaseModel):
    model_config = ConfigDict(frozen=True, populate_by_name=True)


def new_router(tag: str) -> APIRouter:
    """A router below a group's address."""
    return APIRouter(
        prefix="/api/v1/groups/{group}", tags=[tag], route_class=StrictRoute, dependencies=[Depends(bearer)]
    )


class Scene(NamedTuple):
    """The group as it stands, and who asks."""

    session: Session
    charter: Charter
    today: date
    caller: Caller | None

    @property
    def inside(self) -> bool:
        return is_inside(self.caller)

    @property
    def actor(self) -> str:
        return self.caller.name if self.caller else ""

    @property
    def chairing(self) -> bool:
        """Whether the caller may do what the chair of today may."""
        caller = self.caller
        return caller is not None and chairs(caller, self.charter, chair_at(self.charter, self.today), self.today)

    def need_inside(self) -> None:
        """Raises:
        Problem: 403, the caller is an observer.
        """
        if not self.inside:
            raise Problem(
                403, "members-only", "This is for the members of the group; an observer is told what is given."
            )

    def need_chair(self) -> None:
        """Raises:
        Problem: 403, the caller does not serve the chair of today.
        """
        if not self.chairing:
            raise Problem(403, "chair-only", "This is the chair's to do: its people of today may, and the secretariat.")

    def speaks_for(self, member: str, day: date | None = None) -> bool:
        """Whether the caller may speak for a member about something that happens on `day` (default: today)."""
        return self.caller is not None and answers_for(self.caller, self.charter, member, day or self.today, self.today)

    def need_member(self, member: str, day: date | None = None) -> None:
        """Raises:
        Problem: 404, there is no such member; 403, the caller does not speak for it.
        """
        if self.charter.member(member) is None:
            raise not_found("This member")
        if not self.speaks_for(member, day):
            raise Problem(403, "not-yours", "Only a member's own people speak for it.")

    def meeting(self, id_: str, *, lock: bool = False) -> MeetingRow:
        """Raises:
        Problem: 404, there is no such meeting.
        """
        return meeting_row(self.session, self.charter.group.id, id_, lock=lock)

    def day_of(self, row: MeetingRow) -> date:
        """The day of a meeting in the group's zone."""
        return zones.day_in(row.start, self.charter.group.timezone)

    def need_part(self, row: MeetingRow, member: str) -> None:
        """Raises:
        Problem: as `need_member`; 422, the member takes no part in this meeting.
        """
        self.need_member(member, self.day_of(row))
        if member not in {one.id for one in taking_part(self.charter, row.members, self.day_of(row))}:
            raise Problem(422, "no-such-member", "This member takes no part in this meeting.")


def scene(session: Session, group: str, caller: Caller | None, *, lock: bool = False) -> Scene:
    """The group as it stands; with `lock`, nobody else changes it until this transaction ends.

    Raises:
        Problem: 404, there is no such group.
    """
    row = groups.group_row(session, group, lock=lock)
    today = zones.day_in(clock.now(), row.timezone)
    return Scene(session, groups.charter(session, group), today, caller)


def answer(body: BaseModel, version: int | None = None, status: int = 200, **headers: str) -> Answer:
    """What a request is answered with; the version becomes its ETag."""
    tags = {"ETag": etag(version)} if version is not None else {}
    return Answer(status, body, tags | {name.replace("_", "-"): value for name, value in headers.items()})


def given(body: BaseModel) -> dict[str, Any]:
    """The fields that a body has set, and no others."""
    return {name: getattr(body, name) for name in body.model_fields_set}
