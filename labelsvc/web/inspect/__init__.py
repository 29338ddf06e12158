"""Inspect: the inspector's application under /inspect/, a shell that works without a network, and
its data.
"""

from labelsvc.web.inspect import issued as issued
from labelsvc.web.inspect import pack as pack
from labelsvc.web.inspect import person as person
from labelsvc.web.inspect import sync as sync
from labelsvc.web.inspect import verdict as verdict
from labelsvc.web.inspect.pages import bp as bp
