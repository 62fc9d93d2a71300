"""An app that a bug ends without showing what it was working on."""

from textual.app import App


class FailingApp(App[int]):
    """Leaves quietly; ``failure`` is raised by whoever ran it."""

    def _handle_exception(self, error: Exception) -> None:
        """Leave at once.

        Textual would print a traceback whose locals hold text of transcripts.
        """
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self._close_messages_no_wait()

    @property
    def failure(self) -> Exception | None:
        """What ended the app, where it did not end by itself."""
        return self._exception
