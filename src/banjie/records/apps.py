"""The Django application that holds accounts, and through whose migrations all tables come."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Records."""

    name = "banjie.records"
    label = "records"
    verbose_name = "办结"
    default_auto_field = "django.db.models.BigAutoField"
