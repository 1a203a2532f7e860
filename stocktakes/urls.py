from django.urls import URLPattern, path

from stocktakes.views import home, overview, packs, search, stocktakes

app_name = "stocktakes"

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("seen/", home.home_seen, name="home_seen"),
    path("search/", search.search, name="search"),
    # overview
    path("overview/", overview.overview, name="overview"),
    path("overview.<ending:ending>", overview.overview_file, name="overview_file"),
    # packs
    path("stocktakes/<int:pk>/pack/", packs.pack_detail, name="pack_detail"),
    path("stocktakes/<int:pk>/pack/issue/", packs.pack_issue, name="pack_issue"),
    path("stocktakes/<int:pk>/pack.css", packs.pack_styles, name="pack_styles"),
    path("stocktakes/<int:pk>/pack.pdf", packs.pack_pdf, name="pack_pdf"),
    # stocktakes
    path("stocktakes.<ending:ending>", stocktakes.stocktake_file, name="stocktake_file"),
    path("stocktakes/", stocktakes.stocktake_list, name="stocktake_list"),
    path("stocktakes/new/", stocktakes.stocktake_new, name="stocktake_new"),
    path("stocktakes/<int:pk>/", stocktakes.stocktake_detail, name="stocktake_detail"),
    path("stocktakes/<int:pk>/agenda/<str:code>/", stocktakes.agenda_edit, name="agenda_edit"),
    path("stocktakes/<int:pk>/cancel/", stocktakes.stocktake_cancel, name="stocktake_cancel"),
    path("stocktakes/<int:pk>/edit/", stocktakes.stocktake_edit, name="stocktake_edit"),
    path("stocktakes/<int:pk>/held/", stocktakes.stocktake_hold, name="stocktake_hold"),
]
