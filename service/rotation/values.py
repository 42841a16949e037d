"""What the engine says: terms, with the reasons for each."""

from datetime import date
from typing import Literal, NamedTuple

Kind = Literal["regular", "extended", "swapped", "appointed", "interim", "vacant"]
Status = Literal["recorded", "decided", "projected"]


class Reason(NamedTuple):
    """One reason for a term: a code of `reasons.SENTENCES` and what fills its places."""

    code: str
    of: tuple[object, ...] = ()


class Term(NamedTuple):
    """Days `[start, end)` under one chair, in the group's zone.

    `turn` is the ordinal of the turn that the days belong to, counted from 1 over history and
    projection; `piece` counts the parts of a turn that a vacancy or an interim chair divides.
    A vacancy or an interim chair is nobody's turn: its `turn` is 0 and it is known by its start.
    """

    start: date
    end: date
    chair: tuple[str, ...]
    kind: Kind
    status: Status
    why: tuple[Reason, ...]
    turn: int
    piece: int
    owner: str | None = None

    @property
    def key(self) -> str:
        """The identity of the term within its group, kept through every change of dates or chair."""
        if not self.turn:
            return f"gap-{self.start.isoformat()}"
        return f"turn-{self.turn}" if self.piece == 1 else f"turn-{self.turn}-{self.piece}"

    @property
    def csv_chair(self) -> str:
        """Co-chairs joined by `+`, empty when vacant."""
        return "+".join(self.chair)


class RotationProblem(ValueError):
    """Decisions, rules or history that do not fit together, each fault with what to write instead.

    `at` holds, for each fault, the path in the charter that it is about.
    """

    def __init__(self, faults: list[tuple[tuple[str | int, ...], str]]) -> None:
        super().__init__("\n".join(text for _, text in faults))
        self.faults = faults
