"""What a large archive takes to import: ``python bench/importing.py [MB] [--zip] [--about]``.

Makes an X archive of so many megabytes (100 by default) in a temporary folder, one post in fifty
naming the shop, imports it in a process of its own, and prints its peak of memory beside that of
an import of three posts. Every post is another: it packs about as real ones do.
"""

from __future__ import annotations

import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

ARGUMENTS = [one for one in sys.argv[1:] if not one.startswith("--")]
SIZE = int(ARGUMENTS[0]) * 2**20 if ARGUMENTS else 100 * 2**20
ABOUT = ["--about", "Fleurs Bougamont"] if "--about" in sys.argv else []
PART = 500 * 2**20
CHANCE = random.Random(1)  # noqa: S311 - the same archive each time
DEMO = (Path(__file__).parents[1] / "demo" / "avis.xml").read_text(encoding="utf-8")
WORDS = [word for word in DEMO.split() if word.isalpha() and word not in {"Fleurs", "Bougamont"}]
CONFIG = """language: fr
businesses:
  - name: Fleurs Bougamont
    town: Maubeuge
    trade: fleuriste
sources:
  - type: google_news
"""


def posts(first: int, size: int) -> Iterator[bytes]:
    """Yield the text of posts until there are so many bytes."""
    number, written = first, 0
    while written < size:
        text = " ".join(CHANCE.choices(WORDS, k=24))
        if number % 50 == 0:
            text = f"RT @cliente{number}: Fleurs Bougamont à Maubeuge, {text}"
        post = {
            "tweet": {
                "edit_info": {"initial": {"editTweetIds": [str(10**18 + number)]}},
                "retweeted": False,
                "source": "<a href='https://mobile.example'>X</a>",
                "entities": {
                    "hashtags": [],
                    "user_mentions": [],
                    "urls": [
                        {
                            "url": f"https://t.co/{number:x}",
                            "expanded_url": f"https://exemple.fr/{number}",
                            "indices": ["0", "23"],
                        }
                    ],
                },
                "favorite_count": "0",
                "id_str": str(10**18 + number),
                "created_at": "Tue May 03 21:39:59 +0000 2016",
                "full_text": f"{text} https://t.co/{number:x}",
                "lang": "fr",
            }
        }
        line = json.dumps(post, ensure_ascii=False, indent=2).encode() + b",\n"
        written += len(line)
        number += 1
        yield line


def make(path: Path, size: int) -> int:
    """Write an archive; return how many posts it holds."""
    count = 0
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        account = [{"account": {"username": "bougamont59", "accountDisplayName": "Simon"}}]
        archive.writestr("data/account.js", f"window.YTD.account.part0 = {json.dumps(account)}")
        for part in range(max(1, -(-size // PART))):
            name = "data/tweets.js" if part == 0 else f"data/tweets-part{part}.js"
            with archive.open(name, "w", force_zip64=True) as file:
                file.write(f"window.YTD.tweets.part{part} = [\n".encode())
                for line in posts(count, min(PART, size - part * PART)):
                    file.write(line)
                    count += 1
                file.write(b'{"tweet": {"id_str": "1", "full_text": "fin"}}]')
                count += 1
    return count


def measure(folder: Path, archive: Path) -> tuple[float, float, str]:
    """Import an archive; return its seconds, its peak in MB, and what it said."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "monitor", "import", str(archive), "--json", *ABOUT]
    environ = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, env=environ) as process:  # noqa: S603 - our own command
        assert process.stdout is not None  # noqa: S101 - it is piped
        said = process.stdout.read().decode()
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
    return time.perf_counter() - started, usage.ru_maxrss / 1024, said


def main() -> None:
    """Measure and print."""
    print(f"{platform.machine()}, Python {platform.python_version()}, {SIZE / 2**20:.0f} MB")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "sources.yaml").write_text(CONFIG, encoding="utf-8")
        make(folder / "small.zip", 1_000)
        _, baseline, _ = measure(folder, folder / "small.zip")
        count = make(folder / "large.zip", SIZE)
        print(f"{count} posts, {(folder / 'large.zip').stat().st_size / 2**20:.0f} MB packed")
        print(f"{'import of three posts':30}{baseline:8.0f} MB at most")
        for what in ("the archive", "the archive again"):
            seconds, peak, said = measure(folder, folder / "large.zip")
            print(
                f"{what:30}{peak:8.0f} MB at most, {seconds:.0f} s, {count / seconds:.0f} posts/s"
            )
            told = json.loads(said)
            print(
                "  " + ", ".join(f"{key} {told[key]}" for key in ("read", "kept", "new", "known"))
            )


if __name__ == "__main__":
    main()
