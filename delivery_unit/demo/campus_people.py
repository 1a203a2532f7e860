"""The people of the demonstration `campus`, a fictional university system of four campuses.

The Unit has nobody of its own: each member comes from a campus or an office for part of the week.
"""

from accounts.roles import Role
from delivery_unit.demo.shapes import OF_THE_CHIEFS, DemoAccount, DemoPerson, DemoPost, people_at

ORG_UNITS = (  # code, name, kind, parent
    ("CALDER", "Calder University System", "system", ""),
    ("CAL-REGENTS", "Board of Regents", "board", "CALDER"),
    ("CAL-OFFICE", "Office of the Chancellor", "office", "CALDER"),
    ("CAL-UNIT", "Delivery Unit", "office", "CAL-OFFICE"),
    ("CAL-FIRST", "Office of the First Year", "office", "CAL-OFFICE"),
    ("CAL-COURSES", "Office of Courses and Access", "office", "CAL-OFFICE"),
    ("CAL-COMPLETE", "Office of Completion and Careers", "office", "CAL-OFFICE"),
    ("CAL-RESEARCH", "Institutional Research", "office", "CAL-OFFICE"),
    ("NORTH", "Calder North, Fernhill", "campus", "CALDER"),
    ("SOUTH", "Calder South, Port Ashby", "campus", "CALDER"),
    ("EAST", "Calder East, Millrace", "campus", "CALDER"),
    ("WEST", "Calder West, Longmere", "campus", "CALDER"),
    ("NORTH-REG", "Registrar, North", "office", "NORTH"),
    ("SOUTH-ADV", "Advising Centre, South", "office", "SOUTH"),
    ("EAST-IR", "Planning and Data, East", "office", "EAST"),
    ("WEST-AFF", "Academic Affairs, West", "office", "WEST"),
)

PEOPLE = people_at(
    "campus.example",
    DemoPerson(
        "leader", "Dr Ruth Adeyemi", "Chancellor",
        Role.SYSTEM_LEADER, "CAL-OFFICE",
    ),
    DemoPerson(
        "delivery", "Colin Baptiste", "Delivery Leader, shared",
        Role.DELIVERY_LEADER, "CAL-UNIT", "leader", 50, "CAL-OFFICE", is_co_lead=True,
        day_job=DemoPost("Chief of Staff", "CAL-OFFICE", "leader"),
    ),
    DemoPerson(
        "colead", "Dr Ingrid Solberg", "Delivery Leader, shared",
        Role.DELIVERY_LEADER, "CAL-UNIT", "leader", 50, "WEST", is_co_lead=True,
        day_job=DemoPost("Associate Dean of Academic Affairs", "WEST-AFF", "west"),
    ),
    DemoPerson(
        "consultant.literacy", "Theo Marchetti", "Delivery Unit Consultant",
        Role.CONSULTANT, "CAL-UNIT", "delivery", 40, "NORTH",
        day_job=DemoPost("Deputy Registrar", "NORTH-REG", "north"),
    ),
    DemoPerson(
        "consultant.stem", "Amara Nwosu", "Delivery Unit Consultant",
        Role.CONSULTANT, "CAL-UNIT", "delivery", 40, "SOUTH",
        day_job=DemoPost("Head of Advising", "SOUTH-ADV", "south"),
    ),
    DemoPerson(
        "consultant.ccr", "Felix Brandstetter", "Delivery Unit Consultant",
        Role.CONSULTANT, "CAL-UNIT", "colead", 60, "EAST",
        day_job=DemoPost("Director of Planning and Data", "EAST-IR", "east"),
    ),
    DemoPerson(
        "literacy", "Naomi Feldman", "Vice Chancellor for the First Year",
        Role.GOAL_LEADER, "CAL-FIRST", "leader",
    ),
    DemoPerson(
        "stem", "Dr Rajiv Menon", "Vice Chancellor for Courses and Access",
        Role.GOAL_LEADER, "CAL-COURSES", "leader",
    ),
    DemoPerson(
        "ccr", "Lucille Tran", "Vice Chancellor for Completion and Careers",
        Role.GOAL_LEADER, "CAL-COMPLETE", "leader",
    ),
    DemoPerson(
        "north", "Dr Henrik Vasquez", "President, Calder North",
        Role.GOAL_LEADER, "NORTH", "leader", also=(Role.LOCAL_LEADER,),
    ),
    DemoPerson(
        "south", "Dr Odette Simmons", "President, Calder South",
        Role.GOAL_LEADER, "SOUTH", "leader", also=(Role.LOCAL_LEADER,),
    ),
    DemoPerson(
        "east", "Dr Paolo Kiplagat", "President, Calder East",
        Role.GOAL_LEADER, "EAST", "leader", also=(Role.LOCAL_LEADER,),
    ),
    DemoPerson(
        "west", "Dr Grace Lindholm", "President, Calder West",
        Role.GOAL_LEADER, "WEST", "leader", also=(Role.LOCAL_LEADER,),
    ),
    DemoPerson(
        "team.literacy", "Jonas Achterberg", "Head of First-Year Advising",
        Role.GOAL_TEAM, "CAL-FIRST", "literacy",
    ),
    DemoPerson(
        "district", "Carmen Oduya", "Provost, Calder South",
        Role.LOCAL_LEADER, "SOUTH", "south",
    ),
    DemoPerson(
        "analyst", "Wen Harrow", "Data Analyst",
        Role.ANALYST, "CAL-UNIT", "delivery", 80, "CAL-RESEARCH",
    ),
    DemoPerson(
        "admin", "Pauline Stokes", "Systems Administrator",
        Role.ADMINISTRATOR, "CAL-OFFICE", "leader",
    ),
    DemoPerson(
        "board", "Everett Langley", "Regent",
        Role.BOARD, "CAL-REGENTS",
    ),
)  # fmt: skip

# Consultants work for a campus that is not their own, with one exception that is written down.
ACCOUNTS = (
    *OF_THE_CHIEFS,
    DemoAccount("ccr", "delivery", "backup"),
    DemoAccount("north", "consultant.stem"),
    DemoAccount("south", "consultant.literacy"),
    DemoAccount("west", "consultant.literacy"),
    DemoAccount("west", "consultant.stem", "backup"),
    DemoAccount(
        "east",
        "consultant.ccr",
        note="Felix Brandstetter reports to the president of East for two days a week, and nobody"
        " else was free. Until September Ingrid Solberg reads every summary about East before it"
        " goes out, and sits in on its monthly meeting.",
    ),
    DemoAccount("east", "colead", "backup"),
)
