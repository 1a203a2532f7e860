"""Promises and measurements: goals, indicators, numbers, targets, paths, and where they stand."""

from goals.models.goals import (
    NOT_BOTH,
    Answer,
    Aspiration,
    ContentArea,
    Goal,
    GoalConsultant,
    GoalIndicator,
    GoalRole,
)
from goals.models.imports import DataImport, ImportMapping
from goals.models.indicators import (
    ALL_SUBGROUP,
    DefinitionVersion,
    Indicator,
    IndicatorSteward,
    Series,
    Subgroup,
)
from goals.models.observations import Observation
from goals.models.standings import Standing
from goals.models.trajectories import Target, Trajectory, TrajectoryPoint

__all__ = [
    "ALL_SUBGROUP",
    "NOT_BOTH",
    "Answer",
    "Aspiration",
    "ContentArea",
    "DataImport",
    "DefinitionVersion",
    "Goal",
    "GoalConsultant",
    "GoalIndicator",
    "GoalRole",
    "ImportMapping",
    "Indicator",
    "IndicatorSteward",
    "Observation",
    "Series",
    "Standing",
    "Subgroup",
    "Target",
    "Trajectory",
    "TrajectoryPoint",
]
