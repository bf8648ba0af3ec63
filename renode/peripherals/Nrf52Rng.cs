// SPDX-License-Identifier: MIT
// Random number generator of nRF52840, "RNG" of the product specification, with the faults that a chip can have. C# 7.
//
// The numbers are Common.cs's: nothing about randomness can be learned here.
// The chip has no error flags, so every fault shows in what it delivers, or in that it does not.
//
// Knobs, from the monitor:
//   StartMicroseconds n  from the START task to the first byte's beginning
//   RawMicroseconds n    for a byte without bias correction
//   BiasCorrectedMicroseconds n   with it
//   NeverReady b         no byte comes
//   StuckWord b          every byte is the same
//   SeedErrors n         after the next n starts every byte is 0 until the generator is started again; -1: all starts
//   ClockErrors n        after the next n starts no byte comes until the generator is started again; -1: all starts
//   Bias p               per cent of ones, 50 as delivered; bias correction does not mend it
//   Correlation p        per cent of bits that repeat the one before, 50 as delivered; as many ones as zeros come
using System;
using Antmicro.Renode.Core;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.Miscellaneous
{
    public class Nrf52Rng : IDoubleWordPeripheral, IKnownSize
    {
        public Nrf52Rng(IMachine machine)
        {
            this.machine = machine;
            noise = new NoiseBits();
            IRQ = new GPIO();
            // Only for the interrupt: what registers show is computed when they are read.
            timer = new LimitTimer(machine.ClockSource, 1000000, this, "byte", 1, Direction.Ascending, eventEnabled: true);
            timer.LimitReached += Advance;
            StartMicroseconds = 128;
            RawMicroseconds = 30;
            BiasCorrectedMicroseconds = 120;
            Reset();
        }

        // Faults are the chip's, they outlive a reset of the machine.
        public void Reset()
        {
            timer.Reset();
            IsRunning = false;
            BiasCorrection = false;
            valueReady = false;
            stopWhenReady = false;
            interruptEnabled = false;
            value = 0;
            seedErrorNow = false;
            clockErrorNow = false;
            UpdateInterrupt();
        }

        public uint ReadDoubleWord(long offset)
        {
            Advance();
            switch(offset)
            {
            case 0x100: // EVENTS_VALRDY
                return valueReady ? 1u : 0u;
            case 0x200: // SHORTS
                return stopWhenReady ? 1u : 0u;
            case 0x304: // INTENSET
            case 0x308: // INTENCLR
                return interruptEnabled ? 1u : 0u;
            case 0x504: // CONFIG
                return BiasCorrection ? 1u : 0u;
            case 0x508: // VALUE
                BytesRead++;
                return value;
            default:
                return 0;
            }
        }

        public void WriteDoubleWord(long offset, uint written)
        {
            Advance();
            var set = (written & 1) != 0;
            switch(offset)
            {
            case 0x000: // TASKS_START
                if(set && !IsRunning)
                {
                    Start();
                }
                break;
            case 0x004: // TASKS_STOP
                if(set)
                {
                    Stop();
                }
                break;
            case 0x100:
                valueReady = set;
                break;
            case 0x200:
                stopWhenReady = set;
                break;
            case 0x304:
                interruptEnabled |= set;
                ArmTimer();
                break;
            case 0x308:
                interruptEnabled &= !set;
                ArmTimer();
                break;
            case 0x504:
                BiasCorrection = set;
                break;
            default:
                this.Log(LogLevel.Warning, "write of 0x{0:X} to register 0x{1:X}, which is not there", written, offset);
                break;
            }
            UpdateInterrupt();
        }

        public long Size => 0x1000;

        public GPIO IRQ { get; private set; }

        public uint StartMicroseconds { get; set; }

        public uint RawMicroseconds { get; set; }

        public uint BiasCorrectedMicroseconds { get; set; }

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

        // Reads of VALUE: how often the driver asked.
        public long BytesRead { get; private set; }

        // START tasks of a stopped generator.
        public long Starts { get; private set; }

        public bool IsRunning { get; private set; }

        public bool BiasCorrection { get; private set; }

        private void Start()
        {
            Starts++;
            IsRunning = true;
            seedErrorNow = SeedErrors != 0;
            clockErrorNow = ClockErrors != 0;
            SeedErrors -= SeedErrors > 0 ? 1 : 0;
            ClockErrors -= ClockErrors > 0 ? 1 : 0;
            readyAt = ModelTime.Microseconds(machine) + StartMicroseconds + Period;
            ArmTimer();
        }

        private void Stop()
        {
            IsRunning = false;
            ArmTimer();
        }

        // Everything that happened until now.
        private void Advance()
        {
            if(!IsRunning)
            {
                return;
            }
            var now = ModelTime.Microseconds(machine);
            if(NeverReady || clockErrorNow)
            {
                readyAt = now + Period;
                return;
            }
            // The generator goes on and overwrites what was not read.
            while(IsRunning && readyAt <= now)
            {
                if(now - readyAt > 64 * Period)
                {
                    readyAt = now - 64 * Period; // nobody saw those
                }
                value = seedErrorNow ? 0 : noise.Next(8);
                valueReady = true;
                readyAt += Period;
                if(stopWhenReady)
                {
                    Stop();
                }
            }
            ArmTimer();
            UpdateInterrupt();
        }

        private void ArmTimer()
        {
            timer.Enabled = false;
            if(IsRunning && interruptEnabled)
            {
                timer.Limit = (ulong)Math.Max(1, Math.Ceiling(readyAt - ModelTime.Microseconds(machine)));
                timer.Value = 0;
                timer.Enabled = true;
            }
        }

        private void UpdateInterrupt()
        {
            IRQ.Set(valueReady && interruptEnabled);
        }

        // In microseconds, like all times here.
        private uint Period => Math.Max(1, BiasCorrection ? BiasCorrectedMicroseconds : RawMicroseconds);

        private bool valueReady;
        private bool stopWhenReady;
        private bool interruptEnabled;
        private bool seedErrorNow;
        private bool clockErrorNow;
        private uint value;
        private double readyAt;

        private readonly IMachine machine;
        private readonly NoiseBits noise;
        private readonly LimitTimer timer;
    }
}
