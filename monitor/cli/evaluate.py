"""``evaluate``: how right Écoute is, on the project's labelled cases and on the owner's answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import click

from monitor.cli import show
from monitor.cli.door import Door, pass_door
from monitor.evaluation import relevance as relevance_figures
from monitor.evaluation import sentiment as sentiment_figures
from monitor.evaluation import stories as story_figures
from monitor.evaluation.figures import Figure
from monitor.evaluation.relevance_cases import PARTS, Case, businesses, cases, cases_in_file
from monitor.evaluation.story_cases import PARTS as STORY_PARTS
from monitor.evaluation.themes import ThemesReport
from monitor.matching.learning import MOST_JUDGEMENTS
from monitor.matching.relevance import RELEVANT_FROM
from monitor.model import Judgement
from monitor.sentiment.registry import DEFAULT_SCORER, make_scorer
from monitor.text import cut

_SHOWN = 70


@click.group()
def evaluate() -> None:
    """Measure how right Écoute is, with 95 % intervals."""


@evaluate.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False))
@click.option("--part", type=click.Choice(PARTS), default="measured", show_default=True)
@click.option("--errors", is_flag=True, help="Also list what was told wrong.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@pass_door
def relevance(door: Door, file: str | None, *, part: str, errors: bool, as_json: bool) -> None:
    """Measure what is taken for a mention of a business, and what is not.

    On the labelled cases of the project, or on FILE: JSON objects, a line each, with "text",
    "business" (one of sources.yaml) and "relevant"; and, where a database is, on your own labels.
    """
    if file is None:
        measured: Sequence[Case] = cases(part)
        named = businesses(part)
    else:
        measured, named = _own_cases(file), door.app.config.businesses
    judged = relevance_figures.judge_cases(measured, named)
    report = relevance_figures.report(judged, named)
    own = _on_labels(door)
    if as_json:
        shape = {"cases": file or part, "threshold": RELEVANT_FROM} | _shape(report)
        show.json_document(shape | {"own_labels": None if own is None else asdict(own)})
        return
    for name in ("precision", "recall", "recall_with_context", "f1"):
        show.result(_line(name, getattr(report, name)))
    for kind, figure in report.by_kind.items():
        show.result(_line(f"  {kind}", figure))
    if own is not None:
        show.result(_line("own labels, accuracy", own))
    for one in report.errors if errors else ():
        text = cut(f"{one.case.entry.title or ''} {one.case.entry.text}".strip(), _SHOWN)
        show.result(f"{one.case.id}\t{one.relevance:.2f}\t{one.case.business}\t{text}")


@evaluate.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False))
@click.option("--scorer", metavar="NAME", default=DEFAULT_SCORER, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@pass_door
def sentiment(door: Door, file: str | None, *, scorer: str, as_json: bool) -> None:
    """Measure a scorer.

    On the measured part of the project's corpus, or on FILE: JSON objects, a line each, with
    "text" and "sentiment"; and, where known, "business", "kind".
    """
    try:
        texts = sentiment_figures.measured() if file is None else sentiment_figures.in_file(file)
    except ValueError as error:
        raise click.UsageError(f"{file}:{error}") from None
    chosen = door.app.scorer_called(scorer) if door.file.exists() else make_scorer(scorer)
    report = sentiment_figures.evaluate(chosen, texts)
    if as_json:
        show.json_document(asdict(report))
        return
    show.result(f"{report.scorer}\t{report.texts} texts\t{report.texts_a_second:.0f} a second")
    show.result(_line("accuracy", report.accuracy))
    show.result(_line("macro-F1", report.macro_f1))
    show.result(f"calibration error\t{report.calibration_error:.3f}")
    for level, (share, wrong) in report.coverage.items():
        show.result(f"  from {level}\tkept {share:.2f}\twrong {wrong:.3f}")
    for name, figure in (*report.by_kind.items(), *report.by_tag.items()):
        show.result(_line(f"  {name}", figure))
    for label, said in report.confusion.items():
        show.result(f"  {label} judged\t" + "\t".join(f"{k} {n}" for k, n in said.items()))
    if report.themes is not None:
        _show_themes(report.themes)


def _show_themes(report: ThemesReport) -> None:
    names = ("precision", "recall", "f1", "tone")
    parts = [("together", report.together), *report.by_theme.items()]
    rows = [(part, *(_short(getattr(figures, name)) for name in names)) for part, figures in parts]
    show.result(f"themes\t{report.texts_a_second:.0f} texts a second")
    show.table(("", *names), rows)


def _short(figure: Figure | None) -> str:
    return "–" if figure is None else f"{figure.value:.2f} {figure.low:.2f}–{figure.high:.2f}"


@evaluate.command()
@click.option("--part", type=click.Choice(STORY_PARTS), default="measured", show_default=True)
@click.option("--errors", is_flag=True, help="Also list what was told wrong.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
def stories(*, part: str, errors: bool, as_json: bool) -> None:
    """Measure what is told as one story, and what is not.

    Over pairs of mentions of one business: whether they tell one event.
    """
    report = story_figures.evaluate(part)
    if as_json:
        show.json_document({"cases": part} | _story_shape(report))
        return
    for name in ("precision", "recall", "f1", "follow_ups"):
        show.result(_line(name, getattr(report, name)))
    show.result(f"different events merged\t{report.wrong_merges}")
    for one in report.errors if errors else ():
        show.result(
            f"{'merged' if one.is_merge else 'apart'}\t{one.one.told.id}\t{one.other.told.id}"
        )


def _story_shape(report: story_figures.StoriesReport) -> dict[str, object]:
    figures = {n: getattr(report, n) for n in ("precision", "recall", "f1", "follow_ups")}
    return {
        "mentions": report.mentions,
        "stories": report.stories,
        **{name: None if figure is None else asdict(figure) for name, figure in figures.items()},
        "wrong_merges": report.wrong_merges,
        "errors": [
            {"one": one.one.told.id, "other": one.other.told.id, "is_merge": one.is_merge}
            for one in report.errors
        ],
    }


def _own_cases(file: str) -> Sequence[Case]:
    try:
        return cases_in_file(file)
    except ValueError as error:
        raise click.UsageError(f"{file}:{error}") from None


def _on_labels(door: Door) -> Figure | None:
    """Return how often the relevance, without what was learnt, agrees with the owner's labels."""
    if not door.file.exists() or not door.app.config.database.exists():
        return None
    judgements: list[Judgement] = []
    for business in door.app.config.businesses:
        judgements += door.app.store.judgements(business.name, MOST_JUDGEMENTS)
    return relevance_figures.agreement(judgements)


def _line(name: str, figure: Figure | None) -> str:
    if figure is None:
        return f"{name}\t–"
    return f"{name}\t{figure.value:.3f}\t{figure.low:.3f}–{figure.high:.3f}\t{figure.cases}"


def _shape(report: relevance_figures.RelevanceReport) -> dict[str, object]:
    names = ("precision", "recall", "recall_with_context", "f1")
    figures = {name: getattr(report, name) for name in names}
    return {
        **{name: None if figure is None else asdict(figure) for name, figure in figures.items()},
        "doubtful": report.doubtful,
        "by_kind": {kind: asdict(figure) for kind, figure in report.by_kind.items()},
        "errors": [
            {
                "id": one.case.id,
                "business": one.case.business,
                "kind": one.case.kind,
                "relevant": one.case.is_relevant,
                "relevance": one.relevance,
                "reason": one.reason,
            }
            for one in report.errors
        ],
    }
