"""People do not only speak English to their agents."""

import pytest

from memtui.model import Trust
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


@pytest.mark.parametrize(
    "fact",
    [
        "Merke dir: die Testdatenbank heißt board_test und läuft auf Port 5544",
        "覚えておいて：本番の Ruby は 3.2.4 です",
        "记住：测试环境的端口是 7788",
    ],
)
def test_what_is_to_be_remembered_is_heard(fact: str) -> None:
    (kept,) = worked(Talk().says(fact)).answers("OK.").by_rule("standing")

    assert kept.title == fact


@pytest.mark.parametrize(
    ("said", "gives_in", "title"),
    [
        ("Nein, zeige nicht jede Fähre an.", "Du hast recht.", "Zeige nicht"),
        ("Нет, не трогай таблицу, меняй запрос", "Вы правы.", "Не трогай"),
        ("不对，端口不要写死，要从配置读取", "你说得对。", "端口不要"),
        (
            "違います、一覧は Redis ではなくメモリに置いてください",
            "おっしゃる通りです。",
            "一覧は Redis",
        ),
    ],
)
def test_a_correction_is_told_without_its_no(
    said: str, gives_in: str, title: str
) -> None:
    talk = worked(Talk().says("feed.py timetable cache")).answers("OK.")
    talk.says(said).answers(gives_in).edits("feed.py")

    (kept,) = [o for o in talk.distilled() if o.trust is Trust.USER]

    assert kept.title.startswith(title)


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


SESSIONS = {
    "de": (
        "Bitte verwende immer UTC in den Fahrplänen, niemals die Ortszeit.",
        (
            "Der Fahrplan bricht nachts um, weil `board.py` die Ortszeit nimmt und die "
            "Zeitumstellung nicht kennt."
        ),
        "Ich habe `board.py` auf UTC umgestellt, statt jede Zeit einzeln zu rechnen.",
    ),
    "ru": (
        "Всегда используй UTC в расписании, никогда не местное время.",
        (
            "Расписание ломается ночью, потому что `board.py` берёт местное время и не "
            "поддерживает перевод часов."
        ),
        "Перевела `board.py` на UTC вместо пересчёта каждого времени отдельно.",
    ),
    "zh": (
        "时刻表里请一律使用 UTC 时间，不要使用本地时间，谢谢。",
        "时刻表在夜里出错，因为 `board.py` 使用本地时间，不支持夏令时，必须改用 UTC。",
        "已将 `board.py` 改为使用 UTC，而不是逐个换算每个时间。",
    ),
    "ja": (
        "時刻表では必ず UTC を使ってください。現地時間は使わないで。",
        (
            "夜間に時刻表が崩れるのは、`board.py` が現地時間を使うためで、夏時間を"
            "サポートしていないことが原因です。"
        ),
        "`board.py` を UTC に変更しました。各時刻を個別に換算する代わりです。",
    ),
}


@pytest.mark.parametrize("language", sorted(SESSIONS))
def test_a_session_in_another_language_leaves_order_cause_and_outcome(
    language: str,
) -> None:
    order, cause, outcome = SESSIONS[language]
    talk = worked(Talk().says(order)).runs("board --night", "error 3", failed=True)
    talk.answers(cause).edits("board.py").runs("board --night", "ok").answers(outcome)

    kept = {o.rule: o for o in talk.distilled()}

    assert (kept["standing"].type, kept["cause"].type) == ("preference", "gotcha")
    assert "UTC" in kept["standing"].title
    assert cause[:12] in words(kept["cause"])
    done = outcome.rstrip(".").split("。")[0][-9:]
    assert any(done in words(o) for o in kept.values())


@pytest.mark.parametrize(
    "talked",
    [
        ("Hallo, wie geht es dir heute?", "Gut, danke! Wie kann ich dir helfen?"),
        ("Привет! Как дела?", "Привет! Всё хорошо, чем могу помочь?"),
        ("你好，今天怎么样？", "你好！有什么可以帮您？"),
        ("こんにちは、元気ですか？", "こんにちは！何かお手伝いできますか？"),
    ],
)
def test_small_talk_gives_nothing_in_any_language(talked: tuple[str, str]) -> None:
    asked, answered = talked
    assert Talk().says(asked).answers(answered).distilled() == []
