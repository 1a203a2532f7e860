"""The people of the demonstration `everly`, a fictional state department of education."""

from accounts.roles import Role
from delivery_unit.demo.shapes import OF_THE_CHIEFS, DemoAccount, DemoPerson, people_at

PEOPLE = people_at(
    "everly.example",
    DemoPerson(
        "leader", "Dr Marguerite Osei", "State Superintendent",
        Role.SYSTEM_LEADER, "EVR-OFFICE",
    ),
    DemoPerson(
        "delivery", "Tomás Herrera", "Delivery Leader",
        Role.DELIVERY_LEADER, "EVR-UNIT", "leader",
    ),
    DemoPerson(
        "consultant.literacy", "Hannah Lindqvist", "Delivery Unit Consultant",
        Role.CONSULTANT, "EVR-UNIT", "delivery",
    ),
    DemoPerson(
        "consultant.stem", "Samuel Okafor", "Delivery Unit Consultant",
        Role.CONSULTANT, "EVR-UNIT", "delivery", 60, "EVR-RESEARCH",
    ),
    DemoPerson(
        "consultant.ccr", "Mei Zhao", "Delivery Unit Consultant",
        Role.CONSULTANT, "EVR-UNIT", "delivery", 80, "EVR-BUDGET",
    ),
    DemoPerson(
        "literacy", "Yolanda Freeman", "Chief of Literacy",
        Role.GOAL_LEADER, "EVR-LIT", "leader",
    ),
    DemoPerson(
        "stem", "Dr Arjun Mehta", "Chief of STEM",
        Role.GOAL_LEADER, "EVR-STEM", "leader",
    ),
    DemoPerson(
        "ccr", "Beth Kowalczyk", "Chief of College and Career Readiness",
        Role.GOAL_LEADER, "EVR-CCR", "leader",
    ),
    DemoPerson(
        "team.literacy", "Ivana Novak", "Head of Reading Coaches",
        Role.GOAL_TEAM, "EVR-LIT", "literacy",
    ),
    DemoPerson(
        "district", "Soledad Ibarra", "District Superintendent, Harlan Valley",
        Role.LOCAL_LEADER, "D-HARLAN",
    ),
    DemoPerson(
        "analyst", "Priya Raghunathan", "Data Analyst",
        Role.ANALYST, "EVR-UNIT", "delivery",
    ),
    DemoPerson(
        "admin", "Joan Whitefeather", "Systems Administrator",
        Role.ADMINISTRATOR, "EVR-OFFICE", "leader",
    ),
    DemoPerson(
        "board", "Walter Brandt", "Member of the State Board",
        Role.BOARD, "EVR-BOARD",
    ),
)  # fmt: skip

ORG_UNITS = (  # code, name, kind, parent
    ("EVR", "Everly, whole state", "system", ""),
    ("EVR-BOARD", "State Board of Education", "board", "EVR"),
    ("EVR-OFFICE", "Office of the Superintendent", "office", "EVR"),
    ("EVR-UNIT", "Delivery Unit", "office", "EVR-OFFICE"),
    ("EVR-LIT", "Division of Literacy", "division", "EVR-OFFICE"),
    ("EVR-STEM", "Division of STEM", "division", "EVR-OFFICE"),
    ("EVR-CCR", "Division of College and Career Readiness", "division", "EVR-OFFICE"),
    ("EVR-RESEARCH", "Research Office", "office", "EVR-OFFICE"),
    ("EVR-BUDGET", "Budget Office", "office", "EVR-OFFICE"),
    ("D-HARLAN", "Harlan Valley", "district", "EVR"),
    ("D-PORT", "Port Everly", "district", "EVR"),
    ("D-SANY", "San Ysidro Unified", "district", "EVR"),
    ("D-WABASH", "Upper Wabash", "district", "EVR"),
    ("D-LAKE", "Lakeshore", "district", "EVR"),
    ("D-MILL", "Millbrook", "district", "EVR"),
)

ACCOUNTS = (
    *OF_THE_CHIEFS,
    DemoAccount("ccr", "consultant.literacy", "backup"),
)
