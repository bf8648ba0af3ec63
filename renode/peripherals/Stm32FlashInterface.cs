// SPDX-License-Identifier: MIT
// Flash interface of STM32F405/407/415/417, RM0090 section 3.9, in front of two memories: code, which is plain memory for
// speed and takes any write, and data, a StrictFlash. C# 7.
//
// Operations take the datasheet's typical time (DS8626, "Flash memory programming") during which the CPU stands still: it runs from the
// same bank.
//
// Knobs: BusyForever (BSY is never cleared again), FailOperations n (the next n operations end in OPERR and do nothing).
using System;
using Antmicro.Renode.Core;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Peripherals.Memory;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.MTD
{
    public class Stm32FlashInterface : IDoubleWordPeripheral, IKnownSize, IStrictFlashController
    {
        public Stm32FlashInterface(IMachine machine, MappedMemory code, StrictFlash data, long dataOffset)
        {
            this.machine = machine;
            this.code = code;
            this.data = data;
            this.dataOffset = dataOffset;
            data.Controller = this;
            Reset();
        }

        public void Reset()
        {
            accessControl = 0;
            status = 0;
            control = Lock;
            keysSeen = 0;
            keysBlocked = false;
            BusyForever = false;
            FailOperations = 0;
        }

        public uint ReadDoubleWord(long offset)
        {
            switch(offset)
            {
            case 0x00:
                return accessControl;
            case 0x0C:
                return status | (BusyForever ? Busy : 0);
            case 0x10:
                return control;
            case 0x14:
                return 0x0FFFAAED;
            default:
                return 0;
            }
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            switch(offset)
            {
            case 0x00:
                accessControl = value & 0x0707; // ICRST and DCRST read as 0
                break;
            case 0x04:
                WriteKey(value);
                break;
            case 0x0C:
                status &= ~(value & (EndOfOperation | Errors));
                break;
            case 0x10:
                WriteControl(value);
                break;
            default:
                this.Log(LogLevel.Warning, "write of 0x{0:X} to register 0x{1:X}, which is not modelled", value, offset);
                break;
            }
        }

        public bool BeforeProgram(StrictFlash flash, long offset, int width)
        {
            if(BusyForever)
            {
                return false;
            }
            if((control & Lock) != 0 || (control & ProgramBit) == 0)
            {
                status |= SequenceError;
                return false;
            }
            if((status & (SequenceError | ParallelismError)) != 0)
            {
                return false;
            }
            if(width != 1 << (int)((control >> 8) & 3))
            {
                status |= ParallelismError;
                return false;
            }
            return !Failed();
        }

        public void AfterProgram(StrictFlash flash, long offset, int width)
        {
            Stall(ProgramMicroseconds);
        }

        public long Size => 0x400;

        public bool BusyForever { get; set; }

        public int FailOperations { get; set; }

        // A wrong key, or one out of order, blocks the register until the next reset (section 3.6.1).
        private void WriteKey(uint value)
        {
            if(keysBlocked || (control & Lock) == 0)
            {
                return;
            }
            if(value != Keys[keysSeen])
            {
                keysBlocked = true;
                this.Log(LogLevel.Warning, "wrong key 0x{0:X}: locked until reset", value);
                return;
            }
            keysSeen++;
            if(keysSeen == Keys.Length)
            {
                keysSeen = 0;
                control &= ~Lock;
            }
        }

        private void WriteControl(uint value)
        {
            if((control & Lock) != 0)
            {
                return;
            }
            control = value & 0x8300037Fu;
            if((value & Start) != 0 && !BusyForever)
            {
                EraseSector((value >> 3) & 0xF, (value & 2) != 0);
            }
        }

        private void EraseSector(uint sector, bool chosen)
        {
            if(!chosen || sector > 11 || (status & (SequenceError | ParallelismError)) != 0)
            {
                status |= SequenceError;
                return;
            }
            if(Failed())
            {
                return;
            }
            var size = sector < 4 ? 0x4000 : sector == 4 ? 0x10000 : 0x20000;
            var offset = sector < 4 ? sector * 0x4000L : sector == 4 ? 0x10000L : (sector - 4) * 0x20000L;
            if(offset >= dataOffset)
            {
                data.Erase(offset - dataOffset, size);
            }
            else
            {
                var erased = new byte[size];
                for(var i = 0; i < size; i++)
                {
                    erased[i] = 0xff;
                }
                code.WriteBytes(offset, erased, size);
            }
            Stall(sector < 4 ? 250000u : sector == 4 ? 550000u : 1000000u);
        }

        private bool Failed()
        {
            if(FailOperations <= 0)
            {
                return false;
            }
            FailOperations--;
            status |= OperationError;
            return true;
        }

        private void Stall(uint microseconds)
        {
            ICPU cpu;
            if(machine.SystemBus.TryGetCurrentCPU(out cpu) && cpu is BaseCPU)
            {
                ((BaseCPU)cpu).SkipTime(TimeInterval.FromMicroseconds(microseconds));
            }
        }

        private uint accessControl;
        private uint status;
        private uint control;
        private int keysSeen;
        private bool keysBlocked;

        private readonly IMachine machine;
        private readonly MappedMemory code;
        private readonly StrictFlash data;
        private readonly long dataOffset;

        private static readonly uint[] Keys = { 0x45670123u, 0xCDEF89ABu };

        private const uint ProgramMicroseconds = 16;
        private const uint EndOfOperation = 1u << 0;
        private const uint OperationError = 1u << 1;
        private const uint ParallelismError = 1u << 6;
        private const uint SequenceError = 1u << 7;
        private const uint Errors = 0xF2;
        private const uint Busy = 1u << 16;
        private const uint ProgramBit = 1u << 0;
        private const uint Start = 1u << 16;
        private const uint Lock = 1u << 31;
    }
}
