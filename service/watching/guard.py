"""Who may watch: whoever asks from a network that the operator has named, or knows the token; nobody else.

Without a setting that is loopback alone. A proxy on the same machine asks from there as well, so loopback counts only
where the two can be told apart: GMG_TRUSTED_PROXIES names the proxies, whose `X-Forwarded-For` then says who asks, or
people come by plain http, which no proxy stands before (threat T69).
"""

import hmac

from fastapi import Request

from service.access.tries import address_of
from service.settings import current

# What a proxy adds, and nobody who asks by themselves.
_OF_PROXIES = ("x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "forwarded", "via")


def may_watch(request: Request) -> bool:
    """Whether who asks may see how the service is."""
    using = current()
    token = using.metrics_token.get_secret_value()
    if token:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode()):
            return True
    address, peer = address_of(request), request.client.host if request.client else ""
    if address is None:
        return False
    # A proxy that is not believed, or one that passes on what somebody has made up.
    if any(name in request.headers for name in _OF_PROXIES) and (address.is_loopback or str(address) == peer):
        return False
    if using.watchers:
        return any(address in network for network in using.watchers)
    return address.is_loopback and (bool(using.proxies) or not using.secure)
