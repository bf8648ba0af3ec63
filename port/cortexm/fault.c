// SPDX-License-Identifier: MIT
// Fault report. Bit names after the ARMv7-M Architecture Reference Manual, B3.2.15 to B3.2.18.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cortexm/fault.h"
#include "cortexm/mpu.h"
#include "fatal.h"
#include "soc.h"

#define FAULT_STACK_SIZE (512)

// What the exception entry leaves on the stack.
typedef struct {
    uint32_t r0, r1, r2, r3, r12, lr, pc, xpsr;
} frame_t;

typedef struct {
    uint8_t bit;
    const char *text;
} bit_text_t;

static const bit_text_t cfsr_text[] = {
    { 0, "instruction access violation" },
    { 1, "data access violation" },
    { 3, "memory fault on return from exception" },
    { 4, "memory fault on exception entry" },
    { 5, "memory fault on lazy FP state save" },
    { 8, "instruction bus error" },
    { 9, "precise data bus error" },
    { 10, "imprecise data bus error" },
    { 11, "bus error on return from exception" },
    { 12, "bus error on exception entry" },
    { 13, "bus error on lazy FP state save" },
    { 16, "undefined instruction" },
    { 17, "invalid state (no Thumb bit)" },
    { 18, "invalid exception return" },
    { 19, "no coprocessor" },
    { 24, "unaligned access" },
    { 25, "division by zero" },
};

// The fault may be the stack's own: the report runs on another one, and so do r4 to r11 go elsewhere.
static uint32_t fault_stack[FAULT_STACK_SIZE / 4] __attribute__((used, aligned(8)));
static uint32_t fault_saved[8] __attribute__((used));

static void __attribute__((noreturn, used)) fault_report(const frame_t *frame, uint32_t exc_return);

void __attribute__((naked)) fault_handler(void) {
    __asm volatile(
        "tst lr, #4\n"
        "ite eq\n"
        "mrseq r0, msp\n"
        "mrsne r0, psp\n"
        "mov r1, lr\n"
        "ldr r2, =fault_saved\n"
        "stmia r2, {r4-r11}\n"
        "ldr r2, =fault_stack + %c0\n"
        "msr msp, r2\n"
        "b fault_report\n"
        ".ltorg\n"
        :
        : "i"(FAULT_STACK_SIZE));
}

static void print_reg(const char *name, uint32_t value) {
    fatal_print("  ");
    fatal_print(name);
    fatal_print(" ");
    fatal_print_hex(value);
}

static const char *exception_name(uint32_t number) {
    switch (number) {
        case 3: return "HardFault";
        case 4: return "MemManage fault";
        case 5: return "BusFault";
        case 6: return "UsageFault";
        default: return "unexpected exception";
    }
}

// `frame` is NULL when there is none.
static void print_registers(const frame_t *frame) {
    if (frame != NULL) {
        print_reg("r0 ", frame->r0);
        print_reg("r1 ", frame->r1);
        print_reg("r2 ", frame->r2);
        print_reg("r3 ", frame->r3);
        fatal_print("\n");
    }
    static const char names[8][4] = { "r4 ", "r5 ", "r6 ", "r7 ", "r8 ", "r9 ", "r10", "r11" };
    for (size_t i = 0; i < 8; ++i) {
        print_reg(names[i], fault_saved[i]);
        if (i % 4 == 3) {
            fatal_print("\n");
        }
    }
    if (frame != NULL) {
        print_reg("r12", frame->r12);
        print_reg("lr ", frame->lr);
        print_reg("pc ", frame->pc);
        print_reg("psr", frame->xpsr);
        fatal_print("\n");
    } else {
        fatal_print("  no room on the stack to save pc, lr and the other registers\n");
    }
}

static void fault_report(const frame_t *frame, uint32_t exc_return) {
    uint32_t cfsr = SCB->CFSR;
    uint32_t hfsr = SCB->HFSR;
    uint32_t sp = (uint32_t)frame;

    // Stacking failed: the frame was never written, and its place is in the guard or below.
    bool frame_valid = mpu_is_stack(sp) && mpu_is_stack(sp + sizeof(frame_t) - 1) &&
        (cfsr & (SCB_CFSR_MSTKERR_Msk | SCB_CFSR_STKERR_Msk)) == 0;
    bool overflow = ((cfsr & SCB_CFSR_MMARVALID_Msk) && mpu_is_guard(SCB->MMFAR)) ||
        ((cfsr & SCB_CFSR_MSTKERR_Msk) && (exc_return & 4) && !mpu_is_stack(sp));

    fatal_print("\n*** ");
    fatal_print(exception_name(__get_IPSR()));
    fatal_print(overflow ? ": stack overflow\n" : "\n");
    print_registers(frame_valid ? frame : NULL);
    print_reg("sp ", sp);
    print_reg("exc_return", exc_return);
    fatal_print("\n");

    print_reg("CFSR", cfsr);
    for (size_t i = 0; i < sizeof(cfsr_text) / sizeof(cfsr_text[0]); ++i) {
        if (cfsr & (1u << cfsr_text[i].bit)) {
            fatal_print(", ");
            fatal_print(cfsr_text[i].text);
        }
    }
    if (cfsr & SCB_CFSR_MMARVALID_Msk) {
        fatal_print(", address ");
        fatal_print_hex(SCB->MMFAR);
    }
    if (cfsr & SCB_CFSR_BFARVALID_Msk) {
        fatal_print(", address ");
        fatal_print_hex(SCB->BFAR);
    }
    fatal_print("\n");
    if (hfsr) {
        print_reg("HFSR", hfsr);
        fatal_print(hfsr & SCB_HFSR_VECTTBL_Msk ? ", vector table read" : "");
        fatal_print(hfsr & SCB_HFSR_FORCED_Msk ? ", escalated\n" : "\n");
    }
    fatal_reset();
}

void fault_unexpected_irq(void) {
    fatal_print("\n*** interrupt without a handler, exception number ");
    fatal_print_hex(__get_IPSR());
    fatal("unexpected interrupt");
}

void fault_init(void) {
    SCB->SHCSR |= SCB_SHCSR_USGFAULTENA_Msk | SCB_SHCSR_BUSFAULTENA_Msk | SCB_SHCSR_MEMFAULTENA_Msk;
    SCB->CCR |= SCB_CCR_DIV_0_TRP_Msk;
}
