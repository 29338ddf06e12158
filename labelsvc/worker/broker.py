"""Broker: Celery workers over Redis or RabbitMQ; the database keeps the truth.

A message is only "look at this part": it may be lost, come late or come twice. Whoever gets it
leases the part in the database as every worker does, so nothing is done twice at once; and the
dispatcher sends a part again when its message brought it no worker. Messages are acknowledged when
the part is done, so a worker that dies leaves both its message and its lease behind.
"""

from __future__ import annotations

import threading
import time
from functools import cached_property
from typing import Any

import structlog

from labelsvc.codes.tlog import setback
from labelsvc.db import Database
from labelsvc.errors import ConfigurationError
from labelsvc.files import Files
from labelsvc.jobs import queue
from labelsvc.labels.printers.sending import JOB_KIND as SENDING
from labelsvc.settings import Settings
from labelsvc.worker.couriers import Couriers
from labelsvc.worker.posting import Postman
from labelsvc.worker.publishing import Publisher
from labelsvc.worker.quiet import Quiet
from labelsvc.worker.tasks import close_job, do_part

log = structlog.get_logger()

#: Names of the messages; workers of the next version must still know them.
PART, CLOSE = "labelsvc.part", "labelsvc.close"
#: Celery's queue, so that a broker may serve other programs too.
QUEUE = "labelsvc"
#: Seconds between two looks at the table for parts that wait for a message.
EVERY = 0.2
#: Parts that are told of in one look; the others wait for the next.
AT_ONCE = 500
#: Seconds that a broker that does not answer is left alone.
_REST = 5.0


def make_app(settings: Settings, hands: Hands | None = None) -> Any:
    """The Celery application of these settings, with its two tasks.

    :raises ConfigurationError: Celery is not installed.
    """
    try:
        from celery import Celery
    except ImportError:
        raise ConfigurationError(
            "BROKER_URL is set, but Celery is not installed.",
            fix="Install requirements/scale.txt of this release (pip install --require-hashes "
            "-r requirements/scale.txt), or take BROKER_URL away.",
        ) from None
    app = Celery("labelsvc", broker=settings.broker_url, set_as_current=False)
    app.conf.update(
        accept_content=["json"],
        broker_connection_retry_on_startup=True,
        # Redis hands a message out again after this time; a lease that is renewed keeps the part.
        broker_transport_options={"visibility_timeout": 10 * queue.LEASE.total_seconds()},
        task_acks_late=True,
        task_default_queue=QUEUE,
        task_ignore_result=True,
        task_reject_on_worker_lost=True,
        task_serializer="json",
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        worker_prefetch_multiplier=1,
        worker_redirect_stdouts=False,
    )
    hands = hands or Hands(settings)
    app.task(hands.part, name=PART, shared=False)
    app.task(hands.close_job, name=CLOSE, shared=False)
    return app


class Hands:
    """The hands of a worker process: do the work of a message.

    Database and files are opened by the first one: that is after Celery forked.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def _database(self) -> Database:
        return Database.of(self._settings)

    @cached_property
    def _files(self) -> Files:
        return Files(self._settings.files)

    def part(self, job_id: int, number: int) -> None:
        """Do a part, unless another worker has it or it is done."""
        with self._database.writing() as session:
            claimed = queue.claim(session, job_id=job_id, number=number)
        if claimed is not None:
            do_part(self._database, self._files, self._settings, claimed)

    def close_job(self, job_id: int) -> None:
        """Put a finished job together, unless another worker is at it."""
        close_job(self._database, self._files, job_id)

    def close(self) -> None:
        """Close the database."""
        self._database.close()


class Dispatcher:
    """Sends a message for each part that waits, and for each job that nobody closed.

    What was sent is remembered only here: a second dispatcher sends the same again, which costs a
    look at the table and no more.
    """

    def __init__(self, database: Database, app: Any) -> None:
        self._database, self._app = database, app
        self._sent: dict[tuple[Any, ...], float] = {}

    def tick(self) -> int:
        """Send what is to be sent now.

        :returns: the number of messages.
        :raises kombu.exceptions.OperationalError: the broker does not answer.
        """
        with self._database.reading() as session:
            if setback.found(session) is not None:
                return 0
            parts = queue.due(session, limit=AT_ONCE + len(self._sent), but=SENDING)
            unclosed = queue.waiting_to_close(session)
        wanted: dict[tuple[Any, ...], tuple[str, list[int]]] = {
            (PART, *part): (PART, [part.job_id, part.number]) for part in parts
        }
        wanted |= {(CLOSE, job_id): (CLOSE, [job_id]) for job_id in unclosed}
        again = time.monotonic() - queue.LEASE.total_seconds()
        self._sent = {k: at for k, at in self._sent.items() if k in wanted and at > again}
        fresh = [key for key in wanted if key not in self._sent][:AT_ONCE]
        for key in fresh:
            name, arguments = wanted[key]
            self._app.send_task(name, args=arguments, queue=QUEUE, retry=False)
            self._sent[key] = time.monotonic()
        return len(fresh)


def dispatch_forever(settings: Settings, stop: threading.Event) -> None:
    """Tell workers of waiting parts, send rolls to printers, and publish lists and log, until *stop*
    is set."""
    from kombu.exceptions import OperationalError

    database, files, app = Database.of(settings), Files(settings.files), make_app(settings)
    dispatcher, publisher = Dispatcher(database, app), Publisher(database, files, settings)
    quiet, busy, silent = Quiet(database), False, False
    try:
        with Couriers(database, files, settings), Postman(database, settings):
            while not stop.is_set():
                pause = EVERY
                try:
                    publisher.tick()
                    busy = (busy or quiet.is_over()) and dispatcher.tick() > 0
                    silent = False
                except OperationalError as error:
                    if not silent:
                        log.error("the broker does not answer", reason=str(error))
                    silent, pause = True, _REST
                except Exception:  # a database that is away for a moment must not end it
                    log.exception("dispatcher stumbled")
                    pause = _REST
                stop.wait(pause)
    finally:
        database.close()


def run_worker(settings: Settings, *, processes: int) -> None:
    """Be a Celery worker until stopped: parts in *processes* processes.

    A first signal lets the parts at hand finish; a process that dies gives its message back.
    """
    make_app(settings).Worker(
        concurrency=processes,
        hostname=f"labelsvc-{time.time_ns()}@%h",
        loglevel="WARNING",
        queues=[QUEUE],
        optimization="fair",
        quiet=True,  # no banner in the log
        without_gossip=True,
        without_mingle=True,
    ).start()


def reach(settings: Settings) -> str:
    """The kind of broker, when it answers within seconds.

    :raises ConfigurationError: it does not, or Celery is not installed.
    """
    app = make_app(settings)
    from kombu.exceptions import OperationalError

    try:
        with app.connection_for_write(connect_timeout=3) as connection:
            connection.ensure_connection(max_retries=1, timeout=3)
            return str(connection.transport.driver_type)
    except (OperationalError, OSError) as error:
        raise ConfigurationError(
            "The broker does not answer: {reason}.",
            fix="Start it, or correct BROKER_URL. Runs wait in the database until then.",
            reason=str(error),
        ) from None
