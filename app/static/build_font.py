r"""Build InterAtoll.woff2 from Inter 4.1 (npm ``inter-ui``); for developers, the result is committed.

    npm pack inter-ui@4.1.1 && tar xzf inter-ui-4.1.1.tgz
    uv run --no-project --with 'fonttools[woff]==4.68.0' python \
        app/static/build_font.py package/variable/InterVariable.woff2

The theme cannot set font features, so the tabular digits become the default ones; the optical size axis is pinned and
the character set cut, which leaves about 100 KB.
"""

from __future__ import annotations

import argparse
import io
from pathlib import Path

RANGES = (
    (0x20, 0x7E), (0xA0, 0x17F), (0x2BC, 0x2DD), (0x370, 0x3FF), (0x2010, 0x2044), (0x2070, 0x209C), (0x20A0, 0x20BF),
    (0x2100, 0x214F), (0x2190, 0x21FF), (0x2200, 0x22FF), (0x25A0, 0x25FF),
)  # fmt: skip


def build(source: Path, target: Path) -> int:
    """Write the cut font and return its size in bytes."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    font = TTFont(source)
    tabular = {
        old: new
        for record in font["GSUB"].table.FeatureList.FeatureRecord
        if record.FeatureTag == "tnum"
        for index in record.Feature.LookupListIndex
        for subtable in font["GSUB"].table.LookupList.Lookup[index].SubTable
        for old, new in getattr(subtable, "ExtSubTable", subtable).mapping.items()
    }
    for table in font["cmap"].tables:
        if table.isUnicode():
            for code in range(ord("0"), ord("9") + 1):
                if code in table.cmap:
                    table.cmap[code] = tabular.get(table.cmap[code], table.cmap[code])
    instance = io.BytesIO()
    instantiateVariableFont(font, {"opsz": 14}).save(instance)  # saved and read again: the subsetter needs full tables
    font = TTFont(instance)
    options = Options()
    options.layout_features = ["kern", "mark", "mkmk", "ccmp", "locl"]
    options.flavor = "woff2"
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[code for first, last in RANGES for code in range(first, last + 1)])
    subsetter.subset(font)
    for record in font["name"].names:
        if record.nameID in (1, 4, 16):
            record.string = "Inter Atoll"
        elif record.nameID == 6:
            record.string = "InterAtoll"
    font.flavor = "woff2"
    font.save(target)
    return target.stat().st_size


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path, help="InterVariable.woff2 of npm inter-ui 4.1.1")
    build(parser.parse_args().source, Path(__file__).with_name("InterAtoll.woff2"))
