"""Words by which a deed is announced, before it is done.

Beside ``cues``, ``words``, ``wishes`` and ``endings`` the only place that holds words
of a human language.
"""

import re
from typing import Final

from memtui.distil.patterns import Opener, Sought

INTENDS: Final = Sought(
    r"(?<!\w)(?:(?:i|we)(?:'ll|'m going to| (?:can|could|should|will|need to|have to))"
    r"(?! not)|let me|let'?s|ich (?:werde|muss|kann)|wir (?:können|müssen|sollten)|"
    r"я (?:сейчас )?(?:перепишу|попробую|буду)|нужно)(?!\w)|让我|我(?:将|会|来)|"
    r"我们(?:可以|需要)"
)
"""What its speaker is about to do, anywhere in a sentence: no finding yet."""

SO_THEN: Final = re.compile(
    r"(?:[,;]|\s[–—-])?\s(?:so|and|therefore|also|deshalb|daher|und|поэтому|и) "
    r"(?:(?:now|then|jetzt|теперь) )?"
    r"(?:i(?:['’](?:m|ll|ve)| am| will| have)|let me|we['’]ll|ich|я)\s[^\n.!?]*"
    r"(?:\.(?=\S)[^\n.!?]*)*"
    r"|，(?:所以|因此)?我(?:将|会|来|先|正在)[^\n。！？]*",
    re.I,
)
"""The end of a sentence that tells what its speaker does about what it began with."""

NEXT_STEP: Final = re.compile(
    r"^(?:now |then |next,? )*(?:we (?:can|could|should) (?:also |now |just )*)?"
    r"(?:add|chang|check|creat|extend|fix|implement|import|mak|mov|pass|refresh|remov|"
    r"renam|replac|re-?run|run|simplif|switch|updat|us|verif|wir)(?:e|y|ing|ying)?\b"
    r"|^[^.:;]{0,60} will (?!(?:fail|break|not|never|only)\b)",
    re.I,
)
"""What is about to be done, in the words of whoever does it: true for a minute."""

ABOUT_TO: Final = Opener(
    r"^(?:(?:now|next|then|first|finally|also|so|ok(?:ay)?|perfect|great|good|jetzt|"
    r"теперь),?[!.]? )*(?:let me|let'?s|i(?:'ll| will|'m going to|'m| need to| should)|"
    r"ich werde|lass mich|(?:я )?сейчас|давайте|让我|我来|我会)\s*"
    r"(?:(?:now|also|just|first|then|quickly|actually|simply|jetzt|noch)\s+)*(?=\S.{14})",
    re.I,
)
"""What announces a deed; where the deed was done, what follows tells it."""

THEN: Final = re.compile(
    r"[,;]?\s+(?:(?:and|und|и) )?(?:then|danach|потом|затем)\b|，?然后", re.I
)
"""Where the announcement of the next deed begins."""

ONLY_LOOKS: Final = re.compile(
    r"^(?:be |start by |continue |take )?(?:check|look|see|read|verif|run|re-?run|test|"
    r"search|find|examin|explor|understand|try|commit|push|confirm|review|gather|get|"
    r"a look|investigat|inspect|think|analy[sz]e|debug|wait|open|view|list|grep|know|"
    r"проверь?|посмотр|查看|检查|运行|测试)\w*\b",
    re.I,
)
"""Deeds that change nothing, by the verb that follows such an announcement."""
