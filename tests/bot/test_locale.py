"""`soundings locale`: texts go out to translators and come back, and nothing that would not work is used."""

from __future__ import annotations

import gettext
import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract
from typer.testing import CliRunner

from bot import catalogues, i18n, translations
from bot.catalogues import Translatable
from bot.cli.locale import app
from bot.errors import BadFile, WrongUsage

OWN = """\
flow: snow
title: Snow on Birch
languages: [en, fr]
start: fall
states:
  fall:
    ask: text
    text: "{community}: who clears your walk?"
    next: done
  done:
    say: {en: Thank you., fr: Merci bien.}
    end: completed
"""


def run(*arguments: object, folder: Path) -> str:
    result = CliRunner().invoke(app, [*map(str, arguments), "--locales", str(folder)])
    assert result.exception is None, result.output
    return result.output


def translate(path: Path, context: str, text: str) -> None:
    """What a translator does in an editor."""
    read = i18n.read_catalogue(path)
    for message in read:
        if message.context == context:
            message.string = text
            message.flags.discard("fuzzy")
    catalogues.write(read, path)


def test_texts_go_out_with_what_a_translator_should_know(tmp_path: Path) -> None:
    run("extract", folder=tmp_path)
    template = i18n.read_catalogue(tmp_path / "flows.pot")
    text = template.get("How safe do you feel walking here after dark?", "neighbourhood-check-in:safety:text")
    assert text is not None
    assert "A question to a resident" in " ".join(text.auto_comments)
    assert "136" in " ".join(text.auto_comments)
    program = i18n.read_catalogue(tmp_path / "soundings.pot")
    stopped = next(message for message in program if message.context == "stopped")
    assert "The one confirmation of STOP." in stopped.auto_comments
    assert "python-brace-format" not in (tmp_path / "soundings.pot").read_text(encoding="utf-8")


def test_extracting_again_changes_nothing(tmp_path: Path) -> None:
    run("extract", folder=tmp_path)
    before = (tmp_path / "flows.pot").read_bytes()
    assert "nothing new" in run("extract", folder=tmp_path)
    assert (tmp_path / "flows.pot").read_bytes() == before


def test_a_new_language_is_begun_and_filled(tmp_path: Path) -> None:
    run("update", "--language", "pt", folder=tmp_path)
    path = i18n.path_of("pt", "flows", tmp_path)
    translate(path, "priorities:first:options.housing", "Habitação")
    assert "nothing new" in run("update", folder=tmp_path)
    (state,) = json.loads(run("status", "--json", folder=tmp_path))
    parts = {part["part"]: part for part in state["parts"]}
    assert state["language"] == "pt"
    assert state["name"] == "português"
    assert state["reviewed"] is False
    assert state["translated"] == parts["priorities"]["translated"] == 1
    assert state["texts"] == sum(part["texts"] for part in state["parts"])
    assert set(parts) >= {"the program", "welcome", "about-you"}


def test_a_status_for_people_is_a_table(tmp_path: Path) -> None:
    run("update", "--language", "pt", folder=tmp_path)
    shown = run("status", folder=tmp_path)
    assert "neighbourhood-check-in" in shown
    assert "not yet" in shown


def test_our_own_catalogues_are_up_to_date() -> None:
    """Somebody changed a text: run `soundings locale extract` and `soundings locale update`."""
    for domain, texts in (("soundings", catalogues.program_texts()), ("flows", catalogues.library_texts())):
        wanted = catalogues.template(texts)
        there = {(message.context, message.id) for message in wanted if message.id}
        template = i18n.read_catalogue(i18n.LOCALES / f"{domain}.pot")
        assert {(message.context, message.id) for message in template if message.id} == there


def test_a_text_that_changed_keeps_its_translation_but_does_not_use_it() -> None:
    first = catalogues.template(
        [Translatable("snow:fall:text", "Who clears?"), Translatable("snow:done:say", "Thanks.")]
    )
    known = catalogues.merge(None, first, "fr")
    for message in known:
        message.string = {"Who clears?": "Qui déneige?", "Thanks.": "Merci."}.get(str(message.id), message.string)
    changed = catalogues.template([Translatable("snow:fall:text", "Who clears your walk?")])
    merged = catalogues.merge(known, changed, "fr")
    text = merged.get("Who clears your walk?", "snow:fall:text")
    assert text is not None
    assert (text.string, text.fuzzy, text.previous_id) == ("Qui déneige?", True, ["Who clears?"])
    assert [message.string for message in merged.obsolete.values()] == ["Merci."]
    again = catalogues.merge(merged, changed, "fr")
    assert again.get("Who clears your walk?", "snow:fall:text").fuzzy  # type: ignore[union-attr]


def test_a_community_s_own_flow_goes_the_same_way(tmp_path: Path) -> None:
    flow = tmp_path / "snow.yaml"
    flow.write_text(OWN, encoding="utf-8")
    run("update", flow, "--language", "fr", folder=tmp_path)
    path = i18n.path_of("fr", "flows", tmp_path)
    translate(path, "snow:fall:text", "{community} : qui déneige chez vous?")
    run("update", folder=tmp_path)
    kept = i18n.read_catalogue(path).get("{community}: who clears your walk?", "snow:fall:text")
    assert kept is not None
    assert kept.string == "{community} : qui déneige chez vous?"


def test_a_flow_of_one_s_own_cannot_have_a_name_of_the_library(tmp_path: Path) -> None:
    flow = tmp_path / "mine.yaml"
    flow.write_text(OWN.replace("flow: snow", "flow: welcome").replace("fall", "join"), encoding="utf-8")
    result = CliRunner().invoke(app, ["extract", str(flow), "--locales", str(tmp_path)])
    assert isinstance(result.exception, WrongUsage)
    assert "welcome" in str(result.exception)


@pytest.mark.parametrize(
    "arguments", [["update"], ["update", "--language", "../x"], ["update", "--language", "English"]]
)
def test_what_cannot_be_done_says_what_to_do(tmp_path: Path, arguments: list[str]) -> None:
    result = CliRunner().invoke(app, [*arguments, "--locales", str(tmp_path)])
    assert isinstance(result.exception, WrongUsage)


def test_compiled_catalogues_serve_other_tools(tmp_path: Path) -> None:
    run("update", "--language", "fr", folder=tmp_path)
    path = i18n.path_of("fr", "soundings", tmp_path)
    translate(path, "yes", "Oui")
    run("compile", folder=tmp_path)
    with path.with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).pgettext("yes", "Yes") == "Oui"


def test_compiling_leaves_out_what_cannot_be_used(tmp_path: Path) -> None:
    run("update", "--language", "fr", folder=tmp_path)
    path = i18n.path_of("fr", "soundings", tmp_path)
    translate(path, "stopped", "C'est fait, {communauté}.")
    translate(path, "yes", "Oui")
    result = CliRunner().invoke(app, ["compile", "--locales", str(tmp_path)])
    assert result.exit_code == 1
    assert "fr stopped" in result.stderr
    with path.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert compiled.pgettext("yes", "Yes") == "Oui"
    assert compiled.pgettext("stopped", "Done.") == "Done."


@pytest.mark.parametrize(
    ("english", "translated", "language", "told", "error"),
    [
        ("Hello {community}.", "Bonjour {communaute}.", "fr", "other placeholders", True),
        ("Hello {community}.", "Bonjour {community.", "fr", "cannot be used", True),
        ("Hello.", "Bonjour. ", "fr", "space", False),
        ("Hello.", "Bonjour, " * 20 + "bonjour.", "fr", "long", False),
        ("{n, plural, one {# day} other {# days}}", "{n, plural, other {# днів}}", "uk", "lacks forms", False),
        (
            "{n, plural, one {One day} other {# days}}",
            "{n, plural, one {Isang araw} other {# araw}}",
            "tl",
            "the same for 1 and for 2",
            False,
        ),
    ],
)
def test_faults_of_a_translation(english: str, translated: str, language: str, told: str, error: bool) -> None:
    wanted = Translatable("a:b:say", english)
    merged = catalogues.merge(None, catalogues.template([wanted]), language)
    for message in merged:
        if message.id:
            message.string = translated
    (fault,) = translations.faults(merged, language, {"a:b:say": wanted})
    assert told in fault.message
    assert fault.error is error
    assert fault.fix


def test_babel_s_own_tools_can_extract_flows() -> None:
    found = list(extract("bot.catalogues:extract_flow", BytesIO(OWN.encode()), keywords={"pgettext": ((1, "c"), 2)}))
    assert [(line, text, context) for line, text, _, context in found] == [
        (2, "Snow on Birch", "snow:flow:title"),
        (8, "{community}: who clears your walk?", "snow:fall:text"),
        (11, "Thank you.", "snow:done:say"),
    ]


def begun(folder: Path) -> Path:
    """A catalogue with one translation."""
    run("update", "--language", "de", folder=folder)
    path = i18n.path_of("de", "soundings", folder)
    translate(path, "yes", "Schön")
    return path


def translated_in(folder: Path) -> int:
    (state,) = json.loads(run("status", "--json", folder=folder))
    return int(state["translated"])


@pytest.mark.parametrize(
    "saved",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.replace("charset=utf-8", "charset=iso-8859-1").encode("latin-1", "replace"),
    ],
    ids=["the mark of Windows", "lines of Windows", "Latin-1 that says so"],
)
def test_a_catalogue_is_read_however_an_editor_saved_it(tmp_path: Path, saved: Callable[[str], bytes]) -> None:
    path = begun(tmp_path)
    path.write_bytes(saved(path.read_text("utf-8")))
    assert translated_in(tmp_path) == 1
    run("update", folder=tmp_path)
    assert 'msgstr "Schön"' in path.read_text("utf-8")


@pytest.mark.parametrize(
    ("saved", "told"),
    [
        (lambda text: text.encode("latin-1", "replace"), "Save it as UTF-8"),
        (lambda text: text.encode("utf-16"), "Save it as UTF-8"),
        (lambda text: text.replace("charset=utf-8", "charset=klingon").encode(), "unknown encoding: klingon"),
        (lambda text: ("what is this\n" + text).encode(), "soundings.po, line 1, cannot be read"),
    ],
    ids=["Latin-1", "UTF-16", "no such encoding", "no .po"],
)
def test_a_catalogue_that_cannot_be_read_stays_as_it_is(
    tmp_path: Path, saved: Callable[[str], bytes], told: str
) -> None:
    path = begun(tmp_path)
    path.write_bytes(broken := saved(path.read_text("utf-8")))
    for command in ("status", "update", "compile"):
        result = CliRunner().invoke(app, [command, "--locales", str(tmp_path)])
        assert isinstance(result.exception, BadFile)
        assert told in str(result.exception)
    assert path.read_bytes() == broken


def test_a_text_that_stands_twice_is_told_and_neither_is_lost(tmp_path: Path) -> None:
    path = begun(tmp_path)
    path.write_text(path.read_text("utf-8") + '\nmsgctxt "yes"\nmsgid "Yes"\nmsgstr "Ja"\n', "utf-8")
    told = "yes: stands more than once in soundings.po, in lines"
    assert told in " ".join(run("status", folder=tmp_path).split())
    result = CliRunner().invoke(app, ["update", "--locales", str(tmp_path)])
    assert isinstance(result.exception, BadFile)
    assert told in str(result.exception)
    assert 'msgstr "Schön"' in path.read_text("utf-8")
    assert 'msgstr "Ja"' in path.read_text("utf-8")


def test_a_flow_of_one_s_own_is_held_against_its_english_without_its_file(tmp_path: Path) -> None:
    own = tmp_path / "snow.yaml"
    own.write_text(OWN, encoding="utf-8")
    run("update", own, "--language", "fr", folder=tmp_path)
    path = i18n.path_of("fr", "flows", tmp_path)
    translate(path, "snow:fall:text", "{comunity} : qui déblaie votre entrée?")
    translate(path, "snow:flow:title", "La neige")
    told = run("status", folder=tmp_path)
    assert (
        "fr snow:fall:text: has other placeholders than the English. Use these, as they are spelt: {community}." in told
    )
    assert "no such text" not in told
    (state,) = json.loads(run("status", "--json", folder=tmp_path))
    assert {"part": "snow", "translated": 1, "texts": 3} in state["parts"]
    refused = CliRunner().invoke(app, ["compile", "--locales", str(tmp_path)])
    assert (refused.exit_code, "1 translations cannot be used" in refused.output) == (1, True)
    translate(path, "snow:fall:text", "{community} : qui déblaie votre entrée?")
    assert "Every translation can be used." in run("compile", folder=tmp_path)


def test_a_header_of_plural_forms_that_is_none_is_named(tmp_path: Path) -> None:
    run("update", "--language", "fr", folder=tmp_path)
    path = i18n.path_of("fr", "flows", tmp_path)
    written = path.read_text("utf-8")
    line = next(number for number, text in enumerate(written.splitlines(), 1) if "Plural-Forms" in text)
    path.write_text(written.replace("nplurals=2;", "nplurals=x;"), "utf-8")
    for command in ("status", "update", "compile"):
        refused = CliRunner().invoke(app, [command, "--locales", str(tmp_path)])
        assert isinstance(refused.exception, BadFile)
        assert f"line {line}: Plural-Forms cannot be read: 'nplurals=x; plural=(n > 1);'" in str(refused.exception)


def test_what_a_flow_is_called_is_no_picture(tmp_path: Path) -> None:
    own = tmp_path / "snow.yaml"
    own.write_text(OWN.replace("fall", "a"), encoding="utf-8")
    run("update", own, "--language", "fr", folder=tmp_path)
    translate(i18n.path_of("fr", "flows", tmp_path), "snow:a:text", "{comunity}")
    assert "fr snow:a:text: has other" in run("status", folder=tmp_path)
