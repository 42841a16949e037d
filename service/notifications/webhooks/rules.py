"""How webhooks are signed, tried again and filtered (Standard Webhooks 1.0.0). Pure."""

import hmac
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

PREFIX = "whsec_"
# After the first failure, the second …; the first attempt is made at once, so there are ten.
RETRY_AFTER = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
ATTEMPTS = len(RETRY_AFTER) + 1
JITTER = 0.2
# What has not gone out by then has no point any more: all attempts, each put off as far as an endpoint may ask.
LASTS = timedelta(days=7)
# An endpoint that gives nothing but failures for so long is disabled.
PATIENCE = timedelta(days=5)
# For how long both the old and the new secret sign.
OVERLAP = timedelta(hours=24)
MOST = 10


def secret_of(key: bytes, webhook_id: str, version: int) -> bytes:
    """The secret of an endpoint: derived from the service's own key, so none has to be kept. 256 bits."""
    return hmac.digest(key, f"webhook {webhook_id} {version}".encode(), "sha256")


def shown(secret: bytes) -> str:
    """A secret as its receiver keeps it."""
    return PREFIX + b64encode(secret).decode()


def signed(secrets: Sequence[bytes], id_: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers of an attempt: `id_` is the same at each, the stamp and what signs it are its own."""
    stamp = str(int(at.timestamp()))
    content = f"{id_}.{stamp}.".encode() + body
    made = [f"v1,{b64encode(hmac.digest(secret, content, 'sha256')).decode()}" for secret in secrets]
    return {"webhook-id": id_, "webhook-timestamp": stamp, "webhook-signature": " ".join(made)}


def steps(chance: Random) -> tuple[timedelta, ...]:
    """The waits between attempts, each a fifth shorter or longer, so that not all come at the same second."""
    return tuple(step * chance.uniform(1 - JITTER, 1 + JITTER) for step in RETRY_AFTER)


def wants(kinds: Sequence[str], kind: str) -> bool:
    """Whether an endpoint that has named `kinds` gets it: all where it names none; `meeting.*` is a whole room."""
    return not kinds or any(kind == one or (one.endswith(".*") and kind.startswith(one[:-1])) for one in kinds)
