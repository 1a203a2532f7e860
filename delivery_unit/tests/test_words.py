"""Where an organisation has its own words, no page, mail or pack speaks of roles in ours."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.models import System
from accounts.roles import Role
from accounts.tests.factories import make_account, make_org_unit, make_person
from accounts.vocabulary import HAVING_MANY, speaking
from delivery_unit.tests.test_access import LINES
from delivery_unit.tests.world import make_world
from goals.models import GoalRole
from goals.tests.factories import make_goal
from stocktakes import sheets, snapshot
from stocktakes.actions.digests import write_digests
from stocktakes.actions.packs import NothingChanged, issue_pack
from stocktakes.models import Digest, Pack
from stocktakes.tests.factories import make_stocktake

pytestmark = pytest.mark.django_db

OWN = {code: f"w{number}x" for number, code in enumerate(HAVING_MANY)}
OURS = re.compile(
    r"\b(system leader|delivery leader|consultant|data analyst|goal leader|goal team member"
    r"|local leader|board member)s?\b",
    re.IGNORECASE,
)
# What explains the words themselves says ours beside theirs.
EXPLAINING = ("/help/", "/settings/words/", "/settings/start/words/")


def shown(response):
    """What a reader reads, without what scripts and style sheets say."""
    text = re.sub(r"<(script|style|svg).*?</\1>", "", response.content.decode(), flags=re.DOTALL)
    apart = re.sub(r"(<(?:td|th|dt|dd)\b)", r" | \1", text)  # heads side by side are no sentence
    return re.sub(r"\s+", " ", strip_tags(apart))


PAGES = sorted(
    {
        line.address
        for line in LINES
        if line.method == "GET"
        and line.address.endswith("/")
        and not line.address.startswith(EXPLAINING)
        and not line.address.endswith("/pack/")  # issued before, so they keep ours: see below
        and 200 in (line.expected["dl"], line.expected["adm"])
    }
)


def test_no_page_speaks_of_roles_in_our_words(client):
    people = make_world()
    System.objects.update(words=OWN)
    found = {}
    for who in ("dl", "adm"):
        client.force_login(people[who])
        for address in PAGES:
            response = client.get(address)
            if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
                said = {each[0].lower() for each in OURS.finditer(shown(response))}
                if said:
                    found[who, address] = said
    assert found == {}


def test_pages_speak_of_more_than_one_in_the_plural_that_was_typed(client):
    System.objects.create(name="Everly")
    admin = make_person(Role.ADMINISTRATOR)
    client.force_login(admin)
    typed = {"goal_leader": "Inspector General", "goal_leader_plural": "Inspectors General",
             "consultant": "deputy"}  # fmt: skip
    assert client.post("/settings/words/", typed).status_code == 302
    assert System.objects.get().words == typed
    consultant = make_person(Role.CONSULTANT)
    for number in range(2):
        leader = make_person(Role.GOAL_LEADER)
        make_account(consultant, leader)
        make_goal(f"L{number}", leader=leader)
    page = shown(client.get("/unit/accounts/"))
    assert "2 Inspectors General, 2 goals, 1 deputy at" in page
    make_person(Role.CONSULTANT)
    assert "2 deputies at" in shown(client.get("/unit/accounts/"))
    assert "Black edge: Inspectors General. No line may run between a deputy" in shown(
        client.get("/unit/")
    )


def test_what_is_guessed_anyway_is_not_kept_and_follows_the_word(client):
    System.objects.create(name="Everly")
    client.force_login(make_person(Role.ADMINISTRATOR))
    client.post("/settings/words/", {"goal_leader": "coach", "goal_leader_plural": "coaches"})
    assert System.objects.get().words == {"goal_leader": "coach"}
    page = client.get("/settings/words/").content.decode()
    assert 'placeholder="coaches"' in page
    client.post("/settings/words/", {"goal_leader": "owner", "board_plural": "board members"})
    assert System.objects.get().words == {"goal_leader": "owner"}


def test_a_digest_speaks_in_the_words_of_the_organisation():
    system = System.objects.create(name="Everly", words={"consultant": "coach"})
    leader = make_person(Role.GOAL_LEADER, name="Yolanda")
    make_goal("L1", leader=leader)
    lead = make_person(Role.DELIVERY_LEADER, password="x")
    on = timezone.localdate()
    with speaking(system.words):
        write_digests(on=on, at=timezone.now())
    assert "Yolanda has no coach" in Digest.objects.get(person=lead).body


# --- packs ----------------------------------------------------------------------------------------


@pytest.fixture
def meeting():
    System.objects.create(name="Everly", words={"goal_leader": "outcome owner"})
    make_org_unit("EVR")
    lead = make_person(Role.DELIVERY_LEADER, name="Lead")
    goal = make_goal("L1", leader=make_person(Role.GOAL_LEADER, name="First"))
    return make_stocktake(goal, chair=lead, prepared_by=lead,
                          starts_at=timezone.now() + timedelta(days=9))  # fmt: skip


def issue(meeting, note=""):
    after = meeting.packs.count() or None
    return issue_pack(
        stocktake=meeting, by=meeting.chair, at=timezone.now(), change_note=note, after=after
    )


def drawn(pack):
    return re.sub(r"\s+", " ", strip_tags(sheets.sheets(pack.text())))


def test_a_pack_keeps_the_words_that_it_was_issued_with(meeting):
    pack = issue(meeting)
    assert "Outcome owner First" in drawn(pack)
    System.objects.update(words={"goal_leader": "sponsor"})
    with speaking({"goal_leader": "sponsor"}):
        assert "Outcome owner First" in drawn(Pack.objects.get(pk=pack.pk))
        assert "Sponsor" not in drawn(pack)


def test_the_next_version_has_the_new_word_and_says_that_it_changed(meeting):
    first = issue(meeting)
    System.objects.update(words={"goal_leader": "sponsor"})
    meeting.goals.get().roles.update(valid_to=timezone.localdate() - timedelta(days=1))
    GoalRole.objects.create(
        goal=meeting.goals.get(), person=make_person(Role.GOAL_LEADER, name="Second"),
        role="leader", valid_from=timezone.localdate(),
    )  # fmt: skip
    second = issue(meeting, "Another one leads.")
    told = [(each.about, each.before, each.now) for each in _corrections(second)]
    assert told == [
        ("word for who leads a goal", "outcome owner", "sponsor"),
        ("sponsor", "First", "Second"),
    ]
    assert "Sponsor Second" in drawn(second)
    assert "Outcome owner First" in drawn(first)


def _corrections(pack):
    return snapshot.from_text(pack.text()).corrections


def test_a_pack_of_before_words_were_kept_says_ours_and_equals_what_says_the_same(meeting):
    System.objects.update(words={})
    pack = issue(meeting)
    content = snapshot.from_text(pack.text())
    text = snapshot.to_text(content)
    old = text.replace('"terms":[["goal_leader","goal leader"]],', "")
    assert old != text
    read = snapshot.from_text(old)
    assert read.terms == ()
    assert read.term("goal_leader") == "goal leader"
    with speaking({"goal_leader": "sponsor"}):
        assert "Goal leader First" in re.sub(r"\s+", " ", strip_tags(sheets.sheets(old)))
    assert snapshot.substance(read) == snapshot.substance(content)
    Pack.objects.filter(pk=pack.pk).update(snapshot=old, sha256=snapshot.sha256(old))
    with pytest.raises(NothingChanged):
        issue(meeting)
