"""Rows 31 to 41 of the threat table: what a YAML file can say that two readers read differently."""

from tests.hostile.driving import MANIFEST, Hostile, files, manifest, with_lines, with_text
from tests.support.registry import FOLDER, version_files

HEAD = b"schema: promoter.manifest/1\n"
LAUGHS = HEAD + b"a: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: [*b, *b, *b]\n"


def refused(row: int, name: str, content: bytes, line: int | None, message: str, hint: str) -> Hostile:
    """Return the case of a manifest of these bytes."""
    return Hostile(row=row, name=name, build=manifest(content), path=MANIFEST, line=line, message=message, hint=hint)


def mistyped(row: int, name: str, text: tuple[str, str], message: str, hint: str, *, line: int) -> Hostile:
    """Return the case of a valid manifest in which one text is replaced."""
    return Hostile(row=row, name=name, build=with_text(*text), path=MANIFEST, line=line, message=message, hint=hint)


DOCUMENTS: tuple[Hostile, ...] = (
    refused(31, "billion laughs", LAUGHS, 2, "the anchor &a is refused", "write the value out"),
    refused(32, "100,000 brackets", HEAD + b"a: " + b"[" * 100_000, 2, "nested deeper than 32 levels", "flatten"),
    refused(33, "recursive anchor", HEAD + b"a: &a [*a]\n", 2, "the anchor &a is refused", "write the value out"),
    refused(34, "duplicate key", HEAD + b"model: a/b\nmodel: c/d\n", 3, "line 2 gives already", "keep line 2 or"),
    refused(
        35,
        "U+2028 in a line",
        HEAD + "a: x\u2028b: 2\n".encode(),
        2,
        "U+2028 LINE SEPARATOR",
        "use a normal line break",
    ),
    refused(
        35,
        "U+0085 in a line",
        HEAD + "a: x\u0085b: 2\n".encode(),
        2,
        "U+0085 is a line break",
        "use a normal line break",
    ),
    mistyped(36, "version 1.10 unquoted", ('version: "3.0.0"', "version: 1.10"), "the number 1.10", "quote", line=3),
    mistyped(
        37,
        ".nan as a threshold",
        ("threshold: 0.5", "threshold: .nan"),
        ".nan is not a finite number",
        "write a finite number",
        line=8,
    ),
    mistyped(
        37,
        "1e999 as a threshold",
        ("threshold: 0.5", "threshold: 1e999"),
        "1e999 is not finite",
        "write a finite number",
        line=8,
    ),
    mistyped(
        37,
        "5,000 digits",
        ("threshold: 0.5", "threshold: " + "9" * 5000),
        "(5000 characters) is beyond 2**53",
        "quote it",
        line=8,
    ),
    mistyped(
        38,
        "a number as a string",
        ("threshold: 0.5", 'threshold: "0.5"'),
        "expected a number, found the string",
        "remove the quotes: 0.5",
        line=8,
    ),
    mistyped(
        38,
        "true for a number",
        ("threshold: 0.5", "threshold: true"),
        "expected a number, found true",
        "write a number",
        line=8,
    ),
    mistyped(
        38,
        "null for a number",
        ("threshold: 0.5", "threshold: null"),
        "expected a number, found null",
        "write a number",
        line=8,
    ),
    refused(39, "two documents", HEAD + b"---\na: 1\n", 2, "a second document", "keep one document"),
    refused(39, "%TAG", b"%TAG ! tag:x,1:\n---\na: 1\n", 1, "the directive %TAG is refused", "delete the line"),
    refused(39, "python tag", HEAD + b"a: !!python/object/apply:os.system [id]\n", 2, "the tag !!python", "remove it"),
    refused(39, "byte order mark", b"\xef\xbb\xbf" + HEAD, 1, "byte order mark (BOM)", "save it as UTF-8 without BOM"),
    refused(39, "UTF-16", HEAD.decode().encode("utf-16"), 1, "the file is UTF-16", "save it as UTF-8 without BOM"),
    refused(39, "tab as indentation", HEAD + b"a:\n\tb: 1\n", 3, "a tab is used as indentation", "indent with spaces"),
    refused(
        39, "carriage returns alone", b"a: 1\rb: 2\r", 1, "2 lines end in a carriage return alone", "line feed (LF)"
    ),
    refused(39, "NUL", HEAD + b"a: x\0y\n", 2, "NUL character U+0000", "delete it"),
    refused(
        39,
        "lone surrogate",
        HEAD + b"a: \xed\xa0\x80\n",
        2,
        "a lone surrogate at byte offset 31",
        "save the file as UTF-8",
    ),
    refused(39, "empty file", b"", 1, "the document is empty", "write its keys"),
    Hostile(
        row=40,
        name="unknown key near a known one",
        build=with_lines(evidnce="[]"),
        path=MANIFEST,
        line=11,
        message="unknown key 'evidnce'",
        hint="did you mean 'evidence'?",
    ),
    Hostile(
        row=40,
        name="a waiver of one's own",
        build=with_lines(waiver="true"),
        path=MANIFEST,
        line=11,
        message="unknown key 'waiver'",
        hint="valid keys: schema, model, version",
    ),
    mistyped(
        41,
        "another model inside",
        ("model: lending/mortgage", "model: lending/card"),
        "the path says",
        "write model:",
        line=2,
    ),
    mistyped(
        41,
        "another version inside",
        ('version: "3.0.0"', 'version: "3.0.1"'),
        "the path says '3.0.0'",
        "write version:",
        line=3,
    ),
    Hostile(
        row=42,
        name="a merged version with another artifact",
        build=files({f"{FOLDER}/versions/1.0.0/model.safetensors": b"other"}),
        path=f"{FOLDER}/versions/1.0.0/model.safetensors",
        message="changed in version 1.0.0, which is merged and never changes",
        hint="register what you want as a new version",
    ),
    Hostile(
        row=42,
        name="a merged version with another manifest",
        build=files({f"{FOLDER}/versions/1.0.0/manifest.yaml": version_files("3.0.0")[MANIFEST]}),
        path=f"{FOLDER}/versions/1.0.0/manifest.yaml",
        message="changed in version 1.0.0, which is merged and never changes",
        hint="register what you want as a new version",
    ),
    Hostile(
        row=42,
        name="a merged version removed",
        build=files(dict.fromkeys(version_files("1.0.0"))),
        path=f"{FOLDER}/versions/1.0.0/evidence/predictions.csv",
        message="removed from version 1.0.0, which is merged and never changes",
        hint="undo it here",
    ),
)
