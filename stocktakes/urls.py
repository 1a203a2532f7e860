from django.urls import URLPattern, path

app_name = "stocktakes"

urlpatterns: list[URLPattern] = []
