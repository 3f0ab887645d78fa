"""Describes: what an object and its fields are, as far as the API's user may know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .schema import Choice, Field, SObject

if TYPE_CHECKING:
    from .world import Org

SOAP = {
    "boolean": "xsd:boolean",
    "datetime": "xsd:dateTime",
    "date": "xsd:date",
    "double": "xsd:double",
    "currency": "xsd:double",
    "percent": "xsd:double",
    "int": "xsd:int",
    "id": "tns:ID",
    "reference": "tns:ID",
}
NOT_SORTED = {"textarea", "multipicklist", "anyType"}
FIXED: dict[str, Any] = {
    "aiPredictionField": False,
    "calculated": False,
    "calculatedFormula": None,
    "cascadeDelete": False,
    "caseSensitive": False,
    "compoundFieldName": None,
    "controllerName": None,
    "defaultValueFormula": None,
    "dependentPicklist": False,
    "deprecatedAndHidden": False,
    "digits": 0,
    "displayLocationInDecimal": False,
    "encrypted": False,
    "extraTypeInfo": None,
    "filteredLookupInfo": None,
    "formulaTreatNullNumberAsZero": False,
    "highScaleNumber": False,
    "htmlFormatted": False,
    "inlineHelpText": None,
    "mask": None,
    "maskType": None,
    "queryByDistance": False,
    "referenceTargetField": None,
    "relationshipOrder": None,
    "restrictedDelete": False,
    "searchPrefilterable": False,
    "writeRequiresMasterRead": False,
}
"""What is the same for every field here."""
OBJECT_FIXED: dict[str, Any] = {
    "activateable": False,
    "associateEntityType": None,
    "associateParentEntity": None,
    "customSetting": False,
    "deepCloneable": False,
    "deprecatedAndHidden": False,
    "feedEnabled": True,
    "hasSubtypes": False,
    "isInterface": False,
    "isSubtype": False,
    "layoutable": True,
    "mergeable": False,
    "mruEnabled": True,
    "retrieveable": True,
    "searchable": True,
    "triggerable": True,
    "undeletable": True,
}


class Describer:
    """Objects of *org* under the API's *root*."""

    def __init__(self, org: Org, root: str) -> None:
        self.org = org
        self.root = root

    def everything(self) -> dict[str, Any]:
        """Describe global: every object that may be known of, without its fields."""
        told = [self.brief(one) for one in self.org.objects.values() if one.name not in self.org.lost]
        return {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": told}

    def brief(self, sobject: SObject) -> dict[str, Any]:
        base = f"{self.root}/sobjects/{sobject.name}"
        rights = sobject.rights
        return OBJECT_FIXED | {
            "createable": "c" in rights,
            "custom": sobject.name.endswith("__c"),
            "deletable": "d" in rights,
            "keyPrefix": sobject.prefix if {"c", "u"} & set(rights) and sobject.prefix else None,
            "label": sobject.label,
            "labelPlural": sobject.label + "s",
            "name": sobject.name,
            "queryable": "q" in rights,
            "replicateable": "r" in rights,
            "updateable": "u" in rights,
            "urls": {"rowTemplate": base + "/{ID}", "describe": base + "/describe", "sobject": base},
        }

    def whole(self, sobject: SObject) -> dict[str, Any]:
        """An object with its fields; those hidden by field-level security are not there."""
        hidden = {name for kind, name in self.org.invisible if kind == sobject.name}
        fields = [self.field(sobject, f) for f in sobject.fields.values() if f.name not in hidden]
        return self.brief(sobject) | {
            "fields": fields,
            "childRelationships": self._children(sobject),
            "recordTypeInfos": self._record_types(sobject),
            "supportedScopes": [{"label": "All", "name": "everything"}],
            "namedLayoutInfos": [],
        }

    def field(self, sobject: SObject, field: Field) -> dict[str, Any]:
        open_ = (sobject.name, field.name) not in self.org.sealed
        return FIXED | {
            "aggregatable": field.filterable,
            "autoNumber": field.name == "CaseNumber",
            "byteLength": field.length * 3 if field.type not in {"id", "reference"} else field.length,
            "createable": field.create and open_ and "c" in sobject.rights,
            "custom": field.custom,
            "defaultValue": field.default if field.type != "reference" else None,
            "defaultedOnCreate": field.default is not None or (not field.nillable and not field.create),
            "externalId": field.external,
            "filterable": field.filterable,
            "groupable": field.filterable and field.type not in {"datetime", "double", "currency"},
            "idLookup": field.external or field.lookup or field.type == "id",
            "label": field.label,
            "length": field.length,
            "name": field.name,
            "nameField": field.name in {"Name", "CaseNumber"},
            "namePointing": field.polymorphic,
            "nillable": field.nillable,
            "permissionable": field.custom or (field.create and field.nillable),
            "picklistValues": [_choice(choice) for choice in field.choices],
            "polymorphicForeignKey": len(field.refers) > 1,
            "precision": 18 if field.type in {"double", "currency"} else 0,
            "referenceTo": list(field.refers),
            "relationshipName": field.relationship or None,
            "restrictedPicklist": field.restricted,
            "scale": field.scale,
            "soapType": SOAP.get(field.type, "xsd:string"),
            "sortable": field.type not in NOT_SORTED,
            "type": field.type,
            "unique": field.unique,
            "updateable": field.update and open_ and "u" in sobject.rights,
        }

    def _children(self, sobject: SObject) -> list[dict[str, Any]]:
        return [
            {
                "cascadeDelete": child.name != "Case",
                "childSObject": child.name,
                "deprecatedAndHidden": False,
                "field": field.name,
                "junctionIdListNames": [],
                "junctionReferenceTo": [],
                "relationshipName": field.children,
                "restrictedDelete": False,
            }
            for child in self.org.objects.values()
            for field in child.fields.values()
            if sobject.name in field.refers and field.children and child.name not in self.org.lost
        ]

    def _record_types(self, sobject: SObject) -> list[dict[str, Any]]:
        master = ("012000000000000AAA", "Master", "Master")
        rows = [row for row in self.org.rows["RecordType"].values() if row.get("SobjectType") == sobject.name]
        kinds = [(row.id, row.get("DeveloperName"), row.get("Name")) for row in rows]
        return [
            {
                "active": True,
                "available": True,
                "defaultRecordTypeMapping": id_ == master[0],
                "developerName": developer,
                "master": id_ == master[0],
                "name": name,
                "recordTypeId": id_,
                "urls": {"layout": f"{self.root}/sobjects/{sobject.name}/describe/layouts/{id_}"},
            }
            for id_, developer, name in [*kinds, master]
        ]


def _choice(choice: Choice) -> dict[str, Any]:
    return {
        "active": choice.active,
        "defaultValue": choice.default,
        "label": choice.label or choice.value,
        "validFor": None,
        "value": choice.value,
    }
