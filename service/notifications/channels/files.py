"""Mail as files: one `.eml` for each message in a directory, for trying out and for groups not yet confirmed."""

import os
import re
from datetime import timedelta
from pathlib import Path

from service.notifications.outbox.channel import NotNow, Parcel
from service.notifications.outbox.rules import MAIL_RETRY


class Files:
    """Writes each message under its id; a repeated attempt writes the same file again."""

    retry_after: tuple[timedelta, ...] = MAIL_RETRY

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def send(self, message: Parcel) -> str:
        # A mailbox may have a stroke or a quote in its name, a file may not.
        who = re.sub(r"[^\w.+-]", "_", message.address.partition("@")[0])
        target = self.directory / f"{message.at:%Y-%m-%d}-{who}-{message.id}.eml"
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            partial = target.with_suffix(f".{os.getpid()}")
            partial.write_bytes(message.body)
            partial.replace(target)
        except OSError as error:
            raise NotNow(f"the file could not be written: {error.strerror}") from None
        return target.name
