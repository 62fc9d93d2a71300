"""What a session was told: heard again in other words, and never mistaken for news."""

import pytest

from memtui.distil.told import Told
from memtui.model import RecordKind
from memtui.records import Record
from tests.distil.talk import Talk, worked
from tests.distil.talk import words as words_of

MEMORIES = (
    "- decision: Use PostgreSQL instead of MySQL because JSON columns are faster. "
    "[abcdefghijkl]\n"
    "- gotcha: The deploy script hangs without the VPN on. [abcdefghijkm]\n"
    "- gotcha: The retry queue must stay below 500 events because the broker drops the "
    "oldest (queue/retry.py) [abcdefghijkn]"
)
FENCE = (
    f'<memtui-memory project="x" export="abcdefghijkl">\n{MEMORIES}\n</memtui-memory>'
)
AGAIN = (
    "We chose PostgreSQL rather than MySQL, since its JSON columns perform better.",
    "The team picked Postgres over MySQL owing to quicker JSON support.",
    "Without a VPN connection the deployment script never finishes, so connect first.",
    "Since the broker drops old events, `queue/retry.py` stays under 500 events.",
)
NEWS = (
    "Migrate the MySQL dump to PostgreSQL with pgloader; JSON columns become jsonb.",
    "The deploy script hangs in the VPN namespace because systemd-resolved drops it.",
    "The retry queue must stay below 800 events because the broker drops the oldest.",
    "Don't use PostgreSQL any more, because MySQL has JSON columns now.",
    "The deploy script prints the state of the VPN before it starts.",
    "PostgreSQL connections are pooled, because `pgbouncer` is in front of it.",
    "The deploy script no longer hangs without the VPN: it exits with code 3.",
)


def told() -> Told:
    found = Told()
    found.take(Record(native_id="c", kind=RecordKind.CONTEXT, at=1, text=FENCE, line=1))
    return found


@pytest.mark.parametrize("said", AGAIN)
def test_what_was_delivered_is_known_in_other_words(said: str) -> None:
    assert told().is_told_again(said) or told().is_heard(said)
    assert not Told().is_told_again(said)


@pytest.mark.parametrize("said", NEWS)
def test_another_name_number_or_denial_is_news(said: str) -> None:
    assert not told().is_told_again(said)
    assert not told().is_heard(said)


def test_a_summary_and_an_answer_of_what_was_told_give_no_candidate() -> None:
    talk = Talk().is_told(FENCE)
    worked(talk.says("go on with the parser")).edits("parser.py")
    talk.sums_up("Key decisions:\n" + "\n".join(f"- {said}" for said in AGAIN))
    talk.sums_up(
        "Key technical concepts:\n"
        + "\n".join(f"- {said}" for said in AGAIN)
        + "\n\nPending: nothing. "
        + "Filler. " * 200
    )
    worked(talk.says("and then?")).edits("b.py").answers("\n\n".join(AGAIN))
    assert talk.distilled() == []


def test_news_beside_what_was_told_is_a_candidate() -> None:
    news = "The lexer loops for ever because `next_token` skips the newline at the end."
    talk = Talk().is_told(FENCE)
    worked(talk.says("go on with the parser")).edits("parser.py").answers(
        f"{AGAIN[0]}\n\n{news}"
    )
    found = talk.distilled()
    assert any("next_token" in words_of(one) for one in found)
    assert not any("MySQL" in one.title for one in found)


def test_what_the_person_says_in_words_of_their_own_is_no_paraphrase() -> None:
    said = "From now on use PostgreSQL over MySQL here: JSON handling is quicker there."
    assert told().is_told_again(said)
    talk = worked(Talk().is_told(FENCE).says(said)).edits("a.py")
    assert [one.rule for one in talk.distilled()] == ["standing"]
