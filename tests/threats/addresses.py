"""T12, T13, T38 to T41, T52 to T60, T64 to T66: what stands in an address, its query, or beside it."""

from collections.abc import Iterator

from tests.threats.rows import MARK, Row, Sent, got, said

API = "/api/v1"
PAGE = "/groups/gmg"
FEED = "/calendars/gmg.ics"
TURNS = {"nothing here": "/nowhere", "a group that is not here": "/api/v1/groups/nobody/chair"}
FORM: dict[str, str | None] = {"Content-Type": "application/x-www-form-urlencoded"}
# A search that no page and no program would send.
COSTLY = "(a%2B)%2B%24"


def _instants() -> Iterator[Row]:
    wrong = {
        "30 February": "2008-02-30", "24:30": "2008-07-01T24:30:00Z", "a leap second": "2008-07-01T00:00:60Z",
        "naive": "2008-07-01T00:00:00", "year 9999 with an offset": "9999-12-31T23:59:59-12:00",
        "year 1 with an offset": "0001-01-01T00:00:00%2B14:00", "year 9999": "9999-12-31", "year 1": "0001-01-01",
        "a long number": "9" * 5000, "zero": "0", "a pattern": COSTLY, "nothing": "", "text": MARK,
    }  # fmt: skip
    yield from got(13, 422, {f"{what} in at": f"/chair?at={value}" for what, value in wrong.items()}, by="nobody")
    yield from got(13, 422, {f"{what} in until": f"/terms?until={value}" for what, value in wrong.items()}, by="nobody")
    yield from got(13, 422, {"backwards": "/terms?from=2009-01-01&until=2008-01-01"}, by="nobody")


def _numbers() -> Iterator[Row]:
    ids = {"2^63": str(2**63), "5,000 digits": "9" * 5000, "other digits": "%D9%A3", "below zero": "-1", "text": MARK}
    places = (
        "chair-decisions",
        "meetings",
        "actions",
        "decisions",
        "activities",
        "agenda-items",
        "polls",
        "notices",
        "webhooks",
        "deliveries",
    )
    for place in places:
        yield from got(12, 404, {f"{what}, {place}": f"/{place}/{id_}" for what, id_ in ids.items()})
    yield from got(12, 422, {f"{what} as a year": f"/decisions?year={id_}" for what, id_ in ids.items()})
    yield from got(10, 422, {
        "a parameter twice": "/terms?from=2008-01-01&from=2009-01-01",
        "a parameter twice, alike": "/meetings?level=principals&level=principals",
        "a parameter that is not known": f"/members?{MARK}=1",
        "an order by another name": "/actions?order=due&ORDER=newest",
    })  # fmt: skip
    yield from got(59, 422, {
        "an order of members": "/members?sort=password",
        "a page of terms": "/terms?limit=1000000000&offset=1000000000000",
    }, by="nobody", type="unknown-parameter")  # fmt: skip
    repeated = said(extend="2008-07-01", until="2009-02-01")
    twice = {
        "preview twice": "preview=true&preview=false",
        "preview that is neither": "preview=maybe",
        "an id": "id=d7",
    }
    for what, query in twice.items():
        yield Sent(10, what, 422, f"/chair-decisions?{query}", repeated)


def _feeds() -> Iterator[Row]:
    guesses = {
        "a guess": "/calendars/p/feed_" + "A" * 43 + "/gmg.ics",
        "truncated": "/calendars/p/{short_feed}/gmg.ics",
        "one letter off": "/calendars/p/{other_feed}/gmg.ics",
        "another group": "/calendars/p/{feed}/other.ics",
        "another feed": "/calendars/p/{feed}/chair.ics",
        "an API token": "/calendars/p/{api}/gmg.ics",
        "a NUL": "/calendars/p/%00/gmg.ics",
        "a very long one": "/calendars/p/" + "x" * 5000 + "/gmg.ics",
    }
    same = "This calendar is not here"
    yield from got(38, 404, guesses, by="nobody", type="not-found", says=same)
    revoked = "/calendars/p/{revoked_feed}/gmg.ics"
    yield from got(39, 410, {"revoked": revoked}, by="nobody", type="calendar-gone")
    yield from got(
        39, 410, {"revoked, asked again with its ETag": revoked}, by="nobody", headers={"If-None-Match": "*"}
    )
    yield Sent(39, "revoked, HEAD", 410, revoked, method="HEAD", by="nobody")
    unknown = (
        "a feed's token is none of the API's: whoever sends it there has sent no token that is known (RFC 9110 15.5.2)"
    )
    bearer: dict[str, str | None] = {"Authorization": "Bearer {feed}"}
    for path in ("/me", "/actions", "/charter"):
        yield Sent(40, f"as a bearer of {path}", 401, path, method="GET", headers=bearer, by="nobody", differs=unknown)
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        yield Sent(40, f"{method} to a feed", 405, "/calendars/p/{feed}/gmg.ics", b"", method, by="nobody")
    yield from got(40, 404, {"in place of a member": "/calendars/gmg/members/{feed}.ics"}, by="nobody")
    yield from got(40, 404, {"in place of a link": PAGE + "/sign-in/{feed}/x"}, by="nobody")
    for cookie in ("gmg", "__Host-gmg"):
        mixed: dict[str, str | None] = {"Cookie": f"{cookie}={{session}}"}
        loopback = "the cookie of a session is called gmg on loopback, and __Host-gmg only where people come by https"
        if cookie == "gmg":
            yield from got(40, 400, {"with a session": "/calendars/p/{feed}/gmg.ics"}, by="nobody", headers=mixed)
        else:
            yield from got(
                40, 200, {"with a cookie of another name": "/calendars/p/{feed}/gmg.ics"}, by="nobody", headers=mixed,
                differs=loopback,
            )  # fmt: skip


def _elsewhere() -> Iterator[Row]:
    hosts: dict[str, dict[str, str | None]] = {
        "another": {"Host": f"{MARK}.example"}, "one that begins alike": {"Host": f"127.0.0.1.{MARK}.example"},
        "a user": {"Host": f"127.0.0.1@{MARK}.example"}, "none": {"Host": ""}, "a path": {"Host": f"127.0.0.1/{MARK}"},
        "a port that is none": {"Host": "127.0.0.1:x"}, "half an address": {"Host": "[::1"},
        "another behind a proxy": {"X-Forwarded-Host": f"{MARK}.example"},
        "two behind a proxy": {"X-Forwarded-Host": f"127.0.0.1, {MARK}.example"},
    }  # fmt: skip
    for what, headers in hosts.items():
        for path in (PAGE, "/api/v1/groups/gmg/chair", FEED, "/static/style.css"):
            yield Sent(55, f"{what}, {path}", 400, path, method="GET", headers=headers, by="nobody", type="wrong-host")
    home = "no address is redirected for its slash, so none repeats a Host"
    slashes = {
        "a slash at the end": PAGE + "/", "twice": PAGE + "//chair", "at the end of the API": "/chair-decisions/",
        "at the end of a feed": FEED + "/",
    }  # fmt: skip
    yield from got(55, 404, slashes, by="nobody", differs=home)
    paths = {
        "up and out": "/static/../settings.py", "up, escaped": "/static/..%2f..%2fsettings.py",
        "dots escaped": "/static/%2e%2e/%2e%2e/settings.py", "twice escaped": "/static/%252e%252e/settings.py",
        "a NUL": "/static/%00", "from the root": "/static//etc/passwd", "a backslash": "/static/..%5csettings.py",
        "a drive": "/static/C:%5cwindows", "a group above": "/groups/%2e%2e%2fgmg/members",
        "a NUL for a group": "/groups/%00/chair",
        "a very long group": "/groups/" + "a" * 5000 + "/sign-in",
        "a charter above": "/groups/gmg/record/charter/..%2f..%2f.yaml",
        "a calendar above": "/calendars/..%2fgmg.ics", "a member above": "/calendars/gmg/members/..%2f..%2fetc.ics",
        "an openapi above": "/api/v1/..%2fopenapi.json", "a group of the API": "/api/v1/groups/%00/chair",
        "a long group of the API": "/api/v1/groups/" + "9" * 5000 + "/chair",
    }  # fmt: skip
    yield from got(57, 404, paths, by="nobody")
    tongues = {
        what: f"{PAGE}?lang={tongue}"
        for what, tongue in {"a path": "..%2f..%2fetc%2fpasswd", "a NUL": "%00", "twice": "fr&lang=..%2f"}.items()
    }
    yield from got(
        57,
        200,
        tongues,
        by="nobody",
        differs="a language that is not spoken is no choice: the page is shown in another",
    )


def _pages() -> Iterator[Row]:
    sites: dict[str, dict[str, str | None]] = {
        "no word of where": {"Sec-Fetch-Site": None}, "cross-site": {"Sec-Fetch-Site": "cross-site"},
        "a sibling": {"Sec-Fetch-Site": "same-site"}, "an origin of null": {"Sec-Fetch-Site": None, "Origin": "null"},
        "another origin": {"Sec-Fetch-Site": None, "Origin": f"https://{MARK}.example"},
        "another port": {"Sec-Fetch-Site": None, "Origin": "http://127.0.0.1:8001"},
        "ours and cross-site": {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:8000"},
    }  # fmt: skip
    for what, headers in sites.items():
        # Every other form is tried by those who are not signed in and by those who are (see the tests that are named).
        yield Sent(52, what, 403, PAGE + "/notices", b"a=1", headers=FORM | headers, type="cross-site")
    for path in ("/sign-out", "/me/feed", "/notices/{notice}/withdraw"):
        looked = "looking changes nothing: there is no GET at the address of a form alone"
        yield Sent(52, f"GET {path}", 405, PAGE + path, method="GET", differs=looked)
    guesses = ("A" * 43, "x", "%00", "%20", "A" * 3000)
    for guess in guesses:
        yield Sent(48, f"a guess, {guess[:9]}", 400, f"{PAGE}/sign-in/{guess}", b"", headers=FORM, by="nobody")
    yield Sent(
        49,
        "an address that nobody has",
        202,
        PAGE + "/sign-in",
        b"email=nobody%40iom.example",
        headers=FORM,
        by="nobody",
    )
    states = {
        "a state that is made up": "?state=x&code=y",
        "no state": "?code=y",
        "nothing": "",
        "an error": f"?error={MARK}&state=x",
    }
    none = "where no provider is configured there is no such address (T58 with one: test_provider)"
    yield from got(
        58, 404, {what: f"/sign-in/callback{query}" for what, query in states.items()}, by="nobody", differs=none
    )
    cookie: dict[str, str | None] = {"Cookie": "gmg=" + "A" * 43}
    yield Sent(51, "a planted cookie", 401, "/api/v1/groups/gmg/me", method="GET", headers=cookie, by="nobody")
    led = "whoever only has to sign in is led there"
    yield Sent(
        51, "a planted cookie on a page", 303, PAGE + "/me", method="GET", headers=cookie, by="nobody", differs=led
    )


def _lists() -> Iterator[Row]:
    lists = (
        "/actions",
        "/decisions",
        "/activities",
        "/notices",
        "/events",
        "/audit",
        "/tokens",
        "/people",
        "/deliveries",
        "/search?q=action",
    )
    for path in lists:
        join = "&" if "?" in path else "?"
        sizes = {
            "below zero": "-1",
            "nothing": "0",
            "a thousand million": "1000000000",
            "a number too long": "9" * 400,
            "text": MARK,
        }
        if path != "/events":
            yield from got(
                59, 422, {f"{what} at once, {path}": f"{path}{join}limit={size}" for what, size in sizes.items()}
            )
            forged = {
                "made up": "WyJhIl0.forged",
                "no base64": MARK,
                "unsigned": "WzEsMl0",
                "empty": "",
                "emoji": "%F0%9F%98%80",
            }
            yield from got(
                59,
                400,
                {f"a cursor {what}, {path}": f"{path}{join}after={one}" for what, one in forged.items()},
                type="invalid-cursor",
            )
        yield from got(59, 422, {
            f"an offset, {path}": f"{path}{join}offset=1000000000000",
            f"an order, {path}": f"{path}{join}sort=password",
        }, type="unknown-parameter")  # fmt: skip
    yield from got(
        59,
        422,
        {"an order that is none": "/actions?order=password", "a cursor of 10 kB": "/actions?after=" + "a" * 10_000},
    )
    yield from got(59, 400, {"a cursor of another list": "/decisions?after={cursor}"}, type="invalid-cursor")
    empty = '"hits":[]'
    yield from got(60, 200, {
        "wildcards": "/search?q=%25_%25", "a pattern that explodes": f"/search?q={COSTLY}",
        "a backslash": "/search?q=%5C%5C",
        "a quote": "/search?q='%20OR%201%3D1--", "wildcards in a word": "/search?q=s_rvey",
        "a class": "/search?q=%5Ba-z%5D",
    }, says=empty)  # fmt: skip
    yield from got(60, 422, {
        "10 kB": "/search?q=" + "a" * 10_000, "one letter": "/search?q=a",
        "nine words": "/search?q=" + "+".join(f"ab{n}" for n in range(9)),
        "spaces": "/search?q=%20%20%20", "a NUL": "/search?q=ab%00",
        "a kind that is none": f"/search?q=ab&kinds={MARK}",
    })  # fmt: skip


def _methods() -> Iterator[Row]:
    for method in ("TRACE", "BREW", "PROPFIND", "OPTIONS", "CONNECT"):
        for path, allow in (
            ("/chair", "GET"),
            ("/chair-decisions", "POST"),
            (FEED, "GET"),
            (PAGE + "/notices", "POST"),
        ):
            yield Sent(64, f"{method} {path}", 405, path, method=method, says=allow)
    for path in (FEED, "/calendars/gmg/chair.ics", "/calendars/p/{feed}/gmg.ics"):
        as_get = "HEAD is answered as GET without the body (RFC 9110 9.3.2)"
        yield Sent(64, f"HEAD {path}", 200, path, method="HEAD", by="nobody", differs=as_get, says="text/calendar")
        for method in ("PUT", "DELETE", "PATCH"):
            yield Sent(64, f"{method} {path}", 405, path, b"", method, by="nobody", says="GET")
    for method in ("PUT", "PATCH", "DELETE"):
        yield Sent(64, f"{method} on a list", 405, "/chair-decisions", b"{}", method, says="GET")
    foreign: dict[str, str | None] = {"Origin": f"https://{MARK}.example", "Access-Control-Request-Method": "PUT"}
    for path in ("/chair", "/actions", FEED):
        yield Sent(64, f"a preflight, {path}", 405, path, method="OPTIONS", headers=foreign)


def _bombs() -> Iterator[Row]:
    style = "/static/style.css"
    many = "bytes=" + ",".join(f"{n}-{n}" for n in range(0, 4000, 2))
    whole = "styles are small and handed out whole; a server may ignore a range (RFC 9110 14.2)"
    ranges = {"beyond the end": "bytes=99999999-", "backwards": "bytes=9-1", "two thousand times": many}
    for what, one in ranges.items():
        wanted: dict[str, str | None] = {"Range": one}
        yield Sent(65, f"a range {what}", 200, style, method="GET", headers=wanted, by="nobody", differs=whole)
    fields = b"&".join(b"a%d=1" % n for n in range(1001))
    form = "its length is bounded (413); a form with more in it than any page sends is none that can be read (400)"
    yield Sent(65, "1,001 fields", 400, PAGE + "/notices", fields, headers=FORM, differs=form)
    part = b'--x\r\nContent-Disposition: form-data; name="a%d"\r\n\r\n1\r\n'
    parts = b"".join(part % n for n in range(1001)) + b"--x--\r\n"
    kind: dict[str, str | None] = {"Content-Type": "multipart/form-data; boundary=x"}
    yield Sent(65, "1,001 parts", 400, PAGE + "/notices", parts, headers=kind, differs=form)
    headers = b"".join(b"X-%d: y\r\n" % n for n in range(12_000))
    bomb = b"--x\r\n" + headers + b'Content-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n'
    yield Sent(65, "a part of headers", 400, PAGE + "/notices", bomb, headers=kind, differs=form)
    long = b"--x\r\nX: " + b"y" * 200_000 + b'\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n'
    yield Sent(65, "a header of 200 kB", 400, PAGE + "/notices", long, headers=kind, differs=form)
    large = b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n' + b"y" * 2_000_000 + b"\r\n--x--\r\n"
    yield Sent(65, "a part of 2 MB", 413, PAGE + "/notices", large, headers=kind)
    yield Sent(66, "a feed that has not changed", 304, FEED, method="GET", headers={"If-None-Match": "*"}, by="nobody")
    own = "/calendars/p/{feed}/gmg.ics"
    yield Sent(
        66, "one's own feed that has not changed", 304, own, method="GET", headers={"If-None-Match": "*"}, by="nobody"
    )


def rows() -> Iterator[Row]:
    for part in (_instants, _numbers, _feeds, _elsewhere, _pages, _lists, _methods, _bombs):
        yield from part()
