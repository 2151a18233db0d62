"""办件卷宗: what meetings, site visits and checklists of a case all say of the case they belong to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class About:
    """The case something belongs to: its identifier and number, the item, the office in charge, and who applies.

    `organ` is the office that calls the meeting or makes the visit: the organ that decides the case, or the office to
    which the step is given. `holder` is a party's identifier.
    """

    case_id: str = ""
    number: str = ""
    region: str = ""
    item: str = ""
    item_name: str = ""
    organ: str = ""
    organ_name: str = ""
    holder: str = ""
    holder_name: str = ""


NO_CASE = About()
