"""What is said of a decision of the group: facts, who stands behind it and who does not."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from service import zones
from service.calendars.items import group_name
from service.followups.decisions.tables import GroupAnswerRow, GroupDecisionRow
from service.groups.charter import Charter
from service.notifications.meetings.saying import Reader
from service.rotation.reasons import spoken

_WORDS = {
    "endorse": "endorses it",
    "change": "asks for a change",
    "dissociate": "dissociates itself",
    "object": "objects",
}


def name(charter: Charter, row: GroupDecisionRow) -> str:
    """As it stands in subject lines: GMG: decision 2008-3, Title."""
    return f"{group_name(charter)}: decision {row.id}, {row.title}"


def last_day(charter: Charter, until: datetime) -> str:
    """The day that ends at a deadline, in the group's zone."""
    return spoken(zones.day_in(until - timedelta(seconds=1), charter.group.timezone))


def facts(charter: Charter, row: GroupDecisionRow, reader: Reader | None, meeting: str | None) -> list[tuple[str, str]]:
    """Number, what kind it is, until when, and where it comes from, as rows of a table."""
    kind = "Common position" if row.position else "Decision"
    found = [(kind, f"{row.id} ({row.operative.replace('-', ' ')}): {row.title}")]
    if row.round > 1:
        found.append(("Round", str(row.round)))
    if row.until is not None:
        found.append(("Until", f"the end of {last_day(charter, row.until)} ({charter.group.timezone})"))
        there = _there(charter, row.until, reader) if reader is not None else None
        if there is not None:
            found.append(("For you", there))
    if row.purposes:
        named = [f"{number} ({charter.purposes[number]})" for number in row.purposes if number in charter.purposes]
        found.append(("Purposes", ", ".join(named)))
    if meeting is not None:
        found.append(("From", meeting + (f", outcome {row.outcome}" if row.outcome else "")))
    if row.supersedes is not None:
        found.append(("Supersedes", f"decision {row.supersedes}"))
    return found + [("Document", f"{link['title']} {link['url']}") for link in row.links]


def _there(charter: Charter, until: datetime, reader: Reader) -> str | None:
    """The deadline on the reader's clock, where that shows another time then."""
    own = until.astimezone(ZoneInfo(reader.zone))
    if own.utcoffset() == until.astimezone(ZoneInfo(charter.group.timezone)).utcoffset():
        return None
    return f"before {own:%A}, {spoken(own.date())}, {own:%H:%M} ({reader.city or reader.zone})"


def endorsed(charter: Charter, standing: Iterable[GroupAnswerRow]) -> list[tuple[str, str]]:
    """Who endorses it, as a row of the table; none where nobody has said so."""
    members = sorted(charter.short(one.member) for one in standing if one.answer == "endorse")
    return [("Endorsed by", ", ".join(members))] if members else []


def said(charter: Charter, answers: Iterable[GroupAnswerRow]) -> list[str]:
    """Answers that carry a reason, one a line."""
    return [f"{charter.short(one.member)} {_WORDS[one.answer]}: {one.reason}" for one in answers]
