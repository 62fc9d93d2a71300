"""People do not only speak English to their agents."""

import pytest

from tests.distil.talk import Talk, words, worked

STANDING = {
    "de": "Bitte verwende immer pnpm in diesem Projekt, niemals npm.",
    "ru": "Всегда используй pnpm в этом проекте, никогда не npm.",
    "zh": "在这个项目里请一律使用 pnpm，不要使用 npm，谢谢。",
    "ja": "このプロジェクトでは必ず pnpm を使ってください。npm は使わないで。",
}
CAUSES = {
    "de": "Der Start schlägt fehl, weil `podman` das Verzeichnis `/srv` nicht ohne "
    "`:Z` einhängt.",
    "ru": "Запуск не работает, потому что `podman` требует флаг `:Z` для `/srv`.",
    "zh": "启动失败，因为 `podman` 需要 `:Z` 标志才能挂载 `/srv` 目录，否则无法访问。",
}
OUTCOMES = {
    "de": "Ich habe die Fahrpläne in `winter.py` auf UTC umgestellt und getestet.",
    "ru": "Перенесла расписание в `winter.py` на UTC, все 12 тестов проходят.",
    "zh": "已将 `winter.py` 中的时刻表改为 UTC，并修复了 3 个测试。",
}


@pytest.mark.parametrize("language", sorted(STANDING))
def test_a_standing_order_is_heard(language: str) -> None:
    talk = worked(Talk().says(STANDING[language])).edits("package.json")

    (kept,) = talk.by_rule("standing")

    assert kept.type == "preference"
    assert "pnpm" in kept.title


@pytest.mark.parametrize("language", sorted(CAUSES))
def test_a_cause_is_heard(language: str) -> None:
    talk = worked(Talk().says("deploy board host17 /srv/board podman 4.9 fedora"))
    talk.runs("./deploy", "refused", failed=True).answers(CAUSES[language])
    talk.edits("deploy").runs("./deploy", "ok").answers("OK `deploy` 200.")

    assert any(":Z" in words(o) for o in talk.by_rule("cause"))


@pytest.mark.parametrize("language", sorted(OUTCOMES))
def test_an_outcome_needs_no_cue_to_be_found(language: str) -> None:
    talk = worked(Talk().says("winter.py UTC 2025 fahrplan расписание 时刻表"))
    talk.edits("winter.py").answers(OUTCOMES[language])

    told = talk.by_rule("outcome")

    assert any("winter.py" in words(o) for o in told)


def test_a_language_without_any_cue_still_gives_its_outcome() -> None:
    talk = worked(Talk().says("Lisää `feed.py` tiedostoon aikakatkaisu, 30 sekuntia."))
    talk.edits("feed.py").answers("`feed.py` odottaa nyt 30 sekuntia ennen katkaisua.")

    assert any("30 sekuntia" in words(o) for o in talk.distilled())
