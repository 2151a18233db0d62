"""Looking for viruses: none (and saying so), or clamd over its own protocol.

clamd's INSTREAM: `zINSTREAM\\0`, then the content in pieces, each behind its length as four bytes in network order,
then a length of zero; the answer is `stream: OK`, `stream: <name> FOUND` or a line that ends in `ERROR`.
"""

import socket
import struct
from typing import IO

from banjie.actions.ports import ScannerAway, Verdict

_PIECE = 128 * 1024
_ANSWER_LIMIT = 4096


class NoScanner:
    """Scans nothing, and writes `unscanned` into the record of each file. For the demo and for trying things out."""

    def scan(self, content: IO[bytes]) -> Verdict:
        """That nothing was looked at."""
        return Verdict("unscanned", "未扫描")


class ClamdScanner:
    """Asks a clamd: `address` is `host:port`, or the path of a unix socket."""

    def __init__(self, address: str, *, timeout_s: float = 60.0) -> None:
        self._address = address
        self._timeout_s = timeout_s

    def scan(self, content: IO[bytes]) -> Verdict:
        """What clamd says. Raises `ScannerAway` when it cannot be reached or says nothing that can be understood."""
        content.seek(0)
        try:
            with self._connected() as connection:
                connection.sendall(b"zINSTREAM\0")
                while piece := content.read(_PIECE):
                    connection.sendall(struct.pack("!I", len(piece)) + piece)
                connection.sendall(struct.pack("!I", 0))
                answer = self._answer(connection)
        except OSError as error:
            raise ScannerAway(f"clamd: {error}") from error
        return self._verdict(answer)

    def _connected(self) -> socket.socket:
        if self._address.startswith("/"):
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.settimeout(self._timeout_s)
            connection.connect(self._address)
            return connection
        host, _, port = self._address.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), self._timeout_s)

    def _answer(self, connection: socket.socket) -> str:
        answer = b""
        while len(answer) < _ANSWER_LIMIT and not answer.endswith(b"\0"):
            piece = connection.recv(1024)
            if not piece:
                break
            answer += piece
        return answer.rstrip(b"\0\n").decode("utf-8", "replace")

    def _verdict(self, answer: str) -> Verdict:
        said = answer.removeprefix("stream: ")
        if said == "OK":
            return Verdict("clean", "clamd")
        if said.endswith(" FOUND"):
            return Verdict("infected", "clamd", said.removesuffix(" FOUND"))
        raise ScannerAway(f"clamd: {answer[:200]}")
