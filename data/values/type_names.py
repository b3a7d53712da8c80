"""Which issue types of a site a setting of types is likely to mean, by their names in several languages."""

from __future__ import annotations

import re
from collections.abc import Iterable

from data.values.names import name_key

_WORDS = {
    "deployment_types": frozenset(
        ("deployment", "deployments", "deploy", "release", "releases", "rollout", "rollouts", "golive",
         "bereitstellung", "auslieferung", "déploiement", "livraison", "despliegue", "implantação", "distribuzione",
         "rilascio", "uitrol", "wdrożenie", "nasazení", "развертывание", "релиз", "деплой",
         "デプロイ", "リリース", "部署", "发布", "배포")
    ),
}  # a table: kept in its rows  # fmt: skip
_BESIDE = frozenset(("ticket", "task", "request", "system", "event", "to", "production"))


def suggested_types(setting: str, types: Iterable[str]) -> list[str]:
    """Those of the types whose name suggests them for a setting; nobody has chosen them yet.

    >>> suggested_types("deployment_types", ["Story", "Deployment", "[System] Release", "Release note"])
    ['Deployment', '[System] Release']
    """
    words = _WORDS.get(setting, frozenset())
    found = []
    for name in types:
        parts = set(re.findall(r"\w+", name_key(name).replace("-", "")))
        if parts & words and not parts - words - _BESIDE:
            found.append(name)
    return found
