"""Notices as the rows stand."""

import re
from datetime import datetime

from sqlmodel import Session, col, select

from service.followups.notices.tables import NoticeRow
from service.language.speech import _
from service.meetings.queries import meetings
from service.meetings.tables import MeetingRow
from service.problems import not_found

_ID = re.compile(r"notice-\d{1,9}", re.ASCII)


def notice_row(session: Session, group_id: str, id_: str) -> NoticeRow:
    """One notice.

    Raises:
        Problem: 404, there is no such notice.
    """
    row = session.get(NoticeRow, (group_id, id_)) if _ID.fullmatch(id_) else None
    if row is None:
        raise not_found(_("This notice is not here; check the address."))
    return row


def notices(
    session: Session,
    group_id: str,
    *,
    inside: bool,
    member: str | None = None,
    theme: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
    limit: int,
) -> list[NoticeRow]:
    """At most `limit` notices that were published in `[since, until)` and not withdrawn, newest first.

    `before` is the number of the last one seen; the public sees what is meant for it.
    """
    row = NoticeRow
    asked = select(row).where(row.group_id == group_id, col(row.withdrawn_at).is_(None))
    if not inside:
        asked = asked.where(row.visibility == "public")
    if member is not None:
        asked = asked.where(row.member == member)
    if theme is not None:
        asked = asked.where(row.theme == theme)
    if since is not None:
        asked = asked.where(col(row.published_at) >= since)
    if until is not None:
        asked = asked.where(col(row.published_at) < until)
    if before is not None:
        asked = asked.where(col(row.number) < before)
    return list(session.exec(asked.order_by(col(row.number).desc()).limit(limit)))


def meeting_before(session: Session, meeting: MeetingRow) -> MeetingRow | None:
    """The last meeting of the same level that was held before this one."""
    found = meetings(
        session, meeting.group_id, until=meeting.start, level=meeting.level, states=("held",), newest_first=True, most=2
    )
    return next((row for row in found if row.id != meeting.id), None)
