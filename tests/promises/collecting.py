"""Notes which promise each test keeps, what came of it and the figures it reports, under pytest-xdist as well.

    @pytest.mark.promise("P2", "P3")                    on="SQLite" where the test brings a database of its own
    @pytest.mark.planted("mark_first", promise="P2")    a test that plants this bug and sees it

With PROVE_PROMISES=FILE this is written into FILE, or added to it; with PROVE_ONLY=promises nothing else runs but the
tests of promises and those of tests/chaos.
"""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.promises.sentences import BY_NAME

_NOTED = "promises"
_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
CHAOS = "tests/chaos/"
Evidence = Callable[..., None]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "promise(*names): the test shows that these promises hold")
    config.addinivalue_line("markers", "planted(bug, promise): the test plants a bug and sees what it breaks")
    path = os.environ.get("PROVE_PROMISES")
    if path and not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Notebook(Path(path)))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        noted = _marks(item)
        if noted:
            item.user_properties.append((_NOTED, noted))
    if os.environ.get("PROVE_ONLY") == "promises":
        others = [item for item in items if not _marks(item) and not item.nodeid.startswith(CHAOS)]
        config.hook.pytest_deselected(items=others)
        left = {id(item) for item in others}
        items[:] = [item for item in items if id(item) not in left]


def _marks(item: pytest.Item) -> dict[str, Any]:
    """What the marks of a test say; nothing where it has none.

    Raises:
        pytest.UsageError: for a promise that is not in the list.
    """
    planted = {mark.args[0]: mark.kwargs["promise"] for mark in item.iter_markers("planted")}
    # A test that plants a bug shows that others can fail, and nothing of the promise itself.
    kept = [name for mark in item.iter_markers("promise") for name in mark.args] if not planted else []
    unknown = {*kept, *planted.values()} - set(BY_NAME)
    if unknown:
        raise pytest.UsageError(f"{item.nodeid} names {sorted(unknown)}; see tests/promises/sentences.py")
    if not kept and not planted:
        return {}
    values = getattr(item, "callspec").params.values() if hasattr(item, "callspec") else ()  # noqa: B009
    databases = [_NAMES[value] for value in values if isinstance(value, str) and value in _NAMES]
    databases += [mark.kwargs["on"] for mark in item.iter_markers("promise") if "on" in mark.kwargs]
    return {"promises": sorted(set(kept)), "planted": planted, "databases": databases}


@pytest.fixture
def evidence(request: pytest.FixtureRequest) -> Evidence:
    """Reports what a test saw, in whole numbers: `evidence(kills=4, lost=0)`; `seeds` are those it was run with."""

    def note(**figures: int | list[int]) -> None:
        request.node.user_properties.append(("figures", figures))

    return note


class _Notebook:
    """Writes down what came of each test, in the process that the others report to."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.tests: dict[str, dict[str, Any]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        noted = next((value for name, value in report.user_properties if name == _NOTED), None)
        if noted is None:
            return
        found: dict[str, Any] = self.tests.setdefault(report.nodeid, {**noted, "outcome": "passed", "figures": []})  # type: ignore[dict-item]
        found["figures"] = [value for name, value in report.user_properties if name == "figures"]
        if report.outcome != "passed":
            found["outcome"] = report.outcome

    def pytest_sessionfinish(self) -> None:
        before = json.loads(self.path.read_text())["tests"] if self.path.exists() else {}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # The figures of a test are those that it reported last, in setup, call or teardown.
        found = {"ran": datetime.now(UTC).date().isoformat(), "tests": before | self.tests}
        self.path.write_text(json.dumps(found, indent=1, sort_keys=True))
