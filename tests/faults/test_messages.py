"""A few messages under kills; `python -m tests.faults.messages` does a thousand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import messages


def test_no_message_is_lost_by_kills_and_doubled_ones_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(messages.outbox, "LEASE", messages.outbox.LEASE)  # put back afterwards
    settings, database = messages.prepared(tmp_path)
    found = messages.run(settings, database, tmp_path, messages=12, seed=1)
    database.close()
    assert (found.messages, found.lost, found.unseen) == (12, 0, 0)
    assert found.kills > 0
