"""What is measured over HTTP: `python -m bench.server ours|bare SOURCE PORT`."""

import sys
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Response

from service.database import connect
from service.main import create_app


def bare(body: bytes) -> FastAPI:
    """The least that FastAPI can do: the same bytes, and a 304, from an `async` route."""
    app = FastAPI()

    @app.get("/calendars/bench.ics")
    async def feed() -> Response:
        return Response(body, media_type="text/calendar")

    @app.get("/304")
    async def unchanged() -> Response:
        return Response(status_code=304, headers={"ETag": '"x"'})

    return app


def main(kind: str, source: str, port: str) -> None:
    app = create_app(connect(source)) if kind == "ours" else bare(Path(source).read_bytes())
    uvicorn.run(app, port=int(port), log_config=None, access_log=False, server_header=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
