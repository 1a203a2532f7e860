"""The people of `state` who have names."""

from accounts.roles import Role

NAMED = (  # the people whom the other demonstrations have, too
    ("leader", "Dr Alma Reyes", "Head of the System", Role.SYSTEM_LEADER),
    ("delivery", "Joris Vance", "Delivery Leader", Role.DELIVERY_LEADER),
    ("analyst", "Nadia Brook", "Data Analyst", Role.ANALYST),
    ("admin", "Paul Sorensen", "Systems Administrator", Role.ADMINISTRATOR),
    ("board", "Ines Calloway", "Member of the Board", Role.BOARD),
)
