"""When and where a photograph was taken, as the camera wrote it beside the picture (EXIF).

What is read here is kept only where it is asked for, on a site visit; the file itself is freed of it (`pictures`).
"""

from datetime import datetime, timedelta, timezone
from typing import IO, Any

from banjie.actions.ports import Taken
from banjie.engine.calendar import CHINA
from banjie.outside.pictures import opened

_EXIF, _GPS = 0x8769, 0x8825
_TAKEN, _ZONE, _MODIFIED = 0x9003, 0x9011, 0x0132
_NORTH, _LATITUDE, _EAST, _LONGITUDE = 1, 2, 3, 4


def taken(content: IO[bytes]) -> Taken:
    """The moment and the place, each None where the camera wrote none, or nonsense. Never raises."""
    try:
        said = opened(content).getexif()
        inner, place = said.get_ifd(_EXIF), said.get_ifd(_GPS)
        at = _moment(str(inner.get(_TAKEN) or said.get(_MODIFIED) or ""), str(inner.get(_ZONE) or ""))
        latitude = _degrees(place.get(_LATITUDE), str(place.get(_NORTH, "N")) == "S", 90)
        longitude = _degrees(place.get(_LONGITUDE), str(place.get(_EAST, "E")) == "W", 180)
    except Exception:  # noqa: BLE001 — a broken note fails in any way at all; whichever way, it says nothing.
        return Taken()
    finally:
        content.seek(0)
    return Taken(at, latitude, longitude) if latitude is not None and longitude is not None else Taken(at)


def _moment(text: str, zone: str) -> datetime | None:
    """`2026:11:24 09:30:12`, in the camera's zone where it names one (`+08:00`), else in the city's."""
    try:
        at = datetime.strptime(text.strip("\x00 "), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 — the zone follows.
    except ValueError:
        return None
    if len(zone) == 6 and zone[0] in "+-" and zone[1:3].isdecimal() and zone[4:].isdecimal():
        ahead = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:]))
        return at.replace(tzinfo=timezone(ahead if zone[0] == "+" else -ahead))
    return at.replace(tzinfo=CHINA)


def _degrees(parts: Any, negative: bool, most: int) -> float | None:
    if parts is None or len(parts) != 3:
        return None
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    if not 0 <= value <= most:
        return None
    return round(-value if negative else value, 6)
