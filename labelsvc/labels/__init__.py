"""Labels: from a layout file and the facts of a product to ink that can be read back.

The way of a label through the pure modules, each a step that can be tested alone::

    layouts.reading.load(toml)   what goes where, in millimetres
    content.LabelContent         what it says
    drawing.compose(...)         a list of drawing operations, static and per unit
    pdf / preview / zpl          the same list on paper, on screen, on a roll
    preflight.read_back(...)     every symbol of the finished file read again

`fonts` and `library` are the two places that read files; everything else takes values.
"""
