"""Mail by SMTP, one connection kept open while there is mail (RFC 5321)."""

import io
import smtplib
import socket
import ssl
import time
from datetime import timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

from service.notifications.mailing.rules import status_of
from service.notifications.mailing.verp import return_path
from service.notifications.outbox.channel import Down, NotNow, Parcel, Refused
from service.notifications.outbox.rules import MAIL_RETRY


class _InTime(smtplib.SMTP):
    """A connection whose every reply must have come whole by `until`, however slowly it drips (promise P4)."""

    until = float("inf")

    def left(self) -> float:
        return max(0.001, self.until - time.monotonic())

    def _get_socket(self, host: str, port: int, timeout: float) -> Any:
        return super()._get_socket(host, port, self.left())  # type: ignore[misc]

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None:
            self.file = io.BufferedReader(_Ear(self))
        return super().getreply()

    def send(self, s: Any) -> None:
        if self.sock is not None:
            self.sock.settimeout(self.left())
        super().send(s)


class _InTimeByTls(_InTime, smtplib.SMTP_SSL):
    pass


class _Ear(io.RawIOBase):
    def __init__(self, connection: _InTime) -> None:
        self._connection = connection

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        sock: socket.socket | None = self._connection.sock
        if sock is None:
            return 0
        sock.settimeout(self._connection.left())
        return sock.recv_into(buffer)


class Smtp:
    """A mail server: `smtp://[user:password@]host[:port][?tls=start]` or `smtps://…`.

    It must have taken or refused a mail within `deadline` seconds. What it says before it is told of a recipient
    is about us all, so a refusal there, like silence, shuts the way out for a while; a 4xx reply to the recipient
    or to the content is tried again, a 5xx reply is not. With a `secret` each mail has a return path of its own.
    """

    retry_after: tuple[timedelta, ...] = MAIL_RETRY

    def __init__(self, url: str, sender: str, deadline: float, secret: bytes | None = None) -> None:
        self._to = urlsplit(url)
        self._sender = sender
        self._deadline = deadline
        self._secret = secret
        self._connection: _InTime | None = None

    def send(self, message: Parcel) -> str:
        until = time.monotonic() + self._deadline
        connection = self._greeted(self._return_path(message), until)
        step = "RCPT"
        try:
            code, answer = connection.rcpt(message.address)
            if code < 400:
                step = "DATA"
                code, answer = _data(connection, message.body)
            if code >= 400 and code != 421:
                connection.rset()
        except (smtplib.SMTPException, OSError) as error:
            self._drop()
            raise Down(f"{step}: {_said(error)}", suspect=True) from None
        text = answer.decode("utf-8", "replace")
        if code == 421:
            self._drop()
            raise Down(f"421 {text}", suspect=True)
        if code >= 500:
            raise Refused(f"{code} {text}", status_of(code, text))
        if code >= 400:
            raise NotNow(f"{code} {text}", status=status_of(code, text))
        return f"{code} {text}"

    def _greeted(self, sender: str, until: float) -> _InTime:
        """A connection that has taken our sender.

        One that was kept open may have been shut by the other side meanwhile, or have carried as many mails as
        it may: then a new one is made at once. What a new one says counts.
        """
        while True:
            kept, self._connection = self._connection, None
            try:
                connection = kept or self._connect(until)
                connection.until = until
                code, answer = connection.mail(sender)
            except smtplib.SMTPAuthenticationError:
                raise Down("the mail server did not accept our name and password") from None
            except (smtplib.SMTPException, OSError) as error:
                if kept is None:
                    raise Down(_said(error)) from None
                kept.close()
                continue
            if code < 400:
                self._connection = connection
                return connection
            connection.close()
            if kept is None:
                raise Down(f"{code} {answer.decode('utf-8', 'replace')}")

    def _connect(self, until: float) -> _InTime:
        host, port = self._to.hostname or "localhost", self._to.port
        context = ssl.create_default_context()
        made = _InTimeByTls(context=context) if self._to.scheme == "smtps" else _InTime()
        made.until = until
        try:
            code, answer = made.connect(host, port or (465 if self._to.scheme == "smtps" else 25))
            if code != 220:
                raise smtplib.SMTPConnectError(code, answer)
            made._host = host  # type: ignore[attr-defined]
            made.ehlo_or_helo_if_needed()
            if "tls=start" in self._to.query:
                made.starttls(context=context)
            if self._to.username:
                made.login(unquote(self._to.username), unquote(self._to.password or ""))
        except BaseException:
            made.close()
            raise
        return made

    def greet(self) -> None:
        """Greet the server as each mail does, with TLS and login where its address asks for them; nothing is sent.

        Raises:
            Down: it does not answer, or does not let us in.
        """
        self._greeted(self._sender, time.monotonic() + self._deadline)
        self.close()

    def _return_path(self, message: Parcel) -> str:
        return return_path(self._sender, message.id, self._secret) if self._secret else self._sender

    def close(self) -> None:
        """Say goodbye, but do not wait long for an answer."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.until = time.monotonic() + 1
            try:
                connection.quit()
            except (smtplib.SMTPException, OSError):
                connection.close()

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _data(connection: smtplib.SMTP, body: bytes) -> tuple[int, bytes]:
    try:
        return connection.data(body)
    except smtplib.SMTPDataError as error:
        detail = error.smtp_error
        return error.smtp_code, detail if isinstance(detail, bytes) else str(detail).encode()


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        detail = error.smtp_error
        return f"{error.smtp_code} {detail.decode('utf-8', 'replace') if isinstance(detail, bytes) else detail}"
    return f"{type(error).__name__}: {error}"
