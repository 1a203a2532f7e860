from django.urls import URLPattern, path

from stocktakes.unit.views import accounts, leaving, room

app_name = "unit"

urlpatterns: list[URLPattern] = [
    path("", room.unit_room, name="room"),
    path("leaving/", leaving.leaving_list, name="leaving_list"),
    path("leaving/<int:pk>/", leaving.leaving_edit, name="leaving_edit"),
    path("members.<ending:ending>", room.member_file, name="member_file"),
    path("accounts.<ending:ending>", accounts.account_file, name="account_file"),
    path("accounts/", accounts.account_list, name="account_list"),
    path("accounts/hand-over/", accounts.hand_over, name="hand_over"),
    path("accounts/changes/<int:pk>/undo/", accounts.change_undo, name="change_undo"),
    path(
        "accounts/mitigation/<str:kind>/<int:pk>/",
        accounts.mitigation_edit,
        name="mitigation_edit",
    ),
]
