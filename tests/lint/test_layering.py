# SPDX-License-Identifier: MIT
"""The arrows of the design hold, and the check that says so can see each kind of offence."""

from pathlib import Path

import pytest

from tests.lint import layering, tree


def test_tree_has_no_forbidden_arrow():
    offences = layering.check(tree.ROOT, tree.files())
    assert not offences, "\n".join(map(str, offences))


def _check(tmp_path: Path, files: dict[str, str]) -> list[str]:
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return [str(offence) for offence in layering.check(tmp_path, [Path(name) for name in files])]


FORBIDDEN = {
    "binding reaches under psa_*": {
        "modules/psa/bind/hash.c": "#include <mbedtls/sha256.h>\n",
    },
    "module knows a driver": {
        "modules/psa/core/its.c": '#include "trng.h"\n',
        "drivers/trng_host/trng.h": "",
    },
    "module knows a shared driver header": {
        "modules/psa/core/its.c": '  # include "../../../drivers/include/semihosting.h"\n',
        "drivers/include/semihosting.h": "",
    },
    "module knows the port": {
        "modules/psa/psa_module.h": '#include "port/uart.h"\n',
        "port/uart.h": "",
    },
    "module knows a board": {
        "modules/psa/core/a.c": '#include "boards/X/pins.h"\n',
        "boards/X/pins.h": "",
    },
    "driver knows Python": {"drivers/se/se.c": '#include "py/obj.h"\n'},
    "driver knows the library below the interface": {"drivers/se/se.c": "#include <mbedtls/ecp.h>\n"},
    "driver knows another driver": {
        "drivers/se/se.c": '#include "trng_host/trng.h"\n',
        "drivers/trng_host/trng.h": "",
    },
    "driver knows the core": {
        "drivers/se/se.c": '#include "core/its.h"\n',
        "modules/psa/core/its.h": "",
    },
    "shared driver header knows a driver": {
        "drivers/include/i2c.h": '#include "se.h"\n',
        "drivers/se/se.h": "",
    },
    "SoC code knows Python": {"port/mcu/mps2/uart.c": '#include "py/runtime.h"\n'},
    "board knows a driver": {
        "boards/X/mpconfigboard.h": '#include "se.h"\n',
        "drivers/se/se.h": "",
    },
    "C knows a test": {
        "port/main.c": '#include "harness.h"\n',
        "tests/unit/harness.h": "",
    },
    "library imports a tool": {"python_lib/psacrypto/a.py": "from tools import board\n"},
    "library imports a test": {"python_lib/psacrypto/a.py": "if True:\n    import tests.targets\n"},
    "library climbs out": {"python_lib/psacrypto/a.py": "from ...tools import board\n"},
    "tool imports the library": {"tools/a.py": "import json, psacrypto.key\n"},
    "tool imports a test": {"tools/a.py": "def f():\n    from tests import conftest\n"},
    "example imports a tool": {"examples/a.py": "import tools.board\n"},
}


@pytest.mark.parametrize("case", FORBIDDEN)
def test_check_sees(case, tmp_path):
    offences = _check(tmp_path, FORBIDDEN[case])
    assert len(offences) == 1, offences
    first = next(iter(FORBIDDEN[case]))
    assert offences[0].startswith(f"{first}:")


def test_check_allows_what_the_design_allows(tmp_path):
    assert not _check(
        tmp_path,
        {
            "modules/psa/bind/hash.c": '#include "py/obj.h"\n#include <psa/crypto.h>\n#include "mp_psa.h"\n',
            "modules/psa/bind/mp_psa.h": "",
            "modules/psa/core/its.c": '#include "mbedtls/platform_util.h"\n#include "psa_port.h"\n',
            "modules/psa/core/psa_port.h": "",
            "modules/psa/include/psa/crypto_driver_entropy.h": "",
            "modules/psa/port/psa_port_qemu.c": '#include "core/psa_port.h"\n#include "semihosting.h"\n',
            "modules/psa/bind/wipe.c": '#include "mbedtls/platform_util.h"\n',
            "drivers/include/semihosting.h": "#include <stdint.h>\n",
            "drivers/se/se.h": "",
            "drivers/se/se.c": '#include "se.h"\n#include "semihosting.h"\n#include "psa/crypto.h"\n'
            "#include <psa/crypto_driver_entropy.h>\n",
            "port/psa_port.c": '#include "psa_port.h"\n#include "semihosting.h"\n#include "mcu/mps2/flash.h"\n',
            "port/mcu/mps2/flash.h": '#include <stdint.h>\n#include "core_cm4.h"\n',
            "boards/UNIX/mpconfigvariant.h": '#include "variants/mpconfigvariant_common.h"\n',
            "python_lib/psacrypto/a.py": "import psa\nimport struct\nfrom . import b\nfrom psacrypto import b\n",
            "tools/a.py": "from tools import board\nimport json\n",
            "tests/a.py": "from tools import board\n",
            "examples/q.py": "import psa\n",
        },
    )


def test_line_is_the_offending_one(tmp_path):
    text = '// one\n#include <stdint.h>\n\n#include "py/obj.h"\n'
    (offence,) = _check(tmp_path, {"drivers/se/se.c": text})
    assert offence.startswith("drivers/se/se.c:4:")
