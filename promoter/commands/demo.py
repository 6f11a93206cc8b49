"""`promoter demo`: a whole story on real data in a scratch registry; every number comes from the engine."""

import tempfile
import time
from pathlib import Path

import click

from promoter.commands.judging import Workshop
from promoter.commands.story import Story, add_line, replace_text
from promoter.commands.telling import Teller

MODEL = "lending/mortgage"
PUBLISHED_KEY = "AKIA" + "IOSFODNN7EXAMPLE"
"""The key of AWS's own documentation, which opens nothing; in two parts, so that scanners of this file stay quiet."""
SAMPLES = Path(__file__).resolve().parents[2]


@click.command(help="Tell a whole story on real data in a scratch registry: promote, hold, mend, roll back, audit.")
@click.option("--dir", "folder", type=click.Path(path_type=Path), default=None, help="Where the registry is made.")
@click.option("--samples", type=click.Path(path_type=Path), default=SAMPLES, help="A clone with models/ and policies/.")
def command(*, folder: Path | None, samples: Path) -> None:
    """Play the acts one after the other."""
    started = time.monotonic()
    folder = folder or Path(tempfile.mkdtemp(prefix="promoter-demo-")) / "registry"
    story = Story(folder=folder, samples=samples, workshop=Workshop(cache=folder.parent / "cache"))
    teller = Teller()
    teller.open(folder)
    _champion(story, teller)
    _held_challenger(story, teller)
    _held_texts(story, teller)
    merge = _mended_challenger(story, teller)
    _incident(story, teller, merge)
    _audit(story, teller)
    story.writer.check_out("main")
    teller.close(folder, seconds=time.monotonic() - started)


def _champion(story: Story, teller: Teller) -> None:
    """Acts 1 to 3: a first version on its way to production."""
    teller.act(
        "A first model is registered",
        "1.0.0 predicts mortgage approvals from 1,989 real applications of 1990, with race and sex held for fairness.",
    )
    head, _, view = story.propose("Register 1.0.0", story.version(MODEL, "1.0.0"), days=0)
    teller.verdict(view)
    teller.landed(story.merge(head, "Register lending/mortgage@1.0.0"))
    for stage, days, ticket, text in (
        ("staging", 1, None, "A pull request writes stages/staging.yaml, and nothing else."),
        (
            "production",
            1,
            "CHG-1",
            "Two weeks later. Its pointer names CHG-1, a change record that risk agreed to first.",
        ),
    ):
        if ticket is not None:
            risks = "A good application may be ranked low; an underwriter decides every one."
            story.agree(ticket, f"{MODEL}@1.0.0 to production", risk_assessment=risks, days=13)
        teller.act(f"1.0.0 moves to {stage}", text)
        files = story.pointer(MODEL, stage, "1.0.0", ticket=ticket)
        head, _, view = story.propose(f"Promote 1.0.0 to {stage}", files, days=days)
        teller.verdict(view)
        teller.landed(story.merge(head, f"Promote lending/mortgage#{stage} to 1.0.0"))


def _held_challenger(story: Story, teller: Teller) -> None:
    """Act 4: a better AUC that is paid for by one group and one slice."""
    teller.act(
        "A challenger with a better AUC is held",
        "2.0.0 adds tract income, the number of units and delinquency flags: better overall, but not for everybody.",
    )
    files = {**story.version(MODEL, "2.0.0"), **story.pointer(MODEL, "staging", "2.0.0")}
    _, _, view = story.propose("Register 2.0.0 and promote it to staging", files, days=30)
    teller.verdict(view)
    teller.say("The pull request is not merged. Its author closes it and trains again.")


def _held_texts(story: Story, teller: Teller) -> None:
    """Acts 5 and 6: the mended version, held for what is no statistic; each time one file differs from the sample."""
    files = story.version(MODEL, "2.1.0")
    teller.act(
        "Security: a key in the design notes",
        "2.1.0 drops what stood for the neighbourhood. Its author pasted an access key into the notes.",
    )
    leaked = add_line(files, "design-notes.md", f"To train it again: `export AWS_ACCESS_KEY_ID={PUBLISHED_KEY}`.")
    teller.verdict(story.propose("Register 2.1.0", leaked, days=7)[2])
    teller.say("Remedy: the key is revoked first, then its line leaves file and branch.")
    teller.act(
        "Documentation: a number that nobody measured",
        "The key is gone. But the model card claims an AUC that rounds up generously.",
    )
    row = "| ROC AUC (n = 995) | 0.749 | 0.832 |"
    flattered = replace_text(files, "model-card.md", f"{row} 0.831 |", f"{row} 0.850 |")
    teller.verdict(story.propose("Register 2.1.0 without the key", flattered, days=1)[2])
    teller.say("Remedy: the card states what was measured, to as many digits as its author likes.")


def _mended_challenger(story: Story, teller: Teller) -> str:
    """Acts 7 and 8: the sample's own files, from registration to production. Returns the merge to production."""
    merge = ""
    mended = story.version(MODEL, "2.1.0")
    for stage, files, days, ticket, text in (
        ("staging", mended, 3, None, "No key, no invented number: registered and promoted in one."),
        (
            "production",
            {},
            1,
            "CHG-2",
            "Two weeks later: signature, test suites and the change record CHG-2 count too.",
        ),
    ):
        if ticket is not None:
            risks = "The ratio by race is just above its bound; it is watched from the first day."
            story.agree(ticket, f"{MODEL}@2.1.0 to production", risk_assessment=risks, days=13)
        teller.act(f"The mended challenger moves to {stage}", text)
        moved = {**files, **story.pointer(MODEL, stage, "2.1.0", ticket=ticket)}
        head, _, view = story.propose(f"Promote 2.1.0 to {stage}", moved, days=days)
        teller.verdict(view)
        landed = story.merge(head, f"Promote lending/mortgage#{stage} to 2.1.0")
        teller.landed(landed)
        merge = landed.commit
    return merge


def _incident(story: Story, teller: Teller, merge: str) -> None:
    """Act 9: production hurts, and one revert brings the last good version back."""
    teller.act(
        "An incident, and a revert",
        "Underwriters report refusals that nobody can explain. The person on call presses Revert on the merged"
        " pull request; the engine sees a return to a version that held the stage, and asks only what is needed.",
    )
    head, _, view = story.revert(merge, 'Revert "Promote 2.1.0 to production"', days=3)
    teller.verdict(view)
    teller.landed(story.merge(head, "Roll lending/mortgage#production back to 1.0.0"))
    teller.history(story.folder, MODEL, "production")


def _audit(story: Story, teller: Teller) -> None:
    """Act 11: the history is held against the records, before and after a push that nobody judged."""
    teller.act(
        "Did anybody go around the gate?",
        "Every record names the one before it, and holds what was measured and who agreed: each decision is made again"
        " from it, under the policies of that day.",
    )
    teller.audit(story.folder)
    story.push(story.pointer(MODEL, "production", "2.1.0"), "Put 2.1.0 back", days=1)
    teller.pause()
    teller.say("A day later somebody who may bypass the rules puts 2.1.0 back, by a push:")
    teller.audit(story.folder)
    teller.pause()
    teller.say("`promoter resolve` and `pull` now refuse to answer for production.")
