"""Makes the fonts beside this file, and fonts.json: what is used here of four fonts of Streamlit's client.

    python explorer/server/fonts/build.py

needs Streamlit, and fonttools and brotli beside it (`pip install fonttools brotli`). The whole fonts take 773 kB: one
has 4,000 icons, the others the letters of many languages.
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
NAME = "Explorer"  # a changed font must not be called Source (OFL.txt)
# Latin-1, and punctuation, of which plotly and KaTeX write invisible spaces.
ALWAYS = {*range(0x20, 0x7F), *range(0xA0, 0x100), *range(0x2000, 0x2070)}
SIGNS = set(range(0x2000, 0x2C00))


def texts(*kinds: str) -> list[str]:
    """Return our sources of these kinds."""
    return [file.read_text("utf-8") for file in HERE.parents[1].rglob("*") if file.suffix in kinds]


def used() -> set[str]:
    """Return every word of our sources, since some are names of icons, and the icons that Streamlit's sources name."""
    ours = {word for text in texts(".py") for word in re.findall(r"\w+", text)}
    client = (file.read_text("utf-8") for file in STATIC.glob("static/js/*.js"))
    return ours | {name for text in client for name in re.findall(r":material/(\w+)", text)}


def icons(font: TTFont) -> dict:
    """Leave of the icon font what is used; return what to note of it."""
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
    options = subset.Options(layout_closure=False, layout_features=["*"], hinting=False)
    maker = subset.Subsetter(options)
    letters = {glyph for code, glyph in glyph_of.items() if code < 128}
    maker.populate(glyphs=letters | {icons[name] for name in kept})
    maker.subset(font)
    return {"icons": kept}


def letters(font: TTFont) -> dict:
    """Leave of a text font what is always kept and what our sources have; return what it lacks then."""
    kept = ALWAYS | {ord(letter) for text in texts(".py", ".js", ".css", ".toml") for letter in text}
    whole = set(font.getBestCmap())
    # Without what no letter kept has, and what a style sheet would have to ask for, such as small capitals; with
    # the box for a letter of no font.
    options = subset.Options(layout_scripts=["DFLT", "latn"], notdef_outline=True, name_IDs=[*range(15)])
    options.layout_features = ["kern", "mark", "mkmk", "ccmp", "locl", "liga"]
    maker = subset.Subsetter(options)
    maker.populate(unicodes=kept)
    maker.subset(font)
    for record in font["name"].names:
        if record.nameID not in (0, 7):  # copyright and trademark
            record.string = str(record).replace("Source", NAME)
    # Some signs, such as wide spaces, are in neither font: for these the whole one is not to be loaded.
    return {"lacks": ranges(whole - font.getBestCmap().keys(), kept | SIGNS)}


def ranges(codes: set[int], others: set[int]) -> str:
    """Return a unicode-range with these characters, perhaps with some between them, but with none of the others.

    >>> ranges({0x100, 0x102, 0x104, 0x400}, {0x103})
    'U+100-102,U+104,U+400'
    """
    found = []
    for code in sorted(codes):
        if found and code - found[-1][1] < 64 and others.isdisjoint(range(found[-1][1] + 1, code)):
            found[-1][1] = code
        else:
            found.append([code, code])
    return ",".join(f"U+{first:X}-{last:X}" if last > first else f"U+{first:X}" for first, last in found)


def main() -> None:
    fonts = {}
    for name, source, leave in (
        ("icons.woff2", "MaterialSymbols-Rounded", icons),
        ("sans.woff2", "SourceSansVF-Upright", letters),
        ("sans_italic.woff2", "SourceSansVF-Italic", letters),
        ("code.woff2", "SourceCodeVF-Upright", letters),
    ):
        (whole,) = STATIC.glob(f"static/media/{source}.*.woff2")
        font = TTFont(whole)
        noted = leave(font)
        font.flavor = "woff2"
        font.save(HERE / name)
        digest = hashlib.sha256(whole.read_bytes()).hexdigest()
        fonts[name] = {"of": whole.relative_to(STATIC).as_posix(), "sha256": digest} | noted
        print(name, (HERE / name).stat().st_size, "bytes")
    (HERE / "fonts.json").write_text(json.dumps(fonts, indent=1) + "\n")


if __name__ == "__main__":
    main()
