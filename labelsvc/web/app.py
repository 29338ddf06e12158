"""App: makes the Flask application and registers the rooms of the site."""

from __future__ import annotations

from flask import Flask
from jinja2 import ChoiceLoader, FileSystemLoader
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from labelsvc import settings as settings_module
from labelsvc.db import Database
from labelsvc.migrations import tables as tables
from labelsvc.resources import folder
from labelsvc.scans.misses import Misses
from labelsvc.settings import Settings
from labelsvc.web import assets, language, links, problems, responses
from labelsvc.web.guards import csrf, gate, hosts, incidents
from labelsvc.web.inspect import leaving
from labelsvc.web.site import Site


def create_app(
    settings: Settings | None = None,
    database: Database | None = None,
    *,
    misses: Misses | None = None,
) -> Flask:
    """Make the application.

    :param settings: the process's settings unless given.
    :param database: an open database, for tests; otherwise opened from the settings.
    :param misses: wrong codes of the whole service; otherwise this application counts for itself.
    """
    settings = settings or settings_module.settings()
    app = Flask("labelsvc", static_folder=str(folder("static")), template_folder=None)
    app.config.update(
        SECRET_KEY=settings.keys[-1],
        SECRET_KEY_FALLBACKS=list(settings.keys[:-1][::-1]),
        MAX_CONTENT_LENGTH=settings.upload_mib * 1024 * 1024,
    )
    app.url_map.converters["int"] = RowNumber
    app.extensions["labelsvc"] = Site(
        settings, database or Database.of(settings), misses or Misses(settings.scan_misses)
    )
    loaders = [FileSystemLoader(folder("templates"))]
    if settings.template_override is not None:
        loaders.insert(0, FileSystemLoader(settings.template_override))
    app.jinja_loader = ChoiceLoader(loaders)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for part in (hosts, links, language, assets, csrf, gate, responses, problems, incidents):
        part.install(app)
    app.jinja_env.globals["settings"] = settings
    app.jinja_env.globals["has_page"] = app.view_functions.__contains__
    _register(app)
    leaving.install(app)
    _wrap(app)
    return app


def _wrap(app: Flask) -> None:
    """Put the middleware before the application; the outermost comes last."""
    from labelsvc.web.scan import fast_path

    fast_path.install(app)
    if hops := app.extensions["labelsvc"].settings.proxy_hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]


class RowNumber(IntegerConverter):
    """A number in an address: one that no row can have is "not found", not a database error."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=2**31 - 1)


def _register(app: Flask) -> None:
    """Rooms. The scan page is last: codes stand directly after the host."""
    from labelsvc.web import health, home, inspect, media, public_log, trust
    from labelsvc.web.account import pages as account
    from labelsvc.web.console.office import pages as office
    from labelsvc.web.console.producer import pages as producer
    from labelsvc.web.public import (
        changes,
        confirmation,
        decisions,
        figures,
        finding,
        guides,
        machine,
        open_data,
        points,
        producers,
        products,
        villages,
    )
    from labelsvc.web.scan import cache, inner, page, place, report, state

    state.install(app, cache.Pages())
    for room in (
        home,
        health,
        account,
        producer,
        office,
        inspect,
        media,
        public_log,
        guides,
        trust,
        points,
        confirmation,
        products,
        producers,
        decisions,
        changes,
        finding,
        machine,
        villages,
        figures,
        open_data,
        report,
        inner,
        place,
        page,
    ):
        app.register_blueprint(room.bp)
