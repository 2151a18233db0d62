"""The WSGI application: the hottest door of the API first, Django behind it."""

import gc
import logging
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "banjie.settings")

from django.core.wsgi import get_wsgi_application
from django.utils.module_loading import import_string

from banjie.web import warming

# Without a handler of its own the trace of an error on a page would be lost: Django mails it to nobody.
logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
_django = get_wsgi_application()
# Named as a text, like the API in urls.py: the rooms web and api do not import each other.
application = import_string("banjie.api.hot.application")(_django)

# Everything loaded so far stays for the life of the process: the collector need not walk it again at each round, and
# what requests leave behind is mostly freed by itself, so rounds may be rarer.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)

warming.begin()
