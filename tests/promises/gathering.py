"""What a run has shown of each promise, out of what its tests have reported; and what it has failed to show."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.promises.sentences import BY_NAME, DATABASES, PROMISES, Promise

# In this order they are told; what a test calls otherwise is not told.
FIGURES = ("cases", "kills", "restarts", "accepted", "lost", "duplicated")


@dataclass
class Shown:
    """A promise, and what a run has shown of it. Tests are named without their parameters."""

    promise: Promise
    tests: dict[str, set[str]] = field(default_factory=dict)
    planted: dict[str, set[str]] = field(default_factory=dict)
    databases: set[str] = field(default_factory=set)
    passed: int = 0
    seeds: set[int] = field(default_factory=set)
    figures: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def faults(self) -> Iterator[str]:
        """Why it does not count as shown."""
        name = self.promise.name
        yield from (f"{name}: {test}" for test in self.wrong)
        if not self.passed:
            yield f"{name}: no test has shown it; mark one with @pytest.mark.promise({name!r})"
        for database in DATABASES:
            if self.passed and database not in self.databases:
                yield f"{name}: nothing was shown on {database}"
        for bug in self.promise.planted:
            if bug not in self.planted:
                yield f"{name}: the bug {bug} was not planted and seen"


def gather(tests: dict[str, dict[str, Any]]) -> list[Shown]:
    """Every promise, by what the tests of a run have reported (see `collecting`)."""
    found = {promise.name: Shown(promise) for promise in PROMISES}
    for id_, test in sorted(tests.items()):
        for name in test["promises"]:
            _take(found[name], id_, test)
        for bug, name in test["planted"].items():
            if test["outcome"] == "passed":
                found[name].planted.setdefault(bug, set()).add(_bare(id_))
            else:
                found[name].wrong.append(f"{id_} {test['outcome']}")
    return [found[name] for name in BY_NAME]


def _take(shown: Shown, id_: str, test: dict[str, Any]) -> None:
    if test["outcome"] != "passed":
        shown.wrong.append(f"{id_} {test['outcome']}")
        return
    shown.passed += 1
    shown.tests.setdefault(_bare(id_), set()).update(test["databases"])
    shown.databases.update(test["databases"])
    for figures in test["figures"]:
        shown.seeds.update(figures.get("seeds", ()))
        for name in FIGURES:
            if name in figures:
                shown.figures[name] = shown.figures.get(name, 0) + figures[name]


def _bare(id_: str) -> str:
    return id_.partition("[")[0]
