"""What every door of the meetings needs on top of a scene: the meeting as it stands, and who takes part in it."""

from datetime import date

from sqlmodel import Session

from service import zones
from service.access.rules import Caller
from service.access.scene import Scene as GroupScene
from service.groups import queries as groups
from service.language.speech import _
from service.meetings.people import taking_part
from service.meetings.queries import meeting_row
from service.meetings.tables import MeetingRow
from service.problems import Problem


class Scene(GroupScene):
    """The group as it stands, who asks, and its meetings."""

    def meeting(self, id_: str, *, lock: bool = False) -> MeetingRow:
        """Raises:
        Problem: 404, there is no such meeting.
        """
        return meeting_row(self.session, self.group_id, id_, lock=lock)

    def day_of(self, row: MeetingRow) -> date:
        """The day of a meeting in the group's zone."""
        return zones.day_in(row.start, self.charter.group.timezone)

    def need_part(self, verb: str, row: MeetingRow, member: str) -> None:
        """Raises:
        Problem: as `need`; 422, the member takes no part in this meeting.
        """
        self.need(verb, member, day=self.day_of(row))
        if member not in {one.id for one in taking_part(self.charter, row.members, self.day_of(row))}:
            raise Problem(422, "no-such-member", _("This member takes no part in this meeting."))


def scene(session: Session, group: str, caller: Caller | None, *, lock: bool = False) -> Scene:
    """The group as it stands; with `lock`, nobody else changes it until this transaction ends.

    Raises:
        Problem: 404, there is no such group.
    """
    groups.group_row(session, group, lock=lock)
    return Scene(session, groups.charter(session, group), caller)
