"""Which languages a script can be, and the letters and words by which one of them shows itself."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

LATIN = "LATIN"
# As Unicode names the script of a letter: the languages written in it, the likeliest here first.
LANGUAGES_OF = {
    LATIN: (
        *("nl", "en", "tr", "pl", "de", "fr", "es", "it", "pt", "ro"),
        *("hu", "cs", "hr", "sq", "lt", "ku", "id", "vi"),
    ),
    # Persian nearly always shows itself by a letter; where it does not, py3langid sees it in Arabic too often.
    "ARABIC": ("ar",),
    "CYRILLIC": ("ru", "uk", "bg"),
    # Tigrinya first: of those who write this script in the Netherlands most came from Eritrea.
    "ETHIOPIC": ("ti",),
    "GREEK": ("el",),
    "HEBREW": ("he",),
    "ARMENIAN": ("hy",),
    "GEORGIAN": ("ka",),
    "DEVANAGARI": ("hi",),
    "BENGALI": ("bn",),
    "GURMUKHI": ("pa",),
    "TAMIL": ("ta",),
    "THAI": ("th",),
    "HIRAGANA": ("ja",),
    "KATAKANA": ("ja",),
    "HANGUL": ("ko",),
    "CJK": ("zh",),
}
# One such letter decides; the languages are tried in this order, because later ones share letters with earlier ones.
OWN_LETTERS = {
    "ARABIC": {"ku": "ڕڵۆێە", "ps": "ځڅډړږښڼېۍ", "ur": "ٹڈڑںےہ", "fa": "پژکی"},
    "CYRILLIC": {"uk": "іїєґ", "sr": "ђјљњћџ", "ru": "ыэё"},
    "ETHIOPIC": {"ti": "ኣቐቑቒቓቔቕኽ", "am": "አ"},
    "CJK": {"ja": "のはをがでにとた"},
}

# Frequent words that only one of the script's languages has: short texts in Cyrillic are beyond py3langid.
OWN_WORDS = {
    "ARABIC": {"fa": "است نیست هست شد خیلی این برای شما ندارم دارم خانه سرد سرما پول آب"},
    "CYRILLIC": {
        "ru": """что это нет меня мне есть нужна нужно нужен помогите помощь пожалуйста здравствуйте привет очень хорошо
            работает могу где когда почему кто если из сейчас уже деньги денег спасибо плохо пахнет дует дела""",
        "uk": """що як це нема мене дуже дякую добрий вдома можу грошей гроші пахне але або бо вже зараз чому хто коли
            де потрібна будь ласка рахунок""",
        "bg": """съм си се нямам имам няма студено благодаря добър пари помощ искам мога какво къде защо кога е са ще
            това моля здравейте""",
    },
}


def script_of(text: str) -> str | None:
    """The script of most of the letters, by its Unicode name; None when there is no letter."""
    scripts = Counter(unicodedata.name(sign, "").partition(" ")[0] for sign in text if sign.isalpha())
    known = {script: count for script, count in scripts.items() if script in LANGUAGES_OF}
    return max(known, key=known.__getitem__, default=None)


def shown_by_its_own(text: str, script: str) -> str | None:
    """The language that has a letter, or else the most words, that no other of the script has."""
    for language, letters in OWN_LETTERS.get(script, {}).items():
        if any(letter in text for letter in letters):
            return language
    words = re.findall(r"\w+", text)
    counts = {
        language: sum(word in own.split() for word in words) for language, own in OWN_WORDS.get(script, {}).items()
    }
    best = max(counts, key=counts.__getitem__, default=None)
    return best if best and counts[best] else None
