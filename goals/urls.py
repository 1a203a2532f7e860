from django.urls import URLPattern, path

from goals.views import goals, imports, indicators, settings, values

app_name = "goals"

urlpatterns: list[URLPattern] = [
    # the data desk
    path("data/", imports.data_desk, name="data_desk"),
    path("data/template.csv", imports.import_template, name="import_template"),
    path("data/imports/<int:pk>/", imports.import_detail, name="import_detail"),
    path("data/imports/<int:pk>/confirm/", imports.import_confirm, name="import_confirm"),
    path("data/imports/<int:pk>/discard/", imports.import_discard, name="import_discard"),
    path(
        "data/imports/<int:pk>/problems.<ending:ending>",
        imports.import_problems,
        name="import_problems",
    ),
    path("data/imports/<int:pk>/units/", imports.import_units, name="import_units"),
    path("data/type/", values.type_values, name="type_values"),
    # goals, areas, aspirations and indicators as they are set up
    path("settings/goals/", settings.settings_goals, name="settings_goals"),
    path("settings/goals/<str:code>/", settings.goal_settings, name="goal_settings"),
    path("settings/new-goal/", settings.goal_new, name="goal_new"),
    path(
        "settings/indicators/<str:icode>/", settings.indicator_settings, name="indicator_settings"
    ),
    path("settings/new-indicator/", settings.indicator_new, name="indicator_new"),
    path("settings/areas/<int:pk>/", settings.area_settings, name="area_settings"),
    path("settings/new-area/", settings.area_settings, name="area_new"),
    path(
        "settings/aspirations/<int:pk>/", settings.aspiration_settings, name="aspiration_settings"
    ),
    path("settings/new-aspiration/", settings.aspiration_settings, name="aspiration_new"),
    # goals
    path("aspirations/", goals.aspiration_list, name="aspiration_list"),
    path("goals/", goals.goal_list, name="goal_list"),
    path("goals.<ending:ending>", goals.goal_file, name="goal_file"),
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
        "goals/<str:code>/indicators/<str:icode>/observations.<ending:ending>",
        indicators.observation_file,
        name="observation_file",
    ),
    path(
        "goals/<str:code>/indicators/<str:icode>/trajectory/",
        indicators.trajectory_detail,
        name="trajectory_detail",
    ),
    # the dictionary of indicators, for those that serve no goal yet, too
    path("indicators/", indicators.indicator_list, name="indicator_list"),
    path("indicators.<ending:ending>", indicators.indicator_file, name="indicator_file"),
    path("indicators/<str:icode>/", indicators.indicator_detail, name="indicator_detail"),
    path(
        "indicators/<str:icode>/observations/",
        indicators.observation_list,
        name="observation_list",
    ),
    path(
        "indicators/<str:icode>/observations.<ending:ending>",
        indicators.observation_file,
        name="observation_file",
    ),
]
