"""Drawings of crafts, textiles and flowers."""

from __future__ import annotations

import math

from labelsvc.demo.brush import Brush, tone
from labelsvc.demo.drawings import motif


@motif("vase")
def vase(b: Brush) -> None:
    b.shadow(200, 58, 52)
    for x, y, angle in ((182, 232, 118), (218, 236, 66), (200, 240, 92), (168, 215, 140)):
        b.line([(200, 205), ((200 + x) / 2, 222), (x, y)], tone(120, 30, 32), 2.5)
        b.leaf(x, y, 22, angle, tone(125, 35, 42))
    b.petals(178, 246, 15, 5, tone(345, 60, 72))
    b.petals(224, 250, 13, 5, tone(345, 65, 78))
    profile = [(30, 56), (48, 90), (60, 130), (46, 172), (20, 196), (26, 212)]
    b.turned(200, profile, tone(b.hue, 38, 62), tone(b.hue, 40, 34, 0.45))
    for index in range(5):
        x = 162 + index * 19
        b.line(
            [(x - 8, 128), (x, 142), (x + 8, 128), (x, 114), (x - 8, 128)], tone(b.hue, 55, 30), 1.6
        )
    b.line([(142, 152), (200, 146), (258, 152)], tone(b.hue, 55, 30), 2)
    b.line([(146, 104), (200, 98), (254, 104)], tone(b.hue, 55, 30), 2)


@motif("teaset")
def teaset(b: Brush) -> None:
    b.shadow(170, 66, 78)
    body, dark, blue = tone(b.hue, 25, 90), tone(b.hue, 30, 45, 0.35), tone(b.hue, 60, 36)
    b.line([(236, 150), (272, 152), (270, 104), (228, 96)], body, 11)
    b.blob([(108, 112), (84, 138), (66, 166), (80, 168), (104, 144), (122, 132)], body)
    b.turned(170, [(40, 64), (66, 88), (70, 122), (48, 152), (30, 158)], body, dark)
    b.turned(170, [(32, 158), (26, 168), (8, 172), (6, 178), (10, 186)], body, dark)
    b.petals(164, 114, 24, 8, blue)
    b.ellipse(164, 114, 7, 7, tone(48, 70, 62))
    b.line([(112, 92), (164, 82), (224, 92)], blue, 2)
    for x in (290, 345):
        b.shadow(x, 58, 24)
        b.turned(x, [(14, 56), (22, 70), (26, 98)], body, dark)
        b.ellipse(x, 98, 26, 6, tone(95, 40, 45))
        b.line([(x - 20, 80), (x, 76), (x + 20, 80)], blue, 2)


@motif("silk")
def silk(b: Brush) -> None:
    b.shadow(200, 56, 128)
    for row, light in enumerate((40, 50, 60)):
        y = 58 + row * 30
        b.box(92 + row * 6, y, 190 - row * 8, 30, tone(b.hue, 52, light), 14)
        b.line([(112, y + 9), (190, y + 7), (262, y + 9)], tone(b.hue, 55, light - 12), 1.6)
        b.line([(108, y + 19), (190, y + 17), (262, y + 19)], tone(b.hue, 60, light + 16), 1.6)
    for index in range(4):  # a scarf let fall over the stack
        x = 176 + index * 22
        b.polygon(
            [(x, 160), (x + 22, 160), (x + 30 + index * 4, 60), (x + 6 + index * 4, 52)],
            tone(b.hue + 10, 58, 74 - index % 2 * 7),
        )
    b.blob(
        [(168, 148), (186, 172), (230, 176), (266, 168), (272, 150), (220, 154)],
        tone(b.hue + 10, 60, 80),
    )
    for x, y in ((196, 132), (236, 118), (212, 96), (254, 88), (230, 70)):
        b.petals(x, y, 9, 6, tone(b.hue, 62, 50))
        b.ellipse(x, y, 2.6, 2.6, tone(48, 80, 66))


@motif("box")
def box(b: Brush) -> None:
    b.shadow(200, 60, 108)
    b.polygon([(100, 64), (268, 64), (268, 140), (100, 140)], tone(b.hue, 62, 30))
    b.polygon([(268, 64), (320, 92), (320, 164), (268, 140)], tone(b.hue, 62, 22))
    b.polygon([(94, 140), (272, 140), (326, 166), (152, 166)], tone(b.hue, 60, 40))
    b.polygon([(94, 140), (272, 140), (272, 154), (94, 154)], tone(b.hue, 60, 36))
    b.polygon([(272, 140), (326, 166), (326, 180), (272, 154)], tone(b.hue, 60, 26))
    b.polygon([(94, 154), (272, 154), (326, 180), (152, 180)], tone(b.hue, 58, 45))
    gold = tone(44, 75, 62)
    b.petals(184, 102, 26, 10, gold)
    b.petals(184, 102, 14, 8, tone(44, 60, 80))
    b.line([(112, 76), (112, 128), (256, 128), (256, 76), (112, 76)], tone(44, 70, 60, 0.0), 0.1)
    for x in (120, 248):
        b.leaf(x, 84, 22, 60 if x < 184 else 120, gold)
        b.leaf(x, 122, 22, -60 if x < 184 else 240, gold)
    b.ellipse(184, 147, 7, 5, gold)


@motif("tray")
def tray(b: Brush) -> None:
    b.shadow(200, 74, 150)
    b.blob([(58, 100), (200, 62), (342, 100), (200, 140)], tone(b.hue, 60, 20))
    b.blob([(58, 108), (200, 70), (342, 108), (200, 148)], tone(b.hue, 62, 34))
    b.blob([(82, 109), (200, 79), (318, 109), (200, 140)], tone(b.hue, 66, 26))
    gold = tone(44, 75, 60)
    b.ellipse(256, 116, 18, 8, tone(46, 80, 75))
    b.blob([(130, 104), (158, 116), (196, 108), (214, 116), (208, 100), (170, 92)], gold)
    b.ellipse(146, 106, 2.5, 2, tone(b.hue, 60, 15))
    for x in (160, 174, 188):
        b.line([(x, 98), (x + 5, 104), (x, 110)], tone(20, 70, 45), 1.5)
    b.shadow(200, 150, 30)
    b.turned(200, [(18, 146), (32, 160), (34, 186)], tone(b.hue, 20, 92), tone(b.hue, 30, 40, 0.3))
    b.ellipse(200, 186, 34, 8, tone(80, 45, 45))


@motif("picture")
def picture_frame(b: Brush) -> None:
    b.shadow(200, 62, 120)
    b.box(78, 66, 244, 184, tone(26, 45, 28), 4)
    b.box(92, 80, 216, 156, tone(48, 40, 94), 2)
    b.polygon([(92, 80), (308, 80), (308, 128), (92, 120)], tone(b.hue, 35, 62))
    b.ellipse(258, 196, 18, 18, tone(18, 80, 66))
    b.blob(
        [(104, 122), (140, 164), (180, 138), (226, 174), (294, 126), (290, 114), (110, 114)],
        tone(b.hue, 30, 50),
    )
    b.polygon([(150, 112), (206, 112), (206, 148), (150, 148)], tone(38, 45, 80))
    b.blob([(140, 148), (178, 170), (216, 148), (178, 154)], tone(8, 55, 42))
    for x in (160, 176, 192):
        b.box(x - 4, 114, 8, 22, tone(20, 45, 34), 4)
    for x, y in ((112, 98), (240, 96), (276, 104), (222, 90)):
        b.petals(x, y, 9, 7, tone(340, 65, 74))
        b.ellipse(x, y, 2.5, 2.5, tone(48, 80, 60))


@motif("basket")
def basket(b: Brush) -> None:
    b.shadow(200, 58, 92)
    cane, dark = tone(b.hue, 50, 58), tone(b.hue, 48, 38)
    b.line([(120, 150), (140, 236), (200, 252), (260, 236), (280, 150)], tone(18, 45, 28), 9)
    b.turned(200, [(72, 58), (88, 100), (94, 152)], cane, tone(b.hue, 50, 25, 0.4))
    for row in range(6):
        y = 68 + row * 14
        half = 74 + row * 3.4
        for index in range(12):
            x = 200 - half + (index + (row % 2) * 0.5) * (2 * half / 12)
            b.line([(x, y), (x + half / 13, y + 4), (x + half / 7.5, y)], dark, 2)
    b.ellipse(200, 152, 94, 15, dark)
    b.ellipse(200, 152, 84, 11, tone(b.hue, 40, 26))


@motif("lantern")
def lantern(b: Brush) -> None:
    b.line([(200, 300), (200, 236)], tone(20, 30, 25), 2)
    b.ellipse(200, 150, 130, 110, tone(46, 90, 80, 0.25))
    glow, rib = tone(45, 85, 78), tone(b.hue, 50, 40)
    b.turned(
        200, [(20, 82), (70, 108), (86, 150), (66, 200), (24, 232)], glow, tone(b.hue, 60, 45, 0.35)
    )
    for shift in (-70, -36, 0, 36, 70):
        b.line(
            [(200 + shift * 0.25, 84), (200 + shift * 1.15, 150), (200 + shift * 0.3, 230)], rib, 2
        )
    for y, half in ((104, 64), (128, 82), (152, 86), (178, 78), (204, 60)):
        b.line([(200 - half, y), (200, y - 9), (200 + half, y)], rib, 1.6)
    b.box(178, 228, 44, 9, rib, 3)
    b.box(182, 76, 36, 8, rib, 3)


@motif("fan")
def fan(b: Brush) -> None:
    b.shadow(200, 62, 110)
    for index in range(18):
        one, two = (math.radians(18 + (index + k) * 8) for k in (0, 1))
        light = 88 if index % 2 else 82
        points = [
            (200 + r * math.cos(a), 70 + r * math.sin(a))
            for a, r in ((one, 78), (one, 168), (two, 168), (two, 78))
        ]
        b.polygon(points, tone(b.hue + 40, 45, light))
    for index in range(19):
        angle = math.radians(18 + index * 8)
        b.line(
            [(200, 70), (200 + 84 * math.cos(angle), 70 + 84 * math.sin(angle))],
            tone(30, 45, 38),
            3,
        )
    b.line([(136, 190), (170, 208), (210, 196), (250, 212), (276, 180)], tone(20, 40, 28), 3)
    for x, y in ((150, 200), (182, 206), (214, 198), (246, 208), (268, 188)):
        b.petals(x, y, 10, 5, tone(b.hue, 70, 60))
        b.ellipse(x, y, 3, 3, tone(48, 80, 62))
    b.ellipse(200, 70, 6, 6, tone(20, 40, 25))
    b.line([(200, 66), (206, 50), (200, 36)], tone(b.hue, 70, 42), 3)


@motif("hat")
def hat(b: Brush) -> None:
    b.shadow(200, 66, 140)
    b.line([(120, 96), (150, 50), (200, 40), (250, 50), (280, 96)], tone(340, 55, 62), 7)
    b.polygon([(56, 92), (200, 232), (344, 92)], tone(b.hue, 48, 78))
    b.polygon([(200, 232), (344, 92), (226, 84)], tone(b.hue, 42, 66))
    b.blob([(56, 92), (200, 70), (344, 92), (200, 106)], tone(b.hue, 42, 70))
    for step in range(1, 12):
        part = step / 12
        y, half = 232 - 140 * part, 144 * part
        b.line(
            [(200 - half, y), (200, y - 14 * part), (200 + half, y)], tone(b.hue, 38, 54, 0.8), 1.3
        )
    b.petals(240, 128, 12, 5, tone(345, 65, 66))


@motif("incense")
def incense(b: Brush) -> None:
    b.shadow(200, 58, 78)
    for index in range(27):
        angle = math.radians(52 + index * 2.9)
        foot = (200 + (index - 13) * 1.6, 128)
        middle = (foot[0] + 70 * math.cos(angle), foot[1] + 70 * math.sin(angle))
        tip = (foot[0] + 142 * math.cos(angle), foot[1] + 142 * math.sin(angle))
        b.line([foot, middle], tone(355, 70, 46), 2.4)
        b.line([middle, tip], tone(32, 42, 46), 4.2)
    b.turned(
        200, [(48, 56), (60, 92), (52, 132)], tone(b.hue + 15, 55, 40), tone(b.hue, 60, 18, 0.45)
    )
    b.petals(200, 94, 20, 8, tone(44, 75, 62))
    b.ellipse(200, 132, 52, 9, tone(b.hue + 15, 45, 28))


@motif("comb")
def comb(b: Brush) -> None:
    b.shadow(200, 64, 130)
    horn, dark = tone(b.hue, 48, 34), tone(b.hue, 45, 20)
    for index in range(26):
        b.line([(84 + index * 9.2, 150), (84 + index * 9.2, 84)], horn if index % 3 else dark, 5)
    b.blob([(72, 148), (76, 182), (140, 206), (260, 206), (324, 182), (328, 148), (200, 140)], horn)
    b.blob([(110, 176), (160, 196), (240, 196), (200, 184)], tone(b.hue, 50, 56, 0.6))
    b.petals(200, 170, 14, 6, tone(42, 50, 72, 0.8))


@motif("shirt")
def shirt(b: Brush) -> None:
    b.line([(200, 292), (200, 270), (214, 262)], tone(0, 0, 40), 3)
    silk, dark = tone(b.hue, 46, 52), tone(b.hue, 46, 40)
    b.blob([(164, 250), (118, 226), (88, 128), (110, 120), (150, 190)], dark)
    b.blob([(236, 250), (282, 226), (312, 128), (290, 120), (250, 190)], dark)
    b.polygon(
        [
            (164, 252),
            (236, 252),
            (252, 196),
            (240, 158),
            (268, 40),
            (132, 40),
            (160, 158),
            (148, 196),
        ],
        silk,
    )
    b.polygon([(200, 158), (240, 158), (268, 40), (214, 40)], dark)
    b.box(184, 248, 32, 16, silk, 5)
    b.line([(216, 250), (240, 212), (244, 190)], tone(44, 70, 62), 2.5)
    for x, y in ((170, 96), (182, 76), (160, 66), (176, 120), (196, 58)):
        b.petals(x, y, 9, 6, tone(44, 70, 68))
        b.ellipse(x, y, 2.4, 2.4, tone(b.hue, 50, 40))


@motif("statue")
def statue(b: Brush) -> None:
    b.shadow(200, 52, 80)
    gold, dark = tone(b.hue, 62, 52), tone(b.hue, 60, 36)
    b.box(128, 50, 144, 26, tone(8, 55, 32), 4)
    b.blob([(136, 78), (146, 130), (176, 168), (224, 168), (254, 130), (264, 78), (200, 72)], gold)
    b.blob([(200, 74), (236, 120), (224, 166), (256, 126), (264, 78)], dark)
    b.ellipse(200, 196, 30, 34, tone(36, 45, 74))
    b.blob(
        [(170, 204), (178, 236), (200, 242), (222, 236), (230, 204), (200, 220)], tone(20, 30, 18)
    )
    b.ellipse(200, 246, 10, 9, tone(20, 30, 18))
    for x in (189, 211):
        b.line([(x - 5, 198), (x, 195), (x + 5, 198)], tone(20, 30, 22), 2)
    b.line([(192, 181), (200, 178), (208, 181)], tone(5, 60, 45), 2.4)
    b.line([(148, 150), (206, 168), (270, 160)], tone(28, 50, 26), 6)
    for x in (226, 240, 254):
        b.ellipse(x, 166 - (x - 226) * 0.2, 2, 2, tone(28, 50, 12))


@motif("flower")
def flower(b: Brush) -> None:
    b.shadow(200, 56, 62)
    for x, y in ((150, 190), (200, 220), (250, 192)):
        b.line([(200, 120), ((x + 200) / 2, 150), (x, y)], tone(120, 35, 30), 4)
        b.leaf((x + 200) / 2, 152, 30, 150 if x < 200 else 25, tone(122, 36, 40))
    for x, y, size in ((150, 196, 32), (250, 198, 32), (200, 226, 38)):
        b.petals(x, y, size, 7, tone(b.hue, 66, 56))
        b.petals(x, y, size * 0.72, 6, tone(b.hue, 68, 64))
        b.petals(x, y, size * 0.42, 5, tone(b.hue, 70, 74))
        b.ellipse(x, y, size * 0.12, size * 0.12, tone(b.hue, 70, 42))
    b.turned(200, [(38, 54), (48, 88), (58, 124)], tone(18, 55, 52), tone(14, 60, 24, 0.4))
    b.box(136, 116, 128, 14, tone(18, 55, 58), 4)
