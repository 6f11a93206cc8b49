"""Rows 11 to 30 of the threat table: what git objects can hold that no honest commit does."""

from tests.hostile.driving import MANIFEST, TEXT_ID, Build, Hostile, entries, files, manifest
from tests.support.registry import FOLDER, MODEL, stage_files
from tests.support.repositories import FILE, LINK, SUBMODULE, RepositoryBuilder

GONE = "1" * 40
"""An object that no repository here holds."""

LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"4" * 64 + b"\nsize 12345\n"


def name(raw: bytes, *, at_end: bool = False) -> Build:
    """Return the proposal of one file of this name in the model's folder."""
    return entries(FOLDER, (FILE, raw, TEXT_ID), at_end=at_end)


def many_files(builder: RepositoryBuilder, base: str) -> str:
    """Return a proposal of 100,001 files."""
    folder = builder.raw_tree([(FILE, b"f%06d" % number, builder.blob("x")) for number in range(100_001)])
    return entries("", (b"40000", b"notes", folder))(builder, base)


def file_beside_folder(builder: RepositoryBuilder, base: str) -> str:
    """Return a proposal of a file `m` and a folder `m`."""
    folder = builder.tree({"x.md": "x"})
    return entries(FOLDER, (FILE, b"m", TEXT_ID), (b"40000", b"m", folder))(builder, base)


def padded_folder(builder: RepositoryBuilder, base: str) -> str:
    """Return a proposal of a folder whose mode has a leading zero."""
    return entries(FOLDER, (b"040000", b"m", builder.tree({"x.md": "x"})))(builder, base)


def moved_pointer(builder: RepositoryBuilder, base: str) -> str:
    """Return a proposal that renames the production pointer to a place that nobody owns."""
    edits: dict[str, bytes | str | None] = {
        f"{FOLDER}/stages/production.yaml": None,
        f"{FOLDER}/stagse/production.yaml": stage_files(production="1.0.0")[f"{FOLDER}/stages/production.yaml"],
    }
    return builder.commit(edits, branch="proposal", onto=[base])


TREES: tuple[Hostile, ...] = (
    Hostile(row=11, name="..", build=name(b".."), path=f"{FOLDER}/..", message="would leave its folder", hint="remove"),
    Hostile(row=11, name=".git", build=name(b".git"), path=f"{FOLDER}/.git", message="for .git", hint="remove"),
    Hostile(
        row=11,
        name=".g<ZWNJ>it",
        build=name(".g\u200cit".encode()),
        path=rf"{FOLDER}/.g\u200cit",
        message="for .git",
        hint="remove",
    ),
    Hostile(row=11, name="git~1", build=name(b"git~1"), path=f"{FOLDER}/git~1", message="for .git", hint="remove"),
    Hostile(
        row=12,
        name="a slash in a name",
        build=name(b"a/../../etc/passwd"),
        path=f"{FOLDER}/a/../../etc/passwd",
        message="a slash inside one name",
        hint="git writes no such tree",
    ),
    Hostile(
        row=13,
        name="one name twice",
        build=entries(FOLDER, (FILE, b"m.yaml", TEXT_ID), (FILE, b"m.yaml", TEXT_ID)),
        path=f"{FOLDER}/m.yaml",
        message="two entries of one name",
        hint="keep one",
    ),
    Hostile(
        row=14,
        name="file and folder of one name",
        build=file_beside_folder,
        path=f"{FOLDER}/m",
        message="two entries of one name",
        hint="keep one",
    ),
    Hostile(
        row=15,
        name="mode 100777",
        build=entries(FOLDER, (b"100777", b"m.md", TEXT_ID)),
        path=f"{FOLDER}/m.md",
        message="mode 100777 is none that git writes",
        hint="use 100644",
    ),
    Hostile(
        row=15,
        name="mode 123456",
        build=entries(FOLDER, (b"123456", b"m.md", TEXT_ID)),
        path=f"{FOLDER}/m.md",
        message="mode 123456 is none that git writes",
        hint="use 100644",
    ),
    Hostile(
        row=15,
        name="mode 040000",
        build=padded_folder,
        path=f"{FOLDER}/m",
        message="mode 040000 is none that git writes",
        hint="write the commit again",
    ),
    Hostile(
        row=16,
        name="a link under models/",
        build=entries(FOLDER, (LINK, b"withdrawn.yaml", TEXT_ID)),
        path=f"{FOLDER}/withdrawn.yaml",
        message="a symbolic link in a governed place",
        hint="commit the file itself",
    ),
    Hostile(
        row=17,
        name="a submodule under models/",
        build=entries(FOLDER, (SUBMODULE, b"other", TEXT_ID)),
        path=f"{FOLDER}/other",
        message="a submodule in a governed place",
        hint="commit the files themselves",
    ),
    Hostile(
        row=18,
        name="twins in case",
        build=files({f"models/{MODEL.upper()}/model.yaml": "x"}),
        path="models/lending",
        message="reads the same as LENDING beside it",
        hint="rename one of them",
    ),
    Hostile(
        row=18,
        name="Models/",
        build=files({"Models/lending/fraud/model.yaml": "x"}),
        path="Models",
        message="reads as the governed folder models/ and is not",
        hint="rename it to models",
    ),
    Hostile(
        row=19,
        name="a name that is not NFC",
        build=name("re\u0301sume\u0301.md".encode()),
        path=rf"{FOLDER}/re\u0301sume\u0301.md",
        message="not in Unicode's composed form (NFC)",
        hint="best in ASCII",
    ),
    Hostile(
        row=20,
        name="bidi override in a name",
        build=name("a\u202elmay.md".encode()),
        path=rf"{FOLDER}/a\u202elmay.md",
        message="U+202E (RIGHT-TO-LEFT OVERRIDE) in the name cannot be seen",
        hint="rename it without it",
    ),
    Hostile(
        row=20,
        name="Cyrillic twin of a model",
        build=files({"models/lending/mortg\u0430ge/model.yaml": "x"}),
        path="models/lending/mortg\u0430ge/model.yaml",
        message="the registry's layout knows no such file",
        hint="names are lower-case a-z, 0-9 and -",
    ),
    Hostile(
        row=21,
        name="workflow command in a name",
        build=name(b"a\n::error::pwned"),
        path=rf"{FOLDER}/a\x0a\x3a\x3aerror\x3a\x3apwned",
        message="U+000A",
        hint="rename it without it",
    ),
    Hostile(
        row=22,
        name="a name that is not UTF-8",
        build=name(b"\xff\xfe.md"),
        path=rf"{FOLDER}/\xff\xfe.md",
        message="its bytes are fffe2e6d64",
        hint="rename it in UTF-8",
    ),
    Hostile(
        row=23,
        name="backslash",
        build=name(rb"a\..\b.yaml"),
        path=rf"{FOLDER}/a\\..\\b.yaml",
        message="a backslash in the name",
        hint="rename it",
    ),
    Hostile(
        row=23,
        name="device of Windows",
        build=name(b"CON.yaml"),
        path=f"{FOLDER}/CON.yaml",
        message="reserved on Windows",
        hint="rename it",
    ),
    Hostile(
        row=23,
        name="trailing dot",
        build=name(b"model."),
        path=f"{FOLDER}/model.",
        message="ends in a dot or space",
        hint="rename it",
    ),
    Hostile(
        row=23,
        name="a name of 300 bytes",
        build=name(b"a" * 300),
        path=f"{FOLDER}/{'a' * 300}",
        message="a name of 300 bytes, at most 255",
        hint="shorten it",
    ),
    Hostile(
        row=25,
        name="manifest of 1 MB",
        build=manifest(b"# " + b"x" * 1_000_000),
        path=MANIFEST,
        message="1,000,002 bytes",
        hint="make the file smaller",
    ),
    Hostile(
        row=26,
        name="100,001 files",
        build=many_files,
        path=".",
        message="more than 100,000 paths change",
        hint="split it into several pull requests",
    ),
    Hostile(
        row=27,
        name="production pointer moved away",
        build=moved_pointer,
        path=f"{FOLDER}/stagse/production.yaml",
        message="'stagse' may be meant as 'stages'",
        hint="rename 'stagse' to 'stages'",
    ),
    Hostile(
        row=28,
        name="manifests marked as generated",
        build=files({".gitattributes": "*.md text\nmodels/** linguist-generated\n"}),
        path=".gitattributes",
        line=2,
        message="gives governed paths the attribute linguist-generated",
        hint="keep only text",
    ),
    Hostile(
        row=28,
        name="attributes below models/",
        build=files({"models/.gitattributes": "* -diff\n"}),
        path="models/.gitattributes",
        message="can hide changes from reviewers",
        hint="remove it",
    ),
    Hostile(
        row=29,
        name="a filter over governed paths",
        build=files({".gitattributes": "*.yaml filter=swap\n"}),
        path=".gitattributes",
        line=1,
        message="gives governed paths the attribute filter=swap",
        hint="keep only text",
    ),
    Hostile(
        row=30,
        name="LFS pointer as manifest",
        build=manifest(LFS),
        path=MANIFEST,
        line=1,
        message="Git LFS",
        hint="commit the file itself",
    ),
)

MISSING = entries(FOLDER, (FILE, b"withdrawn.yaml", GONE))
"""Row 24: a name whose object is nowhere; there is no verdict then."""
