*** Comments ***
SPDX-License-Identifier: MIT

*** Settings ***
Documentation    A key in the board's flash: it survives resets, and a loss of power in the middle of its creation.
...              renode-test renode/keys.robot --variable BOARD:STM32F4DISCOVERY
Resource         board.resource
Test Setup       Switch On

*** Variables ***
${ATTRIBUTES}    a = psa.KeyAttributes(type=psa.KEY_TYPE_HMAC, bits=256, alg=h, usage=psa.KEY_USAGE_SIGN_MESSAGE, lifetime=psa.KEY_LIFETIME_PERSISTENT, id=7)
${MATERIAL}      bytes(range(32))
# HMAC-SHA-256 of b'message' under this key, its first 8 bytes.
${MAC}           '6297b77508a1a30e'

*** Test Cases ***
A Key Survives A Reset
    Start PSA
    Enter    k = psa.import_key(a, ${MATERIAL})
    Enter    m = psa.mac_compute(7, h, b'message')
    Enter And Expect    m.hex()[:16]    ${MAC}
    Reset
    Start PSA
    Enter And Expect    psa.mac_compute(7, h, b'message').hex()[:16]    ${MAC}
    Flash Was Used As The Manual Says

A Deleted Key Stays Deleted
    Start PSA
    Enter    k = psa.import_key(a, ${MATERIAL})
    Enter    psa.destroy_key(7)
    Reset
    Start PSA
    Enter And Expect    psa.mac_compute(7, h, b'message')    InvalidHandle: PSA_ERROR_INVALID_HANDLE

The Power Goes While A Key Is Made
    [Documentation]    Nothing reaches the flash from the n-th operation on. After the reset the key is there or it is
    ...                not: half a key could be neither used nor made again. `make test-power` cuts everywhere.
    FOR    ${n}    IN    1    3    8    20
        Start PSA
        Execute Command    ${FLASH} PowerCutAfter ${n}
        Enter    k = psa.import_key(a, ${MATERIAL})
        ${cut}=    Execute Command    ${FLASH} IsPowerCut
        Should Contain    ${cut}    True
        Reset
        Start PSA
        Enter    exec("try: psa.import_key(a, ${MATERIAL})\\nexcept psa.AlreadyExists: pass")
        Enter And Expect    psa.mac_compute(7, h, b'message').hex()[:16]    ${MAC}
        Enter    psa.destroy_key(7)
        Reset
    END
    Flash Was Used As The Manual Says

*** Keywords ***
Start PSA
    Enter    import psa; psa.crypto_init(); h = psa.ALG_HMAC(psa.ALG_SHA_256)
    Enter    ${ATTRIBUTES}

Flash Was Used As The Manual Says
    [Documentation]    No bit was to be set by a program, nothing was written while it was locked.
    FOR    ${counter}    IN    Violations    Refused
        ${count}=    Execute Command    ${FLASH} ${counter}
        Should Be Equal As Integers    ${{int($count.strip(), 0)}}    0
    END
