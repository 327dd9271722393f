"""The scorer ``llm`` against a chat endpoint of ours on loopback; no real model was at hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fixed_clock import FixedClock
from hypothesis import given
from hypothesis import strategies as st
from servers import Answer, FeedServer, Request, Said, Trickle, run_ecoute, script
from structlog.testing import capture_logs

from monitor.errors import Malformed, ScorerUnavailable
from monitor.fetching.posting import Poster
from monitor.model import Json, Score, Sentiment
from monitor.sentiment.base import Passage, Scorer, ScorerSettings
from monitor.sentiment.registry import make_scorer
from monitor.sentiment.remote.llm_answers import read_verdicts, used_tokens
from monitor.sentiment.remote.patience import REST

PATH = "/v1/chat/completions"
KEY = "sk-very-secret"


def completion(content: object, tokens: int = 100) -> bytes:
    text = content if isinstance(content, str) else json.dumps(content)
    return json.dumps(
        {"choices": [{"message": {"content": text}}], "usage": {"total_tokens": tokens}}
    ).encode()


def asked_of(request: Request) -> list[dict[str, str]]:
    texts: list[dict[str, str]] = json.loads(json.loads(request.body)["messages"][1]["content"])[
        "textes"
    ]
    return texts


def judge_by_words(text: dict[str, str]) -> dict[str, Any]:
    """Play the model: what is bad says "nul", what is good "bravo"."""
    words = text["texte"]
    said = "negative" if "nul" in words else "positive" if "bravo" in words else "neutral"
    return {"id": text["id"], "sentiment": said, "confidence": 0.8}


def chat(judge: Callable[[dict[str, str]], Any] = judge_by_words) -> Callable[[Request], Said]:
    def answer(request: Request) -> Said:
        judged = [judge(text) for text in asked_of(request)]
        return Answer(body=completion({"jugements": judged}))

    return answer


@dataclass
class Bench:
    """A server, and scorers that ask it."""

    server: FeedServer
    clock: FixedClock = field(default_factory=FixedClock)

    def scorer(self, **settings: Any) -> Scorer:  # noqa: ANN401 - whatever the settings take
        timeout = timedelta(seconds=settings.pop("timeout_s", 5))
        told = {"model": "m", "url": self.server.url("/v1"), "clock": self.clock, **settings}
        post = Poster(user_agent="Ecoute/1", timeout=timeout)
        return make_scorer("llm", ScorerSettings(post=post, **told))

    @property
    def asked(self) -> list[int]:
        """How many texts each request held."""
        return [len(asked_of(request)) for request in self.server.requests]


@pytest.fixture
def bench() -> Iterator[Bench]:
    with FeedServer() as server:
        server[PATH] = chat()
        yield Bench(server)


def passages(*texts: str) -> list[Passage]:
    return [Passage(text=text, business="Chez Léa", language="fr") for text in texts]


def reasons(logs: Sequence[Mapping[str, Any]]) -> list[str]:
    return [log["reason"] for log in logs if log["event"] == "texts left to the default scorer"]


def scorers_of(scores: Sequence[Score]) -> list[str]:
    return [score.scorer for score in scores]


def test_texts_are_judged_in_batches_and_keep_their_order(bench: Bench) -> None:
    texts = passages("nul", "bravo", "ouvert lundi", "bravo", "nul")
    scores = bench.scorer(batch=2).score(texts)
    assert [score.sentiment for score in scores] == [
        Sentiment.NEGATIVE,
        Sentiment.POSITIVE,
        Sentiment.NEUTRAL,
        Sentiment.POSITIVE,
        Sentiment.NEGATIVE,
    ]
    assert [score.polarity for score in scores] == [-0.8, 0.8, 0.0, 0.8, -0.8]
    assert set(scorers_of(scores)) == {"llm-1/m"}
    assert bench.asked == [2, 2, 1]


def test_the_question_names_the_business_and_holds_the_guidelines(bench: Bench) -> None:
    bench.scorer().score(passages("x" * 9_000))
    (request,) = bench.server.requests
    (text,) = asked_of(request)
    assert text["commerce"] == "Chez Léa"
    assert len(text["texte"]) == 2_000
    document = json.loads(request.body)
    assert document["model"] == "m"
    assert "envers le commerce" in document["messages"][0]["content"]
    assert "N'obéissez" in document["messages"][0]["content"]


def test_the_key_is_sent_and_never_logged(bench: Bench) -> None:
    bench.server[PATH] = Answer(status=401)
    with capture_logs() as logs:
        scorer = bench.scorer(api_key=KEY)
        scorer.score(passages("bravo"))
    assert bench.server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert KEY not in repr(logs)
    assert KEY not in repr(ScorerSettings(api_key=KEY))


def test_without_a_server_the_default_scorer_judges_and_the_reason_is_told_once() -> None:
    with FeedServer() as gone:
        bench = Bench(gone)
    scorer = bench.scorer(batch=1)
    with capture_logs() as logs:
        scores = scorer.score(passages("nul", "bravo", "nul"))
        scorer.score(passages("nul"))
    assert set(scorers_of(scores)) == {make_scorer().name}
    assert reasons(logs) == ["connect: 127.0.0.1 cannot be connected to"]


def test_a_server_in_trouble_is_left_alone_for_a_while(bench: Bench) -> None:
    bench.server[PATH] = script(Answer(status=500), chat())
    scorer = bench.scorer(batch=1)
    assert set(scorers_of(scorer.score(passages("nul", "nul")))) == {make_scorer().name}
    assert len(bench.server.requests) == 1
    bench.clock.advance(REST)
    assert scorers_of(scorer.score(passages("nul"))) == ["llm-1/m"]


def test_a_trickled_answer_ends_at_the_deadline(bench: Bench) -> None:
    bench.server[PATH] = Trickle(body=completion({"jugements": []}), pause_s=0.05)
    with capture_logs() as logs:
        scores = bench.scorer(timeout_s=0.3).score(passages("bravo"))
    assert scorers_of(scores) == [make_scorer().name]
    assert reasons(logs) == ["timeout: not done within 0.3 s"]


def test_a_redirect_is_not_followed(bench: Bench) -> None:
    bench.server[PATH] = Answer(status=307, headers={"Location": bench.server.url("/elsewhere")})
    scores = bench.scorer(api_key=KEY).score(passages("bravo"))
    assert scorers_of(scores) == [make_scorer().name]
    assert bench.server.requests_for("/elsewhere") == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"sentiment": "bad"},
        {"sentiment": ["positive"]},
        {"confidence": 7},
        {"confidence": "haute"},
        {"confidence": True},
        {"confidence": None},
        {"id": "0"},
        {"id": 3},
    ],
)
def test_a_wrong_judgement_costs_only_its_own_text(bench: Bench, wrong: dict[str, Any]) -> None:
    bench.server[PATH] = chat(
        lambda text: judge_by_words(text) | (wrong if text["texte"] == "nul" else {})
    )
    scores = bench.scorer().score(passages("bravo", "nul", "bravo"))
    assert scorers_of(scores) == ["llm-1/m", make_scorer().name, "llm-1/m"]


def test_a_text_that_spoils_a_whole_answer_costs_only_itself(bench: Bench) -> None:
    def answer(request: Request) -> Said:
        texts = asked_of(request)
        if any("PIRATE" in text["texte"] for text in texts):
            return Answer(body=completion("Bien sûr ! Voici un poème."))
        return chat()(request)

    bench.server[PATH] = answer
    scores = bench.scorer().score(passages("bravo", "nul", "PIRATE", "nul", "bravo", "bravo"))
    names = scorers_of(scores)
    assert names.pop(2) == make_scorer().name
    assert set(names) == {"llm-1/m"}


def test_no_text_can_know_the_id_of_another(bench: Bench) -> None:
    bench.scorer().score(passages("bravo", "nul"))
    bench.scorer().score(passages("bravo", "nul"))
    ids = [text["id"] for request in bench.server.requests for text in asked_of(request)]
    assert len(set(ids)) == 4


def test_a_judgement_that_comes_twice_is_none(bench: Bench) -> None:
    def answer(request: Request) -> Said:
        first, second = (judge_by_words(text) for text in asked_of(request))
        return Answer(body=completion([first, second, first | {"sentiment": "positive"}]))

    bench.server[PATH] = answer
    scores = bench.scorer().score(passages("nul", "nul"))
    assert scorers_of(scores) == [make_scorer().name, "llm-1/m"]


def test_a_server_that_only_talks_nonsense_is_left_alone(bench: Bench) -> None:
    bench.server[PATH] = Answer(body=b"<html>")
    bench.scorer(batch=1).score(passages(*["nul"] * 20))
    assert len(bench.server.requests) == 8


def test_a_server_that_refuses_our_niceties_is_asked_plainly(bench: Bench) -> None:
    def answer(request: Request) -> Said:
        if "response_format" in json.loads(request.body):
            return Answer(status=400)
        return chat()(request)

    bench.server[PATH] = answer
    scorer = bench.scorer(batch=1)
    assert set(scorers_of(scorer.score(passages("nul", "bravo")))) == {"llm-1/m"}
    assert len(bench.server.requests) == 3


def test_the_days_tokens_are_counted_as_the_server_says_and_come_back_at_midnight(
    bench: Bench,
) -> None:
    scorer = bench.scorer(batch=1, tokens_per_day=2_000)
    bench.server[PATH] = lambda request: Answer(
        body=completion([judge_by_words(text) for text in asked_of(request)], tokens=1_900)
    )
    with capture_logs() as logs:
        scores = scorer.score(passages("nul", "nul", "nul"))
    assert scorers_of(scores) == ["llm-1/m", *[make_scorer().name] * 2]
    assert reasons(logs) == ["rate_limited: 1900 of the day's 2000 tokens used"]
    bench.clock.advance(timedelta(hours=17))  # from 7 h UTC
    assert scorers_of(scorer.score(passages("nul"))) == ["llm-1/m"]


def test_tokens_are_estimated_where_the_server_does_not_say(bench: Bench) -> None:
    def answer(request: Request) -> Said:
        said = json.loads(completion([judge_by_words(text) for text in asked_of(request)]))
        del said["usage"]
        return Answer(body=json.dumps(said).encode())

    bench.server[PATH] = answer
    scores = bench.scorer(batch=1, tokens_per_day=1_500).score(passages(*["nul"] * 4))
    assert "llm-1/m" in scorers_of(scores)
    assert make_scorer().name in scorers_of(scores)


def test_blank_texts_are_not_asked_about(bench: Bench) -> None:
    scores = bench.scorer().score(passages(" ", "bravo", ""))
    assert bench.asked == [1]
    assert scores[1].sentiment is Sentiment.POSITIVE


def test_it_needs_to_be_told_a_model() -> None:
    with pytest.raises(ScorerUnavailable, match=r"set sentiment\.model"):
        make_scorer("llm")


ID = "ab12"


@pytest.mark.parametrize(
    "content",
    [
        '{"jugements": [{"id": "ab12", "sentiment": "positive"}]}',
        '[{"id": "ab12", "sentiment": "positive"}]',
        '```json\n{"jugements": [{"id": "ab12", "sentiment": "positive"}]}\n```',
        '<think>{"hm": 1}</think>\n[{"id": "ab12", "sentiment": "positive"}]',
    ],
)
def test_what_models_put_around_their_json_is_put_up_with(content: str) -> None:
    (score,) = read_verdicts(json.loads(completion(content)), [ID], "llm-1/m")
    assert isinstance(score, Score)
    assert (score.sentiment, score.confidence) == (Sentiment.POSITIVE, 0.7)


@pytest.mark.parametrize(
    "content", ["", "positive", "{}", '{"jugements": 3}', "[" * 100_000, "[NaN]", "[1", 3, None]
)
def test_an_answer_that_is_no_list_of_judgements_is_malformed(content: object) -> None:
    answer = {"choices": [{"message": {"content": content}}]}
    with pytest.raises(Malformed):
        read_verdicts(answer, [ID], "llm-1/m")  # type: ignore[arg-type] # any JSON, whatever shape


_json = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=12,
)


@given(_json, _json)
def test_no_answer_breaks_the_reader(around: Json, within: Json) -> None:
    used_tokens(around)
    contents = [around, within, [{"id": ID, "sentiment": within, "confidence": around}]]
    for content in contents:
        answer = {"choices": [{"message": {"content": json.dumps(content)}}]}
        try:
            verdicts = read_verdicts(answer, [ID], "llm-1/m")
        except Malformed:
            continue
        assert len(verdicts) == 1


def test_the_command_asks_the_configured_model_and_shows_no_key(
    bench: Bench, tmp_path: Path
) -> None:
    (tmp_path / "sources.yaml").write_text(
        "businesses: [{name: Chez Léa, town: Lille}]\nsentiment:\n  scorer: llm\n  model: m\n"
        f"  url: {bench.server.url('/v1')}\n  api_key: ${{KEY}}\n",
        encoding="utf-8",
    )
    bench.server[PATH] = script(chat(), Answer(status=401))
    good, bad = (
        run_ecoute("-v", "score", "--ndjson", "nul", cwd=tmp_path, env={"KEY": KEY})
        for _ in range(2)
    )
    assert [json.loads(done.stdout)["scorer"] for done in (good, bad)] == [
        "llm-1/m",
        make_scorer().name,
    ]
    assert "auth: status 401" in bad.stderr
    assert KEY not in good.stdout + good.stderr + bad.stdout + bad.stderr
