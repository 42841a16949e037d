"""Short words for charters and terms, so that an example shows just what it is about."""

from datetime import date
from typing import Any

from service.groups.charter import Charter
from service.rotation.check import verify
from service.rotation.engine import terms
from service.rotation.values import Term

FOUNDED = date(2000, 1, 1)
TAKEN = date(2007, 1, 1)


def day(text: str) -> date:
    """A day from `2008-07-01`, or the first of a month from `2008-07`."""
    return date.fromisoformat(text if len(text) == 10 else f"{text}-01")


def group(
    members: str = "abcd",
    *decisions: dict[str, Any],
    since: str = "2008-01",
    months: int = 6,
    rotation: list[dict[str, Any]] | None = None,
    history: list[dict[str, Any]] | None = None,
    joined: dict[str, str] | None = None,
    left: dict[str, str] | None = None,
    sort: dict[str, str] | None = None,
) -> Charter:
    """A group whose members are single letters; by default one rule in the order of the letters."""
    joined, left, sort = joined or {}, left or {}, sort or {}
    rules = rotation if rotation is not None else [{"from": day(since), "months": months, "order": list(members)}]
    known = sorted(
        set(members) | set(joined) | {id_ for rule in rules if isinstance(rule["order"], list) for id_ in rule["order"]}
    )
    return Charter.model_validate(
        {
            "group": {"id": "g", "name": "G", "founded": FOUNDED, "timezone": "Europe/Zurich"},
            "members": [
                {
                    "id": id_,
                    "name": id_.upper(),
                    "joined": day(joined[id_]) if id_ in joined else FOUNDED,
                    "left": day(left[id_]) if id_ in left else None,
                    "sort": sort.get(id_),
                }
                for id_ in known
            ],
            "history": history or [],
            "rotation": rules,
            "decisions": [{"id": f"d{at}", "taken": TAKEN} | decision for at, decision in enumerate(decisions, 1)],
        }
    )


def recorded(start: str, end: str, chair: str, kind: str = "regular") -> dict[str, Any]:
    return {"from": day(start), "until": day(end), "chair": list(chair), "kind": kind}


def rule(start: str, order: str | list[str], months: int = 6, **more: Any) -> dict[str, Any]:
    return {"from": day(start), "months": months, "order": order if order == "alphabetical" else list(order)} | more


def told(term: Term) -> str:
    """A term as `2008-01 ab kind status`; a day is written out where it is not the first of a month."""
    start = term.start.isoformat().removesuffix("-01") if term.start.day == 1 else term.start.isoformat()
    return f"{start} {''.join(term.chair) or '-'} {term.kind} {term.status}"


def laid(charter: Charter, until: str) -> list[str]:
    verify(charter)
    return [told(term) for term in terms(charter, day(until))]


def chairs(charter: Charter, until: str) -> str:
    """Who sits, term by term: `a b -`."""
    return " ".join("".join(term.chair) or "-" for term in terms(charter, day(until)))
