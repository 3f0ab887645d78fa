"""Set-up that is queried like rows: status values, and the definitions of objects and fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .ids import made
from .record import Row
from .schema import SObject

if TYPE_CHECKING:
    from .world import Org


def statuses(sobject: SObject, type_: str) -> Iterator[Row]:
    """What an object's Status offers, with what only these rows tell: which values close."""
    for place, choice in enumerate(sobject.fields["status"].choices, 1):
        values = {
            "Id": made("01J", place),
            "ApiName": choice.value,
            "MasterLabel": choice.label or choice.value,
            "IsClosed": choice.closed,
            "IsDefault": choice.default,
            "SortOrder": float(place),
        }
        yield Row(values["Id"], type_, values)


def definitions(org: Org, type_: str) -> Iterator[Row]:
    """Objects, or the fields of all of them, as the metadata tells them."""
    for sobject in org.objects.values():
        if type_ == "EntityDefinition":
            yield Row(sobject.name, type_, {"Id": sobject.name, "QualifiedApiName": sobject.name})
            continue
        for field in sobject.fields.values():
            if (sobject.name, field.name) in org.invisible:
                continue
            values = {
                "Id": f"{sobject.name}.{field.name}",
                "DurableId": f"{sobject.name}.{field.tracked_as}",
                "QualifiedApiName": field.name,
                "Label": field.label,
                "DataType": field.type,
                "Description": field.description or None,
                "IsFieldHistoryTracked": field.name in org.tracked.get(sobject.name, ()),
                "EntityDefinitionId": sobject.name,
            }
            yield Row(values["Id"], type_, values)
