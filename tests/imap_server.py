"""A real IMAP server on loopback, Dovecot, with one mailbox that a test fills.

    with ImapServer() as imap:
        imap.deliver(message)
        write_config(…, mailbox=imap.section)

Dovecot is Debian's package ``dovecot-imapd``; ``make test`` installs it. Where it is absent the
tests that want it are skipped, and say so.
"""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from email import message_from_bytes
from email.message import Message
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest
from servers import LOOPBACK, Tls

USER, PASSWORD = "ecoute", 'mot de passe "et" \\ plus'
_DOVECOT = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")

needs_dovecot = pytest.mark.skipif(
    _DOVECOT is None or not Path("/usr/lib/dovecot/imap").exists(),
    reason="no Dovecot here: apt-get install dovecot-imapd (make test does it)",
)

_CONFIG = """
base_dir = {run}/base
state_dir = {run}/base
log_path = {run}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {login_user}
first_valid_uid = 0
first_valid_gid = 0
disable_plaintext_auth = {private}
mail_location = maildir:{run}/Maildir
ssl = {ssl}
{certificate}
auth_username_chars =
auth_failure_delay = 0
auth_mechanisms = plain login xoauth2
{tokens}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {run}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={run}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain_port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""


_TOKENS = """
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {file}
}}
"""


class ImapServer:
    """Dovecot with the account ``USER``; with ``tls`` only TLS or STARTTLS may log in.

    ``tokens`` is where it asks about the access token that it appends (XOAUTH2): the answer is JSON
    with ``user``, the account, or an error.
    """

    def __init__(
        self, *, tls: Tls | None = None, implicit: bool = True, tokens: str | None = None
    ) -> None:
        # Not pytest's folder: a socket's path may have about a hundred characters.
        self._run = Path(tempfile.mkdtemp(prefix="imap"))
        self._run.chmod(0o755)  # its processes have users of their own
        self.maildir = self._run / "Maildir"
        # Dovecot serves no mail of root's.
        self._owner = pwd.getpwuid(os.getuid()) if os.getuid() else pwd.getpwnam("nobody")
        self.security = ("tls" if implicit else "starttls") if tls else "none"
        self._tls = tls
        self._tokens = tokens
        plain, private = _free_port(), _free_port()
        self.port = private if self.security == "tls" else plain
        self._ports = (plain, private if tls else 0)
        self._names = count(1)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """``host:port``, as ``network.allow_private_hosts`` wants it."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def section(self) -> dict[str, object]:
        """The section ``mailbox`` of a configuration."""
        section: dict[str, object] = {
            "host": LOOPBACK,
            "port": self.port,
            "security": self.security,
            "username": USER,
            "password": PASSWORD,
        }
        return section | ({"plain_login": True} if self.security == "none" else {})

    def deliver(self, message: bytes, folder: str = "") -> None:
        """Put a mail into the mailbox, as new."""
        place = self.maildir / folder
        for part in (place, *(place / name for name in ("cur", "new", "tmp"))):
            if not part.exists():
                part.mkdir()
                self._give_away(part)
        name = f"{next(self._names):06}.test"
        draft = place / "tmp" / name
        draft.write_bytes(message)
        self._give_away(draft)
        draft.rename(place / "new" / name)

    def mails(self, folder: str = "") -> dict[str, Message]:
        """Return the mails of a folder by their flags and Message-ID, as ``S <id>``."""
        found = {}
        for part in ("new", "cur"):
            for file in sorted((self.maildir / folder / part).glob("*")):
                message = message_from_bytes(file.read_bytes())
                flags = file.name.partition(":2,")[2]
                found[f"{flags} {message['Message-ID']}".strip()] = message
        return found

    def __enter__(self) -> Self:
        assert _DOVECOT is not None
        user = pwd.getpwuid(os.getuid()).pw_name
        users = self._run / "users"
        users.write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
        users.chmod(0o600)
        certificate = ""
        if self._tls is not None:
            certificate = self._certificate(self._tls)
        config = self._run / "dovecot.conf"
        config.write_text(
            _CONFIG.format(
                run=self._run,
                user=user,
                # It refuses to have root answer before a login.
                login_user=user if os.getuid() else "dovenull",
                group=grp.getgrgid(os.getgid()).gr_name,
                uid=self._owner.pw_uid,
                gid=self._owner.pw_gid,
                private="yes" if self._tls else "no",
                ssl="yes" if self._tls else "no",
                tokens=self._token_section(),
                certificate=certificate,
                plain_port=self._ports[0],
                tls_port=self._ports[1],
            )
        )
        self.maildir.mkdir(exist_ok=True)
        self._give_away(self.maildir)
        self.start()
        return self

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._process = subprocess.Popen(  # noqa: S603 - the server of the test
            [str(_DOVECOT), "-F", "-c", str(self._run / "dovecot.conf")],
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        until = time.monotonic() + 20
        while time.monotonic() < until and not self._answers():
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=0.05)
                break
        if not self._answers():
            log = self._run / "log"
            raise AssertionError(log.read_text() if log.exists() else "Dovecot did not start")

    def _give_away(self, file: Path) -> None:
        if not os.getuid():
            os.chown(file, self._owner.pw_uid, self._owner.pw_gid)

    def _answers(self) -> bool:
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex((LOOPBACK, self.port)) == 0

    def stop(self) -> None:
        """Stop it; what was delivered stays."""
        if self._process is not None:
            # Asked kindly it takes 6 s; what a test wants to know is in files by then.
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.communicate(timeout=20)
            self._process = None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        shutil.rmtree(self._run, ignore_errors=True)

    def _token_section(self) -> str:
        if self._tokens is None:
            return ""
        file = self._run / "tokens.conf"
        file.write_text(f"tokeninfo_url = {self._tokens}\nusername_attribute = user\n")
        return _TOKENS.format(file=file)

    def _certificate(self, tls: Tls) -> str:
        certificate, key = self._run / "cert.pem", self._run / "key.pem"
        certificate.write_bytes(tls.chain_pem)
        key.write_bytes(tls.key_pem)
        key.chmod(0o600)
        return f"ssl_cert = <{certificate}\nssl_key = <{key}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
