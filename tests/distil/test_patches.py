"""What was changed where nobody told it at the end."""

from tests.distil.talk import Talk, words, worked

PATCH = "@@ -1,2 +1,9 @@\n-def old_feed(x):\n+def read_feed(x):" + "\n+    y = x" * 10


def _unreported() -> Talk:
    talk = worked(Talk().says("The board should read the harbour feed, not XML."))
    talk.answers("Now let me replace the XML dump by the harbour feed in the board:")
    talk.edits("feed.py", patch=PATCH)
    return talk.says("Then show the piers in the order of their names, please.")


def test_a_change_that_nobody_reported_is_told_by_its_patch() -> None:
    (patch,) = _unreported().by_rule("patch")

    assert patch.title == "Replace the XML dump by the harbour feed in the board"
    assert "`feed.py`" in patch.body
    assert "read_feed" in patch.body
    assert patch.files == ("feed.py",)
    assert patch.evidence[0].record != patch.evidence[1].record


def test_the_patches_of_a_turn_are_one_memory() -> None:
    talk = worked(Talk().says("The board should read the harbour feed, not XML."))
    for name in ("feed.py", "board.py", "pier.py"):
        talk.answers(f"Let me move the departures of `{name}` to the harbour feed:")
        talk.edits(name, patch=PATCH)
    talk.says("Then show the piers in the order of their names, please.")
    (patch,) = talk.by_rule("patch")

    assert set(patch.files) == {"feed.py", "board.py", "pier.py"}


def test_a_change_that_was_reported_is_told_by_the_report() -> None:
    talk = worked(Talk().says("The board should read the harbour feed, not XML."))
    talk.answers("Now let me replace the XML dump by the harbour feed in the board:")
    talk.edits("feed.py", patch=PATCH)
    talk.answers("I've replaced the XML dump by `read_feed()` in `feed.py`.")

    assert not talk.by_rule("patch")


def test_a_look_or_a_tweak_by_the_way_is_no_memory() -> None:
    talk = worked(Talk().says("The board should read the harbour feed, not XML."))
    talk.answers("Let me check how the departures are read by the board:")
    talk.edits("feed.py", patch=PATCH)

    assert not talk.by_rule("patch")


def test_a_deed_announced_in_another_language_is_heard() -> None:
    talk = worked(Talk().says("Die Tafel soll den Feed des Hafens lesen."))
    talk.answers("Ich werde jetzt den XML-Export der Tafel durch den Feed ersetzen:")
    talk.edits("feed.py", patch=PATCH)
    talk.says("Danach bitte die Anleger nach Namen sortieren.")

    assert any("XML-Export" in words(o) for o in talk.distilled())
