"""One browser is let in once; nobody else is, whatever they ask for."""

import pytest

from memtui.web.gate import Gate, Verdict

HOST = "127.0.0.1:8123"


@pytest.fixture
def gate() -> Gate:
    return Gate(8123)


def test_the_token_lets_in_once_and_the_cookie_from_then_on(gate: Gate) -> None:
    asked = {"host": HOST, "path": gate.path}
    assert gate.judge(**asked) is Verdict.REFUSED
    assert gate.judge(**asked, token="0" * 48) is Verdict.REFUSED
    assert gate.judge(**asked, token=gate.token) is Verdict.ENTER
    assert gate.judge(**asked, token=gate.token) is Verdict.SPENT
    assert gate.judge(**asked, cookie=gate.session) is Verdict.PASS
    assert gate.judge(**asked, cookie=gate.token) is Verdict.REFUSED


@pytest.mark.parametrize("host", ["evil.invalid:8123", "127.0.0.1:81", "", "localhost"])
def test_no_other_name_leads_here(gate: Gate, host: str) -> None:
    for known in ({"cookie": gate.session}, {"token": gate.token}):
        found = gate.judge(host=host, path=gate.path, **known)
        assert found is Verdict.REFUSED
    assert gate.judge(host=HOST, path=gate.path, token=gate.token) is Verdict.ENTER


def test_no_page_of_another_origin_opens_the_socket(gate: Gate) -> None:
    asked = {"host": HOST, "path": f"{gate.path}ws", "cookie": gate.session}
    for origin in ("http://evil.invalid", "null", "http://127.0.0.1:81", ""):
        assert gate.judge(**asked, origin=origin) is Verdict.REFUSED
    assert gate.judge(**asked, origin=gate.origin) is Verdict.PASS


@pytest.mark.parametrize("path", ["/", "/ws", "/static/js/textual.js", "/../", "//"])
def test_nothing_lies_outside_the_secret_path(gate: Gate, path: str) -> None:
    assert gate.judge(host=HOST, path=path, cookie=gate.session) is Verdict.REFUSED
    assert gate.judge(host=HOST, path=path, token=gate.token) is Verdict.REFUSED


def test_two_servers_share_no_secret_and_no_cookie(gate: Gate) -> None:
    other = Gate(8124)
    assert len({gate.base, gate.token, gate.session, other.base, other.token}) == 5
    assert f"Path={gate.path};" in gate.cookie
    assert "HttpOnly" in gate.cookie
    assert "SameSite=Strict" in gate.cookie
    assert gate.token not in gate.cookie
