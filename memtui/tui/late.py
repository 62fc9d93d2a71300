"""Parts of the app that wait for a key: imported when they are first needed.

Nothing of them is seen in the first paint; see ``memtui.later``.
"""

from typing import TYPE_CHECKING

from memtui.later import later

if TYPE_CHECKING:
    from memtui.tui import choices, clipboard, editor, facets, known, texts, troubles
    from memtui.tui.screens import chooser as choosing
    from memtui.tui.screens import help as helping
    from memtui.tui.screens import prompt as prompting
    from memtui.tui.screens import sheet as sheets
    from memtui.tui.widgets import detail as details
else:
    choices = later("memtui.tui.choices")
    clipboard = later("memtui.tui.clipboard")
    editor = later("memtui.tui.editor")
    facets = later("memtui.tui.facets")
    known = later("memtui.tui.known")
    texts = later("memtui.tui.texts")
    troubles = later("memtui.tui.troubles")
    choosing = later("memtui.tui.screens.chooser")
    helping = later("memtui.tui.screens.help")
    prompting = later("memtui.tui.screens.prompt")
    sheets = later("memtui.tui.screens.sheet")
    details = later("memtui.tui.widgets.detail")

__all__ = [
    "choices", "choosing", "clipboard", "details", "editor", "facets", "helping",
    "known", "prompting", "sheets", "texts", "troubles",
]  # fmt: skip
