"""The looks an official takes at a desk, noted by this process's platform."""

from banjie.actions import looking
from banjie.engine.cases import Law
from banjie.records.cases import Found
from banjie.records.looks import Looked
from banjie.records.people import Standing
from banjie.records.precases import FoundPrecase
from banjie.wiring import platform


def noted(standing: Standing, found: Found, law: Law, kind: Looked) -> None:
    """Notes that she opened the case, a paper or a document of it."""
    looking.noted(platform(), standing, found, law, kind)


def service_noted(standing: Standing, found: FoundPrecase) -> None:
    """Notes that she opened a pre-application service."""
    looking.service_noted(platform(), standing, found)
