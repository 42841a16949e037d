"""Publishing and withdrawing notices, each inside the transaction of the caller."""

from sqlmodel import Session, func, select

from service import clock, events, zones
from service.followups.notices.tables import NoticeRow
from service.groups.charter import Charter
from service.language.speech import _
from service.problems import Problem


def publish(
    session: Session, charter: Charter, member: str, *, theme: str, text: str, link: str | None, visibility: str,
    actor: str,
) -> NoticeRow:  # fmt: skip
    """Let the others know something, in a few words. The group's row is to be locked.

    Raises:
        Problem: 422, this is no member today, or the text is empty.
    """
    now = clock.now()
    found = charter.member(member)
    if found is None or not found.stands(zones.day_in(now, charter.group.timezone)):
        raise Problem(422, "no-such-member", _("This is no member of the group today; name one by its id."))
    if not text:
        raise Problem(422, "empty-field", _("The text is empty; write what there is to tell."))
    group_id = charter.group.id
    last = session.exec(select(func.max(NoticeRow.number)).where(NoticeRow.group_id == group_id)).one()
    number = (last or 0) + 1
    row = NoticeRow(
        group_id=group_id, id=f"notice-{number}", number=number, member=member, theme=theme, text=text, link=link,
        visibility=visibility, by=actor, published_at=now,
    )  # fmt: skip
    session.add(row)
    events.record(session, group_id, "notice.published", row.id, "0", actor=actor, member=member, theme=theme)
    return row


def withdraw(session: Session, row: NoticeRow, *, actor: str) -> None:
    """Take a notice back; it is told to nobody any more.

    Raises:
        Problem: 409, it is withdrawn.
    """
    if row.withdrawn_at is not None:
        raise Problem(409, "notice-is-withdrawn", _("This notice is withdrawn already."))
    row.withdrawn_at = clock.now()
    row.version += 1
    session.add(row)
    events.record(session, row.group_id, "notice.withdrawn", row.id, "0", actor=actor, member=row.member)
    events.changed(session, "notice", row.group_id, row.id)
