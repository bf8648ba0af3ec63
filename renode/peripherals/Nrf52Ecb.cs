// SPDX-License-Identifier: MIT
// AES block of nRF52840, "ECB" of the product specification: reads key and text from RAM when it starts, writes the
// result when it ends. C# 7. Renode's own model has neither times nor errors, and does not count.
//
// Knobs, from the monitor:
//   BlockNanoseconds n   time of a block
//   Errors n             the next n blocks end in ERRORECB, as when the radio takes the AES module; -1: all
//   NeverEnds b          no block ends
//   WritesNothing b      blocks end, and nothing was written
// Counters: Blocks (that were written), BadPointers (starts with data that EasyDMA does not reach).
using System;
using Antmicro.Renode.Core;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.Memory;
using Antmicro.Renode.Peripherals.Timers;
using Antmicro.Renode.Time;
using Antmicro.Renode.Utilities.Crypto;

namespace Antmicro.Renode.Peripherals.Miscellaneous
{
    public class Nrf52Ecb : IDoubleWordPeripheral, IKnownSize
    {
        public Nrf52Ecb(IMachine machine, MappedMemory ram)
        {
            this.machine = machine;
            this.ram = ram;
            IRQ = new GPIO();
            // Only for the interrupt: what registers show is computed when they are read.
            timer = new LimitTimer(machine.ClockSource, 1000000, this, "block", 1, Direction.Ascending, eventEnabled: true);
            timer.LimitReached += Advance;
            BlockNanoseconds = 7200;
            Reset();
        }

        // Faults are the chip's, they outlive a reset of the machine.
        public void Reset()
        {
            timer.Reset();
            busy = false;
            ended = false;
            failed = false;
            interrupts = 0;
            pointer = 0;
            UpdateInterrupt();
        }

        public uint ReadDoubleWord(long offset)
        {
            Advance();
            switch(offset)
            {
            case 0x100: // EVENTS_ENDECB
                return ended ? 1u : 0u;
            case 0x104: // EVENTS_ERRORECB
                return failed ? 1u : 0u;
            case 0x304: // INTENSET
            case 0x308: // INTENCLR
                return interrupts;
            case 0x504: // ECBDATAPTR
                return pointer;
            default:
                return 0;
            }
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            Advance();
            switch(offset)
            {
            case 0x000: // TASKS_STARTECB
                if((value & 1) != 0)
                {
                    Start();
                }
                break;
            case 0x004: // TASKS_STOPECB
                if((value & 1) != 0 && busy)
                {
                    busy = false;
                    failed = true;
                }
                break;
            case 0x100:
                ended = (value & 1) != 0;
                break;
            case 0x104:
                failed = (value & 1) != 0;
                break;
            case 0x304:
                interrupts |= value & 3;
                break;
            case 0x308:
                interrupts &= ~value;
                break;
            case 0x504:
                pointer = value;
                break;
            default:
                this.Log(LogLevel.Warning, "write of 0x{0:X} to register 0x{1:X}, which is not there", value, offset);
                break;
            }
            UpdateInterrupt();
        }

        public long Size => 0x1000;

        public GPIO IRQ { get; private set; }

        public uint BlockNanoseconds { get; set; }

        public int Errors { get; set; }

        public bool NeverEnds { get; set; }

        public bool WritesNothing { get; set; }

        public long Blocks { get; private set; }

        public long BadPointers { get; private set; }

        private void Start()
        {
            busy = false;
            if(Errors != 0)
            {
                Errors -= Errors > 0 ? 1 : 0;
                failed = true;
                return;
            }
            // EasyDMA reaches RAM only.
            reachable = pointer >= RamStart && pointer + 48UL <= RamStart + (ulong)ram.Size;
            if(reachable)
            {
                key = machine.SystemBus.ReadBytes(pointer, 16);
                text = machine.SystemBus.ReadBytes(pointer + 16, 16);
            }
            else
            {
                BadPointers++;
                this.Log(LogLevel.Error, "ECBDATAPTR is 0x{0:X}, which is not in RAM", pointer);
            }
            busy = true;
            endsAt = ModelTime.Microseconds(machine) + BlockNanoseconds / 1000.0;
            timer.Enabled = false;
            if(interrupts != 0)
            {
                timer.Limit = (ulong)Math.Max(1, Math.Ceiling(BlockNanoseconds / 1000.0));
                timer.Value = 0;
                timer.Enabled = true;
            }
        }

        private void Advance()
        {
            if(!busy || NeverEnds || ModelTime.Microseconds(machine) < endsAt)
            {
                return;
            }
            busy = false;
            ended = true;
            timer.Enabled = false;
            if(reachable && !WritesNothing)
            {
                using(var aes = AesProvider.GetEcbProvider(key))
                {
                    aes.EncryptBlockInSitu(Block.UsingBytes(text));
                }
                machine.SystemBus.WriteBytes(text, pointer + 32);
                Blocks++;
            }
            UpdateInterrupt();
        }

        private void UpdateInterrupt()
        {
            IRQ.Set((ended && (interrupts & 1) != 0) || (failed && (interrupts & 2) != 0));
        }

        private bool busy;
        private bool ended;
        private bool failed;
        private bool reachable;
        private uint interrupts;
        private uint pointer;
        private double endsAt;
        private byte[] key;
        private byte[] text;

        private readonly IMachine machine;
        private readonly MappedMemory ram;
        private readonly LimitTimer timer;

        private const uint RamStart = 0x20000000;
    }
}
