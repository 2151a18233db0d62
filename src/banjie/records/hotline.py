"""The shortest way to an SQL function: a prepared statement on a connection kept for nothing else.

An act makes two such calls, and for them psycopg's cursors and pool would cost more than the law and the database
together. This speaks to libpq through psycopg's own low-level interface: text in, text out. One call is one implicit
transaction, and so are several calls that go together. Everything else goes through `database`.
"""

import select
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

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


Answer = list[bytes | None]
"""The columns of the first row a call answers with."""

Arguments = Sequence[str | None]


@dataclass(slots=True)
class _Line:
    """A connection, what has been prepared on it, and how one waits for its answers."""

    connection: pq.abc.PGconn
    answers: select.poll
    prepared: set[bytes] = field(default_factory=set)


class Hotline:
    """Connections that are opened when needed, used by one thread at a time, and opened again when lost."""

    def __init__(self, url: str) -> None:
        self._conninfo = make_conninfo(
            url, client_encoding="utf8", options=f"-c statement_timeout={STATEMENT_TIMEOUT_MS} {PLANNED_ONCE}"
        ).encode()
        self._free: deque[_Line] = deque()

    def ask(self, statement: Statement, arguments: Arguments) -> Answer | None:
        """The first row of the answer, None when there is none.

        Raises `psycopg.OperationalError` when the connection is lost on the way — whether the call was carried out is
        then unknown — and the errors of psycopg for whatever the database refuses.
        """
        line = self._take(statement)
        result = line.connection.exec_prepared(statement.name, _bytes(arguments))  # type: ignore[arg-type]  # None is SQL's NULL
        return self._told(line, [result])[0]

    def ask_all(self, statement: Statement, calls: Sequence[Arguments]) -> list[Answer | None]:
        """The first row of the answer to each of several calls, which go to the database together.

        They are one transaction and make one journey: all are carried out, or, when an error is raised, none. Each
        sees what the ones before it have done. Raises as `ask` does.
        """
        line = self._take(statement)
        connection = line.connection
        connection.enter_pipeline_mode()
        for arguments in calls:
            connection.send_query_prepared(statement.name, _bytes(arguments))
        connection.pipeline_sync()
        results: list[pq.abc.PGresult] = []
        while True:
            while connection.is_busy():
                # Waiting here, and not in libpq, lets other threads of the process run.
                line.answers.poll()
                connection.consume_input()
            result = connection.get_result()
            if result is None:
                if connection.status != pq.ConnStatus.OK:
                    break
                continue  # The end of one call's answer.
            if result.status == pq.ExecStatus.PIPELINE_SYNC:
                break
            results.append(result)
        if connection.status == pq.ConnStatus.OK:
            connection.exit_pipeline_mode()
        return self._told(line, results)

    def hang_up(self) -> None:
        """Lets the connections go that are not in use."""
        self._free.clear()

    def _take(self, statement: Statement) -> _Line:
        """A connection that nobody uses, on which the statement is prepared."""
        line = self._known() or self._connect()
        if statement.name not in line.prepared:
            self._told(line, [line.connection.prepare(statement.name, statement.sql)], keep=False)
            line.prepared.add(statement.name)
        return line

    def _known(self) -> _Line | None:
        while self._free:
            try:
                line = self._free.pop()
            except IndexError:  # Another thread took the last one between the two lines.
                return None
            if line.connection.status == pq.ConnStatus.OK:
                return line
        return None

    def _connect(self) -> _Line:
        connection = pq.PGconn.connect(self._conninfo)
        if connection.status != pq.ConnStatus.OK:
            raise OperationalError(connection.get_error_message())
        answers = select.poll()
        answers.register(connection.socket, select.POLLIN)
        return _Line(connection, answers)

    def _told(self, line: _Line, results: Sequence[pq.abc.PGresult], *, keep: bool = True) -> list[Answer | None]:
        """The first row of each result; the connection is free again, unless it was lost."""
        told: list[Answer | None] = []
        wrong: pq.abc.PGresult | None = None
        for result in results:
            if result.status == pq.ExecStatus.TUPLES_OK:
                columns = range(result.nfields)
                told.append([result.get_value(0, column) for column in columns] if result.ntuples else None)
            elif result.status != pq.ExecStatus.COMMAND_OK:
                wrong = wrong or result
        if line.connection.status != pq.ConnStatus.OK:
            error = error_from_result(wrong) if wrong else None
            raise OperationalError(str(error or line.connection.get_error_message())) from error
        if keep or wrong:
            self._free.append(line)
        if wrong:
            raise error_from_result(wrong)
        return told


def _bytes(arguments: Arguments) -> list[bytes | None]:
    return [None if argument is None else argument.encode() for argument in arguments]
