"""T42 to T47, T62, T63 and T68: who asks, for which version, and for the how-manieth time."""

from collections.abc import Iterator

from tests.threats.rows import MARK, Row, Sent, got, said

TAKEN = said(extend="2008-07-01", until="2009-02-01")
ACTION = said(title="An action", owner="ilo")
MEETING = said(title="x", day="2008-08-20", at="15:00")


def _of_others() -> Iterator[Row]:
    """The whole of it is the matrix of roles and routes; these are its edges."""
    hidden = {
        "a webhook": "/webhooks/{webhook}", "its deliveries": "/webhooks/{webhook}/deliveries",
    }  # fmt: skip
    yield from got(42, 404, hidden, by="other", type="not-found")
    for what, path, body in (
        ("a webhook", "/webhooks/{webhook}/rotate", None), ("a contact", "/me/contacts/{contact}/test", None),
        ("a token", "/tokens/{own_token}/revoke", None),
    ):  # fmt: skip
        yield Sent(42, f"{what} of another", 404, path, body, by="other")
    written = {
        "an action": ("/actions/{action}/finish", said(text="Done.")),
        "an item": ("/agenda-items/{item}/edit", said(title="x")),
        "a notice": ("/notices/{notice}/withdraw", None),
        "an activity": ("/activities/{activity}/start", None),
        "an answer": ("/decisions/{decision}/answer", said(member="ilo", answer="endorse", round=1)),
        "a vote": ("/polls/{poll}/vote", said(member="ilo", answers=["yes", "no"])),
        "news": ("/meetings/{meeting}/news", said(member="ilo", text=MARK)),
        "busy hours": ("/people", said(name="x", email="x@ilo.example", role="alternate", organization="ilo")),
    }
    for what, (path, body) in written.items():
        yield Sent(42, f"{what} of another's", 403, path, body, by="other", type="not-yours")
    yield from got(42, 403, {"the charter": "/charter", "the audit": "/audit"}, by="own", type="secretariat-only")
    yield from got(42, 403, {"what members see": "/actions", "their agendas": "/agenda-items"}, by="observer")
    yield from got(42, 403, {"another group": "/api/v1/groups/other/actions"}, type="other-group")
    yield Sent(42, "another group's decisions", 403, "/api/v1/groups/other/chair-decisions", TAKEN, type="other-group")
    long = "/api/v1/groups/" + "9" * 5000 + "/chair-decisions"
    yield Sent(42, "a group with a very long name", 403, long, TAKEN, type="other-group")
    yield Sent(42, "a group that is a NUL", 403, "/api/v1/groups/%00/chair-decisions", TAKEN, type="other-group")


def _of_the_chair() -> Iterator[Row]:
    yield Sent(44, "who chairs next", 403, "/meetings", MEETING, by="coming chair", type="chair-term-not-begun")
    yield Sent(44, "a member", 403, "/meetings", MEETING, by="own", type="chair-only")
    yield Sent(44, "the secretariat while somebody chairs", 403, "/meetings", MEETING, type="chair-only")
    yield Sent(44, "a member takes a decision on the chair", 403, "/chair-decisions", TAKEN, by="own")
    claim = said(appoint="ilo", term="2008-07-01")
    yield Sent(44, "a member claims the chair", 403, "/chair-decisions", claim, by="own")
    yield Sent(44, "the chair goes on by itself", 403, "/chair-decisions", TAKEN, by="chair")


def _of_tokens() -> Iterator[Row]:
    tokens: dict[str, str | None] = {
        "none": None, "empty": "", "a scheme alone": "Bearer", "nothing behind it": "Bearer ",
        "made up": "Bearer gmg_" + "A" * 43,
        "truncated": "Bearer {short_api}", "basic": "Basic Z21nOmdtZw==", "no scheme": "{api}",
        "very long": "Bearer " + "g" * 9000,
        "revoked": "Bearer {revoked_api}", "expired": "Bearer {expired_api}", "two": "Bearer {api}, Bearer {api}",
        "of somebody gone": "Bearer {gone_api}",
    }  # fmt: skip
    for what, token in tokens.items():
        for method, path, body in (
            ("GET", "/me", None),
            ("POST", "/actions", ACTION),
            ("POST", "/chair-decisions", TAKEN),
        ):
            headers = {"Authorization": token}
            yield Sent(47, f"{what}, {path}", 401, path, body, method, headers, "nobody", "token-required", "Bearer")
    yield Sent(47, "one that may only look", 403, "/actions", ACTION, by="reader", type="read-only-token")
    yield Sent(47, "one made for meetings", 403, "/actions", ACTION, by="meetings only", type="scope-missing")
    moved = "a token is its person's and moves with them; for the agency that they have left it may nothing at once"
    yield Sent(
        46, "of who has moved to another agency", 403, "/actions", ACTION, by="moved", type="not-yours", differs=moved
    )
    yield from got(46, 401, {"of who is gone": "/me"}, by="nobody", headers={"Authorization": "Bearer {gone_api}"})
    yield from got(
        46, 410, {"the feed of who is gone": "/calendars/p/{gone_feed}/gmg.ics"}, by="nobody", type="calendar-gone"
    )


def _of_versions() -> Iterator[Row]:
    change = said(text="Done.")
    path = "/actions/{action}/finish"
    for what, status, tag, type_ in (
        ("none", 428, None, "version-required"), ("any", 428, "*", "version-required"), ("garbage", 400, MARK,
        "invalid-if-match"),
        ("no quotes", 400, "1", "invalid-if-match"), ("empty", 400, "", "invalid-if-match"), ("half a quote", 400,
        '"1', "invalid-if-match"),
        ("very long", 400, '"' + "1" * 5000 + '"', "invalid-if-match"), ("weak", 412, 'W/"1"', "version-is-stale"),
        ("stale", 412, '"999"', "version-is-stale"), ("a list of stale ones", 412, '"7", "8"', "version-is-stale"),
    ):  # fmt: skip
        yield Sent(62, f"{what}, an action", status, path, change, headers={"If-Match": tag}, by="own", type=type_)
        reason = said(reason="x")
        cancel = "/meetings/{meeting}/cancel"
        yield Sent(62, f"{what}, a meeting", status, cancel, reason, headers={"If-Match": tag}, by="chair", type=type_)
        group = {"id": "gmg", "name": "G", "founded": "2006-05-09", "timezone": "UTC"}
        charter = said(group=group, members=[{"id": "ilo", "name": "ILO", "joined": "2006-05-09"}])
        if status != 412:
            yield Sent(62, f"{what}, PUT", status, "/charter", charter, "PUT", {"If-Match": tag}, type=type_)


def _of_keys() -> Iterator[Row]:
    keys: dict[str, str | None] = {
        "none": None, "empty": "", "10 kB": "k" * 10_000, "not ASCII": "kéy", "a control": "k\x7f", "a space": " ",
    }  # fmt: skip
    for what, key in keys.items():
        for path, body in (("/chair-decisions", TAKEN), ("/actions", ACTION)):
            type_ = "key-required" if key is None else "invalid-key"
            yield Sent(63, f"{what}, {path}", 400, path, body, headers={"Idempotency-Key": key}, type=type_)
    used: dict[str, str | None] = {"Idempotency-Key": "used-before"}
    yield Sent(63, "the same key, another body", 422, "/actions", ACTION, headers=used, by="own", type="key-reused")
    yield Sent(
        63,
        "the same key, another door",
        422,
        "/notices",
        said(member="ilo", theme="x", text="x"),
        headers=used,
        by="own",
        type="key-reused",
    )


def _of_the_last() -> Iterator[Row]:
    end = said(organization="ilo", role="focal-point")
    newest: dict[str, str | None] = {"If-Match": "{people}"}
    for by in ("own", "secretariat"):
        yield Sent(
            68,
            f"the last focal point, by {by}",
            409,
            "/people/{last}/end",
            end,
            headers=newest,
            by=by,
            type="last-person",
        )


def rows() -> Iterator[Row]:
    for part in (_of_others, _of_the_chair, _of_tokens, _of_versions, _of_keys, _of_the_last):
        yield from part()
