"""A list of 50 contracts with Django REST framework, as its tutorial does it: model, serializer, generic view, cursor."""
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
            "OPTIONS": {"options": "-c search_path=contracts -c jit=off"},
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

from django.contrib.postgres.fields import ArrayField  # noqa: E402 Django wants its settings first
from django.core.wsgi import get_wsgi_application  # noqa: E402 the same
from django.db import models  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework import generics, pagination, serializers  # noqa: E402

FIELDS = (
    "id", "partnership_id", "owner_organisation_id", "associate_ids", "reference", "occurrence", "title", "category",
    "service", "procurement_category", "state", "start_date", "end_date", "end_status", "ends_as_it_stands",
    "review_date", "value_pence", "value_status", "value_qualifier", "value_basis", "providers", "origin", "version",
    "changed_at",
)  # fmt: skip
FILTERS = ("partnership_id", "state", "category")


class Contract(models.Model):
    id = models.UUIDField(primary_key=True)
    partnership_id = models.UUIDField(null=True)
    owner_organisation_id = models.UUIDField()
    associate_ids = ArrayField(models.UUIDField())
    reference = models.TextField()
    occurrence = models.IntegerField()
    title = models.TextField()
    category = models.TextField(null=True)
    service = models.TextField(null=True)
    procurement_category = models.TextField(null=True)
    state = models.TextField()
    start_date = models.DateField(null=True)
    end_date = models.DateField(null=True)
    end_status = models.TextField()
    ends_as_it_stands = models.DateField()
    review_date = models.DateField(null=True)
    value_pence = models.BigIntegerField(null=True)
    value_status = models.TextField()
    value_qualifier = models.TextField(null=True)
    value_basis = models.TextField()
    providers = models.JSONField()
    origin = models.TextField()
    version = models.IntegerField()
    changed_at = models.DateTimeField()

    class Meta:
        app_label, db_table, managed = "bench", "contracts", False


class ContractSerializer(serializers.ModelSerializer):
    class Meta:
        model = Contract
        fields = FIELDS


class ByEnd(pagination.CursorPagination):
    page_size, ordering = 50, ("ends_as_it_stands", "id")


class ContractsView(generics.ListAPIView):
    serializer_class, pagination_class = ContractSerializer, ByEnd

    def get_queryset(self):
        asked = {name: value for name, value in self.request.query_params.items() if name in FILTERS}
        return Contract.objects.filter(**asked)


urlpatterns = [
    path("ready", lambda _request: HttpResponse("{}")),
    path("v1/contracts", ContractsView.as_view()),
]
application = get_wsgi_application()
