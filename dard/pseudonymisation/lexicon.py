"""Which words are ordinary, which are names, and which are both.

The redactor must leave the learning readable: drugs, treatments, services and plain words survive. Words that are also
names (Grace, Mark, May, Rose, Will) are told apart by what stands beside them.
"""

from collections.abc import Mapping

from dard.pseudonymisation.lexicon_clinical import ACRONYMS, CLINICAL, SERVICES, SUBSTANCES
from dard.pseudonymisation.lexicon_english import (
    ADJECTIVES_AND_ADVERBS,
    BASE_VERBS,
    CALENDAR,
    FUNCTION_WORDS,
    NOUNS,
    PAST_FORMS,
    WIDE_WORDS,
)
from dard.pseudonymisation.lexicon_names import FORENAMES, PLACES, SURNAMES, WORD_NAMES, WORD_PLACES

_ENGLISH = FUNCTION_WORDS | BASE_VERBS | PAST_FORMS | NOUNS | ADJECTIVES_AND_ADVERBS | CALENDAR | WIDE_WORDS
_TECHNICAL = CLINICAL | SUBSTANCES | SERVICES
_LEXICON = _ENGLISH | _TECHNICAL | ACRONYMS
_BENT_BY_PREFIX = BASE_VERBS | PAST_FORMS | ADJECTIVES_AND_ADVERBS
_NAMES = FORENAMES | SURNAMES

# Endings of learned and clinical words; names that share them (Felicity, Clement, Harding) are listed as names.
_LEARNED_ENDINGS_TEXT = """
tion sion ment ology ologist ness ical ally iatric iatrist itis osis aemia pathy ectomy otomy graphy scopy therapy
bility ivity ality ised ising isation ency ance ence ism less ful ious ative able ible
"""
_LEARNED_ENDINGS = tuple(_LEARNED_ENDINGS_TEXT.split())
_SUBSTANCE_ENDINGS_TEXT = """
azepam azolam zepine nitazene pyne fentanil fentanyl orphine codone morphone barbital cillin mycin floxacin oxetine
triptyline pramine zapine peridol idone dipine prazole sartan statin olol gabalin caine cathinone amfetamine
amphetamine phenidate setron tidine thiazide parin xaban gliptin oxone pril ergoline
"""
_SUBSTANCE_ENDINGS = tuple(_SUBSTANCE_ENDINGS_TEXT.split())
_SHORTEST_LEARNED_WORD = 7
_SHORTEST_STEM = 3

# Parts of names that never stand for a person on their own.
_PARTICLES_TEXT = """
al ap ben bin bint da dal das de del den der di do dos du el ferch ibn la le les mac mc ne nee o of st ter the van von
y
"""
PARTICLES = frozenset(_PARTICLES_TEXT.split())

_AFTER_A_MODAL_TEXT = """
he she they we you i it the this that there these any be have do
not also never only still now then always likely probably well soon
"""
_AFTER_A_MODAL = frozenset(_AFTER_A_MODAL_TEXT.split())
_MODALS = frozenset({"will", "may", "can", "might", "must"})
_MONTHS = frozenset({"may", "june", "april", "august", "march", "jan", "mar"})
_BEFORE_A_MONTH_TEXT = """
in by since until till from early late mid last next during of this between before after every each end start through
st nd rd th
"""
_BEFORE_A_MONTH = frozenset(_BEFORE_A_MONTH_TEXT.split())
_WORD_WHEN_BEFORE: Mapping[str, frozenset[str]] = {
    word: frozenset(after.split())
    for word, after in {
        "amber": "alert rating rated warning list status light",
        "angel": "dust",
        "best": "practice interests interest",
        "bill": "for of was payment payments",
        "black": "british african caribbean eye bag tar other",
        "brown": "heroin powder envelope substance liquid paper",
        "care": "plan plans coordinator act home package worker leaver quality record records needs leavers team",
        "case": "conference note notes manager review closed file load number reference management study discussion",
        "chance": "of to",
        "charity": "shop shops worker commission",
        "chase": "up response with report",
        "church": "of hall",
        "crystal": "meth methamphetamine",
        "dawn": "raid of",
        "day": "centre unit service services to of one release before after programme care",
        "drew": "up attention blood on",
        "faith": "in group groups based leader leaders school community",
        "frank": "discussion conversation and admission",
        "gold": "command commander standard",
        "good": "practice rapport engagement health evidence compliance",
        "grace": "period periods days",
        "grant": "application funding funded of from for was",
        "green": "light card",
        "hall": "of",
        "head": "injury injuries of",
        "hope": "to that for is was of",
        "house": "fire search of",
        "joy": "of in",
        "justice": "system liaison",
        "king": "size",
        "little": "is was information evidence contact known or engagement",
        "long": "term standing acting history",
        "love": "of",
        "mark": "as up down out on off with",
        "patience": "with",
        "poppy": "seed seeds tea appeal",
        "price": "of",
        "rich": "history in",
        "rose": "to by from above again sharply steadily slightly coloured colored tinted up",
        "sharp": "scratch box bin increase",
        "short": "term",
        "street": "homeless drugs homelessness outreach names",
        "summer": "of holidays",
        "ward": "round staff manager nurse",
        "white": "british powder other irish substance tablet tablets paper european",
        "winter": "pressures night shelter provision of",
        "young": "people person persons man woman adult adults mother father offender offenders carer carers child"
        " children male female",
    }.items()
}

# What follows a person at the start of a sentence: "Agnieszka rang", "Terry was", "Piotr then".
_PERSONAL_TEXT = """
said says told rang rings phoned called calls texted messaged reported reports stated states asked explained disclosed
described confirmed denied felt feels lived lives moved woke went came took left found had has was is did saw wanted
wants thought thinks knew knows reportedly allegedly then also later who stayed visited attended attends declined
"""
_PERSONAL = frozenset(_PERSONAL_TEXT.split())

_INFLECTIONS = (
    *(("ies", "y"), ("ied", "y"), ("ier", "y"), ("iest", "y"), ("ily", "y"), ("s", ""), ("es", ""), ("d", "")),
    *(("ed", ""), ("ing", ""), ("ing", "e"), ("ings", ""), ("er", ""), ("r", ""), ("ers", ""), ("rs", "")),
    *(("est", ""), ("ly", ""), ("y", "e")),
)
_PREFIXES = ("un", "re", "non", "pre", "post", "over", "under", "mis", "dis", "multi", "anti", "sub", "inter")


def in_lexicon(word: str) -> bool:
    """Whether a folded word stands in the lexicon as it is."""
    return word in _LEXICON


def is_name(word: str) -> bool:
    """Whether a folded word is a name and hardly anything else."""
    return word in _NAMES


def is_forename(word: str) -> bool:
    """Whether a folded word is a given name and no ordinary word at all."""
    return word in FORENAMES and word not in WORD_NAMES


def is_word_name(word: str) -> bool:
    """Whether a folded word is both a given name and an ordinary word."""
    return word in WORD_NAMES and word not in FORENAMES


def is_ordinary_for_name(word: str) -> bool:
    """Whether a part of a name of the record would be found in ordinary prose too, so that its capital must tell."""
    return word in WORD_NAMES or (word in _LEXICON and word not in _NAMES)


def is_place(word: str) -> bool:
    """Whether a folded word is a town and hardly anything else."""
    return word in PLACES


def is_word_place(word: str) -> bool:
    """Whether a folded word is a town only in the right company ("in Reading")."""
    return word in WORD_PLACES


def is_wide_area(word: str) -> bool:
    """Whether a folded word names a country, county, people or faith, too wide to single anybody out."""
    return word in WIDE_WORDS


def is_acronym(word: str) -> bool:
    """Whether folded letters are shorthand of the trade, such as GP or MS."""
    return word in ACRONYMS


def is_technical(word: str) -> bool:
    """Whether a folded word belongs to treatment, substances or services: it never joins a name."""
    return word in _TECHNICAL or (word not in _NAMES and _is_substance(word))


def is_function_word(word: str) -> bool:
    """Whether a folded word is grammar only."""
    return word in FUNCTION_WORDS


def may_join_name(word: str) -> bool:
    """Whether a capitalised word right after a name may be part of that name ("Terry Baker", not "Terry Naloxone")."""
    return word in _NAMES or not (
        word in FUNCTION_WORDS or word in CALENDAR or word in WIDE_WORDS or word in PAST_FORMS or is_technical(word)
    )


def is_ordinary(word: str) -> bool:
    """Whether a folded word needs no name to explain it: in the lexicon, bent from it, or built like such words."""
    if word in _NAMES:
        return False
    if word in _LEXICON or any(stem in _ENGLISH or stem in CLINICAL for stem in _stems(word)):
        return True
    long_enough = len(word) >= _SHORTEST_LEARNED_WORD
    return long_enough and (word.removesuffix("s").endswith(_LEARNED_ENDINGS) or _is_substance(word))


def follows_a_person(word: str) -> bool:
    """Whether a folded word after an unknown word at the start of a sentence shows that word to be a person."""
    return word in _PERSONAL


def reads_as_word(word: str, before: str, after: str) -> bool:
    """Whether a word that is also a name is used as a word here: "Grace period", "Mark as read", "in May".

    `before` and `after` are the folded neighbours, empty where the sentence begins or ends.
    """
    if word in _MODALS and (after in BASE_VERBS or after in _AFTER_A_MODAL):
        return True
    if word in _MONTHS and (before in _BEFORE_A_MONTH or before.isdigit() or after.isdigit()):
        return True
    return after in _WORD_WHEN_BEFORE.get(word, ())


def _is_substance(word: str) -> bool:
    return len(word) >= _SHORTEST_LEARNED_WORD and word.removesuffix("s").endswith(_SUBSTANCE_ENDINGS)


def _stems(word: str) -> set[str]:
    """What is left of a word without its inflection; guesses are harmless because the stem must be in the lexicon."""
    stems: set[str] = set()
    for ending, restored in _INFLECTIONS:
        stem = word.removesuffix(ending) + restored
        if word.endswith(ending) and len(stem) >= _SHORTEST_STEM:
            stems.add(stem)
            if not restored and len(stem) > 3 and stem[-1] == stem[-2]:
                stems.add(stem[:-1])
    for beginning in _PREFIXES:
        if word.startswith(beginning) and word.removeprefix(beginning) in _BENT_BY_PREFIX:
            stems.add(word.removeprefix(beginning))
    return stems
