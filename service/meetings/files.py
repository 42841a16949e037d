"""Calendar files as the body of a request: read whole, small, and of the right kind."""

from fastapi import Request

from service.problems import Problem


async def calendar_body(request: Request) -> bytes:
    """The body of a request that brings a calendar file.

    Raises:
        Problem: 415, it is no text/calendar, or packed.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "text/calendar":
        raise Problem(415, "unsupported-media-type", "Send the file as Content-Type: text/calendar.")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Problem(415, "unsupported-encoding", "Send the body without Content-Encoding.")
    return await request.body()
