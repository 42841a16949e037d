"""A group's terms and handovers as entries of its feeds. Pure, and free of the present day."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from service.calendars.rules import Alarm, Item
from service.groups.charter import Charter
from service.language.dates import listed
from service.language.speech import _
from service.rotation.engine import inner_terms
from service.rotation.reasons import explain
from service.rotation.values import Term

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=7)
_MOMENT = timedelta(minutes=30)


def chair_items(charter: Charter, laid: Sequence[Term], url: str) -> dict[str, Item]:
    """Every term and handover by key; `sequence` and `modified` are for the ledger to fill in.

    A term is the days `[start, end)`; a handover is the instant at which they begin in the group's
    zone, shown there. What is projected is TENTATIVE and says in plain words that it is no record.
    """
    found: dict[str, Item] = {}
    for term in laid:
        found[term.key] = _term(charter, term, url)
    for before, after in pairwise(laid):
        if before.chair != after.chair:
            key = f"{after.key}-handover"
            found[key] = _handover(charter, key, _passes(charter, before, after), after, url)
    if laid:
        found.update(_inner_handovers(charter, laid[-1].end, url))
    return found


def uid_of(charter: Charter, key: str) -> str:
    """The UID of an entry for life: a UUID without personal data (RFC 7986 5.3)."""
    return str(uuid5(NAMESPACE_URL, f"{charter.group.id}/{charter.group.founded}/{key}"))


def named(charter: Charter, ids: Sequence[str]) -> str:
    """What people call a chair: its organizations joined, or vacant."""
    return listed([charter.short(id_) for id_ in ids]) or _("vacant")


def group_name(charter: Charter) -> str:
    return charter.group.label


def chair_summary(charter: Charter, chair: Sequence[str]) -> str:
    """What a term is called in a calendar."""
    group = group_name(charter)
    if not chair:
        return f"{group}: chair vacant"
    return f"{named(charter, chair)} {'chairs' if len(chair) == 1 else 'chair'} {group}"


def _term(charter: Charter, term: Term, url: str) -> Item:
    return Item(
        uid=uid_of(charter, term.key),
        kind="term",
        start=term.start,
        end=term.end,
        summary=chair_summary(charter, term.chair),
        description="\n".join([*_who(charter, term), *explain(term, charter.short)]),
        status="TENTATIVE" if term.status == "projected" else "CONFIRMED",
        sequence=0,
        modified=_NEVER,
        url=url,
        of=term.chair,
    )


def _who(charter: Charter, term: Term) -> Iterator[str]:
    for id_ in term.chair:
        organization = charter.organization(id_)
        if organization is not None:
            head = f", {organization.head.title}" if organization.head else ""
            yield f"{organization.name}{head}"


def _passes(charter: Charter, before: Term, after: Term) -> str:
    group = group_name(charter)
    if not after.chair:
        return f"{group}: the chair of {named(charter, before.chair)} ends, nobody follows yet"
    if not before.chair:
        return f"{group}: {named(charter, after.chair)} takes the chair"
    return f"{group}: chair passes from {named(charter, before.chair)} to {named(charter, after.chair)}"


def _handover(charter: Charter, key: str, summary: str, after: Term, url: str) -> Item:
    start = datetime.combine(after.start, time(), ZoneInfo(charter.group.timezone))
    return Item(
        uid=uid_of(charter, key),
        kind="handover",
        start=start,
        end=start + _MOMENT,
        zone=charter.group.timezone,
        summary=summary,
        description="\n".join(explain(after, charter.short)),
        status="TENTATIVE" if after.status == "projected" else "CONFIRMED",
        sequence=0,
        modified=_NEVER,
        url=url,
        alarm=Alarm(_AHEAD, f"In a week: {summary}"),
    )


def _inner_handovers(charter: Charter, until: date, url: str) -> Iterator[tuple[str, Item]]:
    for member in charter.members:
        for before, after in pairwise(inner_terms(member, until)):
            key = f"seat-{member.id}-{after.key}-handover"
            names = f"{named(charter, before.chair)} to {named(charter, after.chair)}"
            summary = f"{group_name(charter)}: seat of {member.label} passes from {names}"
            yield key, replace(_handover(charter, key, summary, after, url), alarm=None)
