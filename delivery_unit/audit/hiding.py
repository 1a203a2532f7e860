"""Which lines a reader may not see: those about goals that stay hidden from them."""

from dataclasses import dataclass

from django.db.models import Q

from accounts.models import AuditEvent, User
from accounts.roles import Permission
from delivery_unit.audit.sources import SOURCES, Rows, Source
from goals.models import DataImport, Goal, Indicator
from goals.models.indicators import IndicatorQuerySet
from stocktakes.models import Pack, Stocktake, StocktakeGoal


@dataclass(frozen=True)
class Hidden:
    """Keys of what the reader may not know of, deleted goals and past agendas included."""

    goals: dict[int, str]
    indicators: dict[int, str]
    stocktakes: frozenset[int]

    @classmethod
    def from_user(cls, user: User) -> "Hidden":
        """In six queries; few goals are confidential."""
        goals = _goals(user)
        indicators: IndicatorQuerySet = Indicator.objects.hidden_from(user)
        return cls(
            goals=goals,
            indicators=dict(indicators.values_list("pk", "code")),
            stocktakes=_stocktakes(set(goals)),
        )

    def hide(self, source: Source, rows: Rows, user: User) -> Rows:
        if source.goal and self.goals:
            rows = rows.exclude(**{f"{source.goal}__in": list(self.goals)})
        if source.indicator and self.indicators:
            rows = rows.exclude(**{f"{source.indicator}__in": list(self.indicators)})
        if source.stocktake and self.stocktakes:
            rows = rows.exclude(**{f"{source.stocktake}__in": list(self.stocktakes)})
        if source.subject is AuditEvent:
            rows = rows.exclude(self._named_in("subject"))
        if source.subject is DataImport:
            rows = rows.filter(pk__in=DataImport.objects.visible_to(user).order_by().values("pk"))
        return rows

    def _named_in(self, name: str) -> Q:
        """Addresses of pages and files name their goal, indicator or stocktake."""
        said = [f"/goals/{code}/" for code in self.goals.values()]
        said += [f"/indicators/{code}/" for code in self.indicators.values()]
        said += [f"/stocktakes/{pk}/" for pk in self.stocktakes]
        found = Q(pk__in=[])
        for each in said:
            found |= Q(**{f"{name}__contains": each})
        return found


def _goals(user: User) -> dict[int, str]:
    """Goals outside `visible_to`, and deleted ones that were confidential at the end."""
    seen = Goal.objects.visible_to(user).values("pk")
    hidden = dict(Goal.objects.exclude(pk__in=seen).values_list("pk", "code"))
    if user.may(Permission.SEE_CONFIDENTIAL_GOALS) and not user.is_veiled:
        return hidden
    ended = SOURCES["goal"].model.objects.filter(history_type="-", is_confidential=True)
    return hidden | dict(ended.order_by().values_list("id", "code"))


def _stocktakes(goals: set[int]) -> frozenset[int]:
    """Meetings with a hidden goal on the agenda, in a pack, or on the agenda once."""
    if not goals:
        return frozenset()
    was = SOURCES[StocktakeGoal._meta.model_name or ""].model.objects.filter(goal_id__in=goals)
    now = Stocktake.objects.filter(goals__in=goals).order_by().values_list("pk", flat=True)
    issued = Pack.objects.filter(goals__in=goals).order_by().values_list("stocktake", flat=True)
    return frozenset({*was.values_list("stocktake_id", flat=True), *now, *issued})
