"""Every request gets a trace, a line in the log and its place in the counts of this process.

The line says which route answered, never the address that was asked for: tokens and names stand in addresses. Nobody's
mail program is worth a line every five minutes, so feeds that were handed out are counted alone, as are the questions
of those who watch and the static files.
"""

import time
from uuid import uuid4

import structlog
from prometheus_client import CollectorRegistry, Counter, ProcessCollector, disable_created_metrics
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.logs import known

log = structlog.get_logger()
disable_created_metrics()  # type: ignore[no-untyped-call]
COUNTS = CollectorRegistry()
ProcessCollector(registry=COUNTS)
FEEDS = Counter("gmg_feed_requests", "Calendar feeds asked for, by status.", ["code"], registry=COUNTS)
REFUSED = Counter(
    "gmg_auth_failures", "Requests of somebody who is not known or may not, by type of problem.", ["reason"],
    registry=COUNTS,
)  # fmt: skip
PRECONDITIONS = Counter(
    "gmg_preconditions", "Changes refused for an old version (412) or none (428).", ["code"], registry=COUNTS
)
REPLAYS = Counter("gmg_idempotency_replays", "Creations asked for again and answered as before.", registry=COUNTS)
ANSWERS = Counter("gmg_http_answers", "Answers, by the first digit of their status.", ["class"], registry=COUNTS)
# There from the start, so that what grows from nothing is seen to grow.
for _code in ("200", "304", "404", "410"):
    FEEDS.labels(_code)
for _code in ("412", "428"):
    PRECONDITIONS.labels(_code)
for _reason in ("token-required", "sign-in-required", "too-many-tries", "sign-in-failed"):
    REFUSED.labels(_reason)
_ANSWERED = {digit: ANSWERS.labels(f"{digit}xx") for digit in range(1, 6)}
_SILENT = ("/livez", "/readyz", "/metrics", "/static/")
_REFUSALS = {401, 403, 429}
_SIGN_IN_FAILED = "sign-in-failed"


class Watched:
    """The room around all that is not handed out by `service.front`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status, replayed, creates = time.perf_counter(), 500, False, scope["method"] == "POST"

        async def noting(message: Message) -> None:
            nonlocal status, replayed
            if message["type"] == "http.response.start":
                status = message["status"]
                replayed = creates and any(name.lower() == b"idempotent-replayed" for name, _ in message["headers"])
            await send(message)

        with known(trace=str(uuid4())) as facts:
            try:
                await self.app(scope, receive, noting)
            finally:
                count(scope["path"], status, facts.get("problem"), replayed)
                if not _is_silent(scope["path"], status):
                    _tell(scope, status, time.perf_counter() - began)


def count(path: str, status: int, problem: str | None = None, replayed: bool = False) -> None:
    """Count an answer."""
    _ANSWERED[status // 100].inc()
    if path.startswith("/calendars/"):
        FEEDS.labels(str(status)).inc()
    if status in _REFUSALS or problem == _SIGN_IN_FAILED:
        REFUSED.labels(problem or str(status)).inc()
    if status in (412, 428):
        PRECONDITIONS.labels(str(status)).inc()
    if replayed:
        REPLAYS.inc()


def _is_silent(path: str, status: int) -> bool:
    return path.startswith(_SILENT) or (path.startswith("/calendars/") and status in (200, 304))


def _tell(scope: Scope, status: int, seconds: float) -> None:
    # The route is known once it has been found; an unknown method is whatever somebody has typed.
    route = getattr(scope.get("route"), "path", None) or "none"
    method = scope["method"] if scope["method"].isalpha() else "?"
    say = log.warning if status >= 500 else log.info
    say("answered", method=method[:10], route=route, status=status, ms=round(seconds * 1000, 1))
