"""Put the two top-level folders into the wheel. Loaded at build time: standard library only."""

from __future__ import annotations

from pathlib import Path

from setuptools.command.build_py import build_py as _build_py


class build_py(_build_py):
    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            for name in ("templates", "label_layouts"):
                self.copy_tree(name, str(Path(self.build_lib, "labelsvc", name)))
