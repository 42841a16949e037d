"""How things are measured here: side by side in one run, the best of several rounds, since machines are noisy."""

import logging
import time
import warnings
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

import structlog

from service.groups.charter import Charter


class Row(NamedTuple):
    """One line of the table: what was measured, the figure, and what we aim at; `why` is said where that is missed."""

    what: str
    figure: str
    aim: str = "-"
    met: bool | None = None
    why: str = ""


def at_most(what: str, ratio: float, aim: float, why: str = "") -> Row:
    return Row(what, f"{ratio:.3g}", f"at most {aim:g}", ratio <= aim, why)


def at_least(what: str, ratio: float, aim: float, why: str = "") -> Row:
    return Row(what, f"{ratio:.3g}", f"at least {aim:g}", ratio >= aim, why)


def hush() -> None:
    """Log nothing in this process, so that what is printed is the table alone."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.disable(logging.CRITICAL)
    # The PostgreSQL that the measures start looks for the folder of a session; a server has none.
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")


def best(work: Callable[[], object], rounds: int = 7) -> float:
    """Seconds of the quickest of `rounds`."""
    found = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return min(found)


def group(size: int, months: int) -> Charter:
    """`size` members in turn from 2008 on."""
    return Charter.model_validate(
        {
            "group": {"id": "bench", "name": "Bench", "founded": date(2006, 1, 1), "timezone": "Europe/Zurich"},
            "members": [{"id": f"m{n}", "name": f"Member {n}", "joined": date(2006, 1, 1)} for n in range(size)],
            "rotation": [{"from": date(2008, 1, 1), "months": months, "order": [f"m{n}" for n in range(size)]}],
        }
    )
