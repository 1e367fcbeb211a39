"""The library of ready flows: each is sound, short, kind, tested by transcripts, and one message a prompt."""

from __future__ import annotations

import pytest

from bot import i18n
from flows.checks import check
from flows.checks.length import spoken
from flows.checks.review import Review, texts_of
from flows.definition import Flow
from flows.loader import library_flow, library_names, library_transcripts
from flows.segments import fits_one_message, lighten, segment
from flows.transcripts import Case, parse_cases, run_case

NAMES = library_names()
FLOWS = {name: library_flow(name, catalogue=i18n.catalogue) for name in NAMES}
CASES = [case for name in NAMES for case in parse_cases(library_transcripts(name) or b"", name=name)]

#: The flows that the house promises (issue 2).
PROMISED = {
    "about-you",
    "action-team-check-in",
    "event-feedback",
    "focus-group-invitation",
    "idea-box",
    "neighbourhood-check-in",
    "priorities",
    "welcome",
}
#: What a careful reader objects to and we do all the same: (flow, code) -> why.
ACCEPTED = {
    ("welcome", "provider-word"): "Consent wants a plain YES; an opted-out resident's YES is a START in any case.",
}
#: Languages whose letters are not those of plain SMS: their prompts may take two messages.
TWO_MESSAGES = {"ar", "uk"}
#: Languages that every flow speaks, with what residents text in them to pass a question, to go back, to be left alone.
FULL = {
    "en": ({"skip", "pass"}, "back", "stop"),
    "fr": ({"passer"}, "retour", "stop"),
    "es": ({"saltar"}, "volver", "ya no me manden mensajes"),
    "ar": ({"تخطي", "تجاوز"}, "رجوع", "توقفوا عن إرسال الرسائل"),
    "uk": ({"пропустити", "далі"}, "назад", "не пишіть мені більше"),
    "zh": ({"跳过"}, "返回", "别再发短信了"),
    "tl": ({"laktawan"}, "balik", "tama na po huwag na kayong mag-text"),
}


def resolve(name: str) -> Flow:
    """A flow of the library as residents get it."""
    return FLOWS[name]


def test_what_is_promised_is_there() -> None:
    assert set(NAMES) >= PROMISED


@pytest.mark.parametrize("name", NAMES)
def test_a_careful_reader_has_nothing_to_object(name: str) -> None:
    problems = check(FLOWS[name], catalogue=i18n.catalogue, phrases=i18n.phrases())
    objections = [
        str(problem) for problem in problems if (name, problem.code) not in ACCEPTED and problem.code != "long-prompt"
    ]
    assert objections == []


@pytest.mark.parametrize("name", NAMES)
def test_a_prompt_is_one_message(name: str) -> None:
    """With its options, the engine's own words and a community's name of twenty letters, as a Canadian number takes it."""
    review = Review(FLOWS[name], i18n.catalogue, i18n.phrases())
    for state in FLOWS[name].states.values():
        for language in FLOWS[name].languages:
            message = lighten(spoken(review, state, language))
            if language in TWO_MESSAGES:
                assert segment(message).segments <= 2, message
            else:
                assert fits_one_message(message), (state.name, language, message)


@pytest.mark.parametrize("name", NAMES)
def test_at_most_five_questions(name: str) -> None:
    assert len(FLOWS[name].questions) <= 5


@pytest.mark.parametrize("name", NAMES)
def test_every_text_is_there_in_every_language(name: str) -> None:
    flow = FLOWS[name]
    assert set(flow.languages) == set(FULL)
    assert [said.context for said in texts_of(flow) if set(said.text) != set(flow.languages)] == []


@pytest.mark.parametrize("name", NAMES)
def test_nobody_is_shouted_at(name: str) -> None:
    shouting = [said.context for said in texts_of(FLOWS[name]) for text in said.text.values() if "!" in text]
    assert shouting == []


@pytest.mark.parametrize("name", NAMES)
def test_the_first_message_says_who_writes_and_how_to_stop(name: str) -> None:
    flow = FLOWS[name]
    first = flow.states[flow.start]
    text = first.say or (first.ask and first.ask.text)
    assert text is not None
    for language, said in text.items():
        assert "{community}" in said
        assert name == "about-you" or "STOP" in said or (language == "fr" and "ARRET" in said)


@pytest.mark.parametrize("case", CASES, ids=[f"{case.flow}: {case.name}" for case in CASES])
def test_a_conversation_goes_as_written(case: Case) -> None:
    result = run_case(case, resolve, i18n.phrases())
    said = "\n".join(f"{'<' if turn.by == 'us' else '>'} {turn.text}" for turn in result.conversation)
    assert result.failure is None, f"{result.failure}\n{said}"


@pytest.mark.parametrize("name", NAMES)
def test_a_flow_is_tried_as_people_are(name: str) -> None:
    """Prompt and clumsy replies, French, BACK, STOP, three replies that nobody can read, and silence."""
    cases = [case for case in CASES if case.flow == name]
    lines = [(line.kind, line.text.lower()) for case in cases for line in case.script]
    replies = {text for kind, text in lines if kind == ">"}
    facts = {text for kind, text in lines if kind == "="}
    assert len(cases) >= 8
    assert any(case.language == "fr" for case in cases)
    assert any(fact.startswith("gave up") for fact in facts)
    assert "stopped" in facts
    assert any(kind == "~" for kind, _ in lines)
    if len(FLOWS[name].questions) > 1:
        assert "back" in replies
        assert replies & {"skip", "pass"}
    assert facts & {"completed", "declined"}


def test_consent_comes_from_the_resident_alone() -> None:
    """Only welcome subscribes anybody, and only behind its yes."""
    subscribing = {(name, state.name) for name in NAMES for state in FLOWS[name].states.values() if state.subscribe}
    assert subscribing == {("welcome", "surveys"), ("welcome", "updates")}


def test_what_about_you_asks_is_sensitive_and_never_asked_twice() -> None:
    for state in FLOWS["about-you"].questions:
        assert state.ask is not None
        assert state.ask.optional
        assert state.ask.sensitive
        assert state.ask.skip_if is not None


@pytest.mark.parametrize("language", FULL)
@pytest.mark.parametrize("name", NAMES)
def test_a_flow_runs_to_its_end_in_every_language(name: str, language: str) -> None:
    """Each such transcript passes (above): here that there is one, in that language from the first text on."""
    cases = [case for case in CASES if case.flow == name and (case.language or "en") == language]
    whole = [case for case in cases if any(line.kind == "=" and line.text == "completed" for line in case.script)]
    assert whole
    assert any(line.kind == "<" for case in whole for line in case.script)


@pytest.mark.parametrize("language", [tag for tag in FULL if tag not in {"en", "fr"}])
def test_people_pass_go_back_and_stop_in_their_own_words(language: str) -> None:
    replies = {line.text for case in CASES if case.language == language for line in case.script if line.kind == ">"}
    skips, back, stop = FULL[language]
    assert replies & skips
    assert {back, stop} <= replies
