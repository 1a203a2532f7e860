"""Answering the five questions of a goal."""

from datetime import datetime

from accounts.models import User
from goals.models import Answer, Goal


def write_answer(*, goal: Goal, question: int, text: str, by: User, at: datetime) -> Answer:
    """Adds an answer; the earlier ones stay. The same words again add nothing."""
    before = goal.answers.filter(question=question).order_by("-written_at", "-pk").first()
    text = text.strip()
    if before is not None and before.text == text:
        return before
    return Answer.objects.create(
        goal=goal, question=question, text=text, written_by=by, written_at=at
    )
