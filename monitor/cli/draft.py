"""``draft``: a reply to a mention, to reread and copy; nothing is sent."""

from __future__ import annotations

import click

from monitor.cli import show
from monitor.cli.door import Door, pass_door
from monitor.cli.ending import ExitCode
from monitor.drafts.channels import Channel, channel_of
from monitor.drafts.writing import TONES, language_of, write_draft
from monitor.model import Sentiment
from monitor.reporting.stats import verdict
from monitor.wording import LANGUAGES


@click.command()
@click.argument("mention_id", metavar="ID")
@click.option("--tone", type=click.Choice([str(tone) for tone in TONES]), help="Thank, or answer.")
@click.option("--channel", type=click.Choice([str(one) for one in Channel]), help="Where it goes.")
@click.option("--language", type=click.Choice(LANGUAGES), help="Default: the author's.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@pass_door
def draft(
    door: Door,
    mention_id: str,
    *,
    tone: str | None,
    channel: str | None,
    language: str | None,
    as_json: bool,
) -> int:
    """Draft a reply to a mention, to reread and copy. Nothing is ever sent.

    By default it thanks for praise and answers criticism, where the mention was said and in the
    author's language. It promises nothing and reveals nothing of who wrote.
    """
    mention = door.app.store.get(mention_id)
    if mention is None:
        raise door.wrong("no_mention", id=mention_id)
    words = door.app.words
    wanted = Sentiment(tone) if tone else verdict(mention)
    if wanted not in TONES:
        raise click.UsageError(words("drafts.no_tone"))
    written = write_draft(
        mention,
        wanted,
        language=language or language_of(mention, door.app.config.language),
        channel=Channel(channel) if channel else channel_of(mention),
    )
    if written is None:
        show.note(words("drafts.unsafe"))
        return ExitCode.IN_PART
    if as_json:
        show.json_document(
            {
                "id": mention.id,
                "channel": str(written.channel),
                "tone": str(written.tone),
                "language": written.language,
                "themes": list(written.themes),
                "text": written.text,
            }
        )
        return ExitCode.DONE
    show.note(f"{words(f'drafts.channel_{written.channel}')}. {words('drafts.to_reread')}")
    show.result(written.text)
    return ExitCode.DONE
