from __future__ import annotations

import errno
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.delivery.archive import archive, report_stem
from monitor.errors import StoreCode, StoreError
from monitor.model import ClosedDigest, Period

AT = datetime(2026, 11, 23, 7, tzinfo=UTC)
DIGEST = ClosedDigest(
    id="3fa9c1d2e4",
    business="Fleurs Bougamont",
    period=Period(start=AT, end=AT),
    closed_at=AT,
    subject="Fleurs Bougamont",
    text="Une mention.\n",
    html="<p>Une mention.</p>\n",
    message_id="<3fa9c1@example.fr>",
    message=b"Subject: x\r\n\r\nUne mention.\r\n",
    sender="ecoute@example.fr",
    recipients=(),
    mention_ids=(),
    report="2026/2026-11-23-fleurs-bougamont-3fa9c1",
)


def names(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_three_files_are_written(tmp_path: Path) -> None:
    written = archive(DIGEST, tmp_path / "reports")
    assert [file.suffix for file in written] == [".html", ".txt", ".eml"]
    assert [file.read_bytes() for file in written] == [
        DIGEST.html.encode(),
        DIGEST.text.encode(),
        DIGEST.message,
    ]
    assert written[0].with_suffix("") == tmp_path / "reports" / DIGEST.report


def test_done_again_it_changes_nothing(tmp_path: Path) -> None:
    first = archive(DIGEST, tmp_path)
    stamps = [file.stat().st_mtime_ns for file in first]
    assert archive(DIGEST, tmp_path) == first
    assert [file.stat().st_mtime_ns for file in first] == stamps


def test_what_a_crash_left_out_is_completed(tmp_path: Path) -> None:
    _, text, _ = archive(DIGEST, tmp_path)
    text.unlink()
    archive(DIGEST, tmp_path)
    assert text.read_text() == DIGEST.text


def test_what_a_crash_left_half_written_is_cleared_away(tmp_path: Path) -> None:
    archive(DIGEST, tmp_path)
    stem = (tmp_path / DIGEST.report).name
    (tmp_path / "2026" / f".{stem}.eml.0a1b2c3d.tmp").write_bytes(b"Subj")
    (tmp_path / "2026" / ".other.tmp").touch()
    archive(DIGEST, tmp_path)
    assert [name for name in names(tmp_path) if name.endswith(".tmp")] == ["2026/.other.tmp"]


def test_another_file_of_that_name_is_never_overwritten(tmp_path: Path) -> None:
    archive(DIGEST, tmp_path)
    other = replace(DIGEST, text="Autre chose.\n")
    written = archive(other, tmp_path)
    assert {file.stem for file in written} == {"2026-11-23-fleurs-bougamont-3fa9c1-2"}
    assert (tmp_path / f"{DIGEST.report}.txt").read_text() == DIGEST.text
    assert archive(other, tmp_path) == written


def test_a_link_laid_in_the_way_is_not_followed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("precious")
    (tmp_path / "2026").mkdir()
    (tmp_path / f"{DIGEST.report}.html").symlink_to(precious)
    archive(DIGEST, tmp_path)
    assert precious.read_text() == "precious"


@given(name=st.text(max_size=80), digest_id=st.text(min_size=1, max_size=20))
def test_a_report_stays_in_its_folder(name: str, digest_id: str) -> None:
    stem = report_stem(name, AT, digest_id)
    year, _, rest = stem.partition("/")
    assert year == "2026"
    assert rest.startswith("2026-11-23-")
    assert len(rest) < 120
    assert not set(rest) & set("/\\.\0 ")


@pytest.mark.parametrize("report", ["../../escaped", "/etc/escaped", "a/../../b", "", "."])
def test_a_stored_name_cannot_leave_the_folder(tmp_path: Path, report: str) -> None:
    reports = tmp_path / "deep" / "reports"
    archive(replace(DIGEST, report=report), reports)
    assert all(name.startswith("deep/reports/") for name in names(tmp_path))


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, StoreCode.DISK_FULL),
        (errno.EDQUOT, StoreCode.DISK_FULL),
        (errno.EROFS, StoreCode.READ_ONLY),
        (errno.EACCES, StoreCode.READ_ONLY),
    ],
)
def test_a_full_or_closed_disk_is_named_and_leaves_no_half_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: StoreCode
) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)  # a disk cannot be filled in a test
    with pytest.raises(StoreError) as caught:
        archive(DIGEST, tmp_path)
    assert caught.value.code is code
    assert names(tmp_path) == []


def test_a_disk_without_hard_links_still_takes_reports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_source: Path, _target: Path) -> None:
        raise PermissionError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", fail)  # as FAT does
    archive(DIGEST, tmp_path)
    assert len(names(tmp_path)) == 3
