"""A button that was pressed twice: where the first press has led, so that the second leads there as well.

Nothing is done twice in any case: a creation has its key, a change its version. But the browser shows the answer to
the last press alone, and that would be a conflict with oneself. It is remembered for `LASTS` in this process alone;
elsewhere the conflict is shown, with both texts.
"""

from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from threading import Lock

from fastapi import Request

from service import clock
from service.access import cookies

LASTS = timedelta(seconds=30)
_KEPT = 1000
_led: OrderedDict[str, tuple[datetime, str]] = OrderedDict()
_lock = Lock()


def press(request: Request, pairs: Iterable[tuple[str, str]]) -> str:
    """What tells one press of a button from all others: whose browser, which form, and what it holds."""
    held = (cookies.read(request, cookies.SESSION), request.url.path, sorted(pairs))
    return sha256(repr(held).encode("utf-8", "backslashreplace")).hexdigest()


def remember(pressed: str, address: str) -> None:
    """Keep where a press has led; what leads nowhere else (its answer is the page itself) is not kept."""
    if not pressed or not address:
        return
    with _lock:
        _led[pressed] = (clock.now(), address)
        while len(_led) > _KEPT:
            _led.popitem(last=False)


def led(pressed: str) -> str | None:
    """Where the same press has led a moment ago; None where there was none."""
    with _lock:
        at, address = _led.get(pressed, (None, None))
    return address if at is not None and clock.now() - at < LASTS else None
