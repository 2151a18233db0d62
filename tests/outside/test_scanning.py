"""Virus scanning: clamd's own protocol, spoken with a small server that keeps to it."""

import io
import socket
import struct
import threading
from collections.abc import Iterator

import pytest

from banjie.actions.ports import ScannerAway
from banjie.outside.scanning import ClamdScanner, NoScanner

# The industry's harmless test file, put together here so that no scanner takes this file for one.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!" + b"$H+H*"


class Clamd:
    """As much of clamd as INSTREAM: reads pieces by their lengths, answers, ends the line."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.socket.getsockname()[1]}"
        self.seen: list[bytes] = []
        self.answer = b""
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as line:
                if line.read(10) != b"zINSTREAM\0":
                    connection.sendall(b"UNKNOWN COMMAND\0")
                    continue
                content = b""
                while length := struct.unpack("!I", line.read(4))[0]:
                    content += line.read(length)
                self.seen.append(content)
                found = b"stream: Eicar-Test-Signature FOUND" if EICAR in content else b"stream: OK"
                connection.sendall((self.answer or found) + b"\0")


@pytest.fixture
def clamd() -> Iterator[Clamd]:
    server = Clamd()
    yield server
    server.socket.close()


def test_a_clean_file_is_clean(clamd: Clamd) -> None:
    content = b"paper" * 100_000
    stream = io.BytesIO(content)
    stream.seek(7)
    verdict = ClamdScanner(clamd.address).scan(stream)
    assert (verdict.state, verdict.by) == ("clean", "clamd")
    assert clamd.seen == [content]


def test_the_test_virus_is_found(clamd: Clamd) -> None:
    verdict = ClamdScanner(clamd.address).scan(io.BytesIO(EICAR))
    assert (verdict.state, verdict.finding) == ("infected", "Eicar-Test-Signature")


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR", b"stream: nonsense", b"   "])
def test_an_answer_that_is_none_is_no_verdict(clamd: Clamd, answer: bytes) -> None:
    clamd.answer = answer
    with pytest.raises(ScannerAway):
        ClamdScanner(clamd.address).scan(io.BytesIO(b"x"))


@pytest.mark.parametrize("address", ["127.0.0.1:9", "/nowhere/clamd.sock"])
def test_a_scanner_that_is_away_is_no_verdict(address: str) -> None:
    with pytest.raises(ScannerAway):
        ClamdScanner(address, timeout_s=2).scan(io.BytesIO(b"x"))


def test_without_a_scanner_the_record_says_so() -> None:
    verdict = NoScanner().scan(io.BytesIO(EICAR))
    assert (verdict.state, verdict.by) == ("unscanned", "未扫描")
