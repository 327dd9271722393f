"""A real mail server on loopback, Postfix, that puts mail into the Maildir of ``ImapServer``.

Postfix is Debian's package; ``make test`` installs it where no other mail server is. It must be
started by root. Where that cannot be, the tests that want it are skipped, and say so.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest
from servers import LOOPBACK, Tls

_POSTFIX = shutil.which("postfix", path=f"{os.environ.get('PATH', '')}:/usr/sbin")

needs_postfix = pytest.mark.skipif(
    _POSTFIX is None or os.getuid() != 0,
    reason="no Postfix here, or not root: apt-get install postfix (make test does it)",
)

_MAIN = """
compatibility_level = 3.6
queue_directory = {run}/spool
data_directory = {run}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
meta_directory = /etc/postfix
mail_owner = postfix
setgid_group = postdrop
maillog_file = {run}/log
maillog_file_prefixes = {run}
myhostname = mx.example.fr
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
disable_dns_lookups = yes
default_transport = error
smtpd_tls_cert_file = {run}/cert.pem
smtpd_tls_key_file = {run}/key.pem
smtpd_tls_security_level = encrypt
virtual_mailbox_domains = example.fr
virtual_mailbox_base = {mails}
virtual_mailbox_maps = static:Maildir/
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
"""
_SERVICES = """
{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


class PostfixServer:
    """Takes mail for ``example.fr`` by STARTTLS, and puts it into ``maildir`` as its owner."""

    def __init__(self, maildir: Path, owner: pwd.struct_passwd, tls: Tls) -> None:
        self._run = Path(tempfile.mkdtemp(prefix="smtp"))
        self._run.chmod(0o755)  # its processes have a user of their own
        self.maildir, self._owner, self._tls = maildir, owner, tls
        with socket.socket() as probe:
            probe.bind((LOOPBACK, 0))
            self.port: int = probe.getsockname()[1]

    @property
    def address(self) -> str:
        """``host:port``, as ``network.allow_private_hosts`` wants it."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def log(self) -> str:
        """What it wrote of its work."""
        file = self._run / "log"
        return file.read_text() if file.exists() else "no log"

    def __enter__(self) -> Self:
        names = {"run": self._run, "mails": self.maildir.parent, "port": self.port}
        names |= {"uid": self._owner.pw_uid, "gid": self._owner.pw_gid}
        (self._run / "main.cf").write_text(_MAIN.format(**names))
        (self._run / "master.cf").write_text(_SERVICES.format(**names))
        (self._run / "cert.pem").write_bytes(self._tls.chain_pem)
        (self._run / "key.pem").write_bytes(self._tls.key_pem)
        (self._run / "key.pem").chmod(0o600)
        for folder in ("spool", "data"):
            (self._run / folder).mkdir()
        shutil.chown(self._run / "data", "postfix")
        self._command("start")
        self._wait_for(self._answers, "Postfix did not start")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._command("stop")
        shutil.rmtree(self._run, ignore_errors=True)

    def wait_for_mails(self, count: int) -> None:
        """Wait until so many mails lie in the Maildir."""
        self._wait_for(lambda: self._count() >= count, "mail did not arrive")

    def _wait_for(self, is_so: Callable[[], bool], trouble: str) -> None:
        until = time.monotonic() + 20
        while not is_so():
            if time.monotonic() > until:
                raise AssertionError(f"{trouble}\n{self.log}")
            time.sleep(0.02)  # another program works; there is nothing of ours to wait on

    def _count(self) -> int:
        return sum(len(list((self.maildir / part).glob("*"))) for part in ("new", "cur"))

    def _answers(self) -> bool:
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex((LOOPBACK, self.port)) == 0

    def _command(self, what: str) -> None:
        done = subprocess.run(  # noqa: S603 - the server of the test
            [str(_POSTFIX), "-c", str(self._run), what],
            capture_output=True,
            encoding="utf-8",
            timeout=30,
            check=False,
        )
        assert done.returncode == 0, done.stderr + self.log
