"""The scorer ``hub`` against a server of ours on loopback, and a stand-in for transformers."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from fixed_clock import FixedClock
from servers import Answer, FeedServer, Request, Said
from structlog.testing import capture_logs

from monitor.errors import Malformed, ScorerUnavailable
from monitor.fetching.posting import Poster
from monitor.model import Json, Score, Sentiment
from monitor.sentiment.base import Passage, Scorer, ScorerSettings
from monitor.sentiment.registry import make_scorer
from monitor.sentiment.remote.hub_answers import read_verdicts
from monitor.sentiment.remote.hub_labels import meaning_of

NEGATIVE, NEUTRAL, POSITIVE = Sentiment.NEGATIVE, Sentiment.NEUTRAL, Sentiment.POSITIVE
NAME = "hub-1/m"
MakeHub = Callable[..., Scorer]


def passages(*texts: str) -> list[Passage]:
    return [Passage(text=text, language="fr") for text in texts]


def pairs(**chances: float) -> list[dict[str, Any]]:
    return [{"label": label, "score": chance} for label, chance in chances.items()]


def classify(text: str) -> list[dict[str, Any]]:
    """Play the model: what is bad says "nul"."""
    bad = 0.9 if "nul" in text else 0.1
    return pairs(LABEL_0=bad, LABEL_1=0.05, LABEL_2=0.95 - bad)


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with FeedServer() as running:
        yield running


@pytest.fixture
def make_hub(server: FeedServer) -> MakeHub:
    def make(path: str, **settings: Any) -> Scorer:  # noqa: ANN401 - whatever the settings take
        post = Poster(user_agent="Ecoute/1", timeout=timedelta(seconds=5))
        told = {"model": "m", "url": server.url(path), "clock": FixedClock(), **settings}
        return make_scorer("hub", ScorerSettings(post=post, **told))

    return make


def answer_predict(request: Request) -> Said:
    """Answer as text-embeddings-inference does: each text in a list of its own."""
    texts = json.loads(request.body)["inputs"]
    if not all(isinstance(text, list) and len(text) == 1 for text in texts):
        return Answer(status=422)
    return Answer(body=json.dumps([classify(text) for (text,) in texts]).encode())


def answer_inference(request: Request) -> Said:
    """Answer as the Hugging Face inference API does."""
    texts = json.loads(request.body)["inputs"]
    return Answer(body=json.dumps([classify(text) for text in texts]).encode())


@pytest.mark.parametrize(
    ("path", "answer"), [("/predict", answer_predict), ("/models/m", answer_inference)]
)
def test_either_kind_of_server_is_asked_in_its_own_way(
    server: FeedServer, make_hub: MakeHub, path: str, answer: Callable[[Request], Said]
) -> None:
    server[path] = answer
    scores = make_hub(path, batch=2).score(passages("nul", "bien", "nul"))
    assert [score.sentiment for score in scores] == [NEGATIVE, POSITIVE, NEGATIVE]
    assert [score.polarity for score in scores] == [-0.85, 0.75, -0.85]
    assert [score.confidence for score in scores] == [0.9, 0.85, 0.9]
    assert {score.scorer for score in scores} == {NAME}
    assert len(server.requests) == 2


def test_the_key_goes_in_the_header(server: FeedServer, make_hub: MakeHub) -> None:
    server["/m"] = answer_inference
    make_hub("/m", api_key="hf_secret").score(passages("nul"))
    assert server.requests[0].headers["authorization"] == "Bearer hf_secret"


def test_the_users_own_labels_win(server: FeedServer, make_hub: MakeHub) -> None:
    server["/m"] = answer_inference
    upside_down = {"label_0": POSITIVE, "LABEL_1": NEUTRAL, "LABEL_2": NEGATIVE}
    (score,) = make_hub("/m", labels=upside_down).score(passages("nul"))
    assert score.sentiment is POSITIVE


def test_labels_that_nobody_knows_leave_the_texts_to_the_default(
    server: FeedServer, make_hub: MakeHub
) -> None:
    server["/m"] = lambda _: Answer(body=json.dumps([pairs(joy=0.9, anger=0.1)]).encode())
    with capture_logs() as logs:
        (score,) = make_hub("/m").score(passages("nul"))
    assert score.scorer == make_scorer().name
    assert logs[-1]["reason"] == "the model's label 'joy' is not known; see sentiment.labels"


def test_a_text_that_the_server_refuses_costs_only_itself(
    server: FeedServer, make_hub: MakeHub
) -> None:
    def answer(request: Request) -> Said:
        if "TROP" in request.body.decode():
            return Answer(status=413)
        return answer_inference(request)

    server["/m"] = answer
    scores = make_hub("/m").score(passages("nul", "TROP", "bien", "nul"))
    assert [score.scorer == NAME for score in scores] == [True, False, True, True]


@pytest.mark.parametrize(
    ("labels", "meanings"),
    [
        (("LABEL_0", "LABEL_1"), (NEGATIVE, POSITIVE)),
        (("LABEL_0", "LABEL_1", "LABEL_2"), (NEGATIVE, NEUTRAL, POSITIVE)),
        (("1 star", "2 stars", "3 stars", "4 stars"), (NEGATIVE, NEGATIVE, NEUTRAL, POSITIVE)),
        (("NEG", "NEU", "POS"), (NEGATIVE, NEUTRAL, POSITIVE)),
        (("Very Negative", "very_positive", "Négatif"), (NEGATIVE, POSITIVE, NEGATIVE)),
        (("POSITIVE", "neutral", "negative"), (POSITIVE, NEUTRAL, NEGATIVE)),
        (("LABEL_1",), (None,)),
        (("LABEL_0", "LABEL_7"), (None, None)),
        (("joy",), (None,)),
    ],
)
def test_common_labels_are_guessed(
    labels: tuple[str, ...], meanings: tuple[Sentiment | None, ...]
) -> None:
    found = meaning_of(labels, {})
    assert tuple(found.get(label) for label in labels) == meanings


def test_stars_add_up() -> None:
    chances = {"1 star": 0.3, "2 stars": 0.25, "3 stars": 0.4, "4 stars": 0.03, "5 stars": 0.02}
    (score,) = read_verdicts([pairs(**chances)], 1, {}, NAME)
    assert isinstance(score, Score)
    assert (score.sentiment, score.confidence, score.polarity) == (NEGATIVE, 0.55, -0.5)


def test_who_is_torn_says_neither() -> None:
    (score,) = read_verdicts([pairs(neg=0.4, neu=0.4, pos=0.2)], 1, {}, NAME)
    assert isinstance(score, Score)
    assert score.sentiment is NEUTRAL


def test_the_best_label_alone_will_do() -> None:
    """As transformers answers a list of texts unless it is asked for all labels."""
    scores = read_verdicts(pairs(neg=0.9) + pairs(pos=0.8), 2, {}, NAME)
    assert [score.sentiment for score in scores if isinstance(score, Score)] == [NEGATIVE, POSITIVE]


@pytest.mark.parametrize("answer", [None, {}, "x", 3, [], [[], []], {"error": "loading"}])
def test_an_answer_of_another_shape_is_malformed(answer: Json) -> None:
    with pytest.raises(Malformed):
        read_verdicts(answer, 1, {}, NAME)


@pytest.mark.parametrize(
    "item",
    [
        None,
        [],
        [3],
        pairs(neg=1.5),
        [{"label": "neg", "score": None}],
        [{"label": 3, "score": 0.5}],
        [*pairs(neg=0.5), *pairs(neg=0.5)],
        pairs(neg=0.9, pos=0.9),
    ],
)
def test_a_wrong_item_is_no_score_and_costs_no_other_text(item: Json) -> None:
    wrong, right = read_verdicts([item, pairs(pos=0.9)], 2, {}, NAME)
    assert isinstance(wrong, str)
    assert isinstance(right, Score)


class FakePipe:
    """What ``transformers.pipeline`` returns, as far as we use it."""

    def __init__(self, labels: tuple[str, ...]) -> None:
        self.model = SimpleNamespace(config=SimpleNamespace(id2label=dict(enumerate(labels))))
        self.tokenizer = SimpleNamespace(model_max_length=10**30)
        self.calls: list[dict[str, Any]] = []

    def __call__(self, texts: list[str], **told: object) -> list[list[dict[str, Any]]]:
        self.calls.append(told)
        if "BOUM" in texts:
            raise RuntimeError("out of memory")
        return [classify(text) for text in texts]


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> FakePipe:
    """Stand in for transformers, which is too large to install for tests."""
    made = FakePipe(("LABEL_0", "LABEL_1", "LABEL_2"))
    module = ModuleType("transformers")
    vars(module)["pipeline"] = lambda task, model: made
    monkeypatch.setitem(sys.modules, "transformers", module)
    return made


def test_a_local_model_is_run_within_what_it_can_read(pipe: FakePipe) -> None:
    scores = make_scorer("hub", ScorerSettings(model="m")).score(passages("nul", "bien"))
    assert [score.sentiment for score in scores] == [NEGATIVE, POSITIVE]
    assert pipe.calls == [{"truncation": True, "max_length": 512, "top_k": None}]


def test_a_local_model_that_fails_leaves_the_text_to_the_default(pipe: FakePipe) -> None:
    scores = make_scorer("hub", ScorerSettings(model="m")).score(passages("nul", "BOUM"))
    assert [score.scorer for score in scores] == [NAME, make_scorer().name]


def test_a_local_model_with_odd_labels_is_refused_at_once(pipe: FakePipe) -> None:
    pipe.model.config.id2label = {0: "joy", 1: "negative"}
    with pytest.raises(ScorerUnavailable, match=r"not known: joy; say in sentiment\.labels"):
        make_scorer("hub", ScorerSettings(model="m"))


def test_without_transformers_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(ScorerUnavailable, match=r"pip install 'ecoute\[hub\]'"):
        make_scorer("hub", ScorerSettings(model="m"))


def test_it_needs_a_model_or_a_server() -> None:
    with pytest.raises(ScorerUnavailable, match=r"set sentiment\.model"):
        make_scorer("hub")
