"""What is sent to the door of the group's decisions."""

from typing import Annotated

from pydantic import Field, StringConstraints

from service.access.bodies import Documents, In, Purposes
from service.followups.decisions import rules
from service.followups.decisions.outline import Visibility
from service.groups.parts import Day
from service.text import Id, Line, LongText, Text

MeetingId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")]


class DissociatedIn(In):
    """A member that did not want to stop the others at the meeting, and does not stand behind it; why."""

    member: Id
    reason: Text


class DecisionIn(In):
    """A decision. Without `until` it was taken by consensus at `meeting`; with it, silence adopts it when that day
    ends in the group's zone.

    `position` says that it is a common position: it carries the list of the agencies that endorse it.
    """

    operative: rules.Operative
    title: Line
    text: LongText
    purposes: Purposes = Field([], description="Numbers of the Terms of Reference.")
    meeting: MeetingId | None = None
    outcome: int | None = Field(None, ge=1, le=1000, description="The number of the outcome in the minutes.")
    position: bool = False
    visibility: Visibility = "members"
    links: Documents = Field([])
    until: Day | None = Field(None, description="The last day on which members may answer.")
    endorsing: list[Id] = Field([], max_length=500, description="By consensus: the members that were named with it.")
    dissociating: list[DissociatedIn] = Field([], max_length=500)


class AnswerIn(In):
    """What a member answers to the text of a round; all but an endorsement need a reason."""

    member: Id
    answer: rules.Choice
    reason: Text | None = None
    round: int = Field(ge=0, le=1000)


class ReviseIn(In):
    """The new text, and until when members may answer to it."""

    text: LongText
    until: Day
    title: Line | None = None


class WhyIn(In):
    """Why."""

    reason: Text
