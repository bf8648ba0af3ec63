// SPDX-License-Identifier: MIT
// What survives and explains a reset of STM32F405/407/415/417 (RM0090, chapter "Reset and clock control (RCC)"), which
// Renode's own models of RCC, RTC and IWDG leave out: the reset flags, the backup domain, the watchdog as a cause. C# 7.
//
// The rest of RCC and RTC is Renode's. A software reset shows as one by the reset pin: nothing tells them apart here.
using Antmicro.Renode.Core;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Miscellaneous;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Timers
{
    // A reset of the machine leaves the clock alone; one of the backup domain does not.
    public class Stm32Rtc : STM32F4_RTC, IPeripheral
    {
        public Stm32Rtc(IMachine machine) : base(machine)
        {
        }

        void IPeripheral.Reset()
        {
            AlarmIRQ.Unset();
            WakeupIRQ.Unset();
        }

        public void ResetDomain()
        {
            Reset();
            // Backup registers outlive the base class's reset.
            for(var offset = BackupStart; offset < BackupStart + 80; offset += 4)
            {
                WriteDoubleWord(offset, 0);
            }
        }

        private const long BackupStart = 0x50;
    }

    public class Stm32Rcc : IDoubleWordPeripheral, IKnownSize
    {
        public Stm32Rcc(IMachine machine, Stm32Rtc rtc)
        {
            this.rtc = rtc;
            inner = new STM32F4_RCC(machine, rtc);
            PowerOn();
        }

        // As if the supply had just come. RAM is not cleared; `sysbus.sram ZeroAll` does that.
        public void PowerOn()
        {
            flags = PowerOnFlag | BrownOutFlag | PinFlag;
            inner.Reset();
        }

        // Called by the watchdog, just before it resets the machine.
        public void NoteWatchdog()
        {
            flags |= WatchdogFlag;
        }

        public void Reset()
        {
            var domain = inner.ReadDoubleWord(BackupDomainControl);
            inner.Reset();
            inner.WriteDoubleWord(BackupDomainControl, domain);
            flags |= PinFlag;
        }

        public uint ReadDoubleWord(long offset)
        {
            var value = inner.ReadDoubleWord(offset);
            return offset == ControlAndStatus ? (value & ~AllFlags) | flags : value;
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            if(offset == ControlAndStatus)
            {
                if((value & RemoveFlags) != 0)
                {
                    flags = 0;
                }
                value &= ~AllFlags;
            }
            else if(offset == BackupDomainControl && (value & BackupDomainReset) != 0)
            {
                rtc.ResetDomain();
                value = BackupDomainReset;
            }
            inner.WriteDoubleWord(offset, value);
        }

        public long Size => 0x400;

        private readonly STM32F4_RCC inner;
        private readonly Stm32Rtc rtc;
        private uint flags;

        private const long BackupDomainControl = 0x70;
        private const uint BackupDomainReset = 1u << 16;
        private const long ControlAndStatus = 0x74;
        private const uint RemoveFlags = 1u << 24;
        private const uint BrownOutFlag = 1u << 25;
        private const uint PinFlag = 1u << 26;
        private const uint PowerOnFlag = 1u << 27;
        private const uint WatchdogFlag = 1u << 29;
        private const uint AllFlags = 0xFF000000;
    }

    // Independent watchdog, chapter "Independent watchdog (IWDG)": 12 bits, counted down at 32 kHz through a prescaler.
    public class Stm32Watchdog : IDoubleWordPeripheral, IKnownSize
    {
        public Stm32Watchdog(IMachine machine, Stm32Rcc rcc)
        {
            this.machine = machine;
            this.rcc = rcc;
            timer = new LimitTimer(machine.ClockSource, 32000, this, "IWDG", limit: MaxReload + 1, direction: Direction.Descending,
                enabled: false, workMode: WorkMode.OneShot, eventEnabled: true, divider: 4);
            timer.LimitReached += Bite;
            Reset();
        }

        public void Reset()
        {
            timer.Reset();
            unlocked = false;
            prescaler = 0;
            reload = MaxReload;
        }

        public uint ReadDoubleWord(long offset)
        {
            return offset == 0x4 ? prescaler : offset == 0x8 ? reload : 0;
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            switch(offset)
            {
            case 0x0:
                unlocked = value == 0x5555;
                if(value == 0xAAAA || (value == 0xCCCC && !timer.Enabled))
                {
                    timer.Divider = 4ul << (int)(prescaler < 6 ? prescaler : 6);
                    timer.Limit = reload + 1;
                    timer.ResetValue();
                    Feeds++;
                }
                if(value == 0xCCCC)
                {
                    timer.Enabled = true;
                }
                break;
            case 0x4:
                prescaler = unlocked ? value & 7 : prescaler;
                break;
            case 0x8:
                reload = unlocked ? value & MaxReload : reload;
                break;
            }
        }

        public long Size => 0x400;

        public bool IsRunning => timer.Enabled;

        public long Feeds { get; private set; }

        // How often it has reset the machine.
        public long Bites { get; private set; }

        private void Bite()
        {
            this.Log(LogLevel.Info, "reset");
            Bites++;
            rcc.NoteWatchdog();
            machine.RequestReset();
        }

        private readonly IMachine machine;
        private readonly Stm32Rcc rcc;
        private readonly LimitTimer timer;
        private bool unlocked;
        private uint prescaler;
        private uint reload;

        private const uint MaxReload = 0xFFF;
    }
}
