"""What an asset holds of whom: labels that may not mix, as tags that the graph is checked by (R39).

An asset of counts or of the company's own texts has none. `sorts` names the labels by which an
asset's own code leaves rows out; only such an asset may hold less than what it is made from.
"""

UNSORTED: dict[str, str] = {"sectors": "unsorted", "purposes": "unsorted"}
FOR_TRAINING: dict[str, str] = {"sectors": "mixable", "purposes": "training"}
FOR_EVALUATION: dict[str, str] = {"sectors": "mixable", "purposes": "evaluation"}
