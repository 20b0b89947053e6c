"""Makes icons.woff2 and icons.json beside this file: what is used here of the icon font of Streamlit's client.

    python explorer/server/icons/build.py

needs Streamlit, and fonttools and brotli beside it (`pip install fonttools brotli`). The whole font has 4,000 icons in
375 kB, a fifth of what a first visit loads.
"""

import hashlib
import json
import re
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from streamlit import file_util

HERE = Path(__file__).parent
STATIC = Path(file_util.get_static_dir())


def used() -> set[str]:
    """Return every word of our sources, since some are names of icons, and the icons that Streamlit's sources name."""
    ours = {word for file in HERE.parents[1].rglob("*.py") for word in re.findall(r"\w+", file.read_text("utf-8"))}
    client = (file.read_text("utf-8") for file in STATIC.glob("static/js/*.js"))
    return ours | {name for text in client for name in re.findall(r":material/(\w+)", text)}


def main() -> None:
    (source,) = STATIC.glob("static/media/MaterialSymbols-Rounded.*.woff2")
    font = TTFont(source)
    glyph_of = font.getBestCmap()
    names = {glyph: chr(code) for code, glyph in sorted(glyph_of.items())}  # of both cases the small letter
    icons = {}  # the glyph of each name
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            table = getattr(table, "ExtSubTable", table)
            for first, ligatures in getattr(table, "ligatures", {}).items():
                for one in ligatures:
                    icons["".join(names.get(glyph, "?") for glyph in (first, *one.Component))] = one.LigGlyph
    kept = sorted(used() & icons.keys())
    options = subset.Options(flavor="woff2", layout_closure=False, layout_features=["*"], hinting=False)
    maker = subset.Subsetter(options)
    letters = {glyph for code, glyph in glyph_of.items() if code < 128}
    maker.populate(glyphs=letters | {icons[name] for name in kept})
    maker.subset(font)
    font.flavor = "woff2"
    font.save(HERE / "icons.woff2")
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    made = {"of": source.relative_to(STATIC).as_posix(), "sha256": digest, "icons": kept}
    (HERE / "icons.json").write_text(json.dumps(made, indent=1) + "\n")
    print(len(kept), "icons,", (HERE / "icons.woff2").stat().st_size, "bytes")


if __name__ == "__main__":
    main()
