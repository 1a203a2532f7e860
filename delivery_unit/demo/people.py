"""The people of the demonstration `everly`, a fictional state department of education."""

from dataclasses import dataclass

from accounts.roles import Role

PASSWORD = "demo-password"  # noqa: S105 - published on purpose; loads with DEMO=1 only


@dataclass(frozen=True)
class DemoPerson:
    """One who can sign in: `unit` is the code of the office, `boss` who the position reports to."""

    email: str
    name: str
    title: str
    role: Role
    unit: str
    boss: str = ""
    fte_percent: int = 100
    home_unit: str = ""


PEOPLE = (
    DemoPerson(
        "leader@everly.example", "Dr Marguerite Osei", "State Superintendent",
        Role.SYSTEM_LEADER, "EVR-OFFICE",
    ),
    DemoPerson(
        "delivery@everly.example", "Tomás Herrera", "Delivery Leader",
        Role.DELIVERY_LEADER, "EVR-UNIT", "leader@everly.example",
    ),
    DemoPerson(
        "consultant.literacy@everly.example", "Hannah Lindqvist", "Delivery Unit Consultant",
        Role.CONSULTANT, "EVR-UNIT", "delivery@everly.example",
    ),
    DemoPerson(
        "consultant.stem@everly.example", "Samuel Okafor", "Delivery Unit Consultant",
        Role.CONSULTANT, "EVR-UNIT", "delivery@everly.example", 60, "EVR-RESEARCH",
    ),
    DemoPerson(
        "consultant.ccr@everly.example", "Mei Zhao", "Delivery Unit Consultant",
        Role.CONSULTANT, "EVR-UNIT", "delivery@everly.example", 80, "EVR-BUDGET",
    ),
    DemoPerson(
        "literacy@everly.example", "Yolanda Freeman", "Chief of Literacy",
        Role.GOAL_LEADER, "EVR-LIT", "leader@everly.example",
    ),
    DemoPerson(
        "stem@everly.example", "Dr Arjun Mehta", "Chief of STEM",
        Role.GOAL_LEADER, "EVR-STEM", "leader@everly.example",
    ),
    DemoPerson(
        "ccr@everly.example", "Beth Kowalczyk", "Chief of College and Career Readiness",
        Role.GOAL_LEADER, "EVR-CCR", "leader@everly.example",
    ),
    DemoPerson(
        "team.literacy@everly.example", "Ivana Novak", "Head of Reading Coaches",
        Role.GOAL_TEAM, "EVR-LIT", "literacy@everly.example",
    ),
    DemoPerson(
        "district@everly.example", "Soledad Ibarra", "District Superintendent, Harlan Valley",
        Role.LOCAL_LEADER, "D-HARLAN",
    ),
    DemoPerson(
        "analyst@everly.example", "Priya Raghunathan", "Data Analyst",
        Role.ANALYST, "EVR-UNIT", "delivery@everly.example",
    ),
    DemoPerson(
        "admin@everly.example", "Joan Whitefeather", "Systems Administrator",
        Role.ADMINISTRATOR, "EVR-OFFICE", "leader@everly.example",
    ),
    DemoPerson(
        "board@everly.example", "Walter Brandt", "Member of the State Board",
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

# Each chief is the account of one consultant, with another as backup.
ACCOUNTS = (  # goal leader, primary, backup
    ("literacy", "consultant.literacy", "consultant.stem"),
    ("stem", "consultant.stem", "consultant.ccr"),
    ("ccr", "consultant.ccr", "consultant.literacy"),
)
