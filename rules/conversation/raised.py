"""What a message raises: by a phrase that stands in it, or, less surely, by what it reads like.

What was learned (`rules/language/likeness.py`) speaks only of messages whose writer is known. It raises flags of its own,
and where it is sure that a message says nothing of the kind, a phrase's hit is not believed; numbers and names that are the
same in every language always are.
"""

from __future__ import annotations

from functools import lru_cache

from rules.language.likeness import Resemblance, likest, load_weights, resemblances
from rules.language.phrases import LIKENESS, Hit, load_phrases, sentences


@lru_cache(20_000)  # a conversation is asked about once for each reason, and again by what comes later
def raised(text: str, who: str) -> tuple[Hit, ...]:
    """Each flag once: a phrase's where there is one, then those that the message reads like, in the order of the book.

    `who` is buyer or supplier; of anybody else nothing was learned, and the phrases alone say it.
    """
    book = load_phrases()
    hits = book.hits(text, who)
    told = [(one, book.spelling.plain(one)) for one in sentences(text)]
    if not who or not told:
        return tuple(hits)
    language = book.language(" ".join(plain for _, plain in told))
    weights = load_weights(language).get(who)
    if weights is None:  # the site itself, say
        return tuple(hits)
    like = {one.flag: one for one in resemblances(weights, told)}
    believed = [hit for hit in hits if not hit.language or hit.flag.id not in like or not _doubted(like[hit.flag.id])]
    likely = likest(like.values(), {flag.id: flag.kind for flag in book.book.flags}) - {hit.flag.id for hit in hits}
    for flag in book.book.flags:
        if flag.id in likely and (one := like[flag.id]).share >= one.raised_from:
            words = weights.telling(one.plain, flag.id, book.common(language))
            believed.append(Hit(flag, one.sentence, language, words, LIKENESS))
    return tuple(believed)


def _doubted(one: Resemblance) -> bool:
    return one.share < one.cleared_below
