"""Whether what runs on this host is well: for the health checks of containers, which know only exit codes.

    gmg healthy [--role all|web|worker]                  0 well, 1 not; one line says why
    python -m service.watching.healthy worker            the same in a fifth of the time, without the whole program

A web process is asked at /readyz. A worker has no door: it is well if the row that it keeps in the database is fresh.
One that sends a long outbox is well; one that cannot reach the database, or whose looks fail, is not.
"""

import os
import socket
import sys
import urllib.request
from datetime import timedelta
from urllib.error import URLError

from sqlalchemy.exc import SQLAlchemyError

from service import clock, ticks
from service.database import connect_by, reading
from service.settings import EX_CONFIG, Settings, WrongSettings, current

ROLES = ("all", "web", "worker")
_PATIENCE = timedelta(minutes=3)
_SECONDS = 5


def faults(role: str, using: Settings) -> list[str]:
    """What is not well with what runs here in that role; nothing where all is."""
    found = [_web(using)] if role != "worker" else []
    if role != "web":
        found.append(_worker(using))
    return [fault for fault in found if fault]


def _web(using: Settings) -> str:
    host = "127.0.0.1" if using.host in ("0.0.0.0", "::", "") else using.host  # noqa: S104
    url = f"http://[{host}]:{using.port}/readyz" if ":" in host else f"http://{host}:{using.port}/readyz"
    try:
        with urllib.request.urlopen(url, timeout=_SECONDS):  # noqa: S310 - an address of ours
            return ""
    except (URLError, OSError) as error:
        return f"{url}: {error}"


def _worker(using: Settings) -> str:
    """The workers of this host, by its name, whose process is there: each has to have been seen lately."""
    engine = connect_by(using)
    try:
        with reading(engine) as session:
            rows = [row for row in ticks.workers(session, socket.gethostname()[:64]) if _lives(row.process)]
    except SQLAlchemyError as error:
        return f"the database does not answer ({type(error).__name__})"
    finally:
        engine.dispose()
    if not rows:
        return "no worker of this host has looked at what is due"
    limit = max(_PATIENCE, timedelta(seconds=3 * using.tick))
    # A clock that was set back leaves a row that lies ahead; it is as old as it is far.
    late = [row for row in rows if abs(clock.now() - row.seen_at) > limit]
    return "; ".join(f"worker {row.worker} was last seen at {row.seen_at:%Y-%m-%d %H:%M:%S}Z" for row in late)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        # It is there, and belongs to somebody else.
        return True
    return True


def main() -> int:
    role = sys.argv[1] if len(sys.argv) > 1 else "all"
    if role not in ROLES:
        print(f"say one of {', '.join(ROLES)}", file=sys.stderr)
        return 2
    try:
        wrong = faults(role, current())
    except WrongSettings as error:
        print(error, file=sys.stderr)
        return EX_CONFIG
    print("\n".join(wrong) or "well", file=sys.stderr if wrong else sys.stdout)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
