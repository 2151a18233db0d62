"""Answers as they look, for the interface's description. A test holds each against its schema."""

from typing import Any, Final

NUMBER: Final = "990100-20261124-0000001"
_ITEM: Final = "1199010000BJ00016Q3001031003000"
_ORGAN: Final = "1199010000BJ00016Q"

ITEMS: Final[dict[str, Any]] = {
    "items": [
        {
            "code": _ITEM,
            "region": "990100",
            "edition": 1,
            "name": "经营主体歇业备案",
            "organ_name": "澜江市行政审批局",
            "kind": "10",
            "why": "俗称",
            "matched": "停业",
            "region_name": "澜江市",
            "elsewhere": 0,
            "url": f"/api/v1/items/{_ITEM}?region=990100",
        }
    ],
    "next": None,
}

VERIFY: Final[dict[str, Any]] = {
    "genuine": True,
    "number": "澜歇备990100202611240000001",
    "name": "歇业备案通知书",
    "holder_name": "澜江春禾餐饮有限公司",
    "organ": _ORGAN,
    "status": "valid",
    "status_name": "有效",
    "valid": True,
    "valid_from": "2026-11-24",
    "valid_until": None,
    "sha256": "9f" * 32,
}

WORKLIST: Final[dict[str, Any]] = {
    "tasks": [
        {
            "number": NUMBER,
            "region": "990100",
            "item": _ITEM,
            "item_name": "经营主体歇业备案",
            "holder_name": "澜江春禾餐饮有限公司",
            "office": _ORGAN,
            "role": "window",
            "stage": "submitted",
            "stage_name": "已提交",
            "step": "",
            "step_name": "预审接件",
            "since": "2026-11-24",
            "due_on": "2026-12-01",
            "days_left": 5,
            "url": f"/api/v1/cases/{NUMBER}",
        }
    ],
    "next": "/api/v1/worklist?limit=1&after=2026-12-01_0b6f1c1e-7b8a-4c0a-9d55-3a1f6f2f9b10",
}

CLOCK: Final[dict[str, Any]] = {
    "number": NUMBER,
    "stage": "submitted",
    "today": "2026-11-24",
    "clocks": [
        {
            "timer": "T5",
            "name": "受理答复时限",
            "step": "",
            "step_name": "",
            "term": {
                "number": 5,
                "unit": "working",
                "label": "5个工作日",
                "basis": "行政许可法第三十二条第一款第（四）项",
            },
            "event_on": "2026-11-24",
            "due_on": "2026-12-01",
            "elapsed": 0,
            "left": 5,
            "paused": False,
            "late": False,
            "provisional": False,
            "explained": ["自收到申请之日起算，当日不计，次一工作日为第1日。"],
            "proof": {
                "format": "banjie-clock-proof/1",
                "due_on": "2026-12-01",
                "days": [["2026-11-25", "counted", "星期三"]],
            },
        }
    ],
}

PROGRESS: Final[dict[str, Any]] = {
    "number": NUMBER,
    "region": "990100",
    "item_name": "经营主体歇业备案",
    "organ_name": "澜江市行政审批局",
    "stage": "submitted",
    "stage_name": "已提交",
    "stage_text": "已收到您的申请，窗口正在查看",
    "who_acts": "澜江市行政审批局",
    "due_name": "答复是否受理的最后一天",
    "due_on": "2026-12-01",
    "provisional": False,
    "used": 0,
    "left": 5,
    "unit": "工作日",
    "paused": False,
    "changed_at": "2026-11-24T09:00:00+08:00",
    "phone": "0990-6010011",
    "steps": [
        {"title": "提交申请", "text": "", "at": "2026-11-24", "who": "", "state": "done"},
        {"title": "受理", "text": "", "at": None, "who": "澜江市行政审批局", "state": "now"},
    ],
    "holders": [{"office": "澜江市行政审批局", "post": "窗口人员", "phone": "0990-6010011"}],
    "days": [],
}

CASE: Final[dict[str, Any]] = {
    "number": NUMBER,
    "region": "990100",
    "item": _ITEM,
    "item_name": "经营主体歇业备案",
    "edition": 1,
    "organ": _ORGAN,
    "organ_name": "澜江市行政审批局",
    "stage": "submitted",
    "stage_name": "已提交",
    "version": 1,
    "holder": {"id": "c-chunhe", "name": "澜江春禾餐饮有限公司", "code": "91990102MA00RC0153"},
    "agent": {"id": "linzhao", "name": "林照", "code": ""},
    "query_code": "7K3M0QXZ",
    "submitted_at": "2026-11-24T09:00:00+08:00",
    "changed_at": "2026-11-24T09:00:00+08:00",
    "due_on": "2026-12-01",
    "accepted_on": None,
    "decided_on": None,
    "delivered_on": None,
    "late": [],
    "answers": {"suspension": "first", "cause": "other", "served_at": "same"},
    "data": {"applicant_name": "澜江春禾餐饮有限公司", "from_day": "2026-12-01", "until_day": "2027-05-31"},
    "papers": [
        {
            "material": "promise",
            "material_name": "歇业备案承诺书",
            "name": "承诺书.pdf",
            "sha256": "9f" * 32,
            "media_type": "application/pdf",
            "size": 48213,
            "held": "",
        }
    ],
    "promised": False,
    "corrections": [],
    "tolerances": [],
    "steps": [],
    "reasons": [],
    "closing_reason": "",
    "acts": [{"act": "withdraw", "name": "撤回申请", "url": f"/api/v1/cases/{NUMBER}/acts/withdraw"}],
    "documents": [
        {
            "id": "7d1c0c55-0f0e-4d5b-8a38-0d6a2f1f4a11",
            "kind": "receipt",
            "name": "收件凭证",
            "number": "（澜审）收〔2026〕第000001号",
            "issued_at": "2026-11-24T09:00:00+08:00",
        }
    ],
    "certificates": [],
}
