from django.urls import URLPattern, path

from goals.views import goals, indicators

app_name = "goals"

urlpatterns: list[URLPattern] = [
    # goals
    path("aspirations/", goals.aspiration_list, name="aspiration_list"),
    path("goals/", goals.goal_list, name="goal_list"),
    path("goals/<str:code>/", goals.goal_detail, name="goal_detail"),
    path("goals/<str:code>/answers/<int:number>/", goals.answer_edit, name="answer_edit"),
    # the indicators of a goal
    path(
        "goals/<str:code>/indicators/<str:icode>/",
        indicators.indicator_detail,
        name="indicator_detail",
    ),
    path(
        "goals/<str:code>/indicators/<str:icode>/observations/",
        indicators.observation_list,
        name="observation_list",
    ),
    path(
        "goals/<str:code>/indicators/<str:icode>/observations.csv",
        indicators.observation_csv,
        name="observation_csv",
    ),
    path(
        "goals/<str:code>/indicators/<str:icode>/trajectory/",
        indicators.trajectory_detail,
        name="trajectory_detail",
    ),
    # the dictionary of indicators, for those that serve no goal yet, too
    path("indicators/", indicators.indicator_list, name="indicator_list"),
    path("indicators/<str:icode>/", indicators.indicator_detail, name="indicator_detail"),
    path(
        "indicators/<str:icode>/observations/",
        indicators.observation_list,
        name="observation_list",
    ),
    path(
        "indicators/<str:icode>/observations.csv",
        indicators.observation_csv,
        name="observation_csv",
    ),
]
