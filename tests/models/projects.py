"""Small projects of other tools' users, in folders of a test's own."""

from pathlib import Path
from textwrap import dedent

_MANAGE = """
import os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
"""
_SETTINGS = """
SECRET_KEY = "none"
USE_TZ = True
SILENCED_SYSTEM_CHECKS = ["admin.E403", "admin.E408", "admin.E409", "admin.E410"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes",
    "django.contrib.sessions", "django.contrib.messages", "django.contrib.sites", "orders",
]
import os
DATABASES = {"default": {
    "ENGINE": "django.db.backends.postgresql", "NAME": os.environ.get("DB_NAME"),
    "USER": os.environ.get("DB_USER"), "PASSWORD": os.environ.get("DB_PASSWORD"),
    "HOST": os.environ.get("DB_HOST"), "PORT": os.environ.get("DB_PORT"),
}}
"""
_ORDERS = """
from django.conf import settings
from django.db import models


class Order(models.Model):
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    code = models.CharField(max_length=20, unique=True)
    cents = models.PositiveIntegerField(default=0)
    tags = models.ManyToManyField("Tag")
    placed = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(cents__lte=100000000), name="affordable")
        ]
        indexes = [models.Index(fields=["-placed"], name="order_placed_idx")]


class Tag(models.Model):
    name = models.CharField(max_length=30)
"""
_LATER = """
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "CREATE VIEW large AS SELECT id FROM orders_order WHERE cents > 10000",
            "DROP VIEW large",
        )
    ]
"""
_MODELS = """
import enum
from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Enum, ForeignKey, Index, Numeric, String, func
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class State(enum.Enum):
    open = "open"
    paid = "paid"


class Customer(Base):
    __tablename__ = "customer"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(200), unique=True)
    labels: Mapped[list[str]] = mapped_column(ARRAY(String), server_default="{}")
    orders: Mapped[list["Order"]] = relationship(back_populates="customer")


class Order(Base):
    __tablename__ = "order"
    __table_args__ = (
        CheckConstraint("total >= 0", name="order_total"),
        Index("order_placed", "placed"),
        {"schema": "sales"},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"))
    state: Mapped[State] = mapped_column(Enum(State, name="order_state"))
    total: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    extra: Mapped[dict[str, str] | None] = mapped_column(JSONB)
    placed: Mapped[datetime] = mapped_column(server_default=func.now())
    customer: Mapped[Customer] = relationship(back_populates="orders")
"""


def django(folder: Path) -> Path:
    """Django's contributed applications and one of the project's own, with two migrations."""
    _write(folder / "manage.py", _MANAGE)
    _write(folder / "shop" / "__init__.py", "")
    _write(folder / "shop" / "settings.py", _SETTINGS)
    _write(folder / "orders" / "__init__.py", "")
    _write(folder / "orders" / "models.py", _ORDERS)
    _write(folder / "orders" / "migrations" / "__init__.py", "")
    return folder


def add_view(folder: Path) -> None:
    """A migration that no model speaks of."""
    _write(folder / "orders" / "migrations" / "0002_large.py", _LATER)


def sqlalchemy(folder: Path) -> Path:
    """Two tables in two schemas, an enum, an array, JSON."""
    _write(folder / "shop" / "__init__.py", "")
    _write(folder / "shop" / "models.py", _MODELS)
    return folder


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(dedent(text))
