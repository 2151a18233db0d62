"""The WSGI application: the hottest door of the API first, Django behind it."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "banjie.settings")

from django.core.wsgi import get_wsgi_application  # noqa: E402 — Django reads the settings named above.

application = get_wsgi_application()
