*** Comments ***
SPDX-License-Identifier: MIT

*** Settings ***
Documentation    A generator that fails: an exception, never weaker numbers. More faults are in docs/emulation.md.
...              renode-test renode/entropy.robot --variable BOARD:STM32F4DISCOVERY
Resource         board.resource
Test Setup       Switch On

*** Test Cases ***
Without Entropy There Are No Keys And No Random Numbers
    Execute Command    ${TRNG} NeverReady true
    Enter And Expect    import psa; psa.crypto_init()    InsufficientEntropy: PSA_ERROR_INSUFFICIENT_ENTROPY
    Enter And Expect    import os; os.urandom(8)    OSError: urandom: no entropy
    Enter And Expect    psa.generate_random(8)    BadState: PSA_ERROR_BAD_STATE
    # The fault is over. A soft reset gives the library another try.
    Execute Command    ${TRNG} NeverReady false
    Send Key To Uart    0x4
    Wait For Prompt On Uart    ${PROMPT}
    Enter    import psa; psa.crypto_init()
    Enter And Expect    len(set(psa.generate_random(64))) > 30    True

A Stuck Generator Is Found Out
    Execute Command    ${TRNG} StuckWord true
    Enter And Expect    import psa; psa.crypto_init()    InsufficientEntropy: PSA_ERROR_INSUFFICIENT_ENTROPY
