"""Drawings of food, drinks and herbs."""

from __future__ import annotations

import math

from labelsvc.demo.brush import Brush, tone
from labelsvc.demo.drawings import motif


def _label(b: Brush, x: float, y: float, w: float, h: float) -> None:
    """A paper label with two lines on a pack."""
    b.box(x - w / 2, y - h / 2, w, h, tone(45, 40, 95), 3)
    b.box(x - w * 0.32, y + h * 0.1, w * 0.64, h * 0.13, tone(b.hue, 45, 38), 1)
    b.box(x - w * 0.22, y - h * 0.18, w * 0.44, h * 0.08, tone(b.hue, 25, 60), 1)


@motif("cake")
def cake(b: Brush) -> None:
    b.shadow(200, 58, 130)
    b.blob([(66, 74), (200, 52), (334, 74), (200, 98)], tone(25, 35, 42))
    for x, y in ((118, 84), (182, 76), (246, 82), (150, 112), (214, 106), (182, 138)):
        b.polygon([(x, y), (x + 56, y), (x + 56, y + 24), (x, y + 24)], tone(b.hue, 55, 52))
        b.polygon(
            [(x, y + 24), (x + 56, y + 24), (x + 66, y + 33), (x + 10, y + 33)], tone(b.hue, 55, 66)
        )
        b.polygon(
            [(x + 56, y), (x + 66, y + 9), (x + 66, y + 33), (x + 56, y + 24)], tone(b.hue, 55, 40)
        )
        for dx, dy in ((12, 8), (30, 15), (44, 6), (22, 18)):
            b.ellipse(x + dx, y + dy, 3, 2.2, tone(42, 60, 80))
    b.leaf(96, 96, 44, 70, tone(110, 40, 40))
    b.leaf(92, 92, 38, 110, tone(110, 38, 48))


@motif("bottle")
def bottle(b: Brush) -> None:
    for x, scale in ((155, 0.88), (232, 1.0)):
        b.shadow(x, 58, 40 * scale)
        heights = [(34, 56), (38, 66), (38, 138), (30, 158), (12, 178), (12, 214)]
        profile = [(r * scale, 56 + (y - 56) * scale) for r, y in heights]
        b.turned(x, profile, tone(b.hue, 68, 40), tone(b.hue, 70, 18, 0.5))
        b.box(x - 15 * scale, 56 + 158 * scale, 30 * scale, 16 * scale, tone(5, 55, 36), 3)
        _label(b, x, 56 + 48 * scale, 64 * scale, 58 * scale)
    for x, y in ((292, 66), (316, 62), (304, 80)):
        b.ellipse(x, y, 13, 12, tone(b.hue + 4, 75, 60))
        b.ellipse(x - 4, y + 4, 3, 3, tone(b.hue, 70, 85))


@motif("oil")
def oil(b: Brush) -> None:
    b.shadow(200, 58, 44)
    for angle, length in ((112, 150), (98, 168), (84, 160), (70, 146)):
        b.leaf(272, 64, length, angle, tone(95, 40, 46))
    b.turned(
        190,
        [(38, 56), (40, 64), (40, 128), (28, 146), (15, 152), (15, 162)],
        tone(28, 70, 34),
        tone(20, 70, 14, 0.5),
    )
    b.box(172, 160, 36, 30, tone(0, 0, 16), 4)
    b.turned(190, [(10, 190), (13, 206), (9, 224)], tone(0, 0, 22), tone(0, 0, 8, 0.4))
    _label(b, 190, 96, 66, 54)


@motif("milk")
def milk(b: Brush) -> None:
    b.shadow(200, 58, 110)
    b.box(92, 58, 150, 104, tone(b.hue, 62, 64), 5)
    b.box(92, 136, 150, 26, tone(b.hue, 60, 52), 5)
    _label(b, 167, 98, 104, 58)
    for x, y in ((262, 60), (300, 60), (281, 82)):
        b.box(x - 17, y, 34, 21, tone(46, 65, 84), 4)
        b.line([(x - 14, y + 15), (x, y + 11), (x + 14, y + 15)], tone(40, 55, 66), 2)
    b.turned(
        320,
        [(18, 84), (20, 92), (20, 140), (12, 158), (12, 172)],
        tone(210, 30, 96),
        tone(210, 30, 60, 0.3),
    )


@motif("yoghurt")
def yoghurt(b: Brush) -> None:
    for x, y in ((130, 62), (270, 62), (200, 52)):
        b.shadow(x, y, 46)
        b.turned(
            x,
            [(36, y), (40, y + 30), (50, y + 104)],
            tone(b.hue, 30, 96),
            tone(b.hue, 35, 55, 0.35),
        )
        b.turned(x, [(40.5, y + 34), (46, y + 82)], tone(b.hue, 62, 56), tone(b.hue, 70, 30, 0.4))
        b.ellipse(x, y + 58, 17, 17, tone(b.hue, 25, 97))
        b.petals(x, y + 58, 11, 5, tone(b.hue + 140, 50, 52))
        b.ellipse(x, y + 106, 51, 11, tone(b.hue, 20, 88))
        b.ellipse(x, y + 107, 44, 8, tone(b.hue, 25, 96))


@motif("tea")
def tea(b: Brush) -> None:
    b.shadow(160, 58, 70)
    b.polygon([(100, 58), (222, 58), (228, 210), (94, 210)], tone(b.hue, 38, 34))
    b.polygon([(94, 210), (228, 210), (222, 232), (100, 232)], tone(b.hue, 38, 28))
    _label(b, 161, 128, 92, 96)
    for angle in (50, 90, 130):
        b.leaf(161, 150, 22, angle, tone(b.hue, 45, 45))
    b.shadow(292, 58, 50)
    b.turned(292, [(26, 56), (44, 74), (50, 112)], tone(50, 20, 96), tone(b.hue, 20, 50, 0.3))
    b.ellipse(292, 112, 50, 11, tone(70, 55, 56))
    b.ellipse(292, 112, 42, 8, tone(72, 60, 48))
    for shift in (-12, 8):
        b.line(
            [(292 + shift, 130), (300 + shift, 150), (288 + shift, 168), (298 + shift, 190)],
            tone(0, 0, 100, 0.6),
            4,
        )


@motif("lotus")
def lotus(b: Brush) -> None:
    b.shadow(200, 60, 110)
    b.blob([(70, 74), (200, 54), (330, 74), (200, 96)], tone(130, 32, 42))
    for angle, length, light in (
        (160, 96, 74),
        (20, 96, 74),
        (138, 112, 80),
        (42, 112, 80),
        (118, 120, 85),
        (62, 120, 85),
        (90, 124, 90),
    ):
        b.leaf(200, 84, length, angle, tone(b.hue, 62, light))
    for angle in (150, 30, 122, 58):
        b.leaf(200, 82, 70, angle, tone(b.hue, 60, 88))
    b.turned(200, [(10, 92), (24, 112), (26, 122)], tone(60, 55, 60), tone(60, 50, 35, 0.3))
    for x in (186, 200, 214):
        b.ellipse(x, 122, 3, 2, tone(90, 45, 35))
    for x, y in ((96, 66), (112, 60), (290, 62), (304, 68), (276, 58), (128, 56)):
        b.leaf(x, y, 18, 15 + x % 40, tone(95, 30, 26))


@motif("noodles")
def noodles(b: Brush) -> None:
    b.shadow(200, 58, 128)
    for shift, light in ((0, 60), (10, 66), (20, 72)):
        for index in range(9):
            y = 66 + index * 9 + shift * 0.6
            b.line(
                [(90 + shift, y), (140, y + 14), (200, y + 2), (262, y + 15), (316 - shift, y)],
                tone(b.hue, 58, light - index % 3 * 5),
                6,
            )
    b.box(182, 60, 36, 104, tone(4, 58, 42), 3)
    _label(b, 200, 112, 30, 70)


@motif("com")
def com(b: Brush) -> None:
    b.shadow(200, 58, 130)
    for tilt in (12, 58, 102, 146, 170):
        b.leaf(200, 66, 138, tilt, tone(120, 34, 34 + tilt % 13))
    b.blob(
        [(100, 82), (140, 132), (200, 148), (262, 130), (300, 82), (200, 64)], tone(b.hue, 45, 60)
    )
    for index in range(90):
        angle = index * 2.39996
        radius = 9.2 * math.sqrt(index)
        x, y = 200 + radius * math.cos(angle), 104 + radius * 0.4 * math.sin(angle)
        b.ellipse(x, y, 5, 3, tone(b.hue, 48, 54 + index % 5 * 6))
    b.line([(104, 70), (190, 92), (300, 66)], tone(48, 50, 58), 3)


@motif("sausage")
def sausage(b: Brush) -> None:
    b.shadow(190, 58, 120)
    b.box(70, 66, 200, 66, tone(b.hue, 38, 34), 30)
    for x in (100, 140, 180, 220):
        b.line([(x, 67), (x + 8, 99), (x, 131)], tone(46, 50, 66), 3)
    b.line([(74, 99), (170, 104), (266, 99)], tone(b.hue, 38, 26), 1.6)
    for x, y in ((292, 66), (320, 84)):
        b.ellipse(x, y + 24, 30, 32, tone(b.hue, 36, 40))
        b.ellipse(x, y + 24, 26, 28, tone(20, 42, 84))
        for dx, dy in ((-8, 10), (6, -6), (10, 12), (-12, -8), (0, 2)):
            b.ellipse(x + dx, y + 24 + dy, 2.4, 2, tone(18, 35, 70))


@motif("rice")
def rice(b: Brush) -> None:
    b.shadow(180, 58, 88)
    b.blob(
        [(98, 62), (92, 150), (112, 214), (180, 222), (248, 214), (268, 150), (262, 62), (180, 54)],
        tone(b.hue, 30, 86),
    )
    b.blob([(180, 56), (262, 64), (268, 150), (248, 214), (226, 160)], tone(b.hue, 28, 76))
    b.polygon([(118, 216), (242, 216), (232, 244), (128, 244)], tone(b.hue, 28, 80))
    b.box(116, 210, 128, 9, tone(8, 55, 42), 4)
    _label(b, 178, 134, 98, 78)
    b.turned(318, [(22, 56), (38, 72), (42, 92)], tone(20, 45, 46), tone(15, 50, 20, 0.4))
    for index in range(60):
        angle, radius = index * 2.39996, 4.6 * math.sqrt(index)
        b.ellipse(
            318 + radius * math.cos(angle),
            96 + radius * 0.4 * math.sin(angle) + max(0, 8 - radius * 0.3),
            4,
            2,
            tone(50, 40, 90 - index % 4 * 4),
        )


@motif("fruit")
def fruit(b: Brush) -> None:
    b.shadow(200, 56, 120)
    for x, y, size in ((142, 112, 56), (262, 108, 52)):
        b.blob(
            [
                (x - size, y - 8),
                (x - size * 0.5, y + size * 0.72),
                (x, y + size * 0.95),
                (x + size * 0.5, y + size * 0.72),
                (x + size, y - 8),
                (x, y - size),
            ],
            tone(b.hue, 60, 52),
        )
        b.blob(
            [
                (x + size * 0.2, y - size * 0.9),
                (x + size, y - 8),
                (x + size * 0.5, y + size * 0.7),
                (x + size * 0.62, y - 6),
            ],
            tone(b.hue + 12, 58, 40, 0.7),
        )
        b.line([(x, y + size * 0.9), (x + 3, y + size * 1.15)], tone(30, 40, 30), 5)
        b.leaf(x + 3, y + size * 1.08, 46, 24, tone(115, 40, 36))
    b.ellipse(206, 82, 40, 34, tone(b.hue, 45, 80))
    b.ellipse(206, 82, 34, 28, tone(40, 75, 76))
    for index in range(10):
        angle = index * math.pi / 5
        b.line(
            [(206, 82), (206 + 32 * math.cos(angle), 82 + 26 * math.sin(angle))],
            tone(46, 60, 92),
            2.4,
        )


@motif("mushroom")
def mushroom(b: Brush) -> None:
    b.shadow(200, 58, 130)
    for x, y, size in (
        (120, 64, 0.8),
        (284, 66, 0.85),
        (200, 60, 1.15),
        (160, 54, 0.55),
        (242, 54, 0.55),
    ):
        b.turned(
            x,
            [(15 * size, y), (12 * size, y + 30 * size), (17 * size, y + 62 * size)],
            tone(40, 35, 84),
            tone(30, 30, 50, 0.35),
        )
        b.blob(
            [
                (x - 58 * size, y + 54 * size),
                (x - 40 * size, y + 96 * size),
                (x, y + 112 * size),
                (x + 40 * size, y + 96 * size),
                (x + 58 * size, y + 54 * size),
                (x, y + 62 * size),
            ],
            tone(b.hue, 45, 34),
        )
        for dx, dy in ((-24, 82), (2, 96), (24, 80), (-4, 74)):
            b.ellipse(x + dx * size, y + dy * size, 5 * size, 3 * size, tone(b.hue, 35, 60, 0.7))


@motif("honey")
def honey(b: Brush) -> None:
    b.shadow(180, 58, 64)
    b.turned(
        180,
        [(52, 56), (60, 70), (60, 150), (46, 172), (44, 182)],
        tone(b.hue, 88, 50),
        tone(24, 85, 28, 0.45),
    )
    b.box(130, 178, 100, 30, tone(28, 50, 30), 5)
    _label(b, 180, 112, 92, 60)
    for x, y in ((286, 92), (312, 107), (286, 122), (260, 107), (312, 77)):
        points = [
            (x + 15 * math.cos(math.radians(a)), y + 15 * math.sin(math.radians(a)))
            for a in range(30, 390, 60)
        ]
        b.polygon(points, tone(b.hue, 85, 58))
        inner = [
            (x + 10 * math.cos(math.radians(a)), y + 10 * math.sin(math.radians(a)))
            for a in range(30, 390, 60)
        ]
        b.polygon(inner, tone(b.hue - 8, 88, 44))
    b.ellipse(292, 176, 12, 8, tone(46, 85, 52))
    for dx in (-5, 2, 8):
        b.line([(292 + dx, 169), (293 + dx, 183)], tone(20, 40, 14), 2.5)
    b.ellipse(286, 188, 8, 5, tone(200, 30, 92, 0.8))
    b.ellipse(299, 188, 8, 5, tone(200, 30, 92, 0.8))
