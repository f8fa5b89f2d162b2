"""Cuts HL7's JSON schema of FHIR R4 down to the resources that raphe writes.

    python3 cut.py fhir.schema.json > r4.schema.json

The whole schema is published by HL7 at https://hl7.org/fhir/R4/fhir.schema.json.zip under CC0. Descriptions are left out;
everything else of a definition that is kept stands as it is there, only `ResourceList` names fewer resources.
"""

import json
import sys

WRITTEN = [
    "Bundle",
    "Condition",
    "DetectedIssue",
    "Device",
    "MedicationAdministration",
    "MedicationStatement",
    "Observation",
    "OperationOutcome",
    "Patient",
    "Provenance",
    "QuestionnaireResponse",
    "RiskAssessment",
]


def plain(value):
    """The same without descriptions."""
    if isinstance(value, dict):
        return {
            name: plain(inner)
            for name, inner in value.items()
            if not (name == "description" and isinstance(inner, str))
        }
    return [plain(inner) for inner in value] if isinstance(value, list) else value


def named(value):
    """The definitions that a value refers to."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "$ref":
                yield inner.rsplit("/", 1)[1]
            else:
                yield from named(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from named(inner)


whole = json.load(open(sys.argv[1], encoding="utf-8"))["definitions"]
whole["ResourceList"] = {"oneOf": [{"$ref": f"#/definitions/{name}"} for name in WRITTEN]}
kept, wanted = {}, ["Bundle"]
while wanted:
    name = wanted.pop()
    if name not in kept:
        kept[name] = plain(whole[name])
        wanted.extend(named(kept[name]))
schema = {
    "$schema": "http://json-schema.org/draft-06/schema#",
    "$comment": "Cut by cut.py from HL7's schema of FHIR R4 (4.0.1), CC0: see README.md",
    "$ref": "#/definitions/Bundle",
    "definitions": dict(sorted(kept.items())),
}
json.dump(schema, sys.stdout, ensure_ascii=False, separators=(",", ":"))
print()
