"""The shortest way to an SQL function: a prepared statement on a connection of the thread's own.

An act makes two such calls, and for them psycopg's cursors and pool would cost more than the law and the database
together. This speaks to libpq through psycopg's own low-level interface: text in, text out, one implicit transaction
a call. Everything else goes through `database`.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import OperationalError, pq
from psycopg.conninfo import make_conninfo
from psycopg.errors import error_from_result

STATEMENT_TIMEOUT_MS = 30_000
"""A call of the hot path that takes longer has met trouble, and must not hold a worker's thread for ever."""


PLANNED_ONCE = "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off"
"""The calls reach rows by key, so no value of an argument could make another plan better, and planning anew would cost
more than the work itself. For the same reason they never scan a table, however small it was when the plan was made."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement prepared once a connection, under its name."""

    name: bytes
    sql: bytes


class Hotline:
    """One connection a thread, opened when first needed and again when it was lost."""

    def __init__(self, url: str) -> None:
        self._conninfo = make_conninfo(
            url, client_encoding="utf8", options=f"-c statement_timeout={STATEMENT_TIMEOUT_MS} {PLANNED_ONCE}"
        ).encode()
        self._own = threading.local()

    def ask(self, statement: Statement, arguments: Sequence[str | None]) -> list[bytes | None] | None:
        """The first row of the answer, None when there is none.

        Raises `psycopg.OperationalError` when the connection is lost on the way — whether the call was carried out is
        then unknown — and the errors of psycopg for whatever the database refuses.
        """
        connection, prepared = self._connection()
        if statement.name not in prepared:
            self._check(connection, connection.prepare(statement.name, statement.sql))
            prepared.add(statement.name)
        values = [None if argument is None else argument.encode() for argument in arguments]
        try:
            result = connection.exec_prepared(statement.name, values)  # type: ignore[arg-type]  # None is SQL's NULL
        except OperationalError:
            self.hang_up()
            raise
        self._check(connection, result)
        if result.ntuples == 0:
            return None
        return [result.get_value(0, column) for column in range(result.nfields)]

    def hang_up(self) -> None:
        """Lets the thread's connection go."""
        self._own.__dict__.clear()

    def _connection(self) -> tuple[pq.abc.PGconn, set[bytes]]:
        known: tuple[pq.abc.PGconn, set[bytes]] | None = getattr(self._own, "line", None)
        if known is None or known[0].status != pq.ConnStatus.OK:
            connection = pq.PGconn.connect(self._conninfo)
            if connection.status != pq.ConnStatus.OK:
                raise OperationalError(connection.get_error_message())
            known = self._own.line = (connection, set())
        return known

    def _check(self, connection: pq.abc.PGconn, result: pq.abc.PGresult) -> None:
        if result.status in (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK):
            return
        lost = connection.status != pq.ConnStatus.OK
        error = error_from_result(result)
        if lost:
            self.hang_up()
            raise OperationalError(str(error)) from error
        raise error
