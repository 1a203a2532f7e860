from django.urls import URLPattern, path

from goals.views import goals, imports, indicators

app_name = "goals"

urlpatterns: list[URLPattern] = [
    # the data desk
    path("data/", imports.data_desk, name="data_desk"),
    path("data/template.csv", imports.import_template, name="import_template"),
    path("data/imports/<int:pk>/", imports.import_detail, name="import_detail"),
    path("data/imports/<int:pk>/confirm/", imports.import_confirm, name="import_confirm"),
    path("data/imports/<int:pk>/discard/", imports.import_discard, name="import_discard"),
    path("data/imports/<int:pk>/problems.csv", imports.import_problems, name="import_problems"),
    path("data/imports/<int:pk>/units/", imports.import_units, name="import_units"),
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
