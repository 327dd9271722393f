"""``forget`` and ``access``: what people may ask of who keeps what they wrote (GDPR)."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from monitor.cli import show
from monitor.cli.door import Door, pass_door
from monitor.cli.ending import ExitCode
from monitor.clock import now
from monitor.forgetting import Forgetter, Forgotten
from monitor.subjects import Subject, SubjectKind
from monitor.text import fold
from monitor.traces import traces_of, words_of

_YES = {"o", "oui", "y", "yes"}


@click.command()
@click.option(
    "--author", "authors", multiple=True, metavar="NAME|URL", help="A person; repeatable."
)
@click.option("--url", "urls", multiple=True, metavar="URL", help="An address; repeatable.")
@click.option("--business", "businesses", multiple=True, metavar="NAME", help="A business.")
@click.option("--dry-run", is_flag=True, help="Change nothing; show what would go.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("--lost-key", is_flag=True, help="Let go of who was forgotten by a key that is lost.")
@pass_door
def forget(
    door: Door,
    *,
    authors: Sequence[str],
    urls: Sequence[str],
    businesses: Sequence[str],
    dry_run: bool,
    yes: bool,
    as_json: bool,
    lost_key: bool,
) -> int:
    """Erase a person, an address or a business, for good.

    From every table, index, report and outbox: what they wrote goes but for its counts, and where
    others name them the name goes. No later poll brings them back. Asks first, unless --yes.
    """
    words = door.app.words
    if lost_key:
        show.note(words("privacy.key_lost", n=door.app.store.lose_key()))
        return ExitCode.DONE
    subjects = [
        *(Subject(SubjectKind.AUTHOR, one) for one in authors),
        *(Subject(SubjectKind.URL, one) for one in urls),
        *(Subject(SubjectKind.BUSINESS, one) for one in businesses),
    ]
    if not subjects:
        raise click.UsageError(words("privacy.whom"))
    subjects = [_checked(door, subject) for subject in subjects]
    forgetter = _forgetter(door)
    if not dry_run and not yes:
        _ask(door, [(s, forgetter.forget(s, now(), dry_run=True)) for s in subjects])
    done = [(s, forgetter.forget(s, now(), dry_run=dry_run)) for s in subjects]
    if as_json:
        show.json_document([_shape(subject, gone) for subject, gone in done])
    for subject, gone in done:
        for line in () if as_json else _lines(door, subject, gone):
            show.result(line)
        for line in _remarks(door, subject, gone, dry_run=dry_run):
            show.note(line)
    show.note(words("privacy.dry_run" if dry_run else "privacy.not_ours"))
    is_whole = dry_run or all(gone.is_whole for _, gone in done)
    return ExitCode.DONE if is_whole else ExitCode.IN_PART


@click.command()
@click.argument("author")
@pass_door
def access(door: Door, author: str) -> None:
    """Print all that is held of a person.

    As JSON; by name, or by the address of their page.
    """
    subject = _readable(door, Subject(SubjectKind.AUTHOR, author.strip()))
    held = _forgetter(door).access(subject)
    keep = door.app.config.privacy.keep
    head = {"author": author, "at": now(), "keep_days": keep.days}
    show.json_document(head | held)
    if not any(held.values()):
        show.note(door.app.words("privacy.nothing_held"))


def _forgetter(door: Door) -> Forgetter:
    config = door.app.config
    return Forgetter(store=door.app.store, database=config.database, reports=config.reports)


def _readable(door: Door, subject: Subject) -> Subject:
    if not subject.runs and not subject.urls:
        raise click.UsageError(door.app.words("privacy.no_words", text=subject.value))
    return subject


def _checked(door: Door, subject: Subject) -> Subject:
    """Return a subject that can be forgotten. Raises UsageError for what the owner watches."""
    subject = _readable(door, Subject(subject.kind, subject.value.strip()))
    words, config = door.app.words, door.app.config
    watched = config.businesses
    if subject.kind is SubjectKind.BUSINESS:
        names = [name for b in watched for name in (b.name, *b.competitors)]
        same = [name for name in names if fold(name) == fold(subject.value)]
        return Subject(subject.kind, same[0]) if same else subject
    if subject.kind is SubjectKind.URL and not subject.is_address:
        raise click.UsageError(words("privacy.no_address", text=subject.value))
    told = words_of(subject.value)
    for business in watched:
        for name in (business.name, *business.aliases, *business.competitors):
            if not subject.is_address and _contains(words_of(name), told):
                raise click.UsageError(
                    words(
                        "privacy.is_watched", text=subject.value, name=name, business=business.name
                    )
                )
    return subject


def _contains(words: Sequence[str], part: Sequence[str]) -> bool:
    length = len(part)
    return any(words[n : n + length] == part for n in range(len(words) - length + 1))


def _ask(door: Door, planned: Sequence[tuple[Subject, Forgotten]]) -> None:
    words = door.app.words
    for subject, gone in planned:
        for line in _lines(door, subject, gone):
            show.note(line)
    if not sys.stdin.isatty() or not _says_yes(words("privacy.sure")):
        raise click.UsageError(words("privacy.not_asked"))


def _says_yes(question: str) -> bool:
    answer = click.prompt(question, default="", show_default=False, err=True)
    return str(answer).strip().casefold() in _YES


def _lines(door: Door, subject: Subject, gone: Forgotten) -> Iterator[str]:
    words, removal = door.app.words, gone.removal
    yield words("privacy.of", subject=subject.value)
    counts = {
        "erased": removal.erased,
        "redacted": removal.redacted,
        "digests": removal.digests,
        "alerts": removal.alerts,
        "blocks": removal.blocks,
        "others": sum(removal.others.values()),
    }
    told = [words(f"privacy.{name}", n=count) for name, count in counts.items() if count]
    for key, files in (
        ("file_cleared", gone.cleared),
        ("file_deleted", gone.deleted),
        ("copy_deleted", gone.copies),
    ):
        told += [words(f"privacy.{key}", path=os.path.relpath(file)) for file in files]
    yield from (f"  {line}" for line in told or [words("privacy.nothing")])


def _remarks(door: Door, subject: Subject, gone: Forgotten, *, dry_run: bool) -> Iterator[str]:
    """Yield what the owner is to know or do beside."""
    words, config = door.app.words, door.app.config
    if subject.kind is SubjectKind.BUSINESS and subject.value in {
        b.name for b in config.businesses
    }:
        yield words("privacy.still_watched", name=subject.value, file=config.path.name)
    elif _is_in_file(subject, config.path):
        yield words("privacy.in_file", file=config.path.name)
    if gone.removal.left and not dry_run:
        places = ", ".join(gone.removal.left)
        yield words("privacy.left", places=places)
    if not gone.removal.is_log_empty:
        yield words("privacy.log_held")


def _is_in_file(subject: Subject, file: Path) -> bool:
    return traces_of(subject.runs, subject.urls).bears(file.read_text(encoding="utf-8"))


def _shape(subject: Subject, gone: Forgotten) -> dict[str, object]:
    removal = gone.removal
    return {
        str(subject.kind): subject.value,
        "mentions": removal.erased,
        "named_in": removal.redacted,
        "digests": removal.digests,
        "alerts": removal.alerts,
        "blocks": removal.blocks,
        "other": dict(removal.others),
        "reports": [str(file) for file in gone.cleared],
        "reports_deleted": [str(file) for file in gone.deleted],
        "copies_deleted": [str(file) for file in gone.copies],
        "left": dict(removal.left),
    }
