"""A charter as the text of a file; reading it gives the same charter."""

import yaml

from service.groups.charter import Charter


def as_yaml(charter: Charter) -> str:
    """The charter as the text of a file; reading it gives the same charter."""
    values = charter.model_dump(by_alias=True, exclude_defaults=True)
    head = {"charter": 1, "revision": charter.revision}
    return yaml.dump(head | values, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


class _Dumper(yaml.SafeDumper):
    """Writes a pair (of a swap) as the list that the file has."""


_Dumper.add_representer(tuple, yaml.SafeDumper.represent_list)
