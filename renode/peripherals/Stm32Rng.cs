// SPDX-License-Identifier: MIT
// Random number generator of STM32F405/407/415/417, RM0090 section 24.4, with the faults that a chip can have. C# 7.
//
// The numbers are Common.cs's: nothing about randomness can be learned here.
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
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Miscellaneous
{
    public class Stm32Rng : IDoubleWordPeripheral, IKnownSize
    {
        public Stm32Rng(IMachine machine)
        {
            this.machine = machine;
            noise = new NoiseBits();
            ReadyNanoseconds = 834;
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

        public bool StuckWord
        {
            get => noise.IsStuck;
            set => noise.IsStuck = value;
        }

        public int SeedErrors { get; set; }

        public int ClockErrors { get; set; }

        public int Bias
        {
            get => noise.Bias;
            set => noise.Bias = value;
        }

        public int Correlation
        {
            get => noise.Correlation;
            set => noise.Correlation = value;
        }

        // Numbers that were read: how often the driver asked.
        public long WordsRead { get; private set; }

        // Starts of the generator.
        public long Starts { get; private set; }

        public bool IsRunning => (control & Enable) != 0;

        private void Start()
        {
            Starts++;
            readyAt = ModelTime.Microseconds(machine) + ReadyNanoseconds / 1000.0;
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
            return status | (clockError ? ClockErrorNow : 0) | (works && ModelTime.Microseconds(machine) >= readyAt ? DataReady : 0);
        }

        private uint ReadData()
        {
            if((ReadStatusQuietly() & DataReady) == 0)
            {
                return 0;
            }
            WordsRead++;
            readyAt = ModelTime.Microseconds(machine) + ReadyNanoseconds / 1000.0;
            return noise.Next(32);
        }

        private uint ReadStatusQuietly()
        {
            var works = IsRunning && !NeverReady && (status & SeedErrorNow) == 0;
            return works && ModelTime.Microseconds(machine) >= readyAt ? DataReady : 0;
        }

        private uint control;
        private uint status;
        private double readyAt;

        private readonly IMachine machine;
        private readonly NoiseBits noise;

        private const uint Enable = 1u << 2;
        private const uint InterruptEnable = 1u << 3;
        private const uint DataReady = 1u << 0;
        private const uint ClockErrorNow = 1u << 1;
        private const uint SeedErrorNow = 1u << 2;
        private const uint ClockErrorSeen = 1u << 5;
        private const uint SeedErrorSeen = 1u << 6;
    }
}
