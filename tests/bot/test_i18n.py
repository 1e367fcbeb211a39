"""Languages: every text in every catalogue can be said, nothing is missing unnoticed, and each language has its stand-ins."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from bot import catalogues, i18n, translations
from bot.errors import BadFile
from bot.texts import TEXTS
from flows.phrases import PHRASES
from flows.segments import fits_one_message
from flows.texts import placeholders, sample

TRANSLATED = ("fr", "ar", "es", "tl", "uk", "zh")
COMMUNITY = "Shore Road Neighbours"
FOR_COORDINATORS = ("tell_", "failed_")

ALL = {
    "soundings": {each.context: each for each in catalogues.program_texts()},
    "flows": {each.context: each for each in catalogues.library_texts()},
}


def said(key: str, language: str) -> str:
    """A text as a resident might get it."""
    values: dict[str, object] = {
        "community": COMMUNITY,
        "contact": "902 555 0123",
        "keyword": "FUNDY",
        "keywords": "FUNDY, ACADIE",
        "languages": "English, français",
        "link": "https://t.me/soundings_bot",
        "by": i18n.text("by_tomorrow_noon", language),
        "day": date(2026, 11, 25),
        "text": "Somebody wants to talk",
        "words": "call me",
    }
    return i18n.text(key, language, **values)


@pytest.mark.parametrize("domain", ["soundings", "flows"])
@pytest.mark.parametrize("language", TRANSLATED)
def test_a_language_lacks_nothing(language: str, domain: str) -> None:
    done = i18n.translations(language, domain).texts
    assert [key for key, each in ALL[domain].items() if (key, each.english) not in done] == []


@pytest.mark.parametrize("domain", ["soundings", "flows"])
@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_is_wrong_with_a_translation(language: str, domain: str) -> None:
    """Placeholders are those of the English, plurals have every form of the language, and no number is lost."""
    read = i18n.read_catalogue(i18n.path_of(language, domain))
    assert list(translations.faults(read, language, ALL[domain])) == []


@pytest.mark.parametrize("language", ["mic", "gd"])
def test_what_its_speakers_have_not_written_is_not_there(language: str) -> None:
    for domain in i18n.DOMAINS:
        assert i18n.translations(language, domain).texts == {}
        assert not i18n.translations(language, domain).reviewed
    assert said("stopped", language) == said("stopped", "en")


def test_what_no_speaker_has_read_is_called_so() -> None:
    reviewed = [language for language in TRANSLATED if i18n.translations(language, "flows").reviewed]
    assert reviewed == []


@pytest.mark.parametrize("key", TEXTS)
def test_an_english_text_is_one_message(key: str) -> None:
    assert key.startswith(FOR_COORDINATORS) or fits_one_message(said(key, "en").replace("ç", "c"))


@pytest.mark.parametrize("key", [key for key in TEXTS if not key.startswith(FOR_COORDINATORS)])
def test_a_french_text_is_one_message_of_plain_letters(key: str) -> None:
    assert fits_one_message(said(key, "fr").replace("français", "francais"))


@pytest.mark.parametrize("key", PHRASES)
def test_a_phrase_of_the_engine_is_short_in_french_too(key: str) -> None:
    french = sample(i18n.phrases()[key], "fr", fallback="en", words=lambda found: found.name)
    assert key == "language_changed" or key.startswith(FOR_COORDINATORS) or fits_one_message(french)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_text_shouts(language: str) -> None:
    shouting = [key for key in TEXTS if "!!" in said(key, language)]
    assert shouting == []


def test_a_text_has_one_key() -> None:
    assert set(TEXTS) & set(PHRASES) == set()


def test_the_phrases_of_the_engine_are_texts_too() -> None:
    assert i18n.text("language_changed", "es") == "Bien, seguimos en español."
    assert i18n.phrases()["yes"]["uk"] == "Так"
    assert i18n.phrases() is i18n.phrases()


def test_every_text_tells_its_translator_what_it_is_for() -> None:
    assert [key for key, each in ALL["soundings"].items() if not each.comments] == []
    help_ = " ".join(ALL["soundings"]["help"].comments)
    assert "whom to ask" in help_
    assert "{contact}" in help_
    assert "136" in help_


@pytest.mark.parametrize(
    ("language", "like"),
    [("fr_CA", "fr"), ("fr-CA", "fr"), ("mic", "en"), ("hi", "en"), ("zh_Hant", "zh"), ("en_CA", "en"), ("x", "en")],
)
def test_a_language_without_a_text_has_the_next_best(language: str, like: str) -> None:
    assert said("stopped", language) == said("stopped", like)


def test_a_flow_s_text_is_found_by_its_place_and_its_english() -> None:
    housing = ("priorities", "first:options.housing", "Housing")
    assert i18n.catalogue(*housing, "fr") == "Logement"
    assert i18n.catalogue(*housing, "fr_CA") == "Logement"
    assert i18n.catalogue(*housing, "mic") is None
    assert i18n.catalogue("priorities", "first:options.housing", "Housing and heat", "fr") is None
    assert i18n.catalogue("my-own", "first:options.housing", "Housing", "fr") is None


def test_a_key_that_there_is_not_is_an_error() -> None:
    with pytest.raises(KeyError):
        i18n.text("no_such_text", "en")


def test_languages_know_their_names_and_their_direction() -> None:
    assert i18n.languages()[:2] == ("en", "fr")
    assert set(i18n.languages()) == {"en", "gd", "mic", *TRANSLATED}
    assert i18n.names(["fr", "mic", "ar"]) == "français, Mi'kmaq, العربية"
    assert i18n.name_of("de") == "Deutsch"
    assert i18n.name_of("xx") == "xx"
    assert [language for language in i18n.languages() if i18n.direction(language) == "rtl"] == ["ar"]


def test_dates_and_times_are_said_in_the_language() -> None:
    assert i18n.text("by_day_noon", "fr", day=date(2026, 11, 23)) == "lundi midi"
    assert i18n.text("by_day_noon", "en", day=date(2026, 11, 23)) == "noon on Monday"


def test_only_names_of_values_are_kept_out_of_translation() -> None:
    assert placeholders(i18n.phrases()["language_changed"]["zh"]) == frozenset()
    assert i18n.same_values("stopped", "Done, {community}.", "{community}, fait.")
    assert not i18n.same_values("stopped", "Done, {community}.", "Fait.")
    assert not i18n.same_values("language_changed", "OK, {language}.", "OK, {langue}.")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'msgid "a"\nmsgstr "b"\nnonsense\n', "flows.po, line 3, cannot be read"),
        (b'msgid "a"\nmsgstr "\xff"\n', "UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_says_so(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "flows.po").write_bytes(content)
    with pytest.raises(BadFile, match=told):
        i18n.read_catalogue(tmp_path / "flows.po")


@pytest.fixture
def own_locales(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Catalogues of the test's own, instead of the house's."""
    monkeypatch.setattr(i18n, "LOCALES", tmp_path)
    i18n.forget()
    yield tmp_path
    monkeypatch.undo()
    i18n.forget()


def test_a_translation_that_would_not_work_is_not_used(own_locales: Path) -> None:
    path = i18n.path_of("fr", "soundings")
    path.parent.mkdir(parents=True)
    entries = {
        "no": ("No", "Non", ""),
        "yes": ("Yes", "Ouais", "#, fuzzy\n"),
        "stopped": (TEXTS["stopped"], "Fini, {communaute}.", ""),
        "already_stopped": (TEXTS["already_stopped"], "Fini, {community.", ""),
        "skip": ("Skip it", "Sauter", ""),
    }
    path.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        + "\n".join(
            f'{flags}msgctxt "{key}"\nmsgid "{english}"\nmsgstr "{french}"\n'
            for key, (english, french, flags) in entries.items()
        ),
        encoding="utf-8",
    )
    assert i18n.text("no", "fr") == "Non"
    assert i18n.text("yes", "fr") == "Yes"
    assert i18n.text("skip", "fr") == "Skip"
    assert said("stopped", "fr") == said("stopped", "en")
    assert said("already_stopped", "fr") == said("already_stopped", "en")
    assert i18n.languages() == ("en", "fr")


def test_without_any_catalogue_there_is_english(own_locales: Path) -> None:
    assert i18n.languages() == ("en",)
    assert i18n.text("yes", "fr") == "Yes"
    assert i18n.catalogue("priorities", "first:options.housing", "Housing", "fr") is None


@pytest.mark.parametrize("domain", i18n.DOMAINS)
def test_what_is_written_from_right_to_left_does_not_begin_with_a_name(domain: str) -> None:
    # A telephone turns a text by its first letter, and a community's name may be Latin.
    for tag in filter(lambda one: i18n.direction(one) == "rtl", i18n.languages()):
        texts = i18n.translations(tag, domain).texts
        assert texts
        wrong = [context for (context, _), text in texts.items() if text.startswith("{community}")]
        assert [context for context in wrong if not context.startswith("tell_")] == []
