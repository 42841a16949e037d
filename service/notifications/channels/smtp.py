"""Mail by SMTP, one connection kept open while there is mail (RFC 5321)."""

import smtplib
import ssl
from urllib.parse import unquote, urlsplit

from service.notifications.outbox.dispatch import Message, NotNow, Refused


class Smtp:
    """A mail server: `smtp://[user:password@]host[:port][?tls=start]` or `smtps://…`.

    Every step must be answered within `deadline` seconds. A 4xx reply, a dropped connection or
    silence is tried again; a 5xx reply is not.
    """

    def __init__(self, url: str, sender: str, deadline: float) -> None:
        self._to = urlsplit(url)
        self._sender = sender
        self._deadline = deadline
        self._connection: smtplib.SMTP | None = None

    def send(self, message: Message) -> str:
        try:
            connection = self._connection or self._connect()
            self._connection = connection
            code, answer = self._transmit(connection, message)
        except smtplib.SMTPAuthenticationError:
            self.close()
            raise NotNow("the mail server did not accept our name and password") from None
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise NotNow(f"{type(error).__name__}: {error}") from None
        text = f"{code} {answer.decode('utf-8', 'replace')}"
        if code >= 500:
            raise Refused(text)
        if code >= 400:
            raise NotNow(text)
        return text

    def _transmit(self, connection: smtplib.SMTP, message: Message) -> tuple[int, bytes]:
        code, answer = connection.mail(self._sender)
        if code < 400:
            code, answer = connection.rcpt(message.recipient)
        if code >= 400:
            connection.rset()
            return code, answer
        try:
            return connection.data(message.body)
        except smtplib.SMTPDataError as error:
            detail = error.smtp_error
            return error.smtp_code, detail if isinstance(detail, bytes) else str(detail).encode()

    def _connect(self) -> smtplib.SMTP:
        host, port = self._to.hostname or "localhost", self._to.port
        context = ssl.create_default_context()
        if self._to.scheme == "smtps":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(host, port or 465, timeout=self._deadline, context=context)
        else:
            connection = smtplib.SMTP(host, port or 25, timeout=self._deadline)
        connection.ehlo_or_helo_if_needed()
        if "tls=start" in self._to.query:
            connection.starttls(context=context)
        if self._to.username:
            connection.login(unquote(self._to.username), unquote(self._to.password or ""))
        return connection

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
