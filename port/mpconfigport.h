// SPDX-License-Identifier: MIT
// MicroPython configuration of the MicroPSA port; what differs per board is in mpconfigboard.h and board.json.
#include <stddef.h>
#include <stdint.h>
#include <alloca.h>

#include "mpconfigboard.h"

// What the SoC provides, from its mcu.mk.
#ifndef MCU_HAS_GPIO
#define MCU_HAS_GPIO (0)
#endif
#ifndef MCU_HAS_I2C
#define MCU_HAS_I2C (0)
#endif
#ifndef MCU_HAS_SPI
#define MCU_HAS_SPI (0)
#endif
#ifndef MCU_HAS_WDT
#define MCU_HAS_WDT (0)
#endif

#define MICROPY_CONFIG_ROM_LEVEL (MICROPY_CONFIG_ROM_LEVEL_EXTRA_FEATURES)

// Code generation and loading.
#define MICROPY_PERSISTENT_CODE_LOAD (1)
#define MICROPY_EMIT_THUMB (1)
#define MICROPY_EMIT_INLINE_THUMB (1)
#define MICROPY_MAKE_POINTER_CALLABLE(p) ((void *)((mp_uint_t)(p) | 1))
#define MICROPY_READER_VFS (1)
#define MICROPY_ALLOC_PATH_MAX (256)

// Memory: finalisers close files and PSA operations. The deepest psa call that was measured takes 2 KB of stack, so
// one from the bottom of a recursion fits below the checked limit.
#define MICROPY_ENABLE_GC (1)
#define MICROPY_ENABLE_FINALISER (1)
#define MICROPY_STACK_CHECK (1)
#define MICROPY_STACK_CHECK_MARGIN (4096)
// Names of modules, lists of buffers and the like lie on the stack in MicroPython, as long as a program makes them. One that
// is longer than the guard would step over it, into what lies below: on STM32F4 the arena with the keys. So what is not
// small is compared with the rest of the stack first; this raises RuntimeError.
void port_check_alloca(size_t size);
#define ALLOCA_SMALL (256)
#undef alloca
#define alloca(size) \
    __extension__({ \
        size_t alloca_size = (size); \
        if (alloca_size > ALLOCA_SMALL) { \
            port_check_alloca(alloca_size); \
        } \
        __builtin_alloca(alloca_size); \
    })

#define MICROPY_ENABLE_EMERGENCY_EXCEPTION_BUF (1)
#define MICROPY_EMERGENCY_EXCEPTION_BUF_SIZE (256)

// Numbers: the FPU has single precision.
#define MICROPY_FLOAT_IMPL (MICROPY_FLOAT_IMPL_FLOAT)
#define MICROPY_LONGINT_IMPL (MICROPY_LONGINT_IMPL_MPZ)

#define MICROPY_SCHEDULER_DEPTH (8)
#define MICROPY_SCHEDULER_STATIC_NODES (1)
#define MICROPY_ENABLE_VM_ABORT (0)
#define MICROPY_WARNINGS (1)

// sys, io
#define MICROPY_PY_SYS_PLATFORM "micropsa"
#define MICROPY_PY_SYS_EXC_INFO (0)

// os and filesystem
#define MICROPY_VFS (1)
#define MICROPY_PY_VFS (1)
#define MICROPY_PY_OS_INCLUDEFILE "port/modos.c"
#define MICROPY_PY_OS_UNAME (1)
#define MICROPY_PY_OS_SYNC (1)
// Random bytes come from the PSA core or not at all.
#define MICROPY_PY_OS_URANDOM (MICROPSA_PSA)

// time
#define MICROPY_PY_TIME_GMTIME_LOCALTIME_MKTIME (1)
#define MICROPY_PY_TIME_TIME_TIME_NS (1)
#define MICROPY_PY_TIME_INCLUDEFILE "port/modtime.c"

// random is a PRNG for games and tests, seeded with the clock; cryptography has psa.generate_random().
unsigned long mp_hal_random_seed(void);
#define MICROPY_PY_RANDOM_SEED_INIT_FUNC (mp_hal_random_seed())

// machine
#define MICROPY_PY_MACHINE (1)
#define MICROPY_PY_MACHINE_INCLUDEFILE "port/modmachine.c"
#define MICROPY_PY_MACHINE_BARE_METAL_FUNCS (1)
#define MICROPY_PY_MACHINE_RESET (1)
#define MICROPY_PY_MACHINE_MEMX (1)
#define MICROPY_PY_MACHINE_DISABLE_IRQ_ENABLE_IRQ (1)
#define MICROPY_PY_MACHINE_PIN_BASE (MCU_HAS_GPIO)
#define MICROPY_PY_MACHINE_SIGNAL (MCU_HAS_GPIO)
#define MICROPY_PY_MACHINE_PULSE (MCU_HAS_GPIO)
#define MICROPY_PY_MACHINE_SOFTI2C (MCU_HAS_GPIO)
#define MICROPY_PY_MACHINE_SOFTSPI (MCU_HAS_GPIO)
#define MICROPY_PY_MACHINE_I2C (MCU_HAS_I2C)
#define MICROPY_PY_MACHINE_I2C_TRANSFER_WRITE1 (MCU_HAS_I2C)
#define MICROPY_PY_MACHINE_SPI (MCU_HAS_SPI)
#define MICROPY_PY_MACHINE_SPI_MSB (0)
#define MICROPY_PY_MACHINE_SPI_LSB (1)
#define MICROPY_PY_MACHINE_WDT (MCU_HAS_WDT)
#define MICROPY_PY_MACHINE_WDT_INCLUDEFILE "port/machine_wdt.c"
#define MICROPY_PY_MACHINE_UART (1)
#define MICROPY_PY_MACHINE_UART_INCLUDEFILE "port/machine_uart.c"

// No screen.
#define MICROPY_PY_FRAMEBUF (0)
#define MICROPY_PY_CMATH (0)

typedef int32_t mp_int_t;
typedef uint32_t mp_uint_t;
typedef long mp_off_t;

#define MP_SSIZE_MAX (0x7fffffff)
#define UINT_FMT "%lu"
#define INT_FMT "%ld"

// newlib's log2 is a macro.
#define MP_NEED_LOG2 (1)

#define MP_STATE_PORT MP_STATE_VM
