"""Rows: doctor's look at the database itself: pages, numbers, keys, leases, audit trail, recurring work."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select, text

from labelsvc import clock, i18n
from labelsvc.accounts import audit
from labelsvc.cli import base
from labelsvc.cli.doctor.keys import some
from labelsvc.codes.register import numbers
from labelsvc.codes.tlog import heads
from labelsvc.db import Base, Database
from labelsvc.errors import ConfigurationError, DatabaseUnusable, Doubt
from labelsvc.jobs import heartbeat
from labelsvc.jobs.models import Job, JobState, Part
from labelsvc.jobs.queue import LEASE, LONGEST_DELAY
from labelsvc.labels.runs import hosts as printed
from labelsvc.messages import overview
from labelsvc.programme.search import keep
from labelsvc.settings import Settings
from labelsvc.worker.standing import AHEAD

_OPEN = (JobState.QUEUED, JobState.RUNNING)


def pages(database: Database) -> str:
    """Every page can be read and fits the others; rows point to what is there; a row can be written."""
    with database.reading() as session:
        if database.is_sqlite:
            found = session.execute(text("PRAGMA integrity_check(5)")).scalars().all()
            if list(found) != ["ok"]:
                raise _damaged(found)
            dangling = session.execute(text("PRAGMA foreign_key_check")).all()
            if dangling:
                tables = sorted({f"{row[0]} → {row[2]}" for row in dangling})
                raise DatabaseUnusable(
                    "{count} rows point to rows that are gone: {tables}.",
                    fix="Somebody changed the database by hand. Keep it, and restore a copy in which they are.",
                    count=len(dangling),
                    tables=", ".join(tables),
                )
        else:
            for table in Base.metadata.sorted_tables:  # reads every page, long values too
                session.execute(text(f'SELECT count(t::text) FROM "{table.name}" AS t'))  # noqa: S608
    with database.writing() as session:
        heartbeat.beat(session, heartbeat.PROBE)
    return base.say("whole, and a row can be written")


def _damaged(found: Sequence[str]) -> DatabaseUnusable:
    return DatabaseUnusable(
        "Pages of the database are damaged: {reason}.",
        fix="Stop the service, keep the file, and restore a copy: labelsvc restore FILE --force",
        reason="; ".join(found).replace("\n", " ")[:300].rstrip("."),
    )


def ranges(database: Database) -> str:
    """No number was given twice, the counter is beyond all of them, and their keys are there."""
    with database.reading() as session:
        lost = numbers.keys_lost(session)
        crossing = numbers.overlaps(session)
        behind, largest = numbers.behind(session), numbers.largest(session)
    if lost:
        raise ConfigurationError(
            "Labels were signed with keys that are gone: {kids}. Nobody can verify them.",
            fix="Restore a copy that has them: labelsvc restore FILE --force. A new key does not help.",
            kids=", ".join(map(str, lost)),
        )
    if crossing:
        raise ConfigurationError(
            "The same numbers were given twice, {count} times: {names}.",
            fix="Find out which labels are on the market. Void the others on the page of their lot, and print those anew.",
            count=len(crossing),
            names=some([f"{o.one} / {o.other} ({o.first}–{o.last})" for o in crossing]),
        )
    if behind:
        raise ConfigurationError(
            "The counter of numbers is {count} behind what was issued: codes would be given twice.",
            fix="Run: labelsvc doctor --repair. Then look for copies that were put back by hand.",
            count=behind,
        )
    return base.say("up to {number}, none twice", number=largest)


def leases(database: Database) -> str:
    """Work that waits is taken: no lease is long over or lies in the future."""
    now = clock.now()
    with database.reading() as session:
        query = (
            select(Part)
            .join(Job, Job.id == Part.job_id)
            .where(Job.state.in_(_OPEN), or_(Part.state.in_(_OPEN), Part.leased_until.is_not(None)))
            .order_by(Part.job_id, Part.number)
        )
        parts = session.scalars(query).all()
        created = {
            row.id: row.created_at for row in session.execute(select(Job.id, Job.created_at))
        }
    names = {id(part): f"{part.job_id}/{part.number}" for part in parts}
    ahead = [
        p for p in parts
        if p.leased_until and p.leased_until > now + max(LEASE, LONGEST_DELAY) + AHEAD
    ]  # fmt: skip
    if ahead:
        raise ConfigurationError(
            "{count} parts of jobs are taken until a time far ahead: {names}. The clock was wrong.",
            fix="Set the clock of the machine (timedatectl set-ntp true), then run: labelsvc doctor --repair",
            count=len(ahead),
            names=some([names[id(p)] for p in ahead]),
        )
    long_ago = now - heartbeat.PATIENCE
    stale = [
        p for p in parts
        if p.state in _OPEN and (p.leased_until or created.get(p.job_id, now)) < long_ago
    ]  # fmt: skip
    if stale:
        raise ConfigurationError(
            "{count} parts of jobs wait and nobody takes them: {names}.",
            fix="Start a worker: labelsvc serve, or labelsvc worker.",
            count=len(stale),
            names=some([names[id(p)] for p in stale]),
        )
    delayed = [p for p in parts if p.state == JobState.QUEUED and p.delays]
    if delayed:
        raise Doubt(
            "{count} parts of jobs wait for storage that did not answer: {reason}.",
            fix="Mend the storage; they are tried again by themselves.",
            count=len(delayed),
            reason=(delayed[0].problem or "?").rstrip("."),
        )
    return str(len(parts))


def trail(database: Database) -> str:
    """The audit trail is whole, and fits the heads in the public log."""
    with database.reading() as session:
        broken = audit.verify_chain(session)
        held = heads.check(session)
    if broken is not None:
        raise ConfigurationError(
            "The audit trail was changed: entry {entry} does not fit the one before it.",
            fix="Keep the database, compare it with a copy, and find out who had access to it.",
            entry=broken,
        )
    if held.broken:
        raise ConfigurationError(
            "The audit trail does not fit the public log: entry {entry} of {day}.",
            fix="Keep the database, compare it with a copy, and find out who had access to it.",
            entry=held.broken[0].entry,
            day=f"{held.broken[0].day:%d/%m/%Y}",
        )
    return base.say("whole; {count} heads in the public log fit", count=held.agreed)


def recurring(database: Database) -> str:
    """Lists, log and the watch for copies went well lately."""
    words = {
        "lists": base.say("the withdrawal lists"),
        "log": base.say("the public log"),
        "copies": base.say("the watch for copies"),
    }
    with database.reading() as session:
        late = heartbeat.late(session)
    if late:
        row = late[0]
        raise Doubt(
            "Nothing was done for {what} since {moment}: {reason}.",
            fix="Look at the log of the service. If it is not running, start it: labelsvc serve",
            what=words.get(row.name, row.name),
            moment=i18n.moment(row.at),
            reason=row.problem or base.say("no worker is running"),
        )
    return base.say("nothing is late")


def search(database: Database) -> str:
    """Every page of the register is found by its words of today."""
    with database.reading() as session:
        behind = keep.behind(session)
    if behind:
        raise ConfigurationError(
            "{count} pages are not found by their words of today.",
            fix="Run: labelsvc doctor --repair",
            count=behind,
        )
    return base.say("in step with the register")


def hosts(settings: Settings, database: Database) -> str:
    """Every host in a printed symbol is still one of the service's."""
    with database.reading() as session:
        lost = printed.unnamed(session, settings.base_url, settings.former_hosts)
    if lost:
        raise ConfigurationError(
            "Labels were printed under {hosts}, which the service does not know as its own any more.",
            fix="Name it in LABELSVC_FORMER_HOSTS (docs/trust.md, “Another host”), "
            "or set LABELSVC_BASE_URL back.",
            hosts=", ".join(lost),
        )
    return " ".join((settings.host, *settings.former_hosts))


def messages(settings: Settings, database: Database) -> str:
    """Tell the state of the outbox. :raises Doubt: messages wait that nobody sends, or were not taken."""
    with database.reading() as session:
        found = overview.standing(session)
    if found.stuck:
        raise Doubt(
            "{count} messages wait longer than {minutes} minutes past their time.",
            fix="See that a worker runs and that the mail server answers: labelsvc messages test --to ADDRESS.",
            count=found.stuck,
            minutes=int(overview.PATIENCE.total_seconds() // 60),
        )
    if found.failed:
        raise Doubt(
            "{count} messages of the last 30 days were not taken.",
            fix="The office sees why, and sends them again: {url}.",
            count=found.failed,
            url=f"{settings.base_url}/office/messages",
        )
    if not settings.channels:
        return base.say("none are sent; no channel is set")
    return base.say(
        "{channels}; sent in 30 days: {sent}, waiting: {waiting}",
        channels=", ".join(settings.channels),
        sent=found.sent,
        waiting=found.waiting,
    )
