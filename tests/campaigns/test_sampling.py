"""A sample is drawn by its seed, of exactly its size, in proportion or equal parts, whatever the slices."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.campaigns.arms import arm_of
from bot.campaigns.audience import Audience, Exclusions, Sample
from bot.campaigns.sampling import allocate
from bot.campaigns.settings import Arm, CampaignSettings, Repeat
from bot.errors import WrongUsage
from storage.database import Database
from storage.draws import PRIME, Draw, bound
from storage.models import InboxItem, Invitation, Message, Participant, Run
from tests.campaigns.hall import Hall


@pytest.fixture
def hall(database: Database) -> Hall:
    return Hall.built(database)


def test_the_database_draws_as_python_does(hall: Hall) -> None:
    hall.residents(40)
    draw = Draw("spring")
    found = hall.all(select(Participant.id, draw.sql(Participant.__table__.c.id)))
    assert found == [(key, draw.of(key)) for key in hall.people]
    assert len({number for _, number in found}) == 40


def test_draws_are_even_and_neighbours_are_independent() -> None:
    numbers = [Draw("even").of(key) for key in range(1, 40_001)]
    tenths = Counter(number * 10 // PRIME for number in numbers)
    assert set(tenths) == set(range(10))
    assert max(abs(n - 4_000) for n in tenths.values()) < 4 * 60  # four standard deviations
    pairs = sum(first < PRIME // 10 and second < PRIME // 10 for first, second in pairwise(numbers))
    assert abs(pairs - 400) < 4 * 20
    assert Draw("even").of(2**62) == Draw("even").of(2**62 % PRIME)
    assert (bound(0), bound(1)) == (0, PRIME)


@pytest.mark.parametrize("sample", [Sample(size=9), Sample(share=0.3)])
def test_a_sample_has_its_size_and_its_seed_tells_who(hall: Hall, sample: Sample) -> None:
    people = hall.residents(30)
    for name in ("first", "second"):
        hall.launch(name, Audience(sample=sample))
        hall.launch(f"{name}-other", Audience(sample=sample.model_copy(update={"seed": "2"})))
    hall.work()
    assert len(hall.invited("first")) == 9
    assert hall.invited("first") == hall.invited("second")
    assert set(hall.invited("first")) < set(people)
    assert hall.invited("first") != hall.invited("first-other")


def test_a_sample_is_drawn_of_those_who_are_not_left_out(hall: Hall) -> None:
    asked = hall.residents(10, "asked")
    hall.launch("before", Audience(tags=("asked",)))
    hall.work()
    others = hall.residents(10)
    hall.launch(audience=Audience(sample=Sample(size=8), exclude=Exclusions(asked_within="7d")))
    hall.work()
    assert len(hall.invited()) == 8
    assert set(hall.invited()) < set(others)
    assert hall.status().excluded == {"asked_lately": len(asked)}


def test_more_than_there_are_is_everybody(hall: Hall) -> None:
    people = hall.residents(3)
    hall.launch(audience=Audience(sample=Sample(size=50)))
    hall.work()
    assert hall.invited() == people


def test_strata_have_their_part(hall: Hall) -> None:
    hall.residents(16, language="en", attributes={"area": "north"})
    hall.residents(6, language="fr", attributes={"area": "south"})
    hall.residents(2, language="fr")
    hall.launch("in-proportion", Audience(sample=Sample(size=12, by="language")))
    hall.launch("equal", Audience(sample=Sample(size=12, by="area", equal=True)))
    hall.launch("one-channel", Audience(sample=Sample(size=5, by="channel")))
    hall.work()
    assert _by(hall, "in-proportion", Participant.language) == {"en": 8, "fr": 4}
    areas = _by(hall, "equal", Participant.attributes["area"].as_string())
    assert areas == {"north": 5, "south": 5, None: 2}
    assert len(hall.invited("one-channel")) == 5


def test_strata_that_are_names_are_refused_and_hold_up_nobody(hall: Hall) -> None:
    for number in range(101):
        hall.resident(attributes={"street": f"{number} Birch St"})
    hall.launch(audience=Audience(sample=Sample(size=50, by="street")))
    hall.launch("whole")
    hall.work()
    assert (hall.campaign().status, hall.invited()) == ("paused", [])
    assert "101 different values" in hall.all(select(InboxItem.text))[0]
    assert len(hall.invited("whole")) == 101


@pytest.mark.parametrize("same", [False, True])
def test_each_wave_asks_another_sample_unless_told_otherwise(hall: Hall, same: bool) -> None:
    hall.residents(40)
    repeat = Repeat(cron="0 10 * * *", times=2, same_people=same)
    hall.launch(audience=Audience(sample=Sample(size=10)), settings=CampaignSettings(repeat=repeat))
    hall.work()
    hall.now += timedelta(days=8)
    hall.work()
    first, second = hall.invited(wave=1), hall.invited(wave=2)
    assert len(first) == len(second) == 10
    assert (first == second) is same


def test_arms_divide_people_by_their_shares_the_same_in_every_wave(hall: Hall) -> None:
    people = hall.residents(60)
    other = hall.publish(OTHER)
    arms = (Arm(key="a", revision=hall.revision_id, share=0.25), Arm(key="b", revision=other, share=0.75))
    hall.launch(settings=CampaignSettings(arms=arms, repeat=Repeat(cron="0 10 * * *", times=2)))
    hall.work()
    campaign = hall.campaign().id
    expected = {one: arm.key for one in people if (arm := arm_of(arms, campaign, one)) is not None}
    assert dict(hall.all(select(Invitation.participant_id, Invitation.arm))) == expected
    assert 8 <= sum(key == "a" for key in expected.values()) <= 24
    texts = {arm: {text.splitlines()[0] for text in texts} for arm, texts in _texts_by_arm(hall).items()}
    assert texts == {"a": {"What should we fix first?"}, "b": {"What troubles you?"}}
    assert set(hall.all(select(Run.revision_id))) == {hall.revision_id, other}
    hall.now += timedelta(days=8)
    hall.work()
    hall.work()
    assert dict(hall.all(select(Invitation.participant_id, Invitation.arm).where(Invitation.wave == 2))) == expected


def test_who_comes_by_a_keyword_is_drawn_into_an_arm_as_a_wave_draws(hall: Hall) -> None:
    other = hall.publish(OTHER)
    arms = (Arm(key="a", revision=hall.revision_id, share=0.5), Arm(key="b", revision=other, share=0.5))
    people = hall.residents(12)
    campaign = hall.launch(audience=Audience(tags=("nobody",)), settings=CampaignSettings(arms=arms), keyword="fundy")
    hall.work()
    for one in people:
        hall.reply(one, "fundy")
    drawn = [arm_of(arms, campaign, one) for one in people]
    columns = select(Invitation.arm, Run.revision_id).join(Run, Run.invitation_id == Invitation.id)
    found = hall.all(columns.order_by(Invitation.participant_id))
    assert found == [(arm.key, arm.revision) for arm in drawn if arm is not None]
    assert {key for key, _ in found} == {"a", "b"}


def test_shares_must_add_up(hall: Hall) -> None:
    arms = (Arm(key="a", revision=hall.revision_id, share=0.25), Arm(key="b", revision=hall.revision_id, share=0.5))
    with pytest.raises(WrongUsage, match="add up to 100%"):
        hall.launch(settings=CampaignSettings(arms=arms))


@given(
    st.dictionaries(st.text("abc", min_size=1, max_size=3), st.integers(0, 60), min_size=1, max_size=8),
    st.integers(0, 400),
    st.booleans(),
)
def test_parts_add_up_and_none_is_more_than_there_are(sizes: dict[str, int], wanted: int, equal: bool) -> None:
    given_ = allocate(sizes, wanted, equal=equal)
    total = sum(sizes.values())
    assert sum(given_.values()) == min(wanted, total)
    assert all(0 <= given_[name] <= size for name, size in sizes.items())
    if equal:
        assert all(given_[name] == sizes[name] or given_[name] + 1 >= max(given_.values()) for name in sizes)
    elif wanted <= total:
        assert all(abs(given_[name] - wanted * size / total) < 1 for name, size in sizes.items() if total)


def _by(hall: Hall, name: str, column: object) -> dict[str | None, int]:
    statement = select(column).join(Invitation, Invitation.participant_id == Participant.id)  # type: ignore[call-overload]
    return dict(Counter(hall.all(statement.where(Invitation.campaign_id == hall.campaign(name).id))))


def _texts_by_arm(hall: Hall) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    statement = (
        select(Invitation.arm, Message.text)
        .select_from(Message)
        .join(Run, Run.id == Message.run_id)
        .join(Invitation, Invitation.id == Run.invitation_id)
    )
    for arm, text in hall.all(statement):
        found.setdefault(arm, []).append(text)
    return found


OTHER = """
flow: check-in
title: {en: Check-in, fr: Le point}
languages: [en, fr]
start: focus
states:
  focus:
    ask: text
    text: {en: What troubles you?, fr: Qu'est-ce qui ne va pas?}
    next: done
  done:
    say: {en: Thank you., fr: Merci.}
    end: completed
"""
