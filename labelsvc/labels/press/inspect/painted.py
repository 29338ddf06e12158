"""Painted: reads what a finished PDF paints with; every operator of pages, forms, patterns and pictures is
looked at.

Gives facts and faults; `press_check` decides what they mean for the job.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import pikepdf

#: A fault found while walking: code, page, facts.
Fault = tuple[str, int, tuple[tuple[str, Any], ...]]

_FILL = frozenset(["f", "F", "f*", "B", "B*", "b", "b*"])
_STROKE = frozenset(["S", "s", "B", "B*", "b", "b*"])
_SHOWING = frozenset(("Tj", "TJ", "'", '"'))
_DEVICE = {
    "/DeviceRGB": "rgb",
    "/RGB": "rgb",
    "/CalRGB": "rgb",
    "/DeviceCMYK": "cmyk",
    "/CMYK": "cmyk",
    "/DeviceGray": "grey",
    "/G": "grey",
    "/CalGray": "grey",
    "/Lab": "lab",
    "/Pattern": "pattern",
}
_OPERATOR = {"rg": "rgb", "RG": "rgb", "k": "cmyk", "K": "cmyk", "g": "grey", "G": "grey"}
#: From this K on, and this C + M + Y on, black is made of four plates.
_RICH_K, _RICH_CMY = 0.7, 0.3


@dataclass
class Walked:
    """`kinds`: rgb, cmyk, grey, lab, as far as used; `spots`: names of separations."""

    kinds: set[str] = field(default_factory=set)
    plates: set[str] = field(default_factory=set)
    spots: set[str] = field(default_factory=set)
    faults: dict[Fault, None] = field(default_factory=dict)
    overprints: bool = False
    masks: int = 0


@dataclass(frozen=True)
class _State:
    kind: str = "grey"
    values: tuple[float, ...] = (0.0,)
    spots: tuple[str, ...] = ()
    stroke_kind: str = "grey"
    stroke_values: tuple[float, ...] = (0.0,)
    overprint: bool = False
    mode: int = 0


def walk(document: pikepdf.Pdf, pages: Collection[int]) -> Walked:
    """Look at the given pages (numbers from 1) and all that they draw."""
    walked = Walked()
    walker = _Walker(walked)
    for number in sorted(pages):
        page = document.pages[number - 1]
        walker.page = number
        group: Any = page.obj.get("/Group")
        if group is not None and "/CS" in group:
            walker.space(group.CS, page.obj.get("/Resources"), "group")
        walker.stream(page, page.obj.get("/Resources"), _State())
    return walked


class _Walker:
    def __init__(self, walked: Walked) -> None:
        self.walked = walked
        self.page = 0
        self.seen: set[tuple[Any, ...]] = set()

    def fault(self, code: str, **facts: Any) -> None:
        known = any(row[0] == code and row[2] == tuple(facts.items()) for row in self.walked.faults)
        if not known:
            self.walked.faults[code, self.page, tuple(facts.items())] = None

    def stream(self, holder: Any, resources: Any, state: _State) -> None:
        """All operators of a page, form or tile."""
        stack: list[_State] = []
        for instruction in pikepdf.parse_content_stream(holder):
            operands: Any = instruction.operands
            name = str(instruction.operator)
            if name == "q":
                stack.append(state)
            elif name == "Q":
                state = stack.pop() if stack else state
            elif name in _OPERATOR:
                state = self._plain(state, name, operands)
            elif name in ("cs", "CS"):
                kind, spots = self.space(operands[0], resources, "colour")
                if name == "cs":
                    state = replace(state, kind=kind, spots=spots, values=())
                else:
                    state = replace(state, stroke_kind=kind, stroke_values=())
            elif name in ("sc", "scn", "SC", "SCN"):
                state = self._chosen(state, name, operands, resources)
            elif name == "gs":
                state = self._gs(state, _get(resources, "/ExtGState", operands[0]))
            elif name == "Tr":
                state = replace(state, mode=int(operands[0]))
            elif name == "sh":
                shading = _get(resources, "/Shading", operands[0])
                if shading is not None:
                    self.space(shading.ColorSpace, resources, "shading")
            elif name == "Do":
                self._xobject(_get(resources, "/XObject", operands[0]), resources, state)
            elif name == "INLINE IMAGE":
                self._inline(operands[0], resources, state)
            elif name in _SHOWING:
                if state.mode in (0, 2, 4, 6):
                    self._painted(state, words=True)
            elif name in _FILL or name in _STROKE:
                self._painted(state, fill=name in _FILL)

    def _plain(self, state: _State, name: str, operands: Any) -> _State:
        kind, values = _OPERATOR[name], tuple(float(v) for v in operands)
        self._kind(kind, "colour", values)
        if name.islower():
            return replace(state, kind=kind, values=values, spots=())
        return replace(state, stroke_kind=kind, stroke_values=values)

    def _chosen(self, state: _State, name: str, operands: Any, resources: Any) -> _State:
        values = tuple(float(v) for v in operands if not isinstance(v, pikepdf.Name))
        if operands and isinstance(operands[-1], pikepdf.Name):
            self._pattern(_get(resources, "/Pattern", operands[-1]), resources, state)
        if name.islower():
            if state.kind == "cmyk" and values:
                self._kind("cmyk", "colour", values)
            return replace(state, values=values)
        if state.stroke_kind == "cmyk" and values:
            self._kind("cmyk", "colour", values)
        return replace(state, stroke_values=values)

    def _gs(self, state: _State, found: Any) -> _State:
        if found is None:
            return state
        if float(found.get("/ca", 1)) < 1 or float(found.get("/CA", 1)) < 1:
            self.fault("transparency", what="alpha")
        blend = found.get("/BM", pikepdf.Name.Normal)
        if str(blend) not in ("/Normal", "/Compatible"):
            self.fault("transparency", what="blend mode")
        if str(found.get("/SMask", "/None")) != "/None":
            self.fault("transparency", what="soft mask")
        if "/op" in found or "/OP" in found:
            state = replace(state, overprint=bool(found.get("/op", found.get("/OP"))))
        return state

    def _painted(self, state: _State, *, words: bool = False, fill: bool = True) -> None:
        kind = state.kind if fill or words else state.stroke_kind
        values = state.values if fill or words else state.stroke_values
        white = (kind == "cmyk" or (kind == "spot" and fill)) and values and not any(values)
        white = white or (kind in ("grey", "rgb") and values and min(values) == 1)
        if state.overprint and white:
            self.fault("white_overprints")
        self.walked.overprints = self.walked.overprints or (state.overprint and not white)
        rich = kind == "cmyk" and values[3:] >= (_RICH_K,) and sum(values[:3]) >= _RICH_CMY
        if words and rich:
            self.fault("rich_words")

    def _xobject(self, found: Any, resources: Any, state: _State) -> None:
        if found is None:
            return
        if found.get("/Subtype") == pikepdf.Name.Image:
            if found.get("/ImageMask"):
                self._mask(state)
            elif self._first(found):
                if "/ColorSpace" in found:
                    self.space(found.ColorSpace, resources, "picture")
                if "/SMask" in found:
                    self.fault("transparency", what="soft mask")
        # A form takes over the state it is drawn in.
        elif found.get("/Subtype") == pikepdf.Name.Form and self._first(found, state):
            if "/Group" in found and "/CS" in found.Group:
                self.space(found.Group.CS, resources, "group")
            self.stream(found, found.get("/Resources", resources), state)

    def _inline(self, image: Any, resources: Any, state: _State) -> None:
        if image.image_mask:
            self._mask(state)
            return
        space = image.obj.get("/CS", image.obj.get("/ColorSpace"))
        if space is not None:
            self.space(space, resources, "picture")

    def _mask(self, state: _State) -> None:
        self.walked.masks += 1
        self._painted(state)
        one = state.kind == "grey" or (state.kind == "spot" and len(state.spots) == 1)
        if state.kind == "cmyk":
            one = sum(v > 0 for v in state.values) == 1
        if not one:
            self.fault("symbol_inks")

    def _pattern(self, found: Any, resources: Any, state: _State) -> None:
        if found is None or not self._first(found):
            return
        if int(found.get("/PatternType", 0)) == 2:
            self.space(found.Shading.ColorSpace, resources, "shading")
        else:
            self.stream(found, found.get("/Resources", resources), state)

    def space(self, found: Any, resources: Any, use: str) -> tuple[str, tuple[str, ...]]:
        """Kind of a colour space ("rgb", "cmyk", "grey", "lab", "spot", "pattern") and its spots."""
        if isinstance(found, pikepdf.Name):
            kind = _DEVICE.get(str(found))
            if kind is None:
                named = _get(resources, "/ColorSpace", found)
                return ("", ()) if named is None else self.space(named, resources, use)
            if kind != "pattern":
                self._kind(kind, use)
            return kind, ()
        family = str(found[0])
        if family in ("/Indexed", "/I"):
            return self.space(found[1], resources, use)
        if family == "/ICCBased":
            kind = {1: "grey", 3: "rgb", 4: "cmyk"}.get(int(found[1].get("/N", 0)), "")
            self._kind(kind, use)
            return kind, ()
        if family in ("/Separation", "/DeviceN"):
            names = [found[1]] if family == "/Separation" else list(found[1])
            spots = tuple(str(name)[1:] for name in names)
            self.walked.spots |= set(spots) - {"All", "None"}
            self.space(found[2], resources, "likeness")
            return "spot", spots
        if family == "/Pattern":
            if len(found) > 1:
                self.space(found[1], resources, use)
            return "pattern", ()
        kind = _DEVICE.get(family, "")
        self._kind(kind, use)
        return kind, ()

    def _kind(self, kind: str, use: str, values: Iterable[float] = ()) -> None:
        self.walked.kinds.add(kind)
        if kind == "cmyk":
            self.walked.plates |= {n for n, v in zip("CMYK", values, strict=False) if v > 0}
            if use == "picture":
                self.walked.plates |= set("CMYK")
        elif kind == "grey":
            self.walked.plates.add("K")
        elif kind == "rgb":
            self.fault("rgb", use=use)

    def _first(self, found: Any, state: _State | None = None) -> bool:
        key = (found.objgen, state)
        new = key not in self.seen
        self.seen.add(key)
        return new


def _get(resources: Any, kind: str, name: Any) -> Any:
    if resources is None or kind not in resources or str(name) not in resources[kind]:
        return None
    return resources[kind][str(name)]


def unembedded(document: pikepdf.Pdf) -> list[str]:
    """Names of fonts whose outlines are not in the file; a Type 3 font brings its own."""
    missing = []
    for item in document.objects:
        if not isinstance(item, pikepdf.Dictionary) or item.get("/Type") != "/Font":
            continue
        if item.get("/Subtype") in ("/Type3", "/Type0"):
            continue
        described: Any = item.get("/FontDescriptor", {})
        if not any(key in described for key in ("/FontFile", "/FontFile2", "/FontFile3")):
            missing.append(str(item.get("/BaseFont", "/?")).lstrip("/"))
    return sorted(set(missing))


def opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(pdf))
