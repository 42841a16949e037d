"""How an address of a feed gets into a calendar program: links that open one, the address to copy, and a picture."""

from typing import Any
from urllib.parse import quote

import segno
from markupsafe import Markup


def subscription(address: str, name: str, events: str = "") -> dict[str, Any]:
    """The ways to subscribe to the feed at `address` (https), called `name`.

    `events` is the address of the same feed without tasks, for the programs that show none.
    """
    plain = events or address
    webcal = "webcal://" + plain.partition("://")[2]
    picture = segno.make(plain, error="m").svg_inline(scale=4, omitsize=True, svgclass="qr", lineclass=None)
    return {
        "https": address,
        "events": plain,
        "webcal": webcal,
        # Google refuses https:// here, the new Outlook breaks on webcal://.
        "google": f"https://calendar.google.com/calendar/r?cid={quote(webcal, safe='')}",
        "outlook": f"https://outlook.office.com/calendar/0/addfromweb?url={quote(plain, safe='')}&name={quote(name)}",
        "qr": Markup(picture),  # noqa: S704 - drawn from our own address
    }
