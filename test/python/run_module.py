"""Runs a module of unittest tests and prints, as JSON, each with its sentence and how it failed."""

import json
import sys
import unittest
import warnings


class Collector(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.tests = []

    def stopTest(self, test):
        super().stopTest(test)
        failures = [text for failed, text in self.failures + self.errors if getattr(failed, "test_case", failed) is test]
        self.tests.append({"name": sentence(test), "failure": "\n".join(failures) or None})


def sentence(test):
    return test.shortDescription() or test.id().split(".")[-1].removeprefix("test_").replace("_", " ")


warnings.simplefilter("error", ResourceWarning)
result = Collector()
unittest.defaultTestLoader.loadTestsFromName(sys.argv[1]).run(result)
# What failed outside a test, e.g. in a fixture of a class.
outside = [text for failed, text in result.errors if not isinstance(failed, unittest.TestCase)]
if outside:
    result.tests.append({"name": "fixtures", "failure": "\n".join(outside)})
print(json.dumps(result.tests))
