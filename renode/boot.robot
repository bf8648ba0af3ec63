*** Comments ***
SPDX-License-Identifier: MIT

*** Settings ***
Documentation    From the reset to the prompt, and what a terminal does there.
...              renode-test renode/boot.robot --variable BOARD:STM32F4DISCOVERY
Resource         board.resource
Test Setup       Switch On

*** Test Cases ***
The Prompt Comes Within 300 Milliseconds
    Execute Command    machine Reset
    ${before}=    Elapsed Seconds
    Wait For Line On Uart    MicroPython v
    Wait For Prompt On Uart    ${PROMPT}
    ${after}=    Elapsed Seconds
    Should Be True    ${after} - ${before} <= 0.3

Python Answers
    Enter And Expect    print(6 * 7)    42
    Enter And Expect    1 / 0    ZeroDivisionError: divide by zero
    Enter And Expect    import sys; sys.implementation._machine    ${BOARD}

A Program Is Interrupted
    Write Line To Uart    print('running'); exec('while True: pass')
    Wait For Line On Uart    running
    Send Key To Uart    0x3
    Wait For Line On Uart    KeyboardInterrupt
    Wait For Prompt On Uart    ${PROMPT}

A Soft Reset Ends At The Prompt
    Enter    x = 1
    Send Key To Uart    0x4
    Wait For Line On Uart    soft reboot
    Wait For Prompt On Uart    ${PROMPT}
    Enter And Expect    x    NameError: name 'x' isn't defined

The Raw REPL Runs Code
    Send Key To Uart    0x1
    Wait For Line On Uart    raw REPL; CTRL-B to exit
    Wait For Prompt On Uart    >
    Write To Uart    print('raw', 1 + 2)
    Send Key To Uart    0x4
    Wait For Line On Uart    OKraw 3
    Send Key To Uart    0x2
    Wait For Prompt On Uart    ${PROMPT}

*** Keywords ***
Elapsed Seconds
    ${text}=    Execute Command    machine ElapsedVirtualTime
    ${found}=    Evaluate    re.search(r"(\\d+):(\\d+):(\\d+\\.\\d+)", $text)    re
    ${seconds}=    Evaluate    int($found[1]) * 3600 + int($found[2]) * 60 + float($found[3])
    RETURN    ${seconds}
