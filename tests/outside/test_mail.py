"""E-mail against a small real SMTP server: what arrives, and what is said when it does not."""

import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy

import pytest

from banjie.actions.ports import NotCarried
from banjie.outside.mail import SmtpMail


@dataclass
class Post:
    """The server: its port, what it took, and what it says to a recipient."""

    port: int = 0
    letters: list[tuple[str, bytes]] = field(default_factory=list)
    to_recipient: str = "250 OK"
    to_content: str = "250 taken"


class _Talk(socketserver.StreamRequestHandler):
    post: Post

    def handle(self) -> None:
        self.wfile.write(b"220 post.example.cn ready\r\n")
        recipient = ""
        while line := self.rfile.readline():
            verb = line[:4].upper().strip()
            if verb in (b"EHLO", b"HELO"):
                answer = "250 post.example.cn"
            elif verb == b"RCPT":
                recipient = line.decode().split("<")[1].split(">")[0]
                answer = self.post.to_recipient
            elif verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                content = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    content += part
                answer = self.post.to_content
                if answer.startswith("250"):
                    self.post.letters.append((recipient, content))
            elif verb == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                answer = "250 OK"
            self.wfile.write(answer.encode() + b"\r\n")


@pytest.fixture
def post() -> Iterator[Post]:
    """A mail server that listens on this machine."""
    kept = Post()
    handler = type("Talk", (_Talk,), {"post": kept})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        kept.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield kept
        server.shutdown()


def mail(port: int) -> SmtpMail:
    return SmtpMail(host="127.0.0.1", port=port, user="", password="", tls="", sender="澜江政务 <noreply@example.cn>")


def test_a_letter_arrives_with_its_words_and_its_own_identifier(post: Post) -> None:
    receipt = mail(post.port).carry(
        to="lin@example.cn", subject="已受理：食品\r\n经营许可", body="承诺 12月1日 前办结。", reference="r-1"
    )
    [(to, content)] = post.letters
    letter = message_from_bytes(content, policy=policy.default)
    assert (to, receipt, letter["Message-ID"]) == ("lin@example.cn", "<r-1@example.cn>", "<r-1@example.cn>")
    assert letter["Subject"] == "已受理：食品 经营许可"
    assert "承诺 12月1日 前办结。" in letter.get_content()


def test_an_address_the_server_does_not_take_is_final(post: Post) -> None:
    post.to_recipient = "550 no such user"
    with pytest.raises(NotCarried) as failed:
        mail(post.port).carry(to="nobody@example.cn", subject="a", body="b", reference="r-2")
    assert failed.value.final
    assert "no such user" in failed.value.reason


@pytest.mark.parametrize("where", ["to_recipient", "to_content"])
def test_a_server_that_is_busy_is_tried_again(post: Post, where: str) -> None:
    setattr(post, where, "451 try later")
    with pytest.raises(NotCarried) as failed:
        mail(post.port).carry(to="lin@example.cn", subject="a", body="b", reference="r-3")
    assert not failed.value.final


def test_no_server_is_no_end(post: Post) -> None:
    with pytest.raises(NotCarried) as failed:
        mail(1).carry(to="lin@example.cn", subject="a", body="b", reference="r-4")
    assert (failed.value.final, failed.value.reason) == (False, "连不上邮件服务器")
