// SPDX-License-Identifier: MIT
// Random number generator of STM32F405/407/415/417, RM0090 section 24.4, with the faults that a chip can have. C# 7.
//
// The numbers are a xorshift generator's, seeded by `emulation SetSeed`: nothing about randomness can be learned here.
//
// Knobs, from the monitor:
//   ReadyNanoseconds n   time until a number is ready; 40 periods of 48 MHz on the chip
//   NeverReady b         DRDY is never set
//   StuckWord b          every number is the same
//   SeedErrors n         the next n starts end in a seed error; -1: all
//   ClockErrors n        the next n looks at the status show a clock error; -1: all
//   Bias p               per cent of ones, 50 as delivered
//   Correlation p        per cent of bits that repeat the one before, 50 as delivered; as many ones as zeros come
using System;
using Antmicro.Renode.Core;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Miscellaneous
{
    public class Stm32Rng : IDoubleWordPeripheral, IKnownSize
    {
        public Stm32Rng(IMachine machine)
        {
            this.machine = machine;
            var random = EmulationManager.Instance.CurrentEmulation.RandomGenerator;
            state = ((ulong)(uint)random.Next() << 32) | (uint)random.Next() | 1;
            ReadyNanoseconds = 834;
            Bias = 50;
            Correlation = 50;
            Reset();
        }

        // Faults are the chip's, they outlive a reset of the machine.
        public void Reset()
        {
            control = 0;
            status = 0;
        }

        public uint ReadDoubleWord(long offset)
        {
            switch(offset)
            {
            case 0x0:
                return control;
            case 0x4:
                return ReadStatus();
            case 0x8:
                return ReadData();
            default:
                return 0;
            }
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            if(offset == 0x0)
            {
                var starts = (value & Enable) != 0 && (control & Enable) == 0;
                control = value & (Enable | InterruptEnable);
                if(starts)
                {
                    Start();
                }
                else if((control & Enable) == 0)
                {
                    status &= ~SeedErrorNow;
                }
            }
            else if(offset == 0x4)
            {
                // CEIS and SEIS are cleared by writing 0.
                status &= value | ~(ClockErrorSeen | SeedErrorSeen);
            }
        }

        public long Size => 0x400;

        public uint ReadyNanoseconds { get; set; }

        public bool NeverReady { get; set; }

        public bool StuckWord { get; set; }

        public int SeedErrors { get; set; }

        public int ClockErrors { get; set; }

        public int Bias { get; set; }

        public int Correlation { get; set; }

        // Numbers that were read: how often the driver asked.
        public long WordsRead { get; private set; }

        // Starts of the generator.
        public long Starts { get; private set; }

        public bool IsRunning => (control & Enable) != 0;

        private void Start()
        {
            Starts++;
            readyAt = Now() + ReadyNanoseconds;
            if(SeedErrors != 0)
            {
                SeedErrors -= SeedErrors > 0 ? 1 : 0;
                status |= SeedErrorNow | SeedErrorSeen;
            }
        }

        private uint ReadStatus()
        {
            var clockError = ClockErrors != 0;
            if(clockError)
            {
                ClockErrors -= ClockErrors > 0 ? 1 : 0;
                status |= ClockErrorSeen;
            }
            var works = IsRunning && !NeverReady && !clockError && (status & SeedErrorNow) == 0;
            return status | (clockError ? ClockErrorNow : 0) | (works && Now() >= readyAt ? DataReady : 0);
        }

        private uint ReadData()
        {
            if((ReadStatusQuietly() & DataReady) == 0)
            {
                return 0;
            }
            WordsRead++;
            readyAt = Now() + ReadyNanoseconds;
            if(StuckWord)
            {
                return 0x5A5A5A5A;
            }
            return Bias == 50 && Correlation == 50 ? (uint)(Next() >> 32) : FaultyWord();
        }

        private uint ReadStatusQuietly()
        {
            var works = IsRunning && !NeverReady && (status & SeedErrorNow) == 0;
            return works && Now() >= readyAt ? DataReady : 0;
        }

        private uint FaultyWord()
        {
            uint word = 0;
            for(var i = 0; i < 32; i++)
            {
                var repeats = (int)(Next() % 100) < Correlation;
                lastBit = Bias != 50 ? ((int)(Next() % 100) < Bias ? 1u : 0u) : repeats ? lastBit : 1 - lastBit;
                word = (word << 1) | lastBit;
            }
            return word;
        }

        // xorshift64*
        private ulong Next()
        {
            state ^= state >> 12;
            state ^= state << 25;
            state ^= state >> 27;
            return unchecked(state * 0x2545F4914F6CDD1DUL);
        }

        private double Now()
        {
            ICPU cpu;
            if(machine.SystemBus.TryGetCurrentCPU(out cpu))
            {
                cpu.SyncTime();
            }
            return machine.ElapsedVirtualTime.TimeElapsed.TotalSeconds * 1e9;
        }

        private uint control;
        private uint status;
        private uint lastBit;
        private ulong state;
        private double readyAt;

        private readonly IMachine machine;

        private const uint Enable = 1u << 2;
        private const uint InterruptEnable = 1u << 3;
        private const uint DataReady = 1u << 0;
        private const uint ClockErrorNow = 1u << 1;
        private const uint SeedErrorNow = 1u << 2;
        private const uint ClockErrorSeen = 1u << 5;
        private const uint SeedErrorSeen = 1u << 6;
    }
}
