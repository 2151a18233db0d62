"""差错类别: what kind of mistake it was, on a return for rework and in the practice of newcomers."""

from enum import StrEnum
from typing import Final


class ErrorClass(StrEnum):
    """The five classes in which an official's mistakes are counted."""

    MATERIAL = "material"
    TIME = "time"
    DOCUMENT = "document"
    PROCEDURE = "procedure"
    ENTRY = "entry"


ERROR_NAMES: Final = {
    ErrorClass.MATERIAL: "材料判断",
    ErrorClass.TIME: "时限",
    ErrorClass.DOCUMENT: "文书",
    ErrorClass.PROCEDURE: "程序",
    ErrorClass.ENTRY: "录入",
}

ERROR_MEANINGS: Final = {
    ErrorClass.MATERIAL: "该要的没有要、不该要的要了，或者没有看出材料有问题",
    ErrorClass.TIME: "日期或期限算错、写错，超过了应当办理的时间",
    ErrorClass.DOCUMENT: "文书的内容、依据或救济途径写错或漏写",
    ErrorClass.PROCEDURE: "少了步骤、少了人，或者顺序不对",
    ErrorClass.ENTRY: "申请表或系统里的内容录错",
}
