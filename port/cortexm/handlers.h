// SPDX-License-Identifier: MIT
// Prototypes of the interrupt handlers that the SoC's irqs.h names.
//
// irqs.h: SOC_IRQ_HANDLERS(X) is a list of X(number, handler), one for each interrupt that the firmware uses; the rest
// of the vector table ends in fault_unexpected_irq(). SOC_NMI_HANDLER: whoever wants the NMI.
#pragma once

#include "irqs.h"

#define CORTEXM_HANDLER_PROTOTYPE(number, handler) void handler(void);
SOC_IRQ_HANDLERS(CORTEXM_HANDLER_PROTOTYPE)

#ifdef SOC_NMI_HANDLER
void SOC_NMI_HANDLER(void);
#endif
