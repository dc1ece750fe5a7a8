"""Write the store of guides anew: `python -m lingnan.components.compact.rebuild [PROCESS/CROSS_SECTION …]`."""

import json
import sys

from lingnan.components.compact import guides
from lingnan.pdk.process import load_process, shipped_processes


def main(wanted: list[str]) -> None:
    """Solve the guides named, or every optical cross-section of every shipped process, and store them whole."""
    names = wanted or [
        f"{name}/{section}"
        for name in shipped_processes()
        for section, data in load_process(name).cross_sections.items()
        if data.kind == "optical"
    ]
    entries: dict[str, object] = {}
    for name in names:
        process, section = name.split("/")
        key, entry = guides.as_entry(guides.solve(load_process(process), section))
        entries[key] = entry
        print(f"{key}: n_eff fits to {entry['error']:.1e}", file=sys.stderr)
    text = json.dumps({"recipe": guides.__doc__, "guides": entries}, indent=1, ensure_ascii=False)
    guides.STORE.write_text(text + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
