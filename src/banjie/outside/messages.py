"""Messages that leave the building, in the demonstration: they are written to the log, and it is said so."""

import hashlib
import logging

logger = logging.getLogger("banjie.messages")


class ConsoleCarrier:
    """Stands in for SMS and e-mail: writes one line a message to the log and sends nothing to anyone."""

    def __init__(self, name: str) -> None:
        self._name = name

    def carry(self, *, to: str, subject: str, body: str, reference: str) -> str:
        """Logs the message, text and all: in the demonstration nobody is a person, and codes must be found here."""
        receipt = hashlib.sha256(reference.encode()).hexdigest()[:12]
        logger.warning("演示%s，没有真的发出：发给 %s：%s —— %s", self._name, to, subject, body)
        return f"console:{receipt}"
