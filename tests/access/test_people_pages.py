"""The pages of an agency's people and of one's own tokens: they do what the API does, and no more."""

from sqlalchemy import Engine
from starlette.testclient import TestClient

from tests.access.agency import BASE, roles
from tests.access.signing import HTML, ME, another_browser, sign_in
from tests.conftest import Changed, put

PEOPLE = "/groups/gmg/people"


def test_the_page_does_what_the_api_does(client: TestClient, engine: Engine) -> None:
    sign_in(client, engine)
    page = client.get(PEOPLE).text
    assert "gmg@iom.example" in page
    assert "gmg@ilo.example" not in page
    assert 'value="secretariat"' not in page, "is not offered"
    form = {
        "name": "Ada Lovelace",
        "email": "ada@iom.example",
        "organization": "iom",
        "role": "alternate",
        "from": "2008-06-01",
    }
    done = client.post(PEOPLE, data=form, follow_redirects=False)
    assert (done.status_code, done.headers["location"]) == (303, f"{PEOPLE}?organization=iom")
    assert roles(engine, "ada@iom.example") == [("iom", "alternate", "2008-06-01", None)]
    page = client.get(PEOPLE).text
    own, ada = ids_on(page)
    said = {"organization": "iom", "role": "alternate", "until": "2008-06-10", "version": version_on(page)}
    assert client.post(f"{PEOPLE}/{ada}/end", data=said | {"version": "1"}, headers=HTML).status_code == 412
    assert client.post(f"{PEOPLE}/{ada}/end", data=said, follow_redirects=False).status_code == 303
    assert roles(engine, "ada@iom.example") == [("iom", "alternate", "2008-06-01", "2008-06-10")]
    wrong = client.post(PEOPLE, data=form | {"name": "<b>", "email": "none"}, headers=HTML)
    assert wrong.status_code == 422
    assert "Is no mail address" in wrong.text
    assert 'value="&lt;b&gt;"' in wrong.text, "what was typed stands there again"
    foreign = client.post(PEOPLE, data=form | {"organization": "ilo"}, headers=HTML)
    assert (foreign.status_code, "Only a member" in foreign.text) == (403, True)
    said = {"organization": "iom", "role": "focal-point", "version": version_on(client.get(PEOPLE).text)}
    last = client.post(f"{PEOPLE}/{own}/end", data=said)
    assert (last.status_code, "appoint a successor first" in last.text) == (409, True)
    assert another_browser(client).post(PEOPLE, data=form).status_code == 401


def ids_on(page: str) -> list[str]:
    """The ids of the people on the page, in its order."""
    return [part.partition("/")[0] for part in page.split("/people/")[1:]]


def version_on(page: str) -> str:
    """The version that the forms of the page are made for."""
    return page.partition('name="version" value="')[2].partition('"')[0]


def test_the_page_makes_a_feed_and_tokens_and_revokes_them(client: TestClient, engine: Engine) -> None:
    sign_in(client, engine)
    made = client.post(f"{ME}/feed").text
    address = made.partition('value="http://127.0.0.1:8000/calendars')[2].partition('"')[0]
    calendar = another_browser(client)
    assert calendar.get(f"/calendars{address}").status_code == 200
    assert address not in client.get(ME).text
    shown = client.post(f"{ME}/tokens", data={"name": "register", "scopes": ["followups"], "days": "10"}).text
    token = "gmg_" + shown.partition('value="gmg_')[2].partition('"')[0]
    own = {"Authorization": f"Bearer {token}"}
    assert client.get(f"{BASE}/me", headers=own).json()["scopes"] == ["followups"]
    assert client.post(f"{ME}/tokens", data={"scopes": ["everything"]}).status_code == 422
    page = client.get(ME).text
    ids = [part.partition("/")[0] for part in page.split("/me/tokens/")[1:]]
    assert len(ids) == 2
    for id_ in ids:
        assert client.post(f"{ME}/tokens/{id_}/revoke", follow_redirects=False).status_code == 303
    assert client.get(f"{BASE}/me", headers=own).status_code == 401
    assert calendar.get(f"/calendars{address}").status_code == 410
    assert client.post(f"{ME}/tokens/t0/revoke").status_code == 404


def test_the_secretariats_page_has_everybody(client: TestClient, engine: Engine, changed: Changed) -> None:
    people = [p.model_dump(by_alias=True) for p in changed().people]
    boss = {"name": "Sec", "email": "sec@gmg.example", "appointments": [{"role": "secretariat", "from": "2008-01-01"}]}
    put(engine, changed(people=[*people, boss]))
    sign_in(client, engine, "sec@gmg.example")
    assert "secretariat of the group" in client.get(ME).text
    assert "gmg@ilo.example" in client.get(PEOPLE).text
    form = {"name": "Obs", "email": "obs@x.example", "organization": "", "role": "observer"}
    assert client.post(PEOPLE, data=form, follow_redirects=False).status_code == 303
    assert roles(engine, "obs@x.example") == [(None, "observer", "2008-05-15", None)]
