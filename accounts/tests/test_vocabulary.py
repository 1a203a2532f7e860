"""The organisation's own words: one, more than one, with an article, inside sentences."""

import pytest
from django.utils.translation import gettext_lazy as _

from accounts.vocabulary import (
    HAVING_MANY,
    WORDS,
    a,
    guessed_plural,
    plural,
    said,
    said_lazy,
    short,
    speaking,
    word,
)


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("goal leader", "goal leaders"),
        ("deputy", "deputies"),
        ("key", "keys"),
        ("head of school", "heads of school"),
        ("Secretary of State", "Secretaries of State"),
        ("chief for learning", "chiefs for learning"),
        ("head coach", "head coaches"),
        ("boss", "bosses"),
        ("chairman", "chairmen"),
        ("chairwoman", "chairwomen"),
        ("data person", "data people"),
        ("human", "humans"),
        ("CEO", "CEOs"),
        ("analyst", "analysts"),
        ("of", "ofs"),
        ("", "s"),
    ],
)
def test_more_than_one_is_guessed_by_the_rules_of_english(one, many):
    assert guessed_plural(one) == many


def test_without_words_of_ones_own_ours_are_spoken():
    assert (word("consultant"), short("consultant")) == ("Delivery Unit consultant", "consultant")
    assert plural("consultant") == "consultants"
    for code in HAVING_MANY:
        assert plural(code) == guessed_plural(short(code))


def test_an_own_word_is_spoken_in_all_its_forms():
    with speaking({"goal_leader": "outcome owner", "consultant": "coach"}):
        assert (word("consultant"), short("consultant"), plural("consultant")) == (
            "coach", "coach", "coaches",
        )  # fmt: skip
        assert (a("goal_leader"), a("consultant")) == ("an outcome owner", "a coach")
        assert plural("board") == "board members"


def test_a_plural_that_was_typed_stands_over_the_guess_with_or_without_a_singular():
    with speaking({"goal_leader": "Inspector General", "goal_leader_plural": "Inspectors General"}):
        assert plural("goal_leader") == "Inspectors General"
    with speaking({"goal_leader_plural": "leaders of goals"}):
        assert (word("goal_leader"), plural("goal_leader")) == ("goal leader", "leaders of goals")


def test_a_sentence_names_roles_in_the_words_of_the_moment():
    later = said_lazy(_("%(a_goal_leader)s and %(consultant_plural)s"))
    assert str(later) == "a goal leader and consultants"
    with speaking({"goal_leader": "owner"}):
        assert str(later) == "an owner and consultants"
        assert said("%(n)s %(goal_leader_plural)s, 5 %%", n=3) == "3 owners, 5 %"


def test_only_roles_have_more_than_one():
    assert set(HAVING_MANY) == {code for code, each in WORDS.items() if each.group == "roles"}
    assert all(WORDS[code].many for code in HAVING_MANY)
