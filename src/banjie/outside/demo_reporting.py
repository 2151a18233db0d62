"""The made-up province that takes reporting records in the demonstration and in tests: it keeps each record once.

It does what real receivers do: it refuses an item it has not registered, and says so in words.
"""

import json
import threading
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

PATH: Final = "/province/reports"

UNREGISTERED: Final = frozenset({"1199010000BJ00016Q3990100000005"})
"""Items the province has not registered yet: 占用、挖掘城市道路审批 of the made-up city."""


class Province:
    """What has been taken, by the key of each record. Thread-safe."""

    def __init__(self, unregistered: frozenset[str] = UNREGISTERED) -> None:
        self.records: dict[tuple[str, str, str], Mapping[str, Any]] = {}
        self.calls = 0
        self._unregistered = unregistered
        self._lock = threading.Lock()

    def take(self, body: bytes) -> tuple[HTTPStatus, dict[str, str]]:
        """The answer to one record."""
        try:
            said = json.loads(body)
            key = (said["project_no"], said["kind"], said["row_guid"])
            fields = said["fields"]
        except (ValueError, KeyError, TypeError):
            return HTTPStatus.BAD_REQUEST, {"field": "整条", "reason": "看不懂这条记录", "remedy": "请核对格式"}
        with self._lock:
            self.calls += 1
            if fields.get("task_code") in self._unregistered:
                return HTTPStatus.UNPROCESSABLE_ENTITY, {
                    "field": "实施编码",
                    "reason": f"事项 {fields['task_code']} 没有在省平台登记",
                    "remedy": "请先把事项报省平台登记，登记后点“重新上报”",
                }
            self.records[key] = fields
            return HTTPStatus.OK, {"receipt": f"省收{len(self.records):06d}"}
