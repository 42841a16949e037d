"""What the digest of notices says. Nothing is read here."""

from collections.abc import Sequence
from datetime import date

from service.calendars.items import group_name
from service.followups.notices.tables import NoticeRow
from service.groups.charter import Charter
from service.language.dates import spoken
from service.language.speech import _
from service.notifications.wording.common import because
from service.notifications.wording.message import Message, Reader


def digest(charter: Charter, monday: date, news: Sequence[NoticeRow], reader: Reader) -> Message:
    """The news of the week that begins on `monday`; all of it is somebody else's words."""
    lines = [
        f"{charter.short(row.member)}, {row.theme}: {row.text}{f' {row.link}' if row.link else ''}" for row in news
    ]
    return Message(
        subject=_("{group}: news of the week of {day}", group=group_name(charter), day=spoken(monday)),
        lead=_("What the members let each other know. It stands at the next meeting's exchange of news as well."),
        lists=((_("News"), tuple(lines)),),
        because=because(charter, reader.organization),
    )
