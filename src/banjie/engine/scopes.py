"""How far a mandate reaches: which deeds, for which items (民法典第一百六十五条：代理事项、权限).

It stands below `permissions`, because every act of an agent is held against it, and below `mandates`, which says how
one comes about and ends.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Deed(StrEnum):
    """What an agent may be let do. Following a case (`SEE`) is part of every mandate."""

    APPLY = "apply"
    CORRECT = "correct"
    WITHDRAW = "withdraw"
    COLLECT = "collect"
    SEE = "see"


DEED_NAMES: Final = {
    Deed.APPLY: "提交申请",
    Deed.CORRECT: "补正和补交材料",
    Deed.WITHDRAW: "撤回申请",
    Deed.COLLECT: "查看和领取证照",
    Deed.SEE: "查看办理进度",
}

DEED_OF: Final = {
    "Submit": Deed.APPLY,
    "Resubmit": Deed.CORRECT,
    "SupplyTolerated": Deed.CORRECT,
    "Withdraw": Deed.WITHDRAW,
    "TakeBack": Deed.WITHDRAW,
    "Urge": Deed.SEE,
}
"""Which deed an act of the applicant is. An act that is not named here counts as applying: the safe side."""


@dataclass(frozen=True, slots=True)
class Scope:
    """代理权限. No deeds: all of them; no items: every item. `WHOLE` is both."""

    deeds: frozenset[Deed] = frozenset()
    items: frozenset[str] = frozenset()

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out."""
        return not self.deeds and not self.items

    def allows(self, deed: Deed) -> bool:
        """Whether the deed may be done for at least one item."""
        return deed is Deed.SEE or not self.deeds or deed in self.deeds

    def covers(self, deed: Deed, item: str) -> bool:
        """Whether the deed may be done for that item."""
        return self.allows(deed) and (not self.items or item in self.items)

    @property
    def openings(self) -> tuple[str, ...]:
        """What a scope that is not whole opens, as the database's policies read it behind the party's name:
        `*` or codes of items for what may be seen, names of deeds for the rest."""
        deeds = [deed.value for deed in Deed if deed is not Deed.SEE and self.allows(deed)]
        return (*deeds, *(sorted(self.items) or ["*"]))


WHOLE: Final = Scope()


def deed_of(command: str) -> Deed:
    """The deed that an act of the applicant is."""
    return DEED_OF.get(command, Deed.APPLY)
