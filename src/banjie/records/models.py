"""Accounts and tokens: what sign-in needs to know before anyone is bound.

They are Django's, since sign-in is Django's. Everything about people and cases stands in `sql/schema.sql` and is
reached by plain SQL under row-level security; see docs/decisions/0002.
"""

import hashlib
import secrets
from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models


class Account(AbstractUser):
    """Whoever signs in. `key` is the name by which the journal knows the account; it never changes.

    `level` is how surely the person is known (engine.real_names); who opens an account at a counter sets it.
    """

    key = models.CharField("账号标识", max_length=64, unique=True)
    display_name = models.CharField("姓名", max_length=80, blank=True)
    region = models.CharField("行政区划", max_length=12, blank=True)
    level = models.PositiveSmallIntegerField("实名等级", default=1)

    REQUIRED_FIELDS: ClassVar[list[str]] = ["key"]

    class Meta:
        verbose_name = "账号"
        verbose_name_plural = "账号"

    def __str__(self) -> str:
        return self.display_name or self.username


class Token(models.Model):
    """接口令牌: kept as a hash only, so that a copy of the table opens no door."""

    digest = models.CharField("摘要", max_length=64, primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="tokens")
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    valid_until = models.DateTimeField("有效期至", null=True, blank=True)

    class Meta:
        verbose_name = "接口令牌"
        verbose_name_plural = "接口令牌"

    def __str__(self) -> str:
        return f"{self.account}：{self.digest[:8]}…"

    @staticmethod
    def digest_of(secret: str) -> str:
        """How a secret is looked up."""
        return hashlib.sha256(secret.encode()).hexdigest()

    @classmethod
    def issue(cls, account: Account) -> str:
        """A new secret for an account. It is shown once and cannot be read back."""
        secret = secrets.token_urlsafe(32)
        cls.objects.create(digest=cls.digest_of(secret), account=account)
        return secret
