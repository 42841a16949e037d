"""Whether mail can go out, and whether whoever gets it can tell that it is ours."""

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import dns.exception
import dns.resolver

from service.keeping.doctor.rules import Finding
from service.notifications.channels.smtp import Smtp
from service.notifications.outbox.channel import Down
from service.settings import Settings

# Seconds for an answer of the mail server, and of the names.
_SERVER, _NAMES = 10.0, 3.0
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def look(settings: Settings) -> Iterator[Finding]:
    yield server(settings)
    host = urlsplit(settings.public_url).hostname or ""
    if host in _LOOPBACK:
        yield Finding("names", "ok", f"{host} is this machine; there is no name to look up.")
        return
    yield public_host(host)
    if settings.mail_url.get_secret_value():
        yield from sender(settings.sender.partition("@")[2])


def server(settings: Settings) -> Finding:
    """Greet the mail server as each mail does: EHLO, TLS and login; nothing is sent."""
    url = settings.mail_url.get_secret_value()
    if not url:
        return Finding("mail server", "warn", "None is set (GMG_MAIL_URL): every mail is written as a file.")
    host = urlsplit(url).hostname
    try:
        Smtp(url, settings.sender, _SERVER).greet()
    except Down as error:
        return Finding("mail server", "fail", f"{host}: {error}. See GMG_MAIL_URL, and whether the server runs.")
    return Finding("mail server", "ok", f"{host} takes our name.")


def public_host(host: str) -> Finding:
    try:
        socket.getaddrinfo(host, None)
    except OSError as error:
        return Finding("names", "fail", f"{host} of GMG_PUBLIC_URL leads nowhere: {error.strerror or error}.")
    return Finding("names", "ok", f"{host} leads somewhere.")


def sender(domain: str) -> Iterator[Finding]:
    """MX, SPF and DMARC of the sender's domain. What signs mail (DKIM) is known to the mail server alone."""
    try:
        takes, policy, dmarc = (_records(domain, "MX"), _records(domain, "TXT"), _records(f"_dmarc.{domain}", "TXT"))
    except (dns.exception.DNSException, OSError) as error:
        yield Finding("sender", "warn", f"The names of {domain} could not be asked for ({type(error).__name__}).")
        return
    missing = [] if takes else ["no MX, so nothing can be sent back to us"]
    if not any(record.lower().startswith("v=spf1") for record in policy):
        missing.append("no SPF record (TXT v=spf1 …)")
    if not any(record.lower().startswith("v=dmarc1") for record in dmarc):
        missing.append("no DMARC record (TXT v=DMARC1 … at _dmarc)")
    hint = "Let the mail server sign with DKIM"
    if missing:
        yield Finding("sender", "warn", f"{domain} has {'; '.join(missing)}. {hint} as well.")
    else:
        yield Finding("sender", "ok", f"{domain} has MX, SPF and DMARC. {hint}; that cannot be seen from here.")


def _records(name: str, kind: str) -> list[str]:
    try:
        found = dns.resolver.resolve(name, kind, lifetime=_NAMES)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    return [record.to_text().strip('"') for record in found]
