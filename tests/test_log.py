from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from monitor.log import HIDDEN, configure_logging, escape_controls, make_redact

SECRETS = ("hunter22", "p@ss w/rd")


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    before = (root.level, list(root.handlers))
    yield
    root.setLevel(before[0])
    root.handlers[:] = before[1]
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def fail() -> None:
    raise KeyError("hunter22\x1b[31m")


def test_an_event_and_its_values_are_one_json_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO", json=True)
    structlog.get_logger("monitor.polling").bind(source="local-press").info("poll done", new=3)
    (line,) = lines(capsys)
    assert line.pop("timestamp")
    assert line == {
        "event": "poll done",
        "source": "local-press",
        "new": 3,
        "level": "info",
        "logger": "monitor.polling",
    }


def test_a_librarys_record_goes_through_the_same_chain(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO", json=True, secrets=SECRETS)
    logging.getLogger("some.library").warning("told %s", "hunter22")
    (line,) = lines(capsys)
    assert (line["event"], line["logger"]) == (f"told {HIDDEN}", "some.library")


@pytest.mark.parametrize("level", ["INFO", "DEBUG"])
def test_requests_are_told_at_debug_level_only(
    capsys: pytest.CaptureFixture[str], level: str
) -> None:
    configure_logging(level, json=True)
    logging.getLogger("httpx").info("HTTP Request: GET https://example.org/?token=abc")
    logging.getLogger("httpcore.http11").debug("Authorization: x")
    found = [line["event"] for line in lines(capsys)]
    wanted = f"HTTP Request: GET https://example.org/?token={HIDDEN}"
    assert found == ([wanted] if level == "DEBUG" else [])


def test_the_level_holds(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("WARNING")
    structlog.get_logger("x").info("quiet")
    logging.getLogger("x").info("quiet")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("as_json", [True, False])
def test_no_secret_is_written_wherever_it_stands(
    capsys: pytest.CaptureFixture[str],
    as_json: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    configure_logging("DEBUG", json=as_json, secrets=SECRETS)
    log = structlog.get_logger("x")
    log.info("hunter22", a=["hunter22"], b={"hunter22": ("hunter22",)}, c=b"hunter22")
    log.info("p@ss w/rd p%40ss%20w%2Frd p%40ss+w%2Frd")
    try:
        fail()
    except KeyError:
        log.exception("caught")
    written = capsys.readouterr().err
    assert "hunter22" not in written
    assert "w/rd" not in written
    assert "w%2Frd" not in written


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("https://me:pw@example.org/x", f"https://{HIDDEN}@example.org/x"),
        ("https://x/?a=1&access_token=abc&b=2", f"https://x/?a=1&access_token={HIDDEN}&b=2"),
        ("?api_key=abc#top", f"?api_key={HIDDEN}#top"),
        ("Authorization: Bearer abc.def-g", f"Authorization: Bearer {HIDDEN}"),
        ("https://example.org/?q=bouquet", "https://example.org/?q=bouquet"),
        ("mail to ecoute@example.fr", "mail to ecoute@example.fr"),
    ],
)
def test_what_looks_like_a_secret_is_hidden(text: str, hidden: str) -> None:
    assert make_redact(())(text) == hidden


def test_a_secret_too_short_to_be_one_is_left() -> None:
    assert make_redact(["a", ""])("a banana") == "a banana"


def test_a_trace_is_one_field_without_the_word(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO", json=True)
    try:
        fail()
    except KeyError as error:
        structlog.get_logger("x").error("internal", exc_info=error)
    written = capsys.readouterr().err
    assert "Traceback" not in written
    trace = json.loads(written)["trace"]
    assert trace.startswith("KeyError: 'hunter22\\x1b[31m' at tests/test_log.py:")
    assert "fail <" in trace


def test_at_debug_level_the_trace_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("DEBUG")
    try:
        fail()
    except KeyError:
        logging.getLogger("x").exception("internal")
    assert "Traceback (most recent call last):\n" in capsys.readouterr().err


@pytest.mark.parametrize("colours", [False])
def test_no_control_character_reaches_a_terminal(
    capsys: pytest.CaptureFixture[str],
    colours: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    configure_logging("INFO", colours=colours)
    nasty = "".join(map(chr, [*range(32), *range(0x7F, 0xA0), 0x2028, 0x202E, 0xD800]))
    structlog.get_logger("x").info(nasty, title=nasty, **{"ke\x1by": [nasty]})
    logging.getLogger("y").warning(nasty)
    written = capsys.readouterr().err.rstrip("\n")
    assert all(c.isprintable() for c in written.replace("\n", ""))
    assert len(written.split("\n")) == 2


@given(st.text())
def test_escaped_text_is_printable_but_for_spaces_and_joiners(text: str) -> None:
    allowed = "\u00a0\u202f\u200c\u200d\u00ad"
    bad = [c for c in escape_controls(text) if not c.isprintable() and c not in allowed]
    assert all(c.isspace() and c != "\n" for c in bad)


def test_a_record_with_a_wrong_format_is_still_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO")
    logging.getLogger("odd").warning("%d", "three")
    assert capsys.readouterr().err.startswith("unreadable log record of odd")


@pytest.mark.parametrize("broken", [None, "closed"])
def test_without_stderr_nothing_breaks(monkeypatch: pytest.MonkeyPatch, broken: str | None) -> None:
    stream = io.StringIO() if broken else None
    if stream is not None:
        stream.close()
    monkeypatch.setattr(sys, "stderr", stream)  # as Python starts with a closed descriptor 2
    configure_logging("INFO")
    structlog.get_logger("x").info("lost")


def test_a_pipe_whose_reader_went_away_does_not_end_the_program() -> None:
    code = (
        "import logging, monitor.log as l; l.configure_logging('INFO');"
        "[logging.getLogger('x').warning('y' * 4096) for _ in range(64)]; print('done')"
    )
    with subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        assert process.stdout is not None
        process.stderr.close()
        assert process.stdout.read() == "done\n"
