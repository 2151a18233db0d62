"""电子邮件: notices by SMTP, through Django's own backend."""

import smtplib
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from banjie.actions.ports import NotCarried

TIMEOUT_S = 20
_NO_SUCH_BOX = 500
"""Answers from here on are final: SMTP's 5xx."""


class SmtpMail:
    """Hands letters to a mail server. The reference becomes the Message-ID, so that a letter sent twice is known."""

    def __init__(self, *, host: str, port: int, user: str, password: str, tls: str, sender: str) -> None:
        """`tls` is starttls, ssl or "" for neither."""
        self._backend: dict[str, Any] = {
            "host": host,
            "port": port,
            "username": user,
            "password": password,
            "use_tls": tls == "starttls",
            "use_ssl": tls == "ssl",
            "timeout": TIMEOUT_S,
        }
        self._sender = sender

    def carry(self, *, to: str, subject: str, body: str, reference: str) -> str:
        """Sends the letter; the receipt is its Message-ID. Raises `NotCarried`."""
        domain = self._sender.rpartition("@")[2].rstrip(">") or "localhost"
        message_id = f"<{reference}@{domain}>"
        letter = EmailMessage(
            subject=" ".join(subject.split()),
            body=body,
            from_email=self._sender,
            to=[to],
            headers={"Message-ID": message_id, "Auto-Submitted": "auto-generated"},
            connection=EmailBackend(**self._backend),
        )
        try:
            letter.send()
        except smtplib.SMTPRecipientsRefused as refused:
            code, said = next(iter(refused.recipients.values()))
            raise NotCarried(
                f"邮件服务器不收这个地址（{code} {_shown(said)}）", final=code >= _NO_SUCH_BOX
            ) from refused
        except smtplib.SMTPResponseException as refused:
            words = f"邮件服务器拒收（{refused.smtp_code} {_shown(refused.smtp_error)}）"
            raise NotCarried(words) from refused
        except (smtplib.SMTPException, OSError) as away:
            raise NotCarried("连不上邮件服务器") from away
        return message_id


def _shown(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return "".join(character for character in text if character.isprintable())[:120]
