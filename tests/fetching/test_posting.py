from __future__ import annotations

import json
from datetime import timedelta

import pytest
from servers import Answer, FeedServer, Hang

from monitor.errors import Code, FetchError, Malformed
from monitor.fetching.posting import Poster

POST = Poster(user_agent="Ecoute/1", timeout=timedelta(seconds=5), max_bytes=1_000)


def test_a_named_address_may_be_on_this_machine() -> None:
    with FeedServer({"/v1": Answer(body=b'{"a": 1}')}) as server:
        assert POST(server.url("/v1"), {"q": "é"}, {"Authorization": "Bearer k"}) == {"a": 1}
        (request,) = server.requests
    assert request.method == "POST"
    assert json.loads(request.body) == {"q": "é"}
    assert request.headers["authorization"] == "Bearer k"
    assert request.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(status=308, headers={"Location": "/other"}), Code.REDIRECT),
        (Answer(body=b"x" * 1_001), Code.TOO_LARGE),
        (Answer(status=429), Code.RATE_LIMITED),
    ],
)
def test_what_goes_wrong_has_its_code(answer: Answer, code: Code) -> None:
    with FeedServer({"*": answer}) as server, pytest.raises(FetchError) as caught:
        POST(server.url("/v1"), {}, {})
    assert caught.value.code is code


def test_the_deadline_is_for_the_whole_exchange() -> None:
    hasty = Poster(user_agent="Ecoute/1", timeout=timedelta(seconds=0.2))
    with FeedServer({"*": Hang()}) as server, pytest.raises(FetchError) as caught:
        hasty(server.url("/v1"), {}, {})
    assert caught.value.code is Code.TIMEOUT


def test_an_answer_that_is_no_json_is_malformed() -> None:
    with FeedServer({"*": "<html>"}) as server, pytest.raises(Malformed):
        POST(server.url("/v1"), {}, {})


def test_the_loopback_of_ipv6_is_reached_by_its_address() -> None:
    """Refused by nobody listening, not by the guard."""
    with pytest.raises(FetchError) as caught:
        POST("http://[::1]:9/v1", {}, {})
    assert caught.value.code is Code.CONNECT
