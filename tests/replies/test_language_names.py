"""Every language is found by its name, in each of the seven languages, by whoever reads any of them."""

from __future__ import annotations

from typing import Final

import pytest

from flows.replies.understand import read_command

#: Language -> its names, by its own speakers and by those of the others, in usual and in careless spellings.
NAMES: Final = {
    "en": "English|in english pls|anglais|inglés|ingles|الإنجليزية|انجليزي|англійська|англійською|英语|英文|Inglis",
    "fr": "French|français|francais|FRANÇAIS|francés|الفرنسية|فرنسي|французька|французькою|法语|法文|Pranses|en français svp",
    "es": "Spanish|español|espanol|espagnol|الإسبانية|اسباني|іспанська|іспанською|西班牙语|Espanyol|Kastila|castellano",
    "ar": "Arabic|العربية|عربي|بالعربي|arabe|árabe|арабська|арабською|阿拉伯语|阿拉伯文|ARABIC",
    "uk": "Ukrainian|українська|українською|ukrainien|ucraniano|الأوكرانية|اوكراني|乌克兰语|Ukranyo|Ukrayinska|по-українськи",
    "zh": "Chinese|中文|简体中文|繁體中文|chinois|chino|الصينية|صيني|китайська|китайською|汉语|普通话|國語|Intsik|Tsino",
    "tl": "Tagalog|Filipino|tagalog po|tagalo|philippin|التاغالوغية|الفلبينية|тагальська|філіппінська|他加禄语|菲律宾语",
}


@pytest.mark.parametrize("reader", NAMES)
def test_a_language_is_found_by_its_name(reader: str) -> None:
    others = tuple(language for language in NAMES if language != reader)
    for language, names in NAMES.items():
        for name in names.split("|"):
            reading = read_command(name, (reader, *others))
            assert (reading.command, reading.value) == ("language", language), (reader, name)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "info"),
        ("fr", "aide"),
        ("es", "ayuda"),
        ("ar", "مساعدة"),
        ("uk", "довідка"),
        ("zh", "帮助"),
        ("tl", "tulong po"),
    ],
)
def test_help_is_found_in_each_language(language: str, words: str) -> None:
    assert read_command(words, (language, "en")).command == "help"
