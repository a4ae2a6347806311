"""Run by the standard's own environment: what CoVE, its data review tool, says of a package.

`python standard_checker.py STANDARD.ZIP < package.json` prints the answer as JSON. It imports nothing of ours.
"""

import json
import sys

from libcoveocds.api import ocds_json_output
from libcoveocds.config import LibCoveOCDSConfig


def main() -> None:
    config = LibCoveOCDSConfig()
    config.config["standard_zip"] = sys.argv[1]
    config.config["additional_checks"] = "all"
    config.config["skip_aggregates"] = False
    config.config["context"] = "api"
    said = ocds_json_output(json_data=json.load(sys.stdin), lib_cove_ocds_config=config)
    json.dump(said, sys.stdout, default=str)


if __name__ == "__main__":
    main()
