// SPDX-License-Identifier: MIT
// Clocks and power of nRF52840, "CLOCK" and "POWER" of the product specification, which share an address: oscillators that
// take their time, or never start, the cause of the reset and the register that outlives it. C# 7. Renode's own model starts
// all oscillators at once and has no cause.
//
// Resets look like those that the software asks for (RESETREAS.SREQ), except the watchdog's: Renode does not tell who
// pressed the button. No bit is set when the machine starts for the first time.
//
// Knobs, from the monitor:
//   FastCrystalMicroseconds n   until the 32 MHz crystal runs; -1: it never starts
//   SlowCrystalMicroseconds n   until the 32.768 kHz crystal runs; -1: never; the RC oscillator runs meanwhile
//   PowerOn                     no cause any more, as if the supply had just come; to be followed by a start
// OffRequests counts writes that switch to System OFF mode, which is not modelled: the CPU goes on.
// DebugPortOpen is what a debugger would see of revision 3 ("Debug and trace", "Access port protection"): open when both
// UICR and, since the last reset, the firmware say so. Renode's own gdb server does not ask.
using Antmicro.Renode.Core;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Timers;

namespace Antmicro.Renode.Peripherals.Miscellaneous
{
    public class Nrf52Power : IDoubleWordPeripheral, IKnownSize
    {
        public Nrf52Power(IMachine machine, NRF52840_Watchdog watchdog, Nrf52Uicr uicr)
        {
            this.machine = machine;
            this.uicr = uicr;
            // The watchdog asks for the reset when its time is over; that comes a little later.
            watchdog.LimitReached += () => barked = true;
            FastCrystalMicroseconds = 360;
            SlowCrystalMicroseconds = 250000;
        }

        public void Reset()
        {
            reasons |= barked ? Watchdog : Software;
            barked = false;
            fastStartedAt = -1;
            slowStartedAt = -1;
            fastSeen = false;
            slowSeen = false;
            slowSource = 0;
            softwareOpens = false;
        }

        public uint ReadDoubleWord(long offset)
        {
            switch(offset)
            {
            case 0x100: // EVENTS_HFCLKSTARTED
                return Runs(fastStartedAt, FastCrystalMicroseconds) && !fastSeen ? 1u : 0u;
            case 0x104: // EVENTS_LFCLKSTARTED
                return SlowRuns() && !slowSeen ? 1u : 0u;
            case 0x400: // RESETREAS
                return reasons;
            case 0x408: // HFCLKRUN
                return fastStartedAt >= 0 ? 1u : 0u;
            case 0x40C: // HFCLKSTAT: the source is the crystal once that runs
                return 1u << 16 | (Runs(fastStartedAt, FastCrystalMicroseconds) ? 1u : 0u);
            case 0x414: // LFCLKRUN
                return slowStartedAt >= 0 ? 1u : 0u;
            case 0x418: // LFCLKSTAT
                return slowStartedAt < 0 ? 0u : 1u << 16 | (SlowRuns() ? slowSource : 0u);
            case 0x518: // LFCLKSRC
                return slowSource;
            case 0x51C: // GPREGRET
                return retained;
            default:
                this.Log(LogLevel.Warning, "read of register 0x{0:X}, which is not modelled", offset);
                return 0;
            }
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            var set = (value & 1) != 0;
            switch(offset)
            {
            case 0x000: // TASKS_HFCLKSTART
                if(set && fastStartedAt < 0)
                {
                    fastStartedAt = ModelTime.Microseconds(machine);
                    fastSeen = false;
                }
                break;
            case 0x004: // TASKS_HFCLKSTOP
                fastStartedAt = set ? -1 : fastStartedAt;
                break;
            case 0x008: // TASKS_LFCLKSTART
                if(set && slowStartedAt < 0)
                {
                    slowStartedAt = ModelTime.Microseconds(machine);
                    slowSeen = false;
                }
                break;
            case 0x00C: // TASKS_LFCLKSTOP
                slowStartedAt = set ? -1 : slowStartedAt;
                break;
            case 0x100:
                fastSeen = Runs(fastStartedAt, FastCrystalMicroseconds);
                break;
            case 0x104:
                slowSeen = SlowRuns();
                break;
            case 0x400:
                reasons &= ~value;
                break;
            case 0x500: // SYSTEMOFF
                OffRequests += set ? 1 : 0;
                break;
            case 0x518:
                if(slowStartedAt >= 0)
                {
                    this.Log(LogLevel.Warning, "LFCLKSRC is written while the clock runs");
                }
                slowSource = value & 3;
                break;
            case 0x51C:
                retained = value & 0xFF;
                break;
            case 0x558: // APPROTECT.DISABLE
                softwareOpens = (value & 0xFF) == 0x5A;
                break;
            default:
                this.Log(LogLevel.Warning, "write of 0x{0:X} to register 0x{1:X}, which is not modelled", value, offset);
                break;
            }
        }

        public void PowerOn()
        {
            reasons = 0;
            retained = 0;
        }

        public long Size => 0x1000;

        public int FastCrystalMicroseconds { get; set; }

        public int SlowCrystalMicroseconds { get; set; }

        public long OffRequests { get; private set; }

        public bool DebugPortOpen => softwareOpens && (uicr.Approtect & 0xFF) == 0x5A;

        // RC oscillators run at once.
        private bool SlowRuns()
        {
            return slowSource == 1 ? Runs(slowStartedAt, SlowCrystalMicroseconds) : slowStartedAt >= 0;
        }

        private bool Runs(double startedAt, int microseconds)
        {
            return startedAt >= 0 && microseconds >= 0 && ModelTime.Microseconds(machine) - startedAt >= microseconds;
        }

        private uint reasons;
        private uint retained;
        private uint slowSource;
        private bool barked;
        private bool softwareOpens;
        private bool fastSeen;
        private bool slowSeen;
        private double fastStartedAt = -1;
        private double slowStartedAt = -1;

        private readonly IMachine machine;
        private readonly Nrf52Uicr uicr;

        private const uint Watchdog = 1u << 1;
        private const uint Software = 1u << 2;
    }

    // "UICR — User information configuration registers" of a chip that nobody wrote to, but for the knob Approtect. It is
    // flash: writes need the NVMC, which does not reach here, and are lost.
    public class Nrf52Uicr : IDoubleWordPeripheral, IKnownSize
    {
        public uint ReadDoubleWord(long offset)
        {
            return offset == 0x208 ? Approtect : Erased;
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            this.Log(LogLevel.Warning, "write of 0x{0:X} to UICR at 0x{1:X} is lost", value, offset);
        }

        public void Reset()
        {
        }

        public long Size => 0x1000;

        public uint Approtect { get; set; } = Erased;

        private const uint Erased = 0xFFFFFFFF;
    }
}
