"""What every kind of application is made of: the party it is for, and the papers handed in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Party:
    """申请人 or 代理人: a person or an organisation, by its identifier in the register of people."""

    id: str
    name: str
    code: str = ""
    """Citizen number or unified credit code."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper handed in for a material: its content is kept as a file, named here by its SHA-256.

    `held` is the number of the certificate that stands in for a paper the city holds already (免提交).
    """

    material: str
    name: str
    sha256: str = ""
    media_type: str = ""
    size: int = 0
    held: str = ""
