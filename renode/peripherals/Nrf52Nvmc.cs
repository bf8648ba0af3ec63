// SPDX-License-Identifier: MIT
// Non-volatile memory controller of nRF52840, "NVMC" of the product specification, in front of two memories: code,
// which is plain memory for speed and takes any write, and data, a StrictFlash. C# 7.
//
// The chip has no error bits. What it does not do is lost in silence: programs unless CONFIG.WEN is Wen, erases unless
// it is Een. Bytes, half words and words at odd addresses end in a hard fault. Operations take the electrical
// specification's time; the CPU stands still meanwhile when it runs from flash, and polls READY when it runs from RAM.
//
// Knobs: BusyForever (READY is never set again), FailOperations n (the next n operations are lost), WritesPerWord n
// (writes of a word between two erases of its page; one more is a violation of the data flash).
// PageErases counts erases of pages, for wear.
using System;
using System.Collections.Generic;
using System.Linq;
using Antmicro.Renode.Core;
using Antmicro.Renode.Logging;
using Antmicro.Renode.Peripherals.Bus;
using Antmicro.Renode.Peripherals.CPU;
using Antmicro.Renode.Peripherals.IRQControllers;
using Antmicro.Renode.Peripherals.Memory;
using Antmicro.Renode.Time;

namespace Antmicro.Renode.Peripherals.MTD
{
    public class Nrf52Nvmc : IDoubleWordPeripheral, IKnownSize, IStrictFlashController
    {
        public Nrf52Nvmc(IMachine machine, MappedMemory code, StrictFlash data, long dataOffset)
        {
            this.machine = machine;
            this.code = code;
            this.data = data;
            this.dataOffset = dataOffset;
            wordWrites = new byte[data.Size / 4];
            partialErases = new Dictionary<long, uint>();
            WritesPerWord = 2;
            data.Controller = this;
            data.Replaced += CountWritesAnew;
            Reset();
        }

        // What was written how often, and pages that are half erased, are the flash's: they outlive a reset.
        public void Reset()
        {
            writeEnable = ReadOnly;
            partialMilliseconds = 10;
            instructionCache = 0;
            busyUntil = 0;
            BusyForever = false;
            FailOperations = 0;
        }

        public uint ReadDoubleWord(long offset)
        {
            switch(offset)
            {
            case 0x400: // READY
                return Busy() > 0 ? 0u : 1u;
            case 0x408: // READYNEXT: one more write can wait while one is in work
                return Busy() > WriteMicroseconds ? 0u : 1u;
            case 0x504: // CONFIG
                return writeEnable;
            case 0x51C: // ERASEPAGEPARTIALCFG
                return partialMilliseconds;
            case 0x540: // ICACHECNF
                return instructionCache;
            default:
                return 0;
            }
        }

        public void WriteDoubleWord(long offset, uint value)
        {
            switch(offset)
            {
            case 0x504:
                WaitFor(0);
                writeEnable = value & 3;
                break;
            case 0x508: // ERASEPAGE
            case 0x510: // ERASEPCR0, the same under its old name
                ErasePage(value);
                break;
            case 0x50C: // ERASEALL
                if((value & 1) != 0)
                {
                    EraseAll();
                }
                break;
            case 0x514: // ERASEUICR: the registers are not modelled
                break;
            case 0x518: // ERASEPAGEPARTIAL
                ErasePagePartially(value);
                break;
            case 0x51C:
                partialMilliseconds = value & 0x7F;
                break;
            case 0x540:
                instructionCache = value & 0x101;
                break;
            case 0x548: // IHIT and IMISS count what is not modelled
            case 0x54C:
                break;
            default:
                this.Log(LogLevel.Warning, "write of 0x{0:X} to register 0x{1:X}, which is not there", value, offset);
                break;
            }
        }

        public bool BeforeProgram(StrictFlash flash, long offset, int width)
        {
            if(width != 4 || offset % 4 != 0)
            {
                HardFault();
                return false;
            }
            if(BusyForever || writeEnable != Write)
            {
                return false;
            }
            WaitFor(WriteMicroseconds);
            if(Failed())
            {
                return false;
            }
            Count(offset);
            return true;
        }

        public void AfterProgram(StrictFlash flash, long offset, int width)
        {
            Take(WriteMicroseconds);
        }

        public long Size => 0x1000;

        public bool BusyForever { get; set; }

        public int FailOperations { get; set; }

        public int WritesPerWord { get; set; }

        public long PageErases { get; private set; }

        private void Count(long offset)
        {
            var page = offset / PageSize * PageSize;
            if(partialErases.ContainsKey(page))
            {
                data.CountViolation(string.Format("program at 0x{0:X}, in a page that is half erased", dataOffset + offset));
            }
            // The count stops where it can say no more.
            if(wordWrites[offset / 4] < byte.MaxValue)
            {
                wordWrites[offset / 4]++;
            }
            if(wordWrites[offset / 4] > WritesPerWord)
            {
                data.CountViolation(string.Format(
                    "write {0} of the word at 0x{1:X} since it was erased", wordWrites[offset / 4], dataOffset + offset));
            }
        }

        private void ErasePage(uint address)
        {
            if(!MayErase(address))
            {
                return;
            }
            PageErases++;
            Fill(address, PageSize);
            Take(PageMicroseconds);
        }

        private void ErasePagePartially(uint address)
        {
            if(!MayErase(address))
            {
                return;
            }
            uint before;
            partialErases.TryGetValue(address - dataOffset, out before);
            var milliseconds = before + partialMilliseconds;
            if(milliseconds * 1000 >= PageMicroseconds)
            {
                PageErases++;
                Fill(address, PageSize);
            }
            else if(address >= dataOffset && data.EraseTooShort(address - dataOffset, PageSize))
            {
                partialErases[address - dataOffset] = milliseconds;
            }
            else if(address < dataOffset)
            {
                partialErases[address - dataOffset] = milliseconds;
            }
            Take(partialMilliseconds * 1000 + PartialSetupMicroseconds);
        }

        private void EraseAll()
        {
            if(!MayErase(0))
            {
                return;
            }
            Fill(0, dataOffset);
            Fill(dataOffset, data.Size);
            Take(AllMicroseconds);
        }

        private bool MayErase(uint address)
        {
            if(BusyForever)
            {
                return false;
            }
            if(writeEnable != EraseEnable)
            {
                data.CountRefused(string.Format("erase at 0x{0:X}, but CONFIG is {1}", address, writeEnable));
                return false;
            }
            if(address % PageSize != 0 || address >= dataOffset + data.Size)
            {
                data.CountRefused(string.Format("erase at 0x{0:X}, where no page begins", address));
                return false;
            }
            WaitFor(0);
            return !Failed();
        }

        private void Fill(long address, long size)
        {
            if(address >= dataOffset)
            {
                if(!data.Erase(address - dataOffset, size))
                {
                    return;
                }
                Array.Clear(wordWrites, (int)((address - dataOffset) / 4), (int)(size / 4));
            }
            else
            {
                code.WriteBytes(address, Enumerable.Repeat((byte)0xff, (int)size).ToArray(), (int)size);
            }
            foreach(var page in partialErases.Keys.Where(x => x >= address - dataOffset && x < address - dataOffset + size).ToList())
            {
                partialErases.Remove(page);
            }
        }

        // The flash holds something else, and does not know how it came there: once is the least.
        private void CountWritesAnew()
        {
            for(var i = 0; i < wordWrites.Length; i++)
            {
                wordWrites[i] = (byte)(data.ReadDoubleWord(4 * i) == 0xFFFFFFFF ? 0 : 1);
            }
            partialErases.Clear();
        }

        private bool Failed()
        {
            if(FailOperations <= 0)
            {
                return false;
            }
            FailOperations--;
            return true;
        }

        // Microseconds until the controller is ready.
        private double Busy()
        {
            return BusyForever ? double.PositiveInfinity : Math.Max(0, busyUntil - ModelTime.Microseconds(machine));
        }

        private void Take(uint microseconds)
        {
            busyUntil = ModelTime.Microseconds(machine) + Busy() + microseconds;
            if(!RunsFromRam())
            {
                WaitFor(0);
            }
        }

        // The bus holds the CPU until the controller is busy for no longer than this.
        private void WaitFor(uint microseconds)
        {
            var wait = Busy() - microseconds;
            ICPU cpu;
            if(wait > 0 && !BusyForever && machine.SystemBus.TryGetCurrentCPU(out cpu) && cpu is BaseCPU)
            {
                ((BaseCPU)cpu).SkipTime(TimeInterval.FromMicroseconds((ulong)Math.Ceiling(wait)));
            }
        }

        private bool RunsFromRam()
        {
            ICPU cpu;
            return machine.SystemBus.TryGetCurrentCPU(out cpu) && cpu.PC.RawValue >= (ulong)(dataOffset + data.Size);
        }

        private void HardFault()
        {
            ICPU cpu;
            if(!machine.SystemBus.TryGetCurrentCPU(out cpu))
            {
                return; // a loader or a debugger, for which no CPU takes an exception
            }
            var nvic = machine.GetPeripheralsOfType<NVIC>().FirstOrDefault();
            if(nvic != null)
            {
                nvic.SetPendingIRQ(3);
            }
        }

        private uint writeEnable;
        private uint partialMilliseconds;
        private uint instructionCache;
        private double busyUntil;

        private readonly byte[] wordWrites;
        // Milliseconds of erase that a page has had, by its offset in the data flash (negative in the code).
        private readonly Dictionary<long, uint> partialErases;
        private readonly IMachine machine;
        private readonly MappedMemory code;
        private readonly StrictFlash data;
        private readonly long dataOffset;

        private const long PageSize = 0x1000;
        private const uint ReadOnly = 0;
        private const uint Write = 1;
        private const uint EraseEnable = 2;
        private const uint WriteMicroseconds = 41;
        private const uint PageMicroseconds = 85000;
        private const uint AllMicroseconds = 169000;
        private const uint PartialSetupMicroseconds = 1080;
    }
}
