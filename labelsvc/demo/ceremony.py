"""Root keys and the first trust manifest of the demo. Real ones are made offline, by three people."""

from __future__ import annotations

import json
from pathlib import Path

from labelsvc.codes.register.keys import keyring_of
from labelsvc.codes.trust import roots, store
from labelsvc.db import Database
from labelsvc.settings import Settings

#: Published, as every secret of the demo: its roots protect nothing.
PASSPHRASE = "khoa-goc-cua-ban-mau"  # noqa: S105
#: Folder of the roots in the demo.
ROOTS = "khoa-goc"
#: Opening a root takes half a second for real ones; nobody attacks these.
_COST = 1 << 14


def hold(database: Database, settings: Settings, folder: Path) -> None:
    """Make three roots in *folder* and publish a manifest that two of them signed."""
    folder.mkdir(exist_ok=True)
    made = [roots.make_root() for _ in range(3)]
    for number, root in enumerate(made, 1):
        text = roots.seal_root(root, PASSPHRASE, cost=_COST)
        (folder / f"root-{number}.json").write_text(text, encoding="utf-8")
    facts = {"threshold": 2, "roots": [root.public.hex() for root in made]}
    (folder / "roots.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    with database.writing() as session:
        ring = keyring_of(session, settings)
        manifest = store.draft(
            session, ring, secrets=settings.keys, roots=[root.public for root in made]
        )
        manifest = manifest.sign(made[0]).sign(made[1])
        store.publish_manifest(session, manifest, host=ring.host)
