"""实名等级: how surely a person is known, and how surely she must be for what she does.

Four levels, as the national user centre counts them; what each asks for is made plain by its name. Which level a deed
needs in an item of which kind is a city's data (`Levels`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from banjie.engine.permissions import Actor, Role
from banjie.engine.scopes import DEED_NAMES, Deed
from banjie.engine.subject import Refused


class Level(IntEnum):
    """L1 to L4."""

    PHONE = 1
    NAMED = 2
    FACE = 3
    IN_PERSON = 4


LEVEL_NAMES: Final = {
    Level.PHONE: "L1 手机号注册",
    Level.NAMED: "L2 姓名和证件号码核对一致",
    Level.FACE: "L3 本人实人核验",
    Level.IN_PERSON: "L4 窗口当面核验或数字证书",
}

RAISE: Final = {
    Level.NAMED: "请用“统一身份认证”重新登录，核对姓名和公民身份号码",
    Level.FACE: "请用“统一身份认证”重新登录并完成刷脸核验，或带身份证件到任何一个政务服务大厅窗口核验",
    Level.IN_PERSON: "请带身份证件到任何一个政务服务大厅窗口当面核验，当场生效",
}
"""How one gets to a level."""


@dataclass(frozen=True, slots=True)
class Levels:
    """The level each deed needs: `usual` for every kind of item, `by_kind` where a kind (by its code) needs another."""

    usual: Mapping[Deed, Level] = field(default_factory=dict)
    by_kind: Mapping[str, Mapping[Deed, Level]] = field(default_factory=dict)

    def needed(self, deed: Deed, kind: str) -> Level:
        """The level a deed needs in an item of that kind."""
        return self.by_kind.get(kind, {}).get(deed, self.usual.get(deed, Level.PHONE))


def require_level(actor: Actor, levels: Levels, deed: Deed, kind: str) -> None:
    """Holds an applicant's deed against her level. Raises the `Refused` of `shortfall`."""
    if (short := shortfall(actor, levels, deed, kind)) is not None:
        raise short


def shortfall(actor: Actor, levels: Levels, deed: Deed, kind: str) -> Refused | None:
    """What an applicant's level lacks for a deed: which level is needed and how to get there; None when it is enough.

    Officials and the platform act by their posts.
    """
    needed = levels.needed(deed, kind)
    if actor.level >= needed or Role.APPLICANT not in actor.roles:
        return None
    return Refused(
        f"“{DEED_NAMES[deed]}”需要实名等级“{LEVEL_NAMES[needed]}”，您现在是“{LEVEL_NAMES[Level(actor.level)]}”",
        rule="实名等级规定",
        remedy=RAISE[needed],
    )
