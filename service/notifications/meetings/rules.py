"""Which reminders a meeting owes, when, and to whom. Pure.

A reminder for what is missing goes to those alone who have not acted. Each is owed for one SEQUENCE of
the meeting, so that a moved one is reminded of at its new day, and not at the old.
"""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Literal, NamedTuple

Audience = Literal["all", "chair"]


class Facts(NamedTuple):
    """What has been done about a meeting; members by id."""

    state: str
    has_agenda: bool
    minutes: str | None
    answered: frozenset[str]
    declined: frozenset[str]
    news: frozenset[str]


class Rule(NamedTuple):
    """A reminder: `lead` days before the meeting (after it, where negative), while it is in one of `states`.

    `done` says of a member whether there is nothing left to remind it of.
    """

    kind: str
    lead: int
    to: Audience
    states: tuple[str, ...]
    done: Callable[[Facts, str], bool]

    def owed(self, facts: Facts, member: str) -> bool:
        return facts.state in self.states and not self.done(facts, member)


def _never(facts: Facts, member: str) -> bool:
    return False


RULES = (
    Rule("uncalled", 28, "chair", ("proposed",), _never),
    Rule("agenda-call", 21, "all", ("called",), _never),
    Rule("no-agenda", 14, "chair", ("called",), lambda facts, member: facts.has_agenda),
    Rule("missing", 10, "all", ("called",), lambda facts, member: member in facts.answered & facts.news),
    Rule("documents", 7, "all", ("called",), _never),
    Rule("tomorrow", 1, "all", ("called",), lambda facts, member: member in facts.declined),
    Rule(
        "no-minutes", -14, "chair", ("called", "held"), lambda facts, member: facts.minutes in ("circulated", "adopted")
    ),
)
BY_KIND = {rule.kind: rule for rule in RULES}
# How far ahead of a meeting the first of them is owed, and how far behind it the last: days.
FIRST, LAST = max(rule.lead for rule in RULES), -min(rule.lead for rule in RULES)


def key(group_id: str, meeting: str, kind: str, sequence: int, address: str) -> str:
    """What makes a reminder the same one."""
    return f"meeting-reminder.{kind}:{group_id}:{meeting}:{sequence}:{who(address)}"


def who(address: str) -> str:
    """An address as part of a key: short, and the same for the same mailbox."""
    return sha256(address.casefold().encode()).hexdigest()[:16]


def kind_of(dedupe_key: str) -> str | None:
    """Which reminder a key is of; None for any other message."""
    head, _, _ = dedupe_key.partition(":")
    name, _, kind = head.partition(".")
    return kind if name == "meeting-reminder" else None


def is_fresh(due: datetime, settled_at: datetime) -> bool:
    """Whether a reminder became due after the meeting was put where it is: what was due before is not owed."""
    return due > settled_at
