"""One journal read with Django REST framework, as its tutorial does it: model, serializer, generic view."""
# mypy: ignore-errors

import os

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="bench",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    INSTALLED_APPS=["rest_framework"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": os.environ["PGHOST"],
            "USER": os.environ["PGUSER"],
            "PASSWORD": os.environ["PGPASSWORD"],
            "NAME": os.environ["PGDATABASE"],
            "CONN_MAX_AGE": None,
            "OPTIONS": {"options": "-c search_path=budget -c jit=off"},
        }
    },
    # No token, no permission, no middleware: the peer has fewer walls than what it is compared with.
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "DEFAULT_PERMISSION_CLASSES": [],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "UNAUTHENTICATED_USER": None,
    },
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402 Django wants its settings first
from django.db import models  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework import generics, serializers  # noqa: E402


class Journal(models.Model):
    id = models.UUIDField(primary_key=True)
    partnership_id = models.UUIDField()
    owner_organisation_id = models.UUIDField()
    posted_by_organisation_id = models.UUIDField()
    arrangement = models.TextField()
    book = models.TextField()
    kind = models.TextField()
    effective_date = models.DateField()
    financial_year = models.TextField()
    posting_period = models.TextField()
    narrative = models.TextField()
    client_reference = models.TextField(null=True)
    reverses_journal_id = models.UUIDField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        app_label, db_table, managed = "bench", "journals", False


class Entry(models.Model):
    pk = models.CompositePrimaryKey("journal_id", "position")
    journal = models.ForeignKey(Journal, models.DO_NOTHING, related_name="entries")
    position = models.SmallIntegerField()
    account_id = models.UUIDField()
    amount_pence = models.BigIntegerField()

    class Meta:
        app_label, db_table, managed, ordering = "bench", "entries", False, ("position",)


class EntrySerializer(serializers.ModelSerializer):
    class Meta:
        model = Entry
        fields = ("account_id", "amount_pence")


class JournalSerializer(serializers.ModelSerializer):
    entries = EntrySerializer(many=True)

    class Meta:
        model = Journal
        fields = "__all__"


class JournalView(generics.RetrieveAPIView):
    serializer_class = JournalSerializer

    def get_queryset(self):
        partnerships = [os.environ["PARTNERSHIP"]]
        return Journal.objects.filter(partnership_id__in=partnerships).prefetch_related("entries")


urlpatterns = [
    path("ready", lambda _request: HttpResponse("{}")),
    path("v1/journals/<uuid:pk>", JournalView.as_view()),
]
application = get_wsgi_application()
