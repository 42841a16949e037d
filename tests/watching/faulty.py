"""The real `gmg serve` with a page that fails in every way it can, with all that it was sent in its hands.

python -m tests.watching.faulty
"""

import logging
import sys
import threading
import warnings
from typing import Any

import structlog
from fastapi import FastAPI, Request

from service import cli
from service import main as main_room

log = structlog.get_logger()
plain = logging.getLogger("tests.faulty")


class Told(Exception):
    """One that carries whatever it is given."""


async def everything(request: Request) -> dict[str, Any]:
    return {
        "url": str(request.url),
        "headers": dict(request.headers),
        "cookies": request.cookies,
        "form": (await request.body()).decode(),
    }


def add(app: FastAPI) -> None:
    @app.post("/calendars/p/{token}/fails", include_in_schema=False)
    async def fails(token: str, request: Request) -> None:
        all_of_it = await everything(request)
        log.warning("with all of it", request=all_of_it, token=token, authorization=request.headers["authorization"])
        log.warning("its address", url=all_of_it["url"])
        plain.warning("asked for %s", all_of_it["url"])
        plain.warning("Cookie: %s", request.headers["cookie"])
        plain.warning("came with Authorization: %s", request.headers["authorization"])
        # No server lets these two through in a header, but a value may come another way.
        agent = request.headers["user-agent"] + "\x1b[31m\n{"
        log.info("agent", agent=agent)
        plain.info("agent %s", agent)
        # As somebody does who knows no better.
        plain.info(f"agent {agent}")
        try:
            raise Told(f"inside {all_of_it}")
        except Told as error:
            plain.exception("it failed")
            plain.error("it failed", exc_info=error)
            log.exception("it failed")
        warnings.warn(f"from {all_of_it['url']}", stacklevel=1)

        def dies() -> None:
            raise Told(f"in a thread {all_of_it}")

        thread = threading.Thread(target=dies)
        thread.start()
        thread.join()
        try:
            raise KeyError(f"cause {all_of_it}")
        except KeyError as error:
            raise ExceptionGroup("several", [Told(f"outside {all_of_it}"), ValueError(token)]) from error


def main() -> int:
    make = main_room.create_app

    def create(*given: Any) -> FastAPI:
        app = make(*given)
        add(app)
        return app

    vars(main_room)["create_app"] = create
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
